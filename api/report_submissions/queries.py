"""Reads the reports of the reporting line."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlmodel import Session

from api import clock, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.tables import Area, Level
from api.problems import NotFound
from api.report_submissions.schemas import Figures, ReportOut
from api.report_submissions.small_counts import without_small_counts
from api.report_submissions.tables import Report, ReportState
from api.reviews.queries import under
from api.schema import Page
from api.suppression import least_told

REPORT = Report.__table__  # type: ignore[attr-defined]
AREA = Area.__table__  # type: ignore[attr-defined]
_PLAIN = [name for name in ReportOut.model_fields if name not in ("overdue", "figures")]
_READERS = (Permission.reports_prepare, Permission.reports_submit, Permission.reports_accept)


def report(session: Session, actor: Actor, report_id: UUID) -> ReportOut:
    """One report. Raises NotFound outside of the actor's areas."""
    row = session.execute(mine(actor, REPORT.c.id == report_id)).one_or_none()
    if row is None:
        raise no_such_report()
    return _out(row)


def reports(
    session: Session,
    actor: Actor,
    *,
    area_id: UUID | None,
    level: Level | None,
    state: ReportState | None,
    year: int | None,
    limit: int,
    cursor: str | None,
) -> Page[ReportOut]:
    """The reports of my areas, the last period first."""
    query = mine(actor).order_by(REPORT.c.period_from.desc(), REPORT.c.id.desc())
    for column, value in ((AREA.c.level, level), (REPORT.c.state, state)):
        if value is not None:
            query = query.where(column == value)
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, REPORT.c.area_id))
    if year is not None:
        query = query.where(REPORT.c.period_from.between(date(year, 1, 1), date(year, 12, 31)))
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(REPORT.c.period_from, REPORT.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.period_from.isoformat(), str(row.id)))
    return Page[ReportOut](items=[_out(row) for row in shown], next_cursor=next_cursor)


def mine(actor: Actor, *where: ColumnElement[bool]) -> Select[Any]:
    """Reports of the actor's areas, with the level of the area, and whether the actor is told small counts."""
    tells_all = actor.tells_all(*_READERS).covers(REPORT.c.area_id).label("tells_all")
    return (
        select(REPORT, AREA.c.level, tells_all)
        .join(AREA, AREA.c.id == REPORT.c.area_id)
        .where(actor.scope.covers(REPORT.c.area_id), *where)
    )


def no_such_report() -> NotFound:
    return NotFound("Không tìm thấy báo cáo này.", "There is no such report.")


def _out(row: Any) -> ReportOut:
    late = row.submitted_on or clock.today()
    plain = {name: getattr(row, name) for name in _PLAIN}
    overdue = row.due_on is not None and late > row.due_on
    return ReportOut(**plain, overdue=overdue, figures=row.figures and _figures(row))


def _figures(row: Any) -> Figures:
    kept = Figures.model_validate({**row.figures, "suppressed": False})
    return kept if row.tells_all else without_small_counts(kept, least_told(clock.today()))
