"""What answers look like, for the description of the wire. Made up."""

from typing import Any

from api.attachments import examples as attachments

_HOUSEHOLD = "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d"
_HAMLET = "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"
_COMMUNE = "9d0b1f4e-52a5-5a86-9b0b-7a7a4d0f1c22"
_ROUND = "8f1d2c3b-4a59-5867-9786-a5b4c3d2e1f0"
_POSTING = "2b6c1f0a-9d4e-4c3b-8a2f-1e0d9c8b7a6f"
_WHEN = {"created_at": "2024-10-12T15:00:00+07:00", "updated_at": "2024-10-12T15:00:00+07:00"}

MEETING = {
    "id": "7a1d6a2e-4c0b-4d53-9d0c-0a1b2c3d4e5f",
    "version": 1,
    "round_id": _ROUND,
    "hamlet_id": _HAMLET,
    "held_on": "2024-10-12",
    "place": "Nhà văn hoá xóm 3",
    "chaired_by": "Trần Văn Hoà",
    "secretary": "Phạm Thị Lụa",
    "attendance": {"hamlet_head": 1, "party_cell": 1, "reviewed_households": 20, "other_households": 18},
    "present": 40,
    "votes": [{"household_id": None, "votes_for": 33, "votes_against": 4, "passed": True, "comment": None}],
    "households": 21,
    "result": "agreed",
    "front_observed": True,
    "observation": None,
    "comments": "Bà con thống nhất với kết quả rà soát.",
    "minutes": [attachments.FILE],
    **_WHEN,
}

SHEET = {
    "round_id": _ROUND,
    "hamlet_id": _HAMLET,
    "training": False,
    "items": [
        {
            "household_id": _HOUSEHOLD,
            "household_no": "012",
            "head_name": "Nguyễn Thị Mận",
            "ground": "poor",
            "class_before": "poor",
            "b1": 130,
            "b2": 30,
            "proposed_class": "poor",
            "undetermined": [],
            "surveyed_on": "2024-09-20",
        }
    ],
}

POSTING = {
    "id": _POSTING,
    "version": 1,
    "round_id": _ROUND,
    "area_id": _HAMLET,
    "hamlet_id": _HAMLET,
    "kind": "list",
    "posted_on": "2024-10-14",
    "last_day": "2024-10-17",
    "last_day_approximate": False,
    "places": ["hamlet_house", "commune_office"],
    "announced": True,
    "households": 21,
    "ended_on": None,
    **_WHEN,
}

POSTED_LIST = {
    "posting_id": _POSTING,
    "training": False,
    "items": [
        {
            "household_id": _HOUSEHOLD,
            "head_name": "Nguyễn Thị Mận",
            "hamlet_id": _HAMLET,
            "poverty_class": "poor",
            "b1": None,
            "b2": None,
        }
    ],
}

COMPLAINT: dict[str, Any] = {
    "id": "4c3b2a19-0f8e-4d7c-9b6a-5f4e3d2c1b0a",
    "version": 1,
    "round_id": _ROUND,
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "posting_id": _POSTING,
    "complainant": "Lê Văn Bình",
    "received_on": "2024-10-15",
    "content": "Hộ này có hai xe máy và con đi làm xa gửi tiền về.",
    "holds": True,
    "due_on": "2024-10-24",
    "due_on_approximate": False,
    "state": "open",
    "re_verified_on": None,
    "review_id": None,
    "finding": None,
    "outcome": None,
    "decision_reason": None,
    "decided_on": None,
    "withheld": [],
    "warning": None,
    **_WHEN,
}

_TOTALS = {
    "poor": 9,
    "near_poor": 12,
    "not_poor": 3,
    "poor_persons": 21,
    "near_poor_persons": 40,
    "escaped_poor": 2,
    "escaped_near_poor": 2,
    "held_back": 1,
    "not_reached": 0,
}
OPINION = {
    "id": "6e5d4c3b-2a19-4807-96f5-e4d3c2b1a09f",
    "version": 1,
    "round_id": _ROUND,
    "area_id": _COMMUNE,
    "level": "district",
    "report_number": "45/BC-UBND",
    "asked_on": "2024-11-20",
    "due_on": "2024-11-27",
    "due_on_approximate": False,
    "totals": {"hamlets": [{"hamlet_id": _HAMLET} | _TOTALS], "total": _TOTALS},
    "letter_number": None,
    "answered_on": None,
    "verdict": None,
    "remarks": None,
    **_WHEN,
}

DEADLINE = {
    "kind": "posting_to_end",
    "due_on": "2024-10-17",
    "days_left": -2,
    "overdue": True,
    "reason_given": False,
    "round_id": _ROUND,
    "area_id": _COMMUNE,
    "hamlet_id": _HAMLET,
    "subject_id": _POSTING,
    "who": {"permission": "postings:write", "roles": ["commune_officer", "hamlet_surveyor"]},
    "vi": "Đã hết hạn niêm yết: ghi kết thúc niêm yết.",
    "en": "The days of the posting are over: record its end.",
}

STEPS = {
    "round_id": _ROUND,
    "stage": "surveying",
    "steps": [
        {
            "action": "consolidate",
            "permission": "rounds:write",
            "roles": ["commune_officer"],
            "vi": "Cán bộ xã tổng hợp kết quả",
            "en": "the officer consolidates",
            "missing": ["all_cases_settled"],
        }
    ],
    "cases": [
        {
            "stage": "surveyed",
            "households": 21,
            "steps": [
                {
                    "action": "agree",
                    "permission": "meetings:write",
                    "roles": ["commune_officer", "hamlet_surveyor"],
                    "vi": "họp dân thống nhất",
                    "en": "the meeting agrees",
                    "missing": [],
                }
            ],
        }
    ],
    "suppressed": False,
}
