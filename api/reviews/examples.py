"""What answers look like, for the description of the wire. Made up."""

from api.attachments import examples as attachments

_HOUSEHOLD = "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d"
_HAMLET = "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"
_MOMENT = "2024-03-18T09:12:40+07:00"

REQUEST = {
    "id": "018e4f4c-5b2a-7c11-9d3e-8a7b6c5d4e3f",
    "version": 1,
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "kind": "review",
    "received_on": "2024-03-18",
    "reason": "Chủ hộ ốm nặng, không còn lao động chính",
    "refused_on": None,
    "refusal_number": None,
    "withheld": [],
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
ROUND = {
    "id": "8f1d2c3b-4a59-5867-9786-a5b4c3d2e1f0",
    "version": 2,
    "area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
    "kind": "periodic",
    "year": 2023,
    "standard_code": "vn-2022",
    "standard_version": 1,
    "procedure_code": "qd-24-2021",
    "procedure_version": 1,
    "upper_level": "district",
    "opens_on": "2023-09-01",
    "closes_on": "2023-12-14",
    "stage": "closed",
    "state": "closed",
    "overdue_reason": None,
    "evidence": [],
    "approved_at": "2023-08-30T08:00:00+07:00",
    "created_at": "2023-08-28T08:00:00+07:00",
    "updated_at": "2023-12-14T16:30:00+07:00",
}
LIST = {
    "round_id": ROUND["id"],
    "added": 42,
    "total": 42,
    "by_ground": {"poor": 17, "near_poor": 22, "request": 3, "added": 0},
    "by_hamlet": {_HAMLET: 42},
    "left_out": [{"request_id": REQUEST["id"], "household_id": _HOUSEHOLD, "reason": "not_screened"}],
}
CASE = {
    "id": "0d6f6f0e-2c0d-5d0a-9f0e-6a5b4c3d2e1f",
    "version": 2,
    "round_id": ROUND["id"],
    "household_id": _HOUSEHOLD,
    "household_no": "17",
    "head_name": "Nguyễn Văn An",
    "training": False,
    "hamlet_id": _HAMLET,
    "ground": "poor",
    "ground_reason": None,
    "request_id": None,
    "class_before": "poor",
    "surveyor": "xom-3",
    "stage": "surveyed",
    "not_reached_reason": None,
    "review_id": "018e4f4c-9a1b-7c22-8d3e-1a2b3c4d5e6f",
    "b1": 120,
    "b2": 30,
    "proposed_class": "poor",
    "override_class": None,
    "withheld": [],
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
ASSIGNED = {"round_id": ROUND["id"], "changed": 42, "assigned": {"xom-3": 42}, "unassigned": 0}
_STAGES = {
    "listed": 10, "not_reached": 1, "surveyed": 31, "resurvey": 0, "agreed": 0, "posted": 0, "complained": 0,
    "re_verified": 0, "decided": 0, "cleared": 0, "recognised": 0,
}  # fmt: skip
PROGRESS = {
    "round_id": ROUND["id"],
    "stage": "surveying",
    "closes_on": "2024-12-14",
    "overdue": False,
    "total": 42,
    "by_stage": _STAGES,
    "hamlets": [
        {
            "hamlet_id": _HAMLET,
            "hamlet_code": "14080-03",
            "total": 42,
            "by_stage": _STAGES,
            "surveyed": 31,
            "not_reached": 1,
            "held_back": 0,
            "percent": 76,
        }
    ],
}
SCREENING = {
    "id": "e8d1a9a5-0d6f-5b3c-8a75-4f0d0c1b2a39",
    "version": 1,
    "request_id": REQUEST["id"],
    "form": None,
    "passed": True,
    "reason": "Thu nhập giảm, nhà dột nát",
    "answers": {},
    "screened_on": "2024-03-20",
    "screened_by": "xom-3",
    "by_rule": False,
    "differs_from_device": False,
    "withheld": [],
    "recorded_at": _MOMENT,
}

REVIEW = {
    "id": "018e4f4c-9a1b-7c22-8d3e-1a2b3c4d5e6f",
    "version": 1,
    "household_id": _HOUSEHOLD,
    "round_id": ROUND["id"],
    "hamlet_id": _HAMLET,
    "kind": "survey",
    "in_force": True,
    "form": {"code": "form-b", "version": 1},
    "surveyed_on": "2024-09-20",
    "surveyor": "xom-3",
    "respondent": "Chủ hộ",
    "paper_no": "B-17",
    "answers": {"floor_area_m2": 45, "internet": False},
    "members": [],
    "b1_entered": 120,
    "causes": [],
    "needs": [],
    "device_result": None,
    "position": None,
    "attachments": [attachments.FILE],
    "attachments_declared": 1,
    "attachments_present": 1,
    "result": {
        "b1": 120,
        "b2": 20,
        "proposed_class": "near_poor",
        "deprivations": ["employment", "telecom_service"],
        "undetermined": [],
        "standard": {"code": "vn-2022", "version": 1},
        "differs_from_device": False,
        "differences": [],
        "warnings": [],
        "training": False,
    },
    "override": None,
    "withheld": [],
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
OVERRIDDEN = REVIEW | {
    "version": 2,
    "override": {"poverty_class": "poor", "reason": "Thu nhập kê khai thấp hơn", "by": "truc-thai", "at": _MOMENT},
}
EXPLANATION = {
    "review_id": REVIEW["id"],
    "standard": {"code": "vn-2022", "version": 1},
    "training": False,
    "label": {"vi": "Chuẩn nghèo đa chiều 2022-2026", "en": "Multidimensional poverty standard 2022-2026"},
    "b1": 120,
    "b1_lines": [
        {
            "code": "b1_entered",
            "label": {"vi": "Tổng điểm B1 trên phiếu giấy", "en": "Total of B1 on the signed paper"},
            "answer": {"vi": "120", "en": "120"},
            "points": 120,
            "deprived": None,
            "member_ids": [],
            "document": "tt-07-2021",
            "article": "Phụ lục IV",
            "verified": False,
        }
    ],
    "b2": 10,
    "b2_lines": [
        {
            "code": "telecom_service",
            "label": {"vi": "Sử dụng dịch vụ viễn thông", "en": "Use of telecommunication services"},
            "answer": {"vi": "Có dùng Internet: không", "en": "Uses the internet: no"},
            "points": 10,
            "deprived": True,
            "member_ids": [],
            "document": "nd-07-2021",
            "article": "Điều 3",
            "verified": True,
        }
    ],
    "undetermined": [],
    "proposed_class": "near_poor",
    "reason": {"vi": "B1 không quá 140, B2 dưới 30", "en": "B1 is 140 at most, B2 below 30"},
    "override": None,
    "warnings": [],
    "withheld": [],
}
RESCORING = {
    "round_id": ROUND["id"],
    "standard": {"code": "vn-2022", "version": 1001},
    "training": False,
    "reviews": 42,
    "changed": 1,
    "changes": [
        {
            "review_id": REVIEW["id"],
            "household_id": _HOUSEHOLD,
            "class_now": "near_poor",
            "class_then": "poor",
            "b1_now": 120,
            "b1_then": 115,
            "b2_now": 20,
            "b2_then": 30,
            "reason": {"vi": "B1 không quá 140, B2 từ 30", "en": "B1 is 140 at most, B2 is 30 or more"},
        }
    ],
}
