"""What good answers look like, for the OpenAPI document."""

from typing import Any

from api.areas.tables import area_id

_COMMUNE: dict[str, Any] = {
    "id": str(area_id("14080")),
    "code": "14080",
    "level": "commune",
    "full_name": "xã Trực Thái",
    "valid_from": "2004-07-08",
    "valid_to": None,
}

_HAMLET: dict[str, Any] = {
    "id": str(area_id("14080-03")),
    "code": "14080-03",
    "level": "hamlet",
    "name": "Xóm 3",
    "full_name": "Xóm 3",
    "local_kind": "xom",
    "area_type": "rural",
    "region": "red_river_delta",
    "parent_id": str(area_id("14080")),
    "valid_from": "2004-07-08",
    "valid_to": None,
}

PAGE = {"items": [_HAMLET], "next_cursor": None}

AREA = _HAMLET | {
    "as_of": "2024-12-31",
    "source": "Quy ước của xã (xóm không có mã chính thức)",
    "ancestors": [_COMMUNE],
    "predecessors": [],
    "successors": [],
}

TREE = {
    "as_of": "2024-12-31",
    "items": [
        {key: _COMMUNE[key] for key in ("id", "code", "level", "full_name")}
        | {
            "children": [
                {key: _HAMLET[key] for key in ("id", "code", "level", "full_name")} | {"children": []},
            ]
        }
    ],
}

STATISTIC = {
    "id": "0191a3c4-5b6d-7e8f-9a0b-1c2d3e4f5061",
    "area_id": str(area_id("14080-03")),
    "as_of": "2024-06-30",
    "households": 312,
    "persons": 1104,
    "source": "Công an xã Trực Thái",
    "recorded_at": "2024-07-02T08:15:00+07:00",
    "recorded_by": None,
    "current": True,
}

STATISTICS = {"items": [STATISTIC], "next_cursor": None}
