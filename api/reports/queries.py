"""Answers reports: the catalogue of forms, and one form of an area."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.areas.tables import Level
from api.reports import grid, lists, monitoring, upper
from api.reports.balance import faults
from api.reports.basis import Asked, Basis, basis
from api.reports.census import Census
from api.reports.census_queries import census
from api.reports.counters import completed, has_records, marks, unknown_in
from api.reports.deadlines import due_on
from api.reports.definition import Column, Count, Form, Line, data, forms, list_forms, monitoring_forms, spread
from api.reports.grid import Pair, UnitRow
from api.reports.schemas import FormList, FormOut, OfficialReportOut, ReportArea
from api.reports.small import told
from api.reports.wrong import need_of, unknown_form
from api.schema import Words


def catalogue() -> FormList:
    """Every form."""
    plain = [
        FormOut(code=one.code, title=one.title, kind="table", basis=one.basis, source=one.source)
        for one in forms().values()
    ]
    listed = [
        FormOut(
            code=one.code, title=one.title, kind="list", basis="round" if one.escaped else "day", source=lists.SOURCE
        )
        for one in list_forms().values()
    ]  # fmt: skip
    source = data("monitoring")["source"]
    watched = [
        FormOut(code=code, title=Words(**one["title"]), kind="monitoring", basis="period", source=source)
        for code, one in monitoring_forms().items()
    ]
    return FormList(items=[*plain, *listed, *watched])


def report(session: Session, actor: Actor, form: str, asked: Asked) -> OfficialReportOut:
    """A form of an area, with small counts hidden from whoever may not see them.

    Raises UnknownForm, NotFound (the area, the round), Invalid, PermissionDenied for a list of people.
    """
    found = whole(session, actor, form, asked)
    return told(session, actor, found, forms().get(form))


def whole(session: Session, actor: Actor, form: str, asked: Asked) -> OfficialReportOut:
    """A form of an area with every number. Raises as `report`."""
    if form in list_forms():
        need_of(actor, list_forms()[form])
        return lists.listed(session, actor, list_forms()[form], asked)
    if form in monitoring_forms():
        return monitoring.watched(session, actor, form, asked)
    one = forms().get(form)
    if one is None:
        raise unknown_form(form)
    where = basis(session, actor, asked, needs_round=one.basis == "round")
    if where.place.level in (Level.district, Level.province):
        return upper.added_up(session, one, where, asked.period)
    return _of_commune(session, actor, one, where)


@dataclass(frozen=True)
class Counted:
    """A form of a commune, counted: what `report` shows and `records` looks behind."""

    where: Basis
    units: list[UnitRow]
    census: Census
    columns: tuple[Column, ...]


def counted(session: Session, actor: Actor, form: Form, where: Basis) -> Counted:
    """Who is in the census of the form, and its columns there."""
    units, found = census(session, actor, where)
    return Counted(where, units, found, spread(form.columns, found.ethnicities()))


def _of_commune(session: Session, actor: Actor, form: Form, where: Basis) -> OfficialReportOut:
    known_at = clock.now()
    found = counted(session, actor, form, where)
    tallies = {
        (unit, line.code, column.code): Pair(number, over)
        for line in form.lines
        for column in found.columns
        for unit, number, over in _tally(found, form, line, column)
    }
    rows = grid.rows(form, found.columns, found.units, tallies)
    totals = grid.totals(form, found.columns, found.units, tallies)
    return OfficialReportOut(
        form=form.code,
        title=form.title,
        source=form.source,
        kind="table",
        area=area_out(where),
        period=where.period,
        round_id=None if where.round is None else where.round.id,
        as_of=where.day,
        known_at=where.known or known_at,
        columns=grid.columns_out(found.columns),
        rows=rows,
        totals=totals,
        notes=list(form.notes),
        faults=faults(form.checks, found.columns, rows, totals),
        missing=[],
        due_on=due_on(where.period, where.place.level, preliminary=where.preliminary),
        preliminary=where.preliminary,
    )


def area_out(where: Basis) -> ReportArea:
    """The area of a report."""
    place = where.place
    return ReportArea(id=place.id, code=place.code, name=place.name, level=place.level)


def _tally(found: Counted, form: Form, line: Line, column: Column) -> list[tuple[Any, int | None, int | None]]:
    numbers = _numbers(found, form, line, column.counts)
    over = None if column.over is None else _numbers(found, form, line, column.over)
    return [(unit.id, numbers[unit.id], None if over is None else over[unit.id]) for unit in found.units]


def _numbers(found: Counted, form: Form, line: Line, count: Count) -> dict[Any, int | None]:
    """Unit -> how many."""
    of = completed(count, line.unit, line.poverty_class, form.poverty_class)
    if not has_records(of):
        place: Literal[0, 1] = 0 if of.argument == "households" else 1
        said = found.census.statistics if of.name == "statistic" else {}
        return {unit.id: said[unit.id][place] if unit.id in said else None for unit in found.units}
    numbers: dict[Any, int | None] = {unit.id: 0 for unit in found.units}
    for mark in marks(found.census, of):
        if mark.hamlet_id in numbers:
            numbers[mark.hamlet_id] = (numbers[mark.hamlet_id] or 0) + mark.number
    return numbers | dict.fromkeys(unknown_in(found.census, of) & numbers.keys())
