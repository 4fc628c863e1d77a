"""What answers about the Fund look like, for the description of the wire. Made up."""

from typing import Any

_COMMUNE = "9d0b1f4e-52a5-5a86-9b0b-7a7a4d0f1c22"

ENTRY: dict[str, Any] = {
    "id": "3a1e5f70-8c2d-4b69-9d04-6e7f8091a2b3",
    "direction": "income",
    "area_id": _COMMUNE,
    "hamlet_id": None,
    "amount_vnd": 2000000,
    "booked_on": "2024-10-17",
    "giver": "Công ty may Trực Thái",
    "public_name": True,
    "organisation_id": None,
    "household_id": None,
    "intervention_id": None,
    "purpose": "Ủng hộ Quỹ vì người nghèo",
    "document_no": "PT 012",
    "reverses_id": None,
    "reversed_by_id": None,
    "reason": None,
    "recorded_at": "2024-10-17T15:00:00+07:00",
}
ACCOUNT: dict[str, Any] = {
    "area_id": _COMMUNE,
    "income_vnd": 52000000,
    "outlay_vnd": 40000000,
    "balance_vnd": 12000000,
    "year": 2024,
    "opening_vnd": 8000000,
    "of_year": {"income_vnd": 30000000, "outlay_vnd": 26000000},
    "closing_vnd": 12000000,
}
PUBLIC: dict[str, Any] = ACCOUNT | {
    "area_name": "xã Trực Thái",
    "lines": [
        {
            "booked_on": "2024-10-17",
            "direction": "income",
            "amount_vnd": 2000000,
            "purpose": "Ủng hộ Quỹ vì người nghèo",
            "giver": "Công ty may Trực Thái",
        }
    ],
    "more": False,
}
