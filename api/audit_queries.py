"""Reads the audit log: lines of whoever holds a grant in the reader's areas, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, literal, or_, select
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.queries import placed_in
from api.audit_schemas import AuditLine, AuditPage

_entry = audit.AuditEntry.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Filter:
    """Which lines are asked for; `action` is whole (`households.read`) or a feature (`households`)."""

    actor: str | None = None
    subject_id: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def lines(session: Session, actor: Actor, only: Filter, *, limit: int, cursor: str | None) -> AuditPage:
    """Lines whose actor is placed in the reader's areas; what was said in them only to administrators of those areas.

    Lines without an account (unknown names at the door, the command line) belong to no area: administrators see them.
    """
    administered = actor.scope_of(Permission.accounts_write)
    is_admin = bool(administered.area_ids)
    theirs = _entry.c.actor_id.is_not(None) & placed_in(_entry.c.actor_id, actor.scope)
    told = placed_in(_entry.c.actor_id, administered) if is_admin else literal(False)
    if is_admin:
        theirs, told = or_(theirs, _entry.c.actor_id.is_(None)), or_(told, _entry.c.actor_id.is_(None))
    query = select(_entry, case((told, True), else_=False).label("told")).where(theirs, *_matching(only))
    after = paging.decode(cursor, int)
    if after is not None:
        query = query.where(_entry.c.id < after[0])
    rows = session.execute(query.order_by(_entry.c.id.desc()).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.id,))
    audit.record(session, actor, "audit.read", "audit", [], lines=len(shown))
    return AuditPage(items=[_line(row) for row in shown], next_cursor=next_cursor)


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


def _line(row: Any) -> AuditLine:
    return AuditLine(
        id=row.id,
        at=row.at,
        actor_id=row.actor_id,
        actor=row.actor,
        device_id=row.device_id,
        action=row.action,
        subject=row.subject,
        subject_ids=row.subject_ids,
        detail=row.detail if row.told else None,
    )
