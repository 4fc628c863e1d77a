"""Reads editions: which there are, and the bytes that were frozen."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.places import covers
from api.indicators.queries import find_place
from api.problems import NotFound
from api.recognitions.books import AREA
from api.reports.definition import list_forms
from api.reports.edition_schemas import EditionContent, EditionOut
from api.reports.small import sees_small_counts
from api.reports.tables import ReportAudience
from api.reports.upper import EDITION, HAND_IN
from api.reports.wrong import denied, need_of
from api.reviews.queries import under
from api.schema import Page

_LATER = EDITION.alias("later")
_HIDDEN = ("content", "asked", "published_by")
_SHOWN = [column for column in EDITION.c if column.name not in _HIDDEN]
_VERSION = func.coalesce(HAND_IN.c.version, 1).label("version")
_STEPS = ("state", "due_on", "submitted_on", "submitted_by", "decided_on", "remark")


def edition(session: Session, actor: Actor, edition_id: UUID) -> EditionOut:
    """One edition without its content. Raises NotFound outside of the caller's areas."""
    return _out(require(session, actor, edition_id))


def editions(
    session: Session, actor: Actor, form: str, area: str | None, period: str | None, limit: int, cursor: str | None
) -> Page[EditionOut]:
    """The editions of a form in an area and below it, the last one first. Raises NotFound (the area)."""
    place = find_place(session, actor, area, clock.today())
    query = select_editions(actor, EDITION.c.form == form, under(place.id, clock.today(), EDITION.c.area_id))
    if period is not None:
        query = query.where(EDITION.c.period == period)
    after = paging.decode(cursor, _moment, UUID)
    if after is not None:
        query = query.where(tuple_(EDITION.c.published_at, EDITION.c.id) < tuple_(*after))
    query = query.order_by(EDITION.c.published_at.desc(), EDITION.c.id.desc()).limit(limit + 1)
    rows = session.execute(query).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.published_at.isoformat(), str(row.id)))
    return Page[EditionOut](items=[_out(row) for row in shown], next_cursor=next_cursor)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its offset")
    return moment


def require(session: Session, actor: Actor, edition_id: UUID) -> Row[Any]:
    """Raises NotFound outside of the caller's areas."""
    row = session.execute(select_editions(actor, EDITION.c.id == edition_id)).one_or_none()
    if row is None:
        raise no_such_edition()
    return row


def no_such_edition() -> NotFound:
    return NotFound("Không tìm thấy bản báo cáo này.", "There is no such edition.")


def select_editions(actor: Actor, *where: ColumnElement[bool]) -> Select[Any]:
    """Editions of the caller's areas (and of the commune their hamlet lies in), with how they were handed in."""
    return (
        select(*_SHOWN, *(HAND_IN.c[name] for name in _STEPS), _LATER.c.id.label("replaced_by_id"), _VERSION)
        .outerjoin(HAND_IN, HAND_IN.c.edition_id == EDITION.c.id)
        .outerjoin(_LATER, _LATER.c.replaces_id == EDITION.c.id)
        .join(AREA, AREA.c.id == EDITION.c.area_id)
        .where(actor.scope.touches(EDITION.c.area_id), *where)
    )


def _out(row: Row[Any]) -> EditionOut:
    until = row.submitted_on or clock.today()
    plain = {name: getattr(row, name) for name in EditionOut.model_fields if name != "overdue"}
    return EditionOut(**plain, overdue=row.due_on is not None and until > row.due_on)


def content(session: Session, actor: Actor, edition_id: UUID) -> tuple[str, str]:
    """(the frozen bytes as text, their SHA-256). Raises NotFound; PermissionDenied: a list of people, or an internal
    edition for whoever is not told small counts, or does not act in the whole commune."""
    row = require(session, actor, edition_id)
    listed = list_forms().get(row.form)
    if listed is not None:
        need_of(actor, listed)
    if (
        listed is not None
        and listed.detailed
        and not covers(session, actor.scope_of(Permission.persons_sensitive), row.area_id)
    ):
        raise denied(Permission.persons_sensitive)
    if row.audience != ReportAudience.public:
        if not covers(session, actor.scope, row.area_id):
            raise no_such_edition()
        if listed is None and not sees_small_counts(session, actor, row.area_id):
            raise denied(
                Permission.households_read,
                "Bản nội bộ có số nhỏ: bạn xem được bản công khai.",
                "An internal edition tells small counts: you may read the public one.",
            )
    audit.record(session, actor, "reports.edition", "report_edition", [edition_id])
    found = session.execute(select(EDITION.c.content, EDITION.c.sha256).where(EDITION.c.id == edition_id)).one()
    return found.content, found.sha256


def frozen(session: Session, actor: Actor, edition_id: UUID) -> EditionContent:
    """The frozen report, read again. Raises as `content`."""
    return EditionContent.model_validate_json(content(session, actor, edition_id)[0])
