"""Counts of facts: kept per hamlet and day, counted again where something changed (docs/decisions/0016).

A fixed number of statements, whatever the areas: one that finds what is stale, one per grain that counts it, two that
keep it. What is asked of an earlier state of knowledge is counted on the spot and never kept.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Date, Select, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session

from api import sql
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaClosure, AreaStatistic, AreaSuccession, Level
from api.indicators.breakdowns import COLUMNS
from api.indicators.catalogue import TOTALS, fingerprint, measures, places
from api.indicators.definition import Measure
from api.indicators.facts import PLACE, TABLES, Grain, Moment, facts

_AREA = Area.__table__  # type: ignore[attr-defined]
_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]
_SUCCESSION = AreaSuccession.__table__  # type: ignore[attr-defined]
_STATISTIC = AreaStatistic.__table__  # type: ignore[attr-defined]

# area -> part of the breakdown -> the numbers, in the order of `places()`
Counts = dict[UUID, dict[str, list[int]]]


def counted_areas(area_ids: Sequence[UUID], days: Sequence[date]) -> Select[Any]:
    """(day, root, id, level): the hamlets and communes that were under each of these areas on each day, or under a unit
    that became it since."""
    day = (
        func.unnest(cast(list(days), ARRAY(Date))).table_valued(Column("day", Date), name="asked_day").render_derived()
    )
    own = select(_AREA.c.id.label("root"), _AREA.c.id).where(_AREA.c.id == func.any(cast(area_ids, sql.Ids())))
    known = own.cte("known", recursive=True)
    before = select(known.c.root, _SUCCESSION.c.predecessor_id).join(known, known.c.id == _SUCCESSION.c.successor_id)
    known = known.union(before)
    return (
        select(day.c.day, known.c.root, _AREA.c.id, _AREA.c.level)
        .select_from(known)
        .join(_CLOSURE, _CLOSURE.c.ancestor_id == known.c.id)
        .join(_AREA, _AREA.c.id == _CLOSURE.c.descendant_id)
        .join(day, valid_on(AreaClosure, day.c.day))
        .where(_AREA.c.level.in_((Level.hamlet, Level.commune)))
        .distinct()
    )


def bring_up_to_date(session: Session, wanted: Sequence[Any], breakdown: str) -> dict[date, Counts]:
    """Counts what is not counted yet, or was counted before something changed. `wanted`: rows of `counted_areas`.

    Nobody waits: what another request is keeping at the same moment is counted here too, and given back by day.
    """
    given = sql.rows([{"area_id": row.id, "day": row.day} for row in wanted])
    found = session.execute(
        sql.load("api/indicators/sql/stale.sql"),
        {"wanted": given, "breakdown": breakdown, "catalogue": fingerprint()},
    ).all()
    levels = {row.id: Level(row.level) for row in wanted}
    others: dict[date, Counts] = {}
    for day, mine in _claimed(session, sorted({row.day for row in found}), breakdown):
        stale = {row.area_id: levels[row.area_id] for row in found if row.day == day}
        counts = count(session, stale, Moment(day), breakdown)
        if mine:
            _keep(session, counts, day, breakdown, found[0].snapshot)
        else:
            others[day] = counts
    return others


def _claimed(session: Session, days: Sequence[date], breakdown: str) -> list[tuple[date, bool]]:
    if not days:
        return []
    rows = session.execute(sql.load("api/indicators/sql/claim.sql"), {"days": list(days), "breakdown": breakdown})
    return sorted((row.day, row.mine) for row in rows)


def _keep(session: Session, counts: Counts, day: date, breakdown: str, snapshot: str) -> None:
    rows = [
        {"area_id": area_id, "value": value, "numbers": numbers}
        for area_id, by_value in counts.items()
        for value, numbers in by_value.items()
    ]
    session.execute(
        sql.load("api/indicators/sql/keep.sql"),
        {
            "rows": sql.rows(rows), "areas": sql.id_list(counts), "day": day, "breakdown": breakdown,
            "catalogue": fingerprint(), "snapshot": snapshot,
        },
    )  # fmt: skip


def count(session: Session, areas: Mapping[UUID, Level], moment: Moment, breakdown: str) -> Counts:
    """Every measure of these areas on a day. Each area has the part "" (where the breakdown has parts: its whole is
    not among the numbers), so that an area without facts is an area of zeros."""
    where = places()
    counts: Counts = {area_id: {"": [0] * len(where)} for area_id in areas}
    by_grain: dict[Grain, list[Measure]] = {}
    for measure in measures().values():
        by_grain.setdefault(measure.grain, []).append(measure)
    ids = list(areas)
    for grain, some in by_grain.items():
        part = COLUMNS[breakdown].get(grain)
        if part is None:
            continue
        for area_id, value, *numbers in session.execute(_counted(grain, some, part, ids, moment)):
            line = counts[area_id].setdefault(value, [0] * len(where))
            for measure, number in zip(some, numbers, strict=True):
                line[where[measure.code] - 1] = number
    if breakdown == "":
        _add_totals(session, areas, moment, counts)
    return counts


def _counted(grain: Grain, some: Sequence[Measure], part: Any, areas: list[UUID], moment: Moment) -> Select[Any]:
    numbers = [
        (func.count() if one.where is None else func.count().filter(one.where)).label(f"n{number}")
        for number, one in enumerate(some)
    ]
    place, value = PLACE[grain].label("place"), cast(part, Text).label("value")
    statement = select(place, value, *numbers).select_from(TABLES[grain]).group_by(place, value)
    return facts(statement, areas, moment)


def _add_totals(session: Session, areas: Mapping[UUID, Level], moment: Moment, counts: Counts) -> None:
    """The newest totals of each hamlet that were said of a day up to this one."""
    where = places()
    hamlets = [area_id for area_id, level in areas.items() if level == Level.hamlet]
    newest = (
        select(_STATISTIC.c.area_id, _STATISTIC.c.households, _STATISTIC.c.persons)
        .where(
            _STATISTIC.c.area_id == func.any(bindparam("hamlets", hamlets, type_=sql.Ids())),
            _STATISTIC.c.as_of <= cast(moment.day, Date),
        )
        .ext(distinct_on(_STATISTIC.c.area_id))
        .order_by(
            _STATISTIC.c.area_id, _STATISTIC.c.as_of.desc(), _STATISTIC.c.recorded_at.desc(), _STATISTIC.c.id.desc()
        )
    )
    if moment.known is not None:
        newest = newest.where(_STATISTIC.c.recorded_at < moment.known)
    said = {row.area_id: (row.households, row.persons) for row in session.execute(newest)}
    for hamlet in hamlets:
        households, persons = said.get(hamlet, (0, 0))
        for code, number in zip(TOTALS, (households, persons, hamlet not in said), strict=True):
            counts[hamlet][""][where[code] - 1] = int(number)
