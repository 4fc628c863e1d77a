"""What answers look like, for the description of the wire. Made up."""

from typing import Any

_HOUSEHOLD = "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d"
_HAMLET = "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"
_COMMUNE = "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22"
_ROUND = "8f1d2c3b-4a59-5867-9786-a5b4c3d2e1f0"
_DECISION = "3e4d5c6b-7a89-5068-8172-93a4b5c6d7e8"
_OFFICER, _CHAIR = "2d3c4b5a-6978-5786-95a4-b3c2d1e0f1a2", "7c6b5a49-3827-5615-8403-f2e1d0c9b8a7"
_MOMENT, _SIGNED = "2024-12-10T09:12:40+07:00", "2024-12-11T16:30:00+07:00"
_BRIEF: dict[str, Any] = {
    "id": _DECISION,
    "number": "112/QĐ-UBND",
    "decided_on": "2023-12-11",
    "signatory": "Chủ tịch UBND xã",
    "round_id": _ROUND,
}


def page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


RECOGNITION = {
    "id": "0b6f7e3a-91c4-4f0e-8f7a-2d1c3b4a5968",
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "poverty_class": "near_poor",
    "from_day": "2023-12-11",
    "to_day": None,
    "movement": "poor_to_near_poor",
    "decision": _BRIEF,
}
DECISION = {
    "id": _DECISION,
    "version": 2,
    "area_id": _COMMUNE,
    "round_id": _ROUND,
    "kind": "main",
    "state": "signed",
    "number": "112/QĐ-UBND",
    "decided_on": "2024-12-11",
    "signatory": "Chủ tịch UBND xã",
    "prepared_by": _OFFICER,
    "signed_by": _CHAIR,
    "totals": {
        "poor": {"households": 59, "persons": 171},
        "near_poor": {"households": 113, "persons": 380},
        "not_poor": {"households": 24, "persons": 96},
        "movements": {
            "stays": 139,
            "poor_to_near_poor": 20,
            "escaped_poor": 10,
            "escaped_near_poor": 14,
            "new_poor": 13,
        },
        "living_standard": 0,
        "suppressed": False,
    },
    "recorded_at": _MOMENT,
    "updated_at": _SIGNED,
}
PREPARED = DECISION | {
    "version": 1,
    "state": "prepared",
    "number": None,
    "decided_on": None,
    "signatory": None,
    "signed_by": None,
    "updated_at": _MOMENT,
    "left_out": [{"household_id": _HOUSEHOLD, "hamlet_id": _HAMLET, "reason": "held_back"}],
}
LINE = {
    "household_id": _HOUSEHOLD,
    "household_no": "041",
    "head_name": "Nguyễn Văn Á",
    "hamlet_id": _HAMLET,
    "poverty_class": "near_poor",
    "class_before": "poor",
    "movement": "poor_to_near_poor",
    "persons": 4,
}
_COUNT = {
    "opening": 66,
    "to_other_class": 20,
    "above_line": 10,
    "decrease_other": 1,
    "from_other_class": 4,
    "relapsed": 1,
    "new": 12,
    "increase_other": 0,
    "closing": 52,
}
_ROW = {
    "area_id": _HAMLET,
    "poverty_class": "poor",
    "households": _COUNT,
    "persons": {n: 3 * c for n, c in _COUNT.items()},
}
MOVEMENTS = {
    "round_id": _ROUND,
    "area_id": _COMMUNE,
    "level": "hamlet",
    "opening_source": "standing",
    "opening_round_id": "9e8d7c6b-5a49-5838-8271-60f5e4d3c2b1",
    "opening_on": "2023-12-14",
    "closing_source": "standing",
    "closing_on": "2024-12-14",
    "rows": [_ROW],
    "totals": [_ROW | {"area_id": _COMMUNE}],
    "suppressed": False,
}
MOVED = {
    "household_id": _HOUSEHOLD,
    "household_no": "041",
    "head_name": "Nguyễn Văn Á",
    "area_id": _HAMLET,
    "households": 1,
    "persons": 4,
}
CERTIFICATE = {
    "id": "6f5e4d3c-2b1a-5c0d-9e8f-7a6b5c4d3e2f",
    "version": 2,
    "household_id": _HOUSEHOLD,
    "household_no": "041",
    "head_name": "Nguyễn Văn Á",
    "hamlet_id": _HAMLET,
    "area_id": _COMMUNE,
    "book_no": 17,
    "number": "17/GCN-HN.HCN",
    "issued_on": "2023-12-15",
    "withdrawn_on": None,
    "lines": [
        {"year": 2023, "poverty_class": "poor", "decision_id": _DECISION},
        {"year": 2024, "poverty_class": "near_poor", "decision_id": "4f5e6d7c-8b9a-5178-9283-a4b5c6d7e8f9"},
    ],
    "created_at": _MOMENT,
    "updated_at": _SIGNED,
}
ISSUED = {
    "decision_id": _DECISION,
    "issued": 12,
    "extended": 160,
    "withdrawn": 24,
    "outdated": 0,
    "first_book_no": 181,
    "last_book_no": 192,
}
LETTER = {
    "id": "1f2e3d4c-5b6a-5798-8607-15f4e3d2c1b0",
    "code": "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
    "verify_path": "/verify/MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "area_id": _COMMUNE,
    "year": 2025,
    "book_no": 3,
    "as_of": "2024-12-31",
    "poverty_class": "near_poor",
    "newly_escaped": True,
    "decision": _BRIEF | {"decided_on": "2024-12-11"},
    "issued_on": "2025-02-03",
    "issued_by": _OFFICER,
    "created_at": "2025-02-03T09:00:00+07:00",
}
VERIFIED = {"valid": True, "commune": "xã Trực Thái", "book_no": 3, "year": 2025, "issued_on": "2025-02-03"}
REFUSAL = {
    "request_id": "018e4f4c-5b2a-7c11-9d3e-8a7b6c5d4e3f",
    "version": 2,
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "area_id": _COMMUNE,
    "round_id": _ROUND,
    "reasons": "Tổng điểm B1 là 155, cao hơn 140: thu nhập trên chuẩn nghèo",
    "number": "31/TB-UBND",
    "signed_on": "2024-10-28",
    "signatory": "Chủ tịch UBND xã",
    "prepared_by": _OFFICER,
    "signed_by": _CHAIR,
    "withheld": [],
    "created_at": "2024-10-25T09:00:00+07:00",
    "updated_at": "2024-10-28T15:00:00+07:00",
}
LIVING_STANDARD_CASE = {
    "id": "7a8b9c0d-1e2f-5a3b-8c4d-5e6f7a8b9c0d",
    "version": 2,
    "request_id": None,
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "member_id": None,
    "kind": "agri_average_living_standard",
    "stage": "measured",
    "opened_on": "2024-10-15",
    "income_per_head_vnd": 1_950_000,
    "works_in_agriculture": True,
    "worksheet": {"lua": 42_000_000, "chan_nuoi": 28_000_000},
    "measured_on": "2024-10-16",
    "posted_until": None,
    "decision_id": None,
    "qualifies": True,
    "reasons": [],
    "income_above_vnd": 1_500_000,
    "income_up_to_vnd": 2_250_000,
    "bounds_source": "NĐ 07/2021/NĐ-CP, NĐ 30/2025/NĐ-CP; NĐ 351/2025/NĐ-CP, Điều 3",
    "bounds_verified": False,
    "created_at": "2024-10-15T08:00:00+07:00",
    "updated_at": "2024-10-16T10:00:00+07:00",
}
COMPLAINED_CASE = {"id": LIVING_STANDARD_CASE["id"], "version": 4, "stage": "complained"}
LIVING_STANDARD = {
    "id": "8b9c0d1e-2f3a-5b4c-9d5e-6f7a8b9c0d1e",
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "member_id": None,
    "kind": "agri_average_living_standard",
    "from_day": "2024-10-30",
    "to_day": None,
    "decision": _BRIEF | {"number": "98/QĐ-UBND", "decided_on": "2024-10-30", "round_id": None},
}
