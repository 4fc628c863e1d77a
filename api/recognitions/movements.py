"""PURE: what a decision does to the class of a household, and the ledger of movements between two standings.

domain.md 3.6; the columns are those of report forms 2 (poor) and 3 (near-poor). The ledger is the difference of two
sets, explained by the decisions between them, so that in every row, for households and for persons,

    closing = opening - (to_other_class + above_line + decrease_other)
                      + (from_other_class + relapsed + new + increase_other)
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Literal
from uuid import UUID

POOR, NEAR, NOT = "poor", "near_poor", "not_poor"
CLASSES = (POOR, NEAR)

Column = Literal[
    "opening",
    "to_other_class",
    "above_line",
    "decrease_other",
    "from_other_class",
    "relapsed",
    "new",
    "increase_other",
    "closing",
]

# (class before, class by the decision) -> movement; a household that never had a class is `not_poor` before
_MOVEMENTS: Mapping[tuple[str, str], str] = {
    (POOR, POOR): "stays",
    (POOR, NEAR): "poor_to_near_poor",
    (POOR, NOT): "escaped_poor",
    (NEAR, POOR): "near_poor_to_poor",
    (NEAR, NEAR): "stays",
    (NEAR, NOT): "escaped_near_poor",
    (NOT, NOT): "stays_not_poor",
}
# Who came from above the line -> the column of the ledger
_CAME: Mapping[str, Column] = {
    "new_poor": "new",
    "new_near_poor": "new",
    "relapsed_poor": "relapsed",
    "relapsed_near_poor": "relapsed",
}


def movement(before: str | None, after: str, *, was_poor: bool, was_near_poor: bool) -> str:
    """How a household comes from its class `before` (None: it never had one) to the class `after` a decision.

    `was_poor`, `was_near_poor`: it once had that class and left it, within the look-back of the procedure: then it
    relapses (tái nghèo, tái cận nghèo), otherwise it is new (phát sinh mới).
    """
    known = _MOVEMENTS.get((before or NOT, after))
    if known is not None:
        return known
    relapses = was_poor if after == POOR else was_near_poor
    return f"{'relapsed' if relapses else 'new'}_{after}"


@dataclass(frozen=True, slots=True)
class Stands:
    """A poor or near-poor household on a day: where, of which class, with how many living persons."""

    hamlet_id: UUID
    poverty_class: str
    persons: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A household in a column of a ledger, in an area. `households` is 0 where only its persons moved."""

    household_id: UUID
    area_id: UUID
    poverty_class: str
    column: Column
    households: int
    persons: int


@dataclass(frozen=True, slots=True)
class Count:
    """One row of a ledger, in households or in persons."""

    opening: int = 0
    to_other_class: int = 0
    above_line: int = 0
    decrease_other: int = 0
    from_other_class: int = 0
    relapsed: int = 0
    new: int = 0
    increase_other: int = 0
    closing: int = 0


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Count))


@dataclass(frozen=True, slots=True)
class Row:
    """The movement of one class in one area."""

    area_id: UUID
    poverty_class: str
    households: Count
    persons: Count


def entries(
    opening: Mapping[UUID, Stands],
    closing: Mapping[UUID, Stands],
    decided: Mapping[UUID, list[str]],
    area_of: Callable[[UUID], UUID] = lambda hamlet_id: hamlet_id,
) -> list[Entry]:
    """Where each household stands in the ledgers between two standings.

    `decided`: household -> its movements by the decisions between them, in their order. `area_of`: hamlet -> the area
    a row is for; with the commune for every hamlet a move inside of it is no movement.
    """
    found: list[Entry] = []
    for household_id in sorted(opening.keys() | closing.keys()):
        before, after = opening.get(household_id), closing.get(household_id)
        made = _Household(household_id, area_of, found)
        if before is not None:
            made.put(before, before.poverty_class, "opening", 1, before.persons)
        if before is not None and after is not None:
            made.between(before, after)
        elif before is not None:
            made.leaves(before, decided.get(household_id, []))
        elif after is not None:
            made.comes(after, decided.get(household_id, []))
        if after is not None:
            made.put(after, after.poverty_class, "closing", 1, after.persons)
    return found


@dataclass(frozen=True, slots=True)
class _Household:
    household_id: UUID
    area_of: Callable[[UUID], UUID]
    found: list[Entry]

    def put(self, where: Stands, poverty_class: str, column: Column, households: int, persons: int) -> None:
        area_id = self.area_of(where.hamlet_id)
        self.found.append(Entry(self.household_id, area_id, poverty_class, column, households, persons))

    def between(self, before: Stands, after: Stands) -> None:
        """In both standings. Of a changed class the persons of the closing change it, so that what one ledger gives
        away is what the other one gets; who was born, died or moved by themselves is "other"."""
        if before.poverty_class != after.poverty_class:
            self.put(before, before.poverty_class, "to_other_class", 1, after.persons)
            self._persons(before, after.persons - before.persons)
            self.put(after, after.poverty_class, "from_other_class", 1, after.persons)
        elif self.area_of(before.hamlet_id) == self.area_of(after.hamlet_id):
            self._persons(before, after.persons - before.persons)
        else:
            self.put(before, before.poverty_class, "decrease_other", 1, before.persons)
            self.put(after, after.poverty_class, "increase_other", 1, after.persons)

    def leaves(self, before: Stands, decided: list[str]) -> None:
        """Above the line where the last decision says so; otherwise it moved away, was merged or died out."""
        above = bool(decided) and decided[-1] in ("escaped_poor", "escaped_near_poor", "stays_not_poor")
        self.put(before, before.poverty_class, "above_line" if above else "decrease_other", 1, before.persons)

    def comes(self, after: Stands, decided: list[str]) -> None:
        """New or relapsed where a decision says so; otherwise it moved in with its class."""
        came: Column = next((_CAME[name] for name in decided if name in _CAME), "increase_other")
        self.put(after, after.poverty_class, came, 1, after.persons)

    def _persons(self, where: Stands, more: int) -> None:
        if more:
            column: Column = "increase_other" if more > 0 else "decrease_other"
            self.put(where, where.poverty_class, column, 0, abs(more))


def ledger(found: Iterable[Entry], areas: Iterable[UUID], classes: Iterable[str] = CLASSES) -> list[Row]:
    """The rows of these areas and classes, in that order; an area without a household has a row of zeros."""
    sums: dict[tuple[UUID, str], tuple[dict[str, int], dict[str, int]]] = {}
    for entry in found:
        households, persons = sums.setdefault((entry.area_id, entry.poverty_class), ({}, {}))
        households[entry.column] = households.get(entry.column, 0) + entry.households
        persons[entry.column] = persons.get(entry.column, 0) + entry.persons
    wanted = [(poverty_class, area_id) for poverty_class in classes for area_id in areas]
    rows = []
    for poverty_class, area_id in wanted:
        households, persons = sums.get((area_id, poverty_class), ({}, {}))
        rows.append(Row(area_id, poverty_class, Count(**households), Count(**persons)))
    return rows


def total(counts: Iterable[Count]) -> Count:
    """The sum of rows, column by column."""
    listed = list(counts)
    return Count(**{column: sum(getattr(count, column) for count in listed) for column in COLUMNS})
