"""What requests and answers look like, for the description of the wire. Made up."""

from typing import Any

_MOMENT = "2024-03-18T09:12:40+07:00"
_HAMLET = "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"
_HEAD = "018e4f4c-5b2a-7c11-9d3e-8a7b6c5d4e3f"

HOUSEHOLD_BODY = {
    "hamlet_id": _HAMLET,
    "household_no": "0312",
    "address": "Xóm 3, xã Trực Thái",
    "phone": "0912345678",
    "residence": "permanent",
    "head_member_id": _HEAD,
}
HOUSEHOLD: dict[str, Any] = HOUSEHOLD_BODY | {
    "id": "018e4f4c-0a1b-7c2d-8e3f-405162738495",
    "version": 1,
    "note": None,
    "no_labour_capacity": False,
    "no_labour_capacity_ground": None,
    "status": "active",
    "merged_into": None,
    "current_class": "near_poor",
    "class_since": "2023-12-12",
    "newly_escaped_until": "2026-12-12",
    "withheld": [],
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
HOUSEHOLD_ITEM = HOUSEHOLD | {"head_name": "Nguyễn Văn Á"}
BRIEF = {name: HOUSEHOLD_ITEM[name] for name in ("id", "household_no", "head_name", "hamlet_id", "current_class")}
MEMBER_BODY = {
    "full_name": "Nguyễn Văn Á",
    "sex": "male",
    "birth_date": "1980-05-17",
    "relation_to_head": "head",
    "ethnicity": "kinh",
    "personal_id": "036080001234",
    "qualification": "lower_secondary",
    "labour_status": "working",
    "occupation": "làm ruộng",
    "health_insurance": True,
}
MEMBER: dict[str, Any] = MEMBER_BODY | {
    "id": _HEAD,
    "version": 1,
    "household_id": HOUSEHOLD["id"],
    "birth_year": None,
    "personal_id": "********1234",
    "schooling": None,
    "right_level": None,
    "labour_contract": None,
    "social_allowance": None,
    "pension": None,
    "merit_person": False,
    "disability": "none",
    "nutrition": None,
    "left_on": None,
    "left_reason": None,
    "withheld": [],
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
MEMBER_WRITTEN = MEMBER | {
    "warnings": [
        {
            "pointer": "#/personal_id",
            "code": "personal_id_birth_year",
            "detail": "Số định danh không khớp với năm sinh.",
        }
    ]
}
VERSION = {
    "version": 2,
    "changed_at": _MOMENT,
    "origin": "tablet",
    "changed_by": "xom-3",
    "changed_by_name": "Vũ Thị Mai",
    "device_id": "7d0d8c52-9e0f-4b5a-8c1d-2f3e4a5b6c7d",
    "device_name": "Máy xóm 3",
    "submission_id": "018e4f4d-1111-7222-8333-444455556666",
    "change": {"phone": [None, "0912345678"]},
    "withheld": [],
}
DUPLICATE = {
    "reasons": ["personal_id", "name_birth_hamlet"],
    "first": {"household": BRIEF, "member": MEMBER},
    "second": {"household": BRIEF | {"household_no": "0345"}, "member": MEMBER},
}
MOVE_BODY = {"hamlet_id": _HAMLET, "moved_on": "2024-03-01", "reason": "Về ở với con"}
SPLIT_BODY = {"member_ids": [_HEAD], "household_no": "0313", "head_member_id": _HEAD}
MERGE_BODY = {
    "survivor_id": HOUSEHOLD["id"],
    "absorbed_id": "018e4f4c-9999-7c2d-8e3f-405162738495",
    "reason": "Nhập trùng khi rà soát",
}


def page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}
