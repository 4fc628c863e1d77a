"""What answers about money look like, for the description of the wire. Made up."""

from typing import Any

_COMMUNE, _HAMLET = "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22", "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"
_LINE, _COMMITMENT = "7e2f1a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b", "a4b5c6d7-e8f9-4a0b-9c1d-2e3f4a5b6c7d"
_OFFICER, _CHAIR = "2d3c4b5a-6978-5786-95a4-b3c2d1e0f1a2", "7c6b5a49-3827-5615-8403-f2e1d0c9b8a7"
_TREASURER = "5b4a3928-1706-5f4e-8d3c-2b1a09f8e7d6"
_MOMENT = "2024-06-12T10:20:00+07:00"


def page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


LINE: dict[str, Any] = {
    "id": _LINE,
    "version": 4,
    "area_id": _COMMUNE,
    "year": 2024,
    "source": "state_budget",
    "level": "central",
    "component": "livelihood",
    "plan_item_id": None,
    "title": "Vốn sự nghiệp DA2 năm 2024",
    "approved_vnd": 120_000_000,
    "committed_vnd": 90_000_000,
    "disbursed_vnd": 60_000_000,
    "settled_vnd": 0,
    "remaining_vnd": 30_000_000,
    "closed_on": None,
    "rest_vnd": None,
    "carried_to_id": None,
    "recorded_by": _TREASURER,
    "created_at": "2024-04-08T08:00:00+07:00",
    "updated_at": _MOMENT,
}
COMMITMENT: dict[str, Any] = {
    "id": _COMMITMENT,
    "version": 4,
    "budget_line_id": _LINE,
    "intervention_id": None,
    "organisation_id": None,
    "purpose": "Hợp đồng mua 10 con bò cái sinh sản",
    "document_no": "07/HĐ",
    "amount_vnd": 90_000_000,
    "state": "approved",
    "prepared_by": _OFFICER,
    "decided_by": _CHAIR,
    "decided_on": "2024-05-06",
    "decision_reason": None,
    "committed_vnd": 90_000_000,
    "disbursed_vnd": 60_000_000,
    "settled_vnd": 0,
    "created_at": "2024-05-04T09:12:40+07:00",
    "updated_at": _MOMENT,
}
MOVEMENT: dict[str, Any] = {
    "id": "0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f",
    "budget_line_id": _LINE,
    "commitment_id": _COMMITMENT,
    "kind": "disbursement",
    "amount_vnd": 60_000_000,
    "reverses_id": None,
    "reversed_vnd": 0,
    "booked_on": "2024-06-12",
    "document_no": "UNC 18",
    "reason": None,
    "recorded_by": _TREASURER,
    "recorded_at": _MOMENT,
}
BOOKING: dict[str, Any] = {"movement": MOVEMENT, "line": LINE, "commitment": COMMITMENT}
_SUMS = {
    "planned_vnd": 150_000_000,
    "draft_vnd": 0,
    "approved_vnd": 120_000_000,
    "committed_vnd": 90_000_000,
    "disbursed_vnd": 60_000_000,
    "settled_vnd": 0,
    "remaining_vnd": 30_000_000,
}
_SOURCE = {"source": "state_budget", "level": "central"}
BUDGET: dict[str, Any] = {
    "area_id": _COMMUNE,
    "year": 2024,
    "total": _SUMS,
    "by_component": [{"component": "livelihood", **_SUMS}],
    "by_source": [_SOURCE | _SUMS],
    "by_hamlet": [{"hamlet_id": _HAMLET, **_SUMS}],
    "rows": [{"component": "livelihood", "hamlet_id": _HAMLET, **_SOURCE, **_SUMS}],
}
