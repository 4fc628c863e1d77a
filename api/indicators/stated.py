"""What was stated of areas and is not counted in the register: totals of hamlets, figures of communes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Date,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session

from api import sql
from api.areas.tables import AreaStatistic, Level
from api.indicators.catalogue import BESIDE, FIGURES, TOTALS, places
from api.indicators.tables import AreaFigure

_STATISTIC = AreaStatistic.__table__  # type: ignore[attr-defined]
_FIGURE = AreaFigure.__table__  # type: ignore[attr-defined]

# area -> part of the breakdown -> the numbers, in the order of `places()`
Counts = dict[UUID, dict[str, list[int]]]


def add_stated(
    session: Session,
    areas: Mapping[UUID, Level],
    days: Sequence[date],
    known: datetime | None,
    counted: dict[date, Counts],
) -> None:
    """The newest totals of each hamlet and figures of each commune that were stated of a day up to each of these."""
    found = session.execute(union_all(_totals(areas, days, known), _figures(areas, days, known)))
    said = {(row.day, row.area_id, row.kind): (row.number, row.other) for row in found}
    where = places()
    for day, counts in counted.items():
        for area_id, level in areas.items():
            line = counts[area_id][""]
            if level == Level.hamlet:
                households, persons = said.get((day, area_id, None), (0, 0))
                missing = (day, area_id, None) not in said
                for code, number in zip(TOTALS, (households, persons, missing), strict=True):
                    line[where[code] - 1] = int(number)
            elif level == Level.commune:
                for figure in FIGURES:
                    value, _ = said.get((day, area_id, figure.kind), (None, None))
                    for code, number in zip(figure.codes, (value or 0, value is not None, value is None), strict=True):
                        line[where[code] - 1] = int(number)


def _days(days: Sequence[date]) -> Any:
    day = func.unnest(cast(list(days), ARRAY(Date))).table_valued(Column("day", Date), name="asked_day")
    return day.render_derived()


def _totals(areas: Mapping[UUID, Level], days: Sequence[date], known: datetime | None) -> Any:
    s, day = _STATISTIC.c, _days(days)
    newest = (
        select(day.c.day, s.area_id, cast(null(), Text).label("kind"), s.households.label("number"), s.persons)
        .join(day, s.as_of <= day.c.day)
        .where(_among(s.area_id, areas, Level.hamlet), _known(s, known))
        .ext(distinct_on(day.c.day, s.area_id))
        .order_by(day.c.day, s.area_id, s.as_of.desc(), s.recorded_at.desc(), s.id.desc())
    ).subquery()
    return select(*newest.c[:4], newest.c.persons.label("other"))


def _figures(areas: Mapping[UUID, Level], days: Sequence[date], known: datetime | None) -> Any:
    f, beside, day = _FIGURE.c, _FIGURE.alias("beside").c, _days(days)
    holds_on = [figure.kind for figure in FIGURES if not figure.meaning.of_year]
    newest = (
        select(day.c.day, f.area_id, f.kind, f.value)
        .join(day, f.as_of <= day.c.day)
        .where(_among(f.area_id, areas, Level.commune), _known(f, known))
        .where(or_(f.kind.in_(holds_on), f.as_of >= func.date_trunc("year", day.c.day)))
        .where(or_(f.kind.not_in(list(BESIDE)), exists().where(_beside(f, beside), _known(beside, known))))
        .ext(distinct_on(day.c.day, f.area_id, f.kind))
        .order_by(day.c.day, f.area_id, f.kind, f.as_of.desc(), f.recorded_at.desc(), f.id.desc())
    ).subquery()
    return select(*newest.c, null().label("other"))


def _beside(figure: Any, other: Any) -> ColumnElement[bool]:
    """The other one was stated of the same day."""
    wanted = case(*((figure.kind == kind, beside.value) for kind, beside in BESIDE.items()))
    return and_(other.area_id == figure.area_id, other.as_of == figure.as_of, other.kind == wanted)


def _known(said: Any, known: datetime | None) -> Any:
    return literal(True) if known is None else said.recorded_at < known


def _among(column: Any, areas: Mapping[UUID, Level], level: Level) -> Any:
    some = [area_id for area_id, its in areas.items() if its == level]
    return column == func.any(bindparam(None, some, type_=sql.Ids()))
