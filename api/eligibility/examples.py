"""What answers about entitlements look like, for the description of the wire. Made up."""

from typing import Any

_HOUSEHOLD = "018e4f4c-0a1b-7c2d-8e3f-405162738495"
_HAMLET = "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"
_COMMUNE = "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22"
_CITED = {"document": "28/2014/QĐ-TTg", "article": None}
_LABEL = {"vi": "Hỗ trợ tiền điện hộ nghèo", "en": "Electricity support for poor households"}
ENTITLEMENT: dict[str, Any] = {
    "policy": "electricity_poor",
    "member_id": None,
    "full_name": None,
    "state": "open",
    "eligible": True,
    "reasons": [
        {
            "code": "poor",
            "reason": {"vi": "Hộ nghèo theo quyết định công nhận", "en": "A poor household by decision"},
            **_CITED,
            "verified": True,
            "certain": True,
        }
    ],
    "excluded": None,
    "to_check": [],
    "priorities": [],
    "served": None,
    "withheld": [],
}
_POLICY: dict[str, Any] = {
    "code": "electricity_poor",
    "field": "electricity",
    "component": None,
    "subject": "household",
    "label": _LABEL,
    "benefit": {
        "vi": "Tiền điện tương đương 30 kWh mỗi tháng theo giá bậc 1, trả theo quý",
        "en": "The price of 30 kWh a month at the first tier, paid by the quarter",
    },
    "responsible": {"vi": "UBND xã", "en": "Commune people's committee"},
    **_CITED,
    "verified": True,
    "amounts": [
        {
            "code": "monthly_amount",
            "label": {"vi": "Mức hỗ trợ mỗi tháng", "en": "Support a month"},
            "measure": "amount",
            "unit": "vnd",
            "value": None,
            "unverified_value": 56_790,
            "said": {
                "vi": "Chưa kiểm chứng với văn bản: chỉ để tham khảo, không phải số tiền được hưởng",
                "en": "Unverified: shown for orientation, never an amount due",
            },
            **_CITED,
            "valid_from": "2024-10-11",
            "valid_to": "2025-05-09",
        }
    ],
}
ENTITLEMENTS: dict[str, Any] = {
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "as_of": "2024-12-31",
    "active": True,
    "policies": [_POLICY],
    "entitlements": [ENTITLEMENT],
}
WORK_ITEM: dict[str, Any] = {
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "household_no": "0312",
    "head_name": "Nguyễn Văn Á",
    "place": None,
    "entitlements": [ENTITLEMENT],
}
_TALLY = {"eligible": 41, "open": 30, "served": 11, "unknown": 0, "excluded": 0, "withheld": 0}
SUMMARY: dict[str, Any] = {
    "area_id": _COMMUNE,
    "as_of": "2024-12-31",
    "households": 118,
    "persons": 402,
    "policies": [
        {
            "policy": "electricity_poor",
            "label": _LABEL,
            "subject": "household",
            "households": _TALLY,
            "persons": _TALLY | {"eligible": 133, "open": 97, "served": 36},
        }
    ],
}
PRIORITY_ORDER: dict[str, Any] = {
    "id": "018e4f4c-5b2a-7c11-9d3e-8a7b6c5d4e3f",
    "area_id": _COMMUNE,
    "valid_from": "2024-04-02",
    "codes": ["merit_member", "children"],
    "decided_by": "Họp UBND xã ngày 28/3/2024",
    "created_at": "2024-04-02T09:12:40+07:00",
}


def page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}
