"""Examples of the wire."""

from typing import Any

from api.indicators.examples import PROGRESS, SERIES

_LINES: dict[str, Any] = {name: SERIES[name] for name in ("code", "name", "unit", "points")}
DASHBOARD: dict[str, Any] = {
    "area": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
    "area_code": "14080",
    "area_name": "xã Trực Thái",
    "level": "commune",
    "as_of": "2024-12-31",
    "known_at": "2025-01-03T09:00:00+07:00",
    "plan_id": PROGRESS["plan_id"],
    "plan_number": "16/KH-UBND",
    "over_time": [_LINES],
    "by_area": [_LINES],
    "deprivations": [_LINES],
    "targets": PROGRESS["targets"],
    "round": {
        "year": 2024,
        "closes_on": "2024-12-14",
        "closed": False,
        "total": 168,
        "surveyed": 150,
        "parts": [
            {
                "area": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11",
                "area_code": "14080-03",
                "area_name": "Xóm 3",
                "total": 21,
                "surveyed": 19,
                "by_stage": {"listed": 2, "surveyed": 19},
            }
        ],
    },
    "money": {
        "year": 2024,
        "planned_vnd": 520000000,
        "approved_vnd": 500000000,
        "committed_vnd": 410000000,
        "disbursed_vnd": 395000000,
        "settled_vnd": 380000000,
    },
    "tablets": {
        "total": 8,
        "fine": 7,
        "quiet": [{"name": "Máy xóm 5", "user": "Trần Văn Bình", "state": "silent", "silent_days": 9, "pending": 4}],
    },
}
