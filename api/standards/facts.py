"""What is known of a household on a day, as plain numbers and codes: what the rules of a standard read.

PURE, and the same as survey_app/src/scoring/facts.ts; tests/vectors/scoring/ holds both to it. A day is a whole number
yyyymmdd, so that "at least 16 on that day" is `born + 160000 <= on` in every language. Unknown is null.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import NoneType
from typing import Any

# What a member's facts carry over from the record as it is: (field, kind, code list). A birth makes the others.
MEMBER_FIELDS: tuple[tuple[str, str, str | None], ...] = (
    ("sex", "code", "sex"),
    ("relation_to_head", "code", "relation"),
    ("schooling", "code", "schooling"),
    ("right_level", "bool", None),
    ("qualification", "code", "qualification"),
    ("labour_status", "code", "labour_status"),
    ("labour_contract", "bool", None),
    ("health_insurance", "bool", None),
    ("social_allowance", "bool", None),
    ("pension", "bool", None),
    ("merit_person", "bool", None),
    ("disability", "code", "disability"),
    ("nutrition", "code", "nutrition"),
)
_CARRIED = tuple(field for field, _, _ in MEMBER_FIELDS)
_JSON = {str, bool, NoneType}
_A_YEAR = 10_000  # of a day written yyyymmdd
_NEW_YEAR = 101


def facts(
    answers: Mapping[str, Any],
    members: Iterable[Mapping[str, Any]],
    *,
    on: date | str,
    area_type: str,
    region: str | None,
    school_year_starts: str = "09-01",
) -> dict[str, Any]:
    """The facts of a household on the day `on`, as JSON. `members`: records as in docs/sync-protocol.md, with `id`.

    Whoever has left by that day (`left_on <= on`) or is not born yet is not counted. A birth year without a day counts
    as 1 January and is marked (`year_only`). `school_year` is the year in which the school year of that day began.
    """
    day = whole(on)
    starts = int(school_year_starts.replace("-", ""))
    school_year = day // _A_YEAR - (day % _A_YEAR < starts)
    with_births = ((m, _born(m)) for m in members)
    counted = [_member(m, born, day, school_year) for m, born in with_births if _is_there(m, born, day)]
    return {
        "on": day,
        "school_year": school_year,
        "area_type": area_type,
        "region": region,
        "answers": dict(answers),
        "members": counted,
        "counts": {"members": len(counted)},
    }


def whole(day: date | str) -> int:
    """A day as yyyymmdd."""
    return int(day.replace("-", "")) if isinstance(day, str) else day.year * _A_YEAR + day.month * 100 + day.day


def _is_there(member: Mapping[str, Any], born: int | None, day: int) -> bool:
    left = member.get("left_on")
    return (left is None or whole(left) > day) and (born is None or born <= day)


def _born(member: Mapping[str, Any]) -> int | None:
    if member.get("birth_date") is not None:
        return whole(member["birth_date"])
    year = member.get("birth_year")
    return None if year is None else int(year) * _A_YEAR + _NEW_YEAR


def _member(member: Mapping[str, Any], born: int | None, day: int, school_year: int) -> dict[str, Any]:
    year = None if born is None else born // _A_YEAR
    found: dict[str, Any] = {
        "id": str(member["id"]),
        "born": born,
        "birth_year": year,
        "year_only": member.get("birth_date") is None,
        "age": None if born is None else (day - born) // _A_YEAR,
        "school_age": None if year is None else school_year - year,
    }
    values = [*map(member.get, _CARRIED)]
    if not _JSON.issuperset(map(type, values)):  # codes of a row
        values = [str(value) if isinstance(value, str) else value for value in values]
    found.update(zip(_CARRIED, values, strict=True))
    return found
