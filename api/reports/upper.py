"""A report of a district or province: what its communes handed in, added up; who has not handed in is named."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlmodel import Session

from api import clock
from api.areas.names import full_name
from api.areas.scope import valid_on
from api.areas.tables import AreaClosure, Level, LocalKind
from api.households.stored import among
from api.reports import grid
from api.reports.balance import faults
from api.reports.basis import Basis
from api.reports.census_queries import below, unit_type
from api.reports.deadlines import due_on
from api.reports.definition import Form, spread
from api.reports.grid import Pair, UnitRow
from api.reports.schemas import MissingOut, OfficialReportOut, ReportArea
from api.reports.tables import HandInState, ReportAudience, ReportEdition, ReportHandIn
from api.reviews.rounds import ROUND
from api.reviews.tables import RoundKind

EDITION = ReportEdition.__table__  # type: ignore[attr-defined]
HAND_IN = ReportHandIn.__table__  # type: ignore[attr-defined]
_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]
_GROUP = "group_"


def added_up(session: Session, form: Form, where: Basis, period: str | None) -> OfficialReportOut:
    """Row by row the units right below; each adds up what its communes handed in (accepted, or waiting for it)."""
    known_at = clock.now()
    rows = below(session, where.place.id, where.day, Level.commune)
    units = _units(session, where, rows)
    communes = [row.id for row in rows]
    period = period or _last_period(session, form.code, communes, where.known) or str(clock.today().year)
    contents = handed_in(session, form.code, period, communes, where.known)
    columns = spread(form.columns, _ethnicities(contents.values()))
    unit_of = _unit_of(session, where, units, rows)
    told = {unit_of[commune] for commune in contents if commune in unit_of}
    shown = [UnitRow(one.id, one.code, one.name, one.area_type, one.id in told) for one in units]
    tallies = _tallies(form, contents, unit_of)
    preliminary = any(content.get("preliminary") for content in contents.values())
    waiting, first = missing(session, rows, contents.keys(), period), due_on(period, Level.commune, preliminary=True)
    owes_first = preliminary or any(one.due_on == first for one in waiting)
    table, totals = grid.rows(form, columns, shown, tallies), grid.totals(form, columns, shown, tallies)
    return OfficialReportOut(
        form=form.code, title=form.title, source=form.source, kind="table",
        area=ReportArea(id=where.place.id, code=where.place.code, name=where.place.name, level=where.place.level),
        period=period, round_id=None, as_of=where.day, known_at=where.known or known_at,
        columns=grid.columns_out(columns), rows=table,
        totals=totals, notes=list(form.notes), faults=faults(form.checks, columns, table, totals),
        missing=waiting, due_on=due_on(period, where.place.level, preliminary=owes_first), preliminary=preliminary,
    )  # fmt: skip


def handed_in(
    session: Session, form: str, period: str, communes: Iterable[UUID], known: datetime | None = None
) -> dict[UUID, Any]:
    """Commune -> the content of its last edition that was handed in and not returned: as of now, or at `known`."""
    state: Any = HAND_IN.c.state
    if known is not None:
        state = func.coalesce(func.earlier_state_at(HAND_IN.c.edition_id, known, type_=JSONB)["state"].astext, state)
    last = (
        select(EDITION.c.area_id, EDITION.c.content)
        .join(HAND_IN, HAND_IN.c.edition_id == EDITION.c.id)
        .where(
            EDITION.c.form == form, EDITION.c.period == period, EDITION.c.audience == ReportAudience.internal,
            among(EDITION.c.area_id, communes), state != HandInState.returned,
            true() if known is None else HAND_IN.c.created_at < known,
        )
        .ext(distinct_on(EDITION.c.area_id))
        .order_by(EDITION.c.area_id, EDITION.c.edition.desc())
    )  # fmt: skip
    return {row.area_id: json.loads(row.content)["report"] for row in session.execute(last)}


def missing(
    session: Session, rows: Iterable[Any], told: Iterable[UUID], period: str, *, monitoring: bool = False
) -> list[MissingOut]:
    """The communes that have not handed in, each with the day of what it owes next: of a year's review the preliminary
    result, until its round is closed."""
    there = set(told)
    left = [row for row in rows if row.id not in there]
    closed = {row.id for row in left} if monitoring else _closed(session, [row.id for row in left], period)
    official = due_on(period, Level.commune, monitoring=monitoring)
    preliminary = due_on(period, Level.commune, monitoring=monitoring, preliminary=True)
    return [_missing(row, official if row.id in closed else preliminary) for row in left]


def _missing(row: Any, due: date | None) -> MissingOut:
    late = due is not None and clock.today() > due
    return MissingOut(area_id=row.id, code=row.code, name=_name(row), due_on=due, overdue=late)


def _closed(session: Session, communes: Iterable[UUID], period: str) -> set[UUID]:
    """The communes whose review of the year `period` is closed."""
    year = int(period) if period.isdecimal() else None
    query = select(ROUND.c.area_id).where(
        among(ROUND.c.area_id, communes), ROUND.c.kind == RoundKind.periodic, ROUND.c.year == year,
        ROUND.c.closed_on.is_not(None),
    )  # fmt: skip
    return set(session.execute(query).scalars())


def _last_period(session: Session, form: str, communes: Iterable[UUID], known: datetime | None) -> str | None:
    found: str | None = session.scalar(
        select(EDITION.c.period)
        .join(HAND_IN, HAND_IN.c.edition_id == EDITION.c.id)
        .where(EDITION.c.form == form, among(EDITION.c.area_id, communes))
        .where(true() if known is None else HAND_IN.c.created_at < known)
        .order_by(EDITION.c.published_at.desc())
        .limit(1)
    )
    return found


def _units(session: Session, where: Basis, communes: list[Any]) -> list[UnitRow]:
    """Communes of a district; districts of a province, as long as it has some."""
    rows = communes
    if where.place.level is Level.province:
        rows = below(session, where.place.id, where.day, Level.district) or communes
    return [UnitRow(row.id, row.code, _name(row), unit_type(row.area_type, row.local_kind)) for row in rows]


def _name(row: Any) -> str:
    return full_name(LocalKind(row.local_kind), row.name)


def _unit_of(session: Session, where: Basis, units: list[UnitRow], communes: list[Any]) -> dict[UUID, UUID]:
    """Commune -> the unit whose row it counts in."""
    if {unit.id for unit in units} == {row.id for row in communes}:
        return {row.id: row.id for row in communes}
    query = select(_CLOSURE.c.descendant_id, _CLOSURE.c.ancestor_id).where(
        among(_CLOSURE.c.ancestor_id, [unit.id for unit in units]),
        among(_CLOSURE.c.descendant_id, [row.id for row in communes]),
        valid_on(_CLOSURE.c, where.day),
    )
    return {row.descendant_id: row.ancestor_id for row in session.execute(query)}


def _ethnicities(contents: Iterable[Any]) -> set[str]:
    return {
        column["code"].removeprefix(_GROUP)
        for content in contents
        for column in content["columns"]
        if column["code"].startswith(_GROUP)
    }


def _tallies(form: Form, contents: dict[UUID, Any], unit_of: dict[UUID, UUID]) -> dict[tuple[UUID, str, str], Pair]:
    """What the totals of the editions say, added up by unit."""
    found: dict[tuple[UUID, str, str], Pair] = {}
    for commune, content in contents.items():
        if commune not in unit_of:
            continue
        for total in content["totals"]:
            for column, cell in zip(content["columns"], total["cells"], strict=True):
                key = (unit_of[commune], total["line"] or form.lines[0].code, column["code"])
                pair = _pair(column, cell)
                before = found.get(key, Pair(0, 0))
                found[key] = Pair(grid.added((before.number, pair.number)), grid.added((before.over, pair.over)))
    return found


def _pair(column: Any, cell: Any) -> Pair:
    if column["unit"] == "percent":
        return Pair(cell["numerator"], cell["denominator"])
    return Pair(cell["value"], 0)
