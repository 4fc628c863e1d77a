"""What answers look like, for the description of the wire. Made up."""

from typing import Any

_HOUSEHOLD, _MEMBER = "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d", "8a7b6c5d-4e3f-7c11-9d3e-018e4f4c5b2a"
_HAMLET = "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"
_MOMENT = "2024-05-08T09:12:40+07:00"


def page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


LOAN: dict[str, Any] = {
    "id": "4d3c2b1a-6f5e-7a8b-9c0d-1e2f3a4b5c6d",
    "version": 1,
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "head_name": "Nguyễn Văn An",
    "policy": "credit_poor",
    "state": "active",
    "lent_on": "2024-05-10",
    "state_since": "2024-05-10",
    "member_id": _MEMBER,
    "purpose": "Mua bò sinh sản",
    "amount_vnd": 50_000_000,
    "outstanding_vnd": 50_000_000,
    "term_months": 36,
    "contract_no": "6600000012345",
    "withheld": [],
}
LOAN_LIST_BRIEF: dict[str, Any] = {
    "id": "7e6d5c4b-8a9b-7c0d-8e1f-2a3b4c5d6e7f",
    "version": 2,
    "hamlet_id": _HAMLET,
    "group_name": "Tổ tiết kiệm và vay vốn xóm 3",
    "drawn_up_on": "2024-05-06",
    "state": "confirmed",
    "number": "27/XN-UBND",
    "confirmed_on": "2024-05-08",
    "line_count": 1,
    "amount_vnd": 50_000_000,
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
LOAN_LIST: dict[str, Any] = LOAN_LIST_BRIEF | {
    "lines": [
        {
            "position": 1,
            "household_id": _HOUSEHOLD,
            "household_no": "17",
            "head_name": "Nguyễn Văn An",
            "member_id": _MEMBER,
            "member_name": "Nguyễn Văn An",
            "policy": "credit_poor",
            "purpose": "Mua bò sinh sản",
            "amount_vnd": 50_000_000,
            "term_months": 36,
            "poverty_class": "poor",
            "newly_escaped": False,
            "objection": None,
            "limit_vnd": 100_000_000,
            "limit_verified": False,
            "taken_off": None,
        }
    ],
}
