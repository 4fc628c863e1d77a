"""What answers look like, for the description of the wire. Made up."""

from typing import Any

_MOMENT = "2024-06-03T09:12:40+07:00"


def page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


BRIEF: dict[str, Any] = {
    "id": "2b3c4d5e-6f70-7182-93a4-b5c6d7e8f901",
    "version": 2,
    "area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
    "month": "2024-06-01",
    "number": 1,
    "as_of": "2024-06-03",
    "state": "sent",
    "sent_on": "2024-06-03",
    "returned_on": None,
    "line_count": 9,
    "taken_off_count": 1,
    "error_count": 0,
    "open_error_count": 0,
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
_GROUP: dict[str, Any] = {
    "code": "HN",
    "policy": "health_insurance_poor",
    "label_vi": "Người thuộc hộ nghèo",
    "label_en": "Of a poor household",
    "document": "luat-bhyt",
    "confidence": "medium",
    "verified": False,
}
LIST: dict[str, Any] = BRIEF | {
    "on_before": 551,
    "increases": 6,
    "decreases": 3,
    "on_after": 554,
    "groups": [_GROUP],
    "insured_elsewhere": [
        _GROUP | {"code": "HT", "policy": None, "label_vi": "Người hưởng lương hưu", "label_en": "Pensioner"}
    ],
    "valid_from_rules": [
        {
            "reason": "newly_recognised",
            "starts": "event",
            "document": "nd-146-2018",
            "confidence": "medium",
            "verified": False,
            "note": "Từ ngày ghi trong quyết định công nhận; chưa đối chiếu văn bản",
        }
    ],
}
LINE: dict[str, Any] = {
    "position": 1,
    "change": "increase",
    "reason": "newly_recognised",
    "household_id": "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d",
    "head_name": "Nguyễn Văn An",
    "hamlet": "Xóm 3",
    "member_id": "8a7b6c5d-4e3f-7c11-9d3e-018e4f4c5b2a",
    "member_name": "Nguyễn Thị Bình",
    "birth_date": "1985-03-02",
    "birth_year": 1985,
    "sex": "female",
    "personal_id": "036185001234",
    "policy": "health_insurance_poor",
    "group_code": "HN",
    "valid_from": "2024-05-20",
    "card_no": None,
    "error_code": None,
    "error_text": None,
    "resolved_on": None,
    "resolution": None,
    "taken_off": None,
}
