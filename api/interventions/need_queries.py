"""Reads the needs of households."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.scope import Scope
from api.households.homes import HAMLET, HOUSEHOLD, at_home
from api.households.stored import home_of
from api.interventions.need_schemas import NeedOut
from api.interventions.tables import SupportNeed, SupportNeedState
from api.problems import NotFound
from api.reviews.queries import under
from api.schema import Page

NEED = SupportNeed.__table__  # type: ignore[attr-defined]
# A need says that somebody is ill, sometimes: its words are withheld like a person's health (permissions.md).
_SENSITIVE = ("note", "ended_reason")
_STORED = [n for n in NeedOut.model_fields if n not in ("household_id", "hamlet_id", "withheld")]


@dataclass(frozen=True)
class Filters:
    """What is asked for; None means anything. `area_id`: in or below that area."""

    kind: str | None = None
    state: SupportNeedState | None = None
    area_id: UUID | None = None
    household_id: UUID | None = None


def needs_of(scope: Scope) -> Select[Any]:
    """The needs of these areas, each with its `home` of today and its hamlet."""
    query = at_home(select(NEED, HOUSEHOLD.c.id.label("home"), HAMLET).select_from(NEED), NEED.c.household_id)
    return query.where(scope.covers(HAMLET))


def needs(session: Session, actor: Actor, only: Filters, *, limit: int, cursor: str | None) -> Page[NeedOut]:
    """The needs of my areas, the newest first."""
    query = _shown_to(actor)
    home = home_of(session, only.household_id)
    for column, value in ((NEED.c.kind, only.kind), (NEED.c.state, only.state), (HOUSEHOLD.c.id, home)):
        if value is not None:
            query = query.where(column == value)
    if only.area_id is not None:
        query = query.where(under(only.area_id, actor.scope.day, HAMLET))
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(NEED.c.noted_on, NEED.c.id) < tuple_(*after))
    rows = session.execute(query.order_by(NEED.c.noted_on.desc(), NEED.c.id.desc()).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.noted_on.isoformat(), str(row.id)))
    audit.record(session, actor, "needs.list", "household", dict.fromkeys(row.home for row in shown))
    return Page[NeedOut](items=[_out(row) for row in shown], next_cursor=next_cursor)


def needs_of_household(session: Session, actor: Actor, household_id: UUID, most: int) -> list[NeedOut]:
    """The newest needs of one household, open ones first. Whoever calls has checked and recorded the reading."""
    query = _shown_to(actor).where(HOUSEHOLD.c.id == household_id)
    rows = session.execute(
        query.order_by(NEED.c.state != SupportNeedState.open, NEED.c.noted_on.desc(), NEED.c.id).limit(most)
    )
    return [_out(row) for row in rows]


def need(session: Session, actor: Actor, need_id: UUID) -> NeedOut:
    """One need. Raises NotFound outside of the actor's areas."""
    row = session.execute(_shown_to(actor).where(NEED.c.id == need_id)).one_or_none()
    if row is None:
        raise no_such_need()
    audit.record(session, actor, "needs.read", "household", [row.home])
    return _out(row)


def no_such_need() -> NotFound:
    return NotFound("Không tìm thấy nhu cầu này.", "There is no such need.")


def _shown_to(actor: Actor) -> Select[Any]:
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(HAMLET).label("sees_sensitive")
    return needs_of(actor.scope).add_columns(sensitive)


def _out(row: Row[Any]) -> NeedOut:
    withheld = [] if row.sees_sensitive else list(_SENSITIVE)
    stored = {name: getattr(row, name) for name in _STORED} | dict.fromkeys(withheld)
    return NeedOut(**stored, household_id=row.home, hamlet_id=row.hamlet_id, withheld=withheld)
