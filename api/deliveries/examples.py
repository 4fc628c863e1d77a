"""What answers look like, for the description of the wire. Made up."""

from typing import Any

_MOMENT = "2024-11-20T10:12:40+07:00"
_HOUSEHOLD = "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d"
_HAMLET = "69a2a8ea-a202-51f9-96ac-479bed1b93ab"
_INTERVENTION = "0193a5c2-7d10-7b3e-8f40-2a1b3c4d5e6f"
_LINE_ID = "0193a5c2-7d10-7b3e-8f40-2a1b3c4d5e70"

DELIVERY: dict[str, Any] = {
    "id": "0193a5c2-7d10-7b3e-8f40-2a1b3c4d5e71",
    "version": 1,
    "intervention_id": _INTERVENTION,
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "member_id": None,
    "organisation_id": None,
    "headcount": None,
    "sheet_line_id": _LINE_ID,
    "form": "cash",
    "service": None,
    "delivered_on": "2024-11-20",
    "quantity": None,
    "unit": None,
    "amount_vnd": 175_000,
    "paid_by": "hand",
    "outcome": "delivered",
    "state": "delivered",
    "received_by": "Nguyễn Văn An",
    "note": None,
    "attachments": [],
    "attachments_declared": 0,
    "attachments_present": 0,
    "recorded_by": "xom-3",
    "reversed_at": None,
    "reversal_reason": None,
    "withheld": [],
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
REVERSED = DELIVERY | {
    "version": 2,
    "state": "reversed",
    "reversed_at": "2024-11-21T08:30:00+07:00",
    "reversal_reason": "Ghi nhầm hộ",
    "updated_at": "2024-11-21T08:30:00+07:00",
}
SHEET: dict[str, Any] = {
    "id": "0193a5c2-7d10-7b3e-8f40-2a1b3c4d5e72",
    "version": 2,
    "intervention_id": _INTERVENTION,
    "hamlet_id": _HAMLET,
    "title": "Hỗ trợ tiền điện hộ nghèo",
    "period": "Quý IV/2024",
    "hand_out_on": "2024-11-20",
    "form": "cash",
    "paid_by": "hand",
    "state": "open",
    "prepared_by": "truc-thai",
    "closed_on": None,
    "by_state": {"awaited": 0, "delivered": 1, "refused": 0, "absent": 0, "returned": 0},
    "total_vnd": 175_000,
    "delivered_vnd": 175_000,
    "created_at": "2024-11-15T08:00:00+07:00",
    "updated_at": _MOMENT,
}
_LINE = {
    "id": _LINE_ID,
    "version": 2,
    "position": 1,
    "household_id": _HOUSEHOLD,
    "household_no": "17",
    "head_name": "Nguyễn Văn An",
    "member_id": None,
    "member_name": None,
    "amount_vnd": 175_000,
    "quantity": None,
    "unit": None,
    "state": "delivered",
    "delivery_id": DELIVERY["id"],
    "delivered_on": "2024-11-20",
    "received_by": "Nguyễn Văn An",
    "note": None,
    "withheld": [],
}
WHOLE_SHEET = SHEET | {"lines": [_LINE]}
CLOSED = WHOLE_SHEET | {"state": "closed", "closed_on": "2024-11-25", "version": 3}
