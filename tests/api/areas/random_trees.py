"""Random dated trees for hypothesis, and a walk in plain Python that says what must be true of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from hypothesis import strategies as st
from sqlmodel import Session

from api.areas.commands import rebuild_closure
from api.areas.tables import Area, AreaParent, Level, LocalKind

FIRST = date(2020, 1, 1)


@dataclass(frozen=True)
class Span:
    first: int
    last: int | None  # None: open

    def holds(self, day: int) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class Unit:
    lives: Span
    parents: tuple[tuple[int, Span], ...]  # (index of the parent, when)


def day_of(number: int) -> date:
    return FIRST + timedelta(days=number)


@st.composite
def trees(draw: st.DrawFn) -> list[Unit]:
    """Up to 8 units; each hangs under earlier ones, under one at a time, with gaps, for any days."""
    units: list[Unit] = []
    for index in range(draw(st.integers(2, 8))):
        parents = []
        day = 0
        for _ in range(draw(st.integers(0, 3)) if index else 0):
            first = day + draw(st.integers(0, 6))
            last = draw(st.none() | st.integers(first, first + 8))
            parents.append((draw(st.integers(0, index - 1)), Span(first, last)))
            if last is None:
                break
            day = last + 1
        first = draw(st.integers(0, 10))
        units.append(Unit(Span(first, draw(st.none() | st.integers(first, first + 15))), tuple(parents)))
    return units


def store(session: Session, units: list[Unit]) -> list[UUID]:
    """Puts a tree beside what is there, and derives the closure."""
    ids = [uuid4() for _ in units]
    session.add_all(
        Area(
            id=ids[index],
            code=f"t-{ids[index]}",
            level=Level.commune,
            name=f"{index}",
            name_folded=f"{index}",
            name_toned=f"{index}",
            local_kind=LocalKind.xa,
            valid_from=day_of(unit.lives.first),
            valid_to=None if unit.lives.last is None else day_of(unit.lives.last),
            source="thử",
        )
        for index, unit in enumerate(units)
    )
    session.flush()
    session.add_all(
        AreaParent(
            area_id=ids[index],
            parent_id=ids[parent],
            valid_from=day_of(span.first),
            valid_to=None if span.last is None else day_of(span.last),
        )
        for index, unit in enumerate(units)
        for parent, span in unit.parents
    )
    rebuild_closure(session)
    return ids


def chain(units: list[Unit], index: int, day: int) -> list[int]:
    """The unit and those above it on a day, nearest first; empty where it does not live."""
    found: list[int] = []
    current: int | None = index
    while current is not None and units[current].lives.holds(day):
        found.append(current)
        current = next((parent for parent, span in units[current].parents if span.holds(day)), None)
    return found
