"""Real rows of the points table of 2016-2020 (groups 1 to 6): only to test the loader and the arithmetic.

NOT valid from 2022 on, and with other thresholds then. Groups 7 to 13 are not known: the table says that it
is without them.
"""

from dataclasses import dataclass
from typing import Any

KEYS = ("NT_DBSH", "NT_TDMNPB", "NT_BTBDHMT", "NT_TN", "NT_DNB", "NT_DBSCL", "TT")
ROWS: dict[str, dict[str, tuple[int, ...]]] = {
    "household_size": {
        "size_1": (75, 75, 70, 75, 70, 65, 80),
        "size_2": (60, 65, 50, 50, 55, 55, 55),
        "size_3": (40, 50, 40, 40, 45, 45, 40),
        "size_4": (30, 30, 30, 35, 30, 35, 25),
        "size_5": (20, 20, 15, 15, 20, 30, 20),
        "size_6": (15, 10, 10, 5, 10, 20, 10),
        "size_over_6": (0, 0, 0, 0, 0, 0, 0),
    },
    "dependants": {
        "none": (15, 10, 15, 20, 20, 20, 15),
        "one": (5, 5, 10, 15, 5, 15, 5),
        "two_or_more": (0, 0, 0, 0, 0, 0, 0),
    },
    "highest_qualification": {
        "college": (10, 15, 15, 10, 20, 15, 15),
        "intermediate": (5, 10, 5, 5, 15, 5, 0),
        "upper_secondary": (0, 0, 0, 5, 10, 5, 0),
    },
    "non_farm_job": {
        "civil_servant": (25, 45, 25, 30, 25, 20, 10),
        "other_non_farm": (20, 25, 20, 15, 5, 10, 5),
    },
    "pensioners": {"one": (20, 30, 25, 25, 15, 25, 5), "two_or_more": (35, 50, 45, 30, 25, 40, 15)},
    "house_material": {
        "durable_wall": (0, 5, 20, 10, 0, 0, 10),
        "durable_column": (15, 5, 0, 5, 10, 10, 0),
    },
}
WITHOUT = ("area_per_head", "electricity_month", "water_source", "toilet", "assets", "land", "cattle", "pigs",
           "poultry", "aquaculture")  # fmt: skip


def sample() -> dict[str, Any]:
    """The table as a request brings it."""
    groups = [
        {
            "code": group,
            "options": [
                {"code": code, "points": dict(zip(KEYS, points, strict=True))} for code, points in options.items()
            ],
        }
        for group, options in ROWS.items()
    ]
    return {"legal_source": "bảng 2016-2020, chỉ để thử", "groups": groups, "without": list(WITHOUT)}


@dataclass(frozen=True)
class ByHand:
    """A household and its points, added up by hand from the table above."""

    members: list[dict[str, Any]]
    answers: dict[str, Any]
    area_type: str
    region: str | None
    points: int


def _person(name: str, born: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "birth_date": born, "disability": "none", "qualification": "primary", "pension": False} | fields


_COUPLE = [_person("an", "1980-01-01"), _person("binh", "1982-01-01", qualification="college")]
_SOLID, _WEAK = {"wall_durable": True, "column_durable": True}, {"wall_durable": False, "column_durable": False}

BY_HAND = (
    # 60 two people, 15 no dependant, 10 college, 20 other job, 15 column
    ByHand(_COUPLE, {"non_farm_job": "other_non_farm", **_SOLID}, "rural", "red_river_delta", 120),
    # 55 + 15 + 15 + 5 + 10: the urban column, whatever the region
    ByHand(_COUPLE, {"non_farm_job": "other_non_farm", **_SOLID}, "urban", "mekong_delta", 100),
    # 30 + 0 two dependants + 10 + 45 civil servant + 0 + 0 weak house, and 50 for two pensioners
    ByHand(
        [*_COUPLE, _person("cu", "1950-01-01", pension=True), _person("ba", "1952-01-01", pension=True)],
        {"non_farm_job": "civil_servant", **_WEAK}, "rural", "northern_midlands_mountains", 30 + 0 + 15 + 45 + 50,
    ),
    # alone and over 60: the size gives nothing; one dependant 5, one pensioner 20, column 15
    ByHand([_person("cu", "1950-01-01", pension=True)], {"non_farm_job": "none", **_SOLID}, "rural",
           "red_river_delta", 40),
)  # fmt: skip
