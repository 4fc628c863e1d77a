"""What answers about items of the plan look like, for the description of the wire. Made up."""

ITEM = {
    "id": "6d1f0c2e-8b3a-4c5d-9e7f-0a1b2c3d4e5f",
    "version": 2,
    "area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
    "year": 2024,
    "plan_id": None,
    "component": "livelihood",
    "title": "Hỗ trợ bò cái sinh sản cho hộ nghèo, hộ cận nghèo",
    "quantity": 10,
    "unit": "con",
    "note": None,
    "state": "approved",
    "funding": [
        {"source": "mobilised", "level": "none", "amount_vnd": 30_000_000},
        {"source": "state_budget", "level": "central", "amount_vnd": 120_000_000},
    ],
    "planned_vnd": 150_000_000,
    "prepared_by": "2d3c4b5a-6978-5786-95a4-b3c2d1e0f1a2",
    "approved_by": "7c6b5a49-3827-5615-8403-f2e1d0c9b8a7",
    "approved_on": "2024-04-02",
    "document_no": "16/KH",
    "cancelled_by": None,
    "cancelled_on": None,
    "cancel_reason": None,
    "created_at": "2024-03-20T09:12:40+07:00",
    "updated_at": "2024-04-02T16:30:00+07:00",
}
