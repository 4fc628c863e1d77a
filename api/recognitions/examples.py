"""What answers look like, for the description of the wire. Made up."""

_HOUSEHOLD = "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d"
_HAMLET = "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"
_ROUND = "8f1d2c3b-4a59-5867-9786-a5b4c3d2e1f0"

RECOGNITION = {
    "id": "0b6f7e3a-91c4-4f0e-8f7a-2d1c3b4a5968",
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "poverty_class": "near_poor",
    "from_day": "2023-12-11",
    "to_day": None,
    "decision": {
        "id": "3e4d5c6b-7a89-5068-8172-93a4b5c6d7e8",
        "number": "112/QĐ-UBND",
        "decided_on": "2023-12-11",
        "signatory": "Chủ tịch UBND xã",
        "round_id": _ROUND,
    },
}
