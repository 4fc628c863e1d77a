"""The totals of many hamlets at once: recorded in one go, and the newest of each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import cast, func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session

from api import audit, clock, sql
from api.areas.commands import Placed
from api.areas.names import full_name
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaClosure, AreaStatistic, Level, LocalKind
from api.names import fold
from api.restated import later_than

_AREA = Area.__table__  # type: ignore[attr-defined]
_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]
_STATISTIC = AreaStatistic.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Hamlet:
    """A hamlet of a day, as people call it."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True)
class Total:
    """How many households and persons live in a hamlet, as of a day, by whom."""

    as_of: date
    households: int
    persons: int
    source: str


def hamlets_under(session: Session, area_id: UUID, day: date) -> list[Hamlet]:
    """The hamlets of an area (a hamlet: itself) on a day, by code."""
    rows = session.execute(
        select(_AREA)
        .join(_CLOSURE, _CLOSURE.c.descendant_id == _AREA.c.id)
        .where(
            _CLOSURE.c.ancestor_id == area_id, valid_on(AreaClosure, day), valid_on(Area, day),
            _AREA.c.level == Level.hamlet,
        )
        .order_by(_AREA.c.code, _AREA.c.id)
    )  # fmt: skip
    return [Hamlet(row.id, row.code, full_name(LocalKind(row.local_kind), row.name)) for row in rows]


def newest_totals(session: Session, hamlets: Collection[UUID], day: date) -> dict[UUID, Total]:
    """The newest totals of each hamlet that were said of a day up to this one."""
    found = _newest(hamlets, _STATISTIC.c.as_of <= day)
    return {row.area_id: Total(row.as_of, row.households, row.persons, row.source) for row in session.execute(found)}


def record_totals(
    session: Session, actor: Placed, as_of: date, source: str, counted: Mapping[UUID, tuple[int, int]]
) -> None:
    """Hamlet -> (households, persons), of one day by one source. A fixed number of statements. Whoever calls has
    checked that the hamlets are the caller's. What is the newest word on that day already is not said twice."""
    # the same order for everybody: two that record at once wait for each other, and never both
    held = select(_AREA.c.id).where(_AREA.c.id == func.any(cast(list(counted), sql.Ids()))).order_by(_AREA.c.id)
    session.execute(held.with_for_update(key_share=True))
    said = {row.area_id: row for row in session.execute(_newest(counted, _STATISTIC.c.as_of == as_of))}
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {
            "id": uuid4(), "area_id": hamlet, "as_of": as_of, "households": households, "persons": persons,
            "source": source, "recorded_at": later_than(said.get(hamlet), now), "recorded_by": actor.account_id,
        }
        for hamlet, (households, persons) in counted.items()
        if not _same(said.get(hamlet), households, persons, source)
    ]  # fmt: skip
    if rows:
        session.execute(insert(_STATISTIC), rows)
        audit.record(session, actor, "statistics.record", "area", [row["area_id"] for row in rows], as_of=str(as_of))


def _newest(hamlets: Collection[UUID], of_day: Any) -> Any:
    return (
        select(_STATISTIC)
        .where(_STATISTIC.c.area_id == func.any(cast(list(hamlets), sql.Ids())), of_day)
        .ext(distinct_on(_STATISTIC.c.area_id))
        .order_by(
            _STATISTIC.c.area_id, _STATISTIC.c.as_of.desc(), _STATISTIC.c.recorded_at.desc(), _STATISTIC.c.id.desc()
        )
    )


def _same(row: Any, households: int, persons: int, source: str) -> bool:
    return row is not None and (row.households, row.persons, row.source) == (households, persons, source)


def names_of(hamlets: Sequence[Hamlet]) -> dict[str, Hamlet | None]:
    """By code and by name, without tones and case; None where two are called so."""
    found: dict[str, Hamlet | None] = {}
    for one in hamlets:
        for called in {fold(one.code), fold(one.name)}:
            found[called] = None if called in found else one
    return found
