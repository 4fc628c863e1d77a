"""What the conditions of policies read (api/programmes/facts.py), put together from what was loaded of a household.

PURE: rows in, plain values out.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from api.eligibility.conditions import RANGES
from api.standards.facts import facts, whole

_ADULT = 16
# Schooling is asked up to 30 (NĐ 07/2021, Phụ lục: the education of adults of 16 to 30). Of whoever is older and has no
# level on record nobody ever will fill one in: they go to no school.
_ASKED_SCHOOLING_UNTIL = 30
_NO_MINORITY = ("kinh", "foreign")
_NOT_ASKED = ("id", "born", "birth_year", "year_only")
_RURAL = "rural"  # where an area does not say


@dataclass(frozen=True)
class Person:
    """Somebody who lived there on the day, with what a condition of a person may ask. `record`: the stored fields that
    were loaded, as of the day."""

    id: UUID
    full_name: str
    facts: dict[str, Any]
    record: dict[str, Any]


@dataclass(frozen=True)
class Home:
    """A household as it was on the day, with its people by name. `hamlet_id`: where it stood then; `today_in`:
    where it stands. `active`: it was there.
    `sees_sensitive`: whether the caller may see what is sensitive about it."""

    id: UUID
    hamlet_id: UUID
    today_in: UUID
    household_no: str | None
    head_name: str | None
    active: bool
    sees_sensitive: bool
    facts: dict[str, Any]
    people: tuple[Person, ...]


def home_of(
    row: Any,
    then: dict[str, Any],
    members: list[dict[str, Any]],
    third_path: tuple[set[UUID], set[UUID]],
    needs: dict[UUID, set[str]],
    day: date,
) -> Home:
    """The facts of a household's row, its members and what stands elsewhere about them (docs/eligibility.md)."""
    base = facts({}, members, on=day, area_type=row.area_type or _RURAL, region=None)
    by_id = {str(member["id"]): member for member in members}
    people, records = base["members"], [by_id[one["id"]] for one in base["members"]]
    for one, record in zip(people, records, strict=True):
        one["ethnicity"] = record["ethnicity"]
    open_needs = needs.get(row.id, set()).union(*(needs.get(record["id"], ()) for record in records))
    shared = {
        "on": base["on"],
        "school_year": base["school_year"],
        "area_type": str(base["area_type"]),
        "h": _of_household(row, then, row.id in third_path[0], sorted(open_needs)),
        "counts": _counts(people),
        "most": {name: sum(one[_ASKED_AS[name]] is not False for one in people) for name in RANGES},
    }
    return Home(
        id=row.id,
        hamlet_id=row.hamlet_id,
        today_in=row.today_in,
        household_no=row.household_no,
        head_name=_head_name(row.head_member_id, members),
        active=row.active,
        sees_sensitive=row.sees_sensitive,
        facts=shared,
        people=tuple(
            Person(record["id"], record["full_name"], shared | {"m": _known(one, record, third_path[1], needs)}, record)
            for one, record in zip(people, records, strict=True)
        ),
    )


def _of_household(row: Any, then: dict[str, Any], average: bool, needs: list[str]) -> dict[str, Any]:
    days = {name: getattr(row, name) for name in ("class_since", "left_poor_on", "left_list_on")}
    return {
        "class": row.current_class,
        **{name: day and whole(day) for name, day in days.items()},
        "newly_escaped": row.newly_escaped_until is not None,
        "average_living_standard": average,
        "no_labour_capacity": then.get("no_labour_capacity", row.no_labour_capacity),
        "residence": then.get("residence", row.residence),
        "needs": needs,
    }


_ASKED_AS = {"on_social_allowance": "social_allowance", "with_pension": "pension"}


def _counts(people: list[dict[str, Any]]) -> dict[str, int]:
    ages = [one["age"] for one in people if one["age"] is not None]
    return {
        "members": len(people),
        "children_under_16": sum(age < _ADULT for age in ages),
        "women": sum(one["sex"] == "female" and (one["age"] or 0) >= _ADULT for one in people),
        "merit_persons": sum(one["merit_person"] for one in people),
        "disabled_persons": sum(one["disability"] != "none" for one in people),
        "minority_persons": sum(one["ethnicity"] not in _NO_MINORITY for one in people),
        "age_unknown": len(people) - len(ages),
        **{name: sum(one[asked] is True for one in people) for name, asked in _ASKED_AS.items()},
    }


def _known(
    known: dict[str, Any], member: dict[str, Any], workers: set[UUID], needs: dict[UUID, set[str]]
) -> dict[str, Any]:
    for name in _NOT_ASKED:
        del known[name]
    if known["schooling"] is None and (known["age"] or 0) > _ASKED_SCHOOLING_UNTIL:
        known["schooling"] = "none"
    known["low_income_worker"] = member["id"] in workers
    known["needs"] = sorted(needs.get(member["id"], ()))
    return known


def _head_name(head_id: UUID | None, members: list[dict[str, Any]]) -> str | None:
    """Who is named as head, else who is related as head, else the first by name."""
    ranked = sorted(members, key=lambda m: (m["id"] != head_id, m["relation_to_head"] != "head"))
    return ranked[0]["full_name"] if ranked else None
