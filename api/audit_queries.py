"""Reads the audit log: lines of whoever holds a grant in the reader's areas, and of whoever touched a record there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, any_, case, literal, or_, select, union_all
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.queries import placed_in
from api.areas.scope import Scope
from api.audit_schemas import AuditLine, AuditPage
from api.households.stored import among
from api.households.tables import Household, Member
from api.reviews.tables import Request

_entry = audit.AuditEntry.__table__  # type: ignore[attr-defined]
_household = Household.__table__  # type: ignore[attr-defined]
_member = Member.__table__  # type: ignore[attr-defined]
_request = Request.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Filter:
    """Which lines are asked for; `action` is whole (`households.read`) or a feature (`households`)."""

    actor: str | None = None
    subject_id: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def lines(session: Session, actor: Actor, only: Filter, *, limit: int, cursor: str | None) -> AuditPage:
    """Lines whose actor is placed in the reader's areas, or that are about a household, member or request there.

    What was said in them is told only to administrators of the actor's areas; of a line of somebody from elsewhere
    only the records that are the reader's own are named. Lines without an account (unknown names at the door, the
    command line) belong to no area: administrators see them.
    """
    administered = actor.scope_of(Permission.accounts_write)
    is_admin = bool(administered.area_ids)
    theirs = _entry.c.actor_id.is_not(None) & placed_in(_entry.c.actor_id, actor.scope)
    told = placed_in(_entry.c.actor_id, administered) if is_admin else literal(False)
    if is_admin:
        theirs, told = or_(theirs, _entry.c.actor_id.is_(None)), or_(told, _entry.c.actor_id.is_(None))
    told_and_theirs = (case((told, True), else_=False).label("told"), case((theirs, True), else_=False).label("theirs"))
    about_mine = _records_there(actor.scope, lambda record_id: record_id == any_(_entry.c.subject_ids)).exists()
    query = select(_entry, *told_and_theirs).where(or_(theirs, about_mine), *_matching(only))
    after = paging.decode(cursor, int)
    if after is not None:
        query = query.where(_entry.c.id < after[0])
    rows = session.execute(query.order_by(_entry.c.id.desc()).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.id,))
    named = _mine(session, actor.scope, {one for row in shown if not row.theirs for one in row.subject_ids})
    audit.record(session, actor, "audit.read", "audit", [], lines=len(shown))
    return AuditPage(items=[_line(row, named) for row in shown], next_cursor=next_cursor)


def _records_there(scope: Scope, which: Callable[[Any], Any]) -> CompoundSelect[Any]:
    """The ids of the households, members and requests in these areas that fulfil a condition on the id."""
    here = scope.covers(_household.c.hamlet_id)
    return union_all(
        select(_household.c.id).where(which(_household.c.id), here).correlate(_entry),
        *(
            select(table.c.id)
            .join(_household, _household.c.id == table.c.household_id)
            .where(which(table.c.id), here)
            .correlate(_entry)
            for table in (_member, _request)
        ),
    )


def _mine(session: Session, scope: Scope, record_ids: set[UUID]) -> set[UUID]:
    if not record_ids:
        return set()
    return set(session.scalars(_records_there(scope, lambda record_id: among(record_id, record_ids))))


def _matching(only: Filter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if only.actor is not None:
        where.append(_entry.c.actor == only.actor)
    if only.subject_id is not None:
        where.append(_entry.c.subject_ids.contains([only.subject_id]))
    if only.action is not None:
        feature = _entry.c.action.startswith(only.action + ".", autoescape=True)
        where.append(or_(_entry.c.action == only.action, feature))
    if only.since is not None:
        where.append(_entry.c.at >= only.since)
    if only.until is not None:
        where.append(_entry.c.at < only.until)
    return where


def _line(row: Any, named: set[UUID]) -> AuditLine:
    return AuditLine(
        id=row.id,
        at=row.at,
        actor_id=row.actor_id,
        actor=row.actor,
        device_id=row.device_id,
        action=row.action,
        subject=row.subject,
        subject_ids=[one for one in row.subject_ids if row.theirs or one in named],
        detail=row.detail if row.told else None,
    )
