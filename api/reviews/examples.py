"""What answers look like, for the description of the wire. Made up."""

_HOUSEHOLD = "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d"
_HAMLET = "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"
_MOMENT = "2024-03-18T09:12:40+07:00"

REQUEST = {
    "id": "018e4f4c-5b2a-7c11-9d3e-8a7b6c5d4e3f",
    "version": 1,
    "household_id": _HOUSEHOLD,
    "hamlet_id": _HAMLET,
    "kind": "review",
    "received_on": "2024-03-18",
    "reason": "Chủ hộ ốm nặng, không còn lao động chính",
    "withheld": [],
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
ROUND = {
    "id": "8f1d2c3b-4a59-5867-9786-a5b4c3d2e1f0",
    "version": 2,
    "area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
    "kind": "periodic",
    "year": 2023,
    "standard_code": "vn-2022",
    "standard_version": 1,
    "procedure_code": "qd-24-2021",
    "procedure_version": 1,
    "upper_level": "district",
    "opens_on": "2023-09-01",
    "closes_on": "2023-12-14",
    "stage": "closed",
    "state": "closed",
    "overdue_reason": None,
    "approved_at": "2023-08-30T08:00:00+07:00",
    "created_at": "2023-08-28T08:00:00+07:00",
    "updated_at": "2023-12-14T16:30:00+07:00",
}
