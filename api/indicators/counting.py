"""Counts of facts: kept per hamlet and day, counted again where something changed (docs/decisions/0016).

A fixed number of statements, whatever the areas and days: one that finds what is stale, two that count it, two that
keep it. What is asked of an earlier state of knowledge is counted on the spot and never kept.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Date, Select, Text, bindparam, cast, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import array, distinct_on
from sqlmodel import Session

from api import sql
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaClosure, AreaStatistic, AreaSuccession, Level
from api.indicators.breakdowns import COLUMNS
from api.indicators.catalogue import TOTALS, fingerprint, measures, places
from api.indicators.definition import Measure
from api.indicators.facts import PLACE, TABLES, Grain, facts_of_days

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
    if not found:
        return {}
    levels = {row.id: Level(row.level) for row in wanted}
    stale = {row.area_id: levels[row.area_id] for row in found}
    claimed = _claimed(session, sorted({row.day for row in found}), breakdown)
    counted = count(session, stale, [day for day, _ in claimed], None, breakdown)
    _keep(session, {day: counted[day] for day, mine in claimed if mine}, breakdown, found[0].snapshot)
    return {day: counted[day] for day, mine in claimed if not mine}


def _claimed(session: Session, days: Sequence[date], breakdown: str) -> list[tuple[date, bool]]:
    rows = session.execute(sql.load("api/indicators/sql/claim.sql"), {"days": list(days), "breakdown": breakdown})
    return sorted((row.day, row.mine) for row in rows)


def _keep(session: Session, counted: Mapping[date, Counts], breakdown: str, snapshot: str) -> None:
    rows = [
        {"day": day, "area_id": area_id, "value": value, "numbers": numbers}
        for day, counts in counted.items()
        for area_id, by_value in counts.items()
        for value, numbers in by_value.items()
    ]
    if rows:
        given = {"rows": sql.rows(rows), "breakdown": breakdown, "catalogue": fingerprint(), "snapshot": snapshot}
        session.execute(sql.load("api/indicators/sql/keep.sql"), given)


def count(
    session: Session, areas: Mapping[UUID, Level], days: Sequence[date], known: datetime | None, breakdown: str
) -> dict[date, Counts]:
    """Every measure of these areas on each day, in two statements. Each area has the part "" (where the breakdown has
    parts: its whole is not among the numbers), so that an area without facts is an area of zeros."""
    where = places()
    counted: dict[date, Counts] = {day: {area_id: {"": [0] * len(where)} for area_id in areas} for day in days}
    by_grain: dict[Grain, list[Measure]] = {}
    for measure in measures().values():
        if measure.grain in COLUMNS[breakdown]:
            by_grain.setdefault(measure.grain, []).append(measure)
    every = union_all(*(_counted(grain, some, COLUMNS[breakdown][grain]) for grain, some in by_grain.items()))
    for grain, day, area_id, value, numbers in session.execute(facts_of_days(every, areas, days, known)):
        line = counted[day][area_id].setdefault(value, [0] * len(where))
        for measure, number in zip(by_grain[grain], numbers, strict=True):
            line[where[measure.code] - 1] = number
    if breakdown == "":
        _add_totals(session, areas, days, known, counted)
    return counted


def _counted(grain: Grain, some: Sequence[Measure], part: Any) -> Select[Any]:
    numbers = [func.count() if one.where is None else func.count().filter(one.where) for one in some]
    facts, place = TABLES[grain], PLACE[grain]
    value = cast(part, Text)
    return (
        select(literal(grain, Text), facts.c.as_of, place, value, array(numbers))
        .select_from(facts)
        .group_by(facts.c.as_of, place, value)
    )


def _add_totals(
    session: Session,
    areas: Mapping[UUID, Level],
    days: Sequence[date],
    known: datetime | None,
    counted: dict[date, Counts],
) -> None:
    """The newest totals of each hamlet that were said of a day up to each of these."""
    where = places()
    hamlets = [area_id for area_id, level in areas.items() if level == Level.hamlet]
    day = (
        func.unnest(cast(list(days), ARRAY(Date))).table_valued(Column("day", Date), name="asked_day").render_derived()
    )
    newest = (
        select(day.c.day, _STATISTIC.c.area_id, _STATISTIC.c.households, _STATISTIC.c.persons)
        .join(day, _STATISTIC.c.as_of <= day.c.day)
        .where(
            _STATISTIC.c.area_id == func.any(bindparam("hamlets", hamlets, type_=sql.Ids())),
        )
        .ext(distinct_on(day.c.day, _STATISTIC.c.area_id))
        .order_by(
            day.c.day,
            _STATISTIC.c.area_id,
            _STATISTIC.c.as_of.desc(),
            _STATISTIC.c.recorded_at.desc(),
            _STATISTIC.c.id.desc(),
        )
    )
    if known is not None:
        newest = newest.where(_STATISTIC.c.recorded_at < known)
    said = {(row.day, row.area_id): (row.households, row.persons) for row in session.execute(newest)}
    for of_day, counts in counted.items():
        for hamlet in hamlets:
            households, persons = said.get((of_day, hamlet), (0, 0))
            missing = (of_day, hamlet) not in said
            for code, number in zip(TOTALS, (households, persons, missing), strict=True):
                counts[hamlet][""][where[code] - 1] = int(number)
