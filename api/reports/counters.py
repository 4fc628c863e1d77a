"""PURE: what the columns count. Each counter yields marks: which household or person counts in which hamlet, how often.

A cell is the sum of its marks, and the records behind a cell are its marks: they cannot differ.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from api.reports.census import KINH, Census, Home, Human, is_minority
from api.reports.definition import Count, Unit

_LEAST_ADULT = 16


@dataclass(frozen=True, slots=True)
class Mark:
    """`number` times in a cell of the hamlet."""

    hamlet_id: UUID
    household_id: UUID
    member_id: UUID | None
    number: int


@dataclass(frozen=True, slots=True)
class Of:
    """A count with nothing left to the line."""

    name: str
    argument: str
    unit: Unit
    poverty_class: str | None


def completed(count: Count, unit: Unit, *classes: str | None) -> Of:
    """`classes`: of the line, of the form; the first one that is said."""
    found = next((one for one in (count.poverty_class, *classes) if one), None)
    return Of(count.name, count.argument, count.unit or unit, found)


def marks(census: Census, count: Of) -> list[Mark]:
    """Raises KeyError for a counter that there is not: a mistake in the data."""
    return list(_COUNTERS[count.name](census, count))


def has_records(count: Of) -> bool:
    """Is it counted from households or people (and no statistic of the hamlets)?"""
    return count.name not in ("statistic", "nobody_keeps")


Tells = Literal["class", "read", "sensitive"]
# what ethnic groups, disabilities, health and deprivations are told by
_SENSITIVE = {
    "group": {"minority", "no_labour", "other"},
    "cause": {"illness_or_accident"},
    "child": {"malnourished", "health_items", "health_any"},
}


def tells(count: Of) -> Tells:
    """What somebody's name in a cell tells of them: that they are poor or near-poor and how they came to it; what else
    their record says; or what is sensitive in it (ethnic group, health, labour capacity, deprivations)."""
    if count.name in ("homes", "ledger"):
        return "class" if count.unit == "households" and count.poverty_class != "average" else "read"
    if count.name in ("deprived", "deprivations", "undetermined") or (
        count.name == "ethnic" and count.argument != "all"
    ):
        return "sensitive"
    return "sensitive" if count.argument in _SENSITIVE.get(count.name, ()) else "read"


def unknown_in(census: Census, count: Of) -> set[UUID]:
    """The hamlets where nobody can tell: of deprivations those whose households were never reviewed."""
    if count.name not in ("deprived", "deprivations"):
        return set()
    homes = _homes_of(census, count)
    return {home.hamlet_id for home in homes} - {home.hamlet_id for home in homes if home.reviewed}


def _homes_of(census: Census, count: Of) -> list[Home]:
    if count.poverty_class == "average":
        return [home for home in census.homes if home.average]
    return [home for home in census.homes if home.poverty_class == count.poverty_class]


def _humans_of(census: Census, count: Of) -> list[Human]:
    return [human for human in census.humans if human.poverty_class == count.poverty_class]


def _home_mark(home: Home, count: Of, times: int = 1) -> Mark:
    number = times * (home.persons if count.unit == "persons" else 1)
    return Mark(home.hamlet_id, home.household_id, None, number)


def _human_mark(human: Human, times: int = 1) -> Mark:
    return Mark(human.hamlet_id, human.household_id, human.member_id, times)


def _homes(census: Census, count: Of) -> Iterator[Mark]:
    for home in _homes_of(census, count):
        yield _home_mark(home, count)


def _not_reviewed(census: Census, count: Of) -> Iterator[Mark]:
    for home in _homes_of(census, count):
        if not home.reviewed:
            yield _home_mark(home, count)


def _undetermined(census: Census, count: Of) -> Iterator[Mark]:
    for home in _homes_of(census, count):
        if home.undetermined:
            yield _home_mark(home, count)


def _deprivations(census: Census, count: Of) -> Iterator[Mark]:
    for home in _homes_of(census, count):
        yield _home_mark(home, count, len(home.deprivations))


def _deprived(census: Census, count: Of) -> Iterator[Mark]:
    for home in _homes_of(census, count):
        if count.argument in home.deprivations:
            yield _home_mark(home, count)


_GROUPS: dict[str, Callable[[Home], bool]] = {
    "minority": lambda home: home.minority,
    "no_labour": lambda home: home.no_labour,
    "merit": lambda home: home.merit,
    "female_head": lambda home: home.female_head is True,
    "other": lambda home: not (home.minority or home.no_labour or home.merit),
}


def _group(census: Census, count: Of) -> Iterator[Mark]:
    for home in _homes_of(census, count):
        if _GROUPS[count.argument](home):
            yield _home_mark(home, count)


def _is_of(ethnicity: str | None, asked: str) -> bool:
    if asked == "all":
        return True
    if asked == "minority":
        return is_minority(ethnicity)
    if asked == "other":
        return ethnicity != KINH and not is_minority(ethnicity)
    return ethnicity == asked


def _ethnic(census: Census, count: Of) -> Iterator[Mark]:
    """Households by the head, persons by their own."""
    if count.unit == "households":
        for home in _homes_of(census, count):
            if _is_of(home.ethnicity, count.argument):
                yield _home_mark(home, count)
        return
    for human in _humans_of(census, count):
        if _is_of(human.ethnicity, count.argument):
            yield _human_mark(human)


def _cause(census: Census, count: Of) -> Iterator[Mark]:
    for home in _homes_of(census, count):
        if count.argument in home.causes:
            yield _home_mark(home, count)


def _no_cause(census: Census, count: Of) -> Iterator[Mark]:
    for home in _homes_of(census, count):
        if not home.causes:
            yield _home_mark(home, count)


def _times(human: Human, asked: str) -> int:
    uninsured = human.health_insurance is False
    malnourished = human.nutrition not in (None, "normal")
    return {
        "all": 1,
        "no_insurance": int(uninsured),
        "malnourished": int(malnourished),
        "health_items": uninsured + malnourished,
        "health_any": int(uninsured or malnourished),
        "education": int(human.lacks_education),
    }[asked]


def _child(census: Census, count: Of) -> Iterator[Mark]:
    for human in _humans_of(census, count):
        if human.age is not None and human.age < _LEAST_ADULT and (times := _times(human, count.argument)):
            yield _human_mark(human, times)


def _ledger(census: Census, count: Of) -> Iterator[Mark]:
    for entry in census.entries:
        if (entry.poverty_class, entry.column) == (count.poverty_class, count.argument):
            number = entry.persons if count.unit == "persons" else entry.households
            yield Mark(entry.area_id, entry.household_id, None, number)


_COUNTERS: dict[str, Callable[[Census, Of], Iterator[Mark]]] = {
    "homes": _homes,
    "not_reviewed": _not_reviewed,
    "undetermined": _undetermined,
    "deprivations": _deprivations,
    "deprived": _deprived,
    "group": _group,
    "ethnic": _ethnic,
    "cause": _cause,
    "no_cause": _no_cause,
    "child": _child,
    "ledger": _ledger,
}
