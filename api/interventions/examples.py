"""What answers look like, for the description of the wire. Made up."""

from typing import Any

from api.attachments import examples as attachments

_HOUSEHOLD = "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d"
_HAMLET = "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"
_COMMUNE = "9d0b1f4e-52a5-5a86-9b0b-7a7a4d0f1c22"
_INTERVENTION = "6f0e9d8c-7b6a-4f5e-9d4c-3b2a1f0e9d8c"
_PARTICIPANT = "3a2b1c0d-9e8f-4a7b-8c6d-5e4f3a2b1c0d"
_WHO = "0c9b8a7f-6e5d-4c3b-8a2f-1e0d9c8b7a6f"
_WHEN = {"created_at": "2024-05-02T09:00:00+07:00", "updated_at": "2024-05-06T15:00:00+07:00"}


def page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


ORGANISATION = {
    "id": "2d1c0b9a-8f7e-4d6c-9b5a-4f3e2d1c0b9a",
    "version": 1,
    "area_id": _COMMUNE,
    "kind": "cooperative",
    "name": "Hợp tác xã chăn nuôi Trực Thái",
    "registration_no": "0701234567",
    "representative": "Trần Thị Hoà",
    "phone": None,
    "led_by": ["woman"],
    "ended_on": None,
    **_WHEN,
}

INTERVENTION: dict[str, Any] = {
    "id": _INTERVENTION,
    "version": 2,
    "kind": "community_proposal",
    "component": "livelihood",
    "policy": None,
    "area_id": _HAMLET,
    "year": 2024,
    "title": "Nuôi bò sinh sản xóm 3",
    "stage": "appraised",
    "plan_item_id": None,
    "parent_id": None,
    "household_id": None,
    "member_id": None,
    "organisation_id": None,
    "starts_on": "2024-05-01",
    "ends_on": None,
    "funded": False,
    "committed_vnd": 0,
    "disbursed_vnd": 0,
    "delivered_vnd": 0,
    "fields": {"proposal": "Mười hộ cùng nuôi bò sinh sản, xoay vòng bê con"},
    "withheld": [],
    **_WHEN,
}

STEP = {
    "id": "4e3d2c1b-0a9f-4e8d-9c7b-6a5f4e3d2c1b",
    "intervention_id": _INTERVENTION,
    "position": 1,
    "participant_id": None,
    "step": "appraise",
    "stage_before": "proposed",
    "stage_after": "appraised",
    "taken_on": "2024-05-06",
    "due_on": None,
    "document_no": "12/BB-TĐ",
    "note": None,
    "fields": {"opinion": "Phù hợp với quy hoạch, đủ điều kiện"},
    "withheld": [],
    "recorded_by": _WHO,
    "recorded_at": "2024-05-06T15:00:00+07:00",
    "undone_at": None,
    "undone_by": None,
    "undone_reason": None,
}

DOCUMENT = {
    "id": "7b6a5f4e-3d2c-4b1a-8f0e-9d8c7b6a5f4e",
    "intervention_id": _INTERVENTION,
    "code": "minutes",
    "number": "03/BB",
    "signed_on": "2024-05-02",
    "issued_by": "Xóm 3",
    "note": None,
    "attachments": [attachments.FILE],
    "recorded_by": _WHO,
    "recorded_at": "2024-05-02T09:30:00+07:00",
}

DUE = {
    "step": "result_6_months",
    "label": {"vi": "Kết quả sau 6 tháng", "en": "Result after 6 months"},
    "participant_id": _PARTICIPANT,
    "due_on": "2024-12-20",
    "days_left": -3,
    "overdue": True,
}

WHOLE = INTERVENTION | {
    "kind_label": {"vi": "Đề xuất của cộng đồng", "en": "Community proposal"},
    "stage_label": {"vi": "Đã thẩm định", "en": "Appraised"},
    "ended": False,
    "steps": [STEP],
    "documents": [DOCUMENT],
    "checklist": [
        {
            "code": "minutes",
            "label": {"vi": "Biên bản họp cộng đồng", "en": "Minutes of the community's meeting"},
            "there": True,
        }
    ],
    "next_steps": [
        {
            "step": "approve",
            "label": {"vi": "Duyệt", "en": "Approve"},
            "leads_to": "approved",
            "of_participant": False,
            "permission": "plans:approve",
            "roles": ["commune_chair"],
            "mine": False,
            "missing": [],
        }
    ],
    "heads": {
        "participants": 10,
        "households": 10,
        "organisations": 0,
        "persons": 0,
        "in_groups": 0,
        "by_class": {"poor": 6, "near_poor": 3, "newly_escaped": 1, "other": 0},
        "by_sex": {"male": 0, "female": 0},
        "left": 0,
        "suppressed": False,
    },
    "due": [],
    "refers_to": [],
    "referred_by": [],
}

PARTICIPANT: dict[str, Any] = {
    "id": _PARTICIPANT,
    "version": 1,
    "intervention_id": _INTERVENTION,
    "role": "household",
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "member_id": None,
    "organisation_id": None,
    "outsider": None,
    "headcount": None,
    "name": "Nguyễn Thị Mận",
    "sex": None,
    "class_on_joining": "poor",
    "state": "enrolled",
    "joined_on": "2024-05-20",
    "ended_on": None,
    "ended_reason": None,
    "fields": {},
    "withheld": [],
    **_WHEN,
}

FOLLOW_UP = DUE | {
    "intervention_id": _INTERVENTION,
    "kind": "community_project",
    "title": "Nuôi bò sinh sản xóm 3",
    "area_id": _HAMLET,
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "name": "Nguyễn Thị Mận",
}

NEED: dict[str, Any] = {
    "id": "9a8f7e6d-5c4b-4a3f-8e2d-1c0b9a8f7e6d",
    "version": 1,
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "member_id": None,
    "kind": "credit",
    "noted_on": "2024-05-10",
    "note": "Muốn vay để nuôi bò sinh sản",
    "state": "open",
    "ended_on": None,
    "ended_reason": None,
    "intervention_id": None,
    "withheld": [],
    "recorded_by": _WHO,
    **_WHEN,
}

SUPPORT = {
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "about": [],
    "takes_part": [
        {
            "intervention_id": _INTERVENTION,
            "kind": "community_project",
            "kind_label": {"vi": "Dự án phát triển sản xuất cộng đồng", "en": "Community production project"},
            "component": "livelihood",
            "year": 2024,
            "title": "Nuôi bò sinh sản xóm 3",
            "stage": "running",
            "participant_id": _PARTICIPANT,
            "role": "participant",
            "member_id": None,
            "state": "enrolled",
            "joined_on": "2024-05-20",
            "ended_on": None,
            "class_on_joining": "poor",
        }
    ],
    "needs": [NEED],
    "received": [
        {
            "id": "1f0e9d8c-7b6a-4f5e-8d4c-3b2a1f0e9d8c",
            "intervention_id": _INTERVENTION,
            "member_id": None,
            "form": "in_kind",
            "service": None,
            "delivered_on": "2024-06-20",
            "quantity": 1,
            "unit": "con bò",
            "amount_vnd": 15_000_000,
            "outcome": "delivered",
            "received_by": "Nguyễn Thị Mận",
            "reversed": False,
        }
    ],
}
