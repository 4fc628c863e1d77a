"""The one place where a caller becomes SQL: which areas a right reaches, today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, union
from sqlmodel import col

from api import clock
from api.areas.tables import AreaClosure, AreaSuccession


@dataclass(frozen=True)
class Scope:
    """The areas of somebody's grants for one right, with everything that hangs under them on `day`.

    An empty scope covers nothing: a right without an area is no right.
    """

    area_ids: frozenset[UUID]
    day: date

    @classmethod
    def of(cls, area_ids: Iterable[UUID]) -> "Scope":
        return cls(frozenset(area_ids), clock.today())

    def covers(self, column: Any) -> ColumnElement[bool]:
        """A condition for WHERE: the area in `column` is one of mine, or hangs under one of mine."""
        covered: ColumnElement[bool] = column.in_(self._below)
        return covered

    def touches(self, column: Any) -> ColumnElement[bool]:
        """The area in `column` is one of mine, hangs under one of mine, lies above one of mine, or became one of these.

        For what a commune publishes for all its hamlets (rounds, plans): no personal data hangs on it. What a unit
        published before it was merged stays readable in the unit that it became.
        """
        touched: ColumnElement[bool] = column.in_(self._near)
        return touched

    def covers_or_became(self, column: Any) -> ColumnElement[bool]:
        """The area in `column` is one of mine, hangs under one of mine, or became one of these: whoever works in a
        merged commune works in all that it was made of."""
        own: Select[Any] = self._below.with_only_columns(col(AreaClosure.descendant_id).label("id"))
        became: ColumnElement[bool] = column.in_(with_predecessors(own, self.day))
        return became

    @cached_property
    def _below(self) -> Select[Any]:
        return _below(self.area_ids, self.day)

    @cached_property
    def _near(self) -> Select[Any]:
        return _near(self.area_ids, self.day)


# Put together once a day for the same areas: that takes 0.1 and 0.5 ms, and most statements hold such a condition.
@lru_cache(maxsize=500)
def _below(area_ids: frozenset[UUID], day: date) -> Select[Any]:
    return (
        select(col(AreaClosure.descendant_id))
        .where(col(AreaClosure.ancestor_id).in_(sorted(area_ids)))
        .where(valid_on(AreaClosure, day))
    )


@lru_cache(maxsize=500)
def _near(area_ids: frozenset[UUID], day: date) -> Select[Any]:
    mine = sorted(area_ids)
    near = union(
        select(col(AreaClosure.descendant_id).label("id"))
        .where(col(AreaClosure.ancestor_id).in_(mine))
        .where(valid_on(AreaClosure, day)),
        select(col(AreaClosure.ancestor_id))
        .where(col(AreaClosure.descendant_id).in_(mine))
        .where(valid_on(AreaClosure, day)),
    ).subquery()
    return with_predecessors(select(near.c.id), day)


def with_predecessors(areas: Select[Any], day: date) -> Select[Any]:
    """The ids of these areas (a select of `id`), and of all units that became one of them by `day`."""
    known = areas.cte(recursive=True)
    known = known.union(
        select(col(AreaSuccession.predecessor_id))
        .join(known, known.c.id == col(AreaSuccession.successor_id))
        .where(col(AreaSuccession.on_day) <= day)
    )
    return select(known.c.id)


def valid_on(table: Any, day: Any) -> ColumnElement[bool]:
    """The row holds on `day` (`valid_to` is the last day, NULL is open)."""
    return and_(table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to >= day))
