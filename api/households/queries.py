"""Reading single households and members. Every read of a person is audited with the household it belongs to."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, and_, or_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission, Role
from api.areas.scope import Scope
from api.households.citizen_numbers import id_key
from api.households.class_view import household_class
from api.households.household_fold import no_such_household
from api.households.member_fold import no_such_member
from api.households.search import recognised
from api.households.stored import among
from api.households.wire_records import (
    HOUSEHOLD,
    MEMBER,
    household_record,
    household_select,
    member_record,
    member_select,
)


def household(session: Session, actor: Actor, household_id: UUID) -> dict[str, Any]:
    """One household. Raises NotFound outside of the actor's areas, as where there is none."""
    query = household_select(actor).where(HOUSEHOLD.c.id == household_id, actor.scope.covers(HOUSEHOLD.c.hamlet_id))
    row = session.execute(query).mappings().first()
    if row is None:
        raise no_such_household()
    audit.record(session, actor, "households.read", "household", [household_id])
    return household_record(row)


def members_of(
    session: Session, actor: Actor, household_id: UUID, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """The members of a household, those who left last, by name. Raises NotFound like `household`."""
    after = paging.decode(cursor, bool, str, UUID)
    gone = MEMBER.c.left_on.is_not(None)
    query = (
        member_select(actor)
        .add_columns(MEMBER.c.name_sort, gone.label("gone"))
        .where(MEMBER.c.household_id == household_id, actor.scope.covers(HOUSEHOLD.c.hamlet_id))
        .order_by(gone, MEMBER.c.name_sort, MEMBER.c.id)
        .limit(limit + 1)
    )
    if after:
        was_gone, name, member_id = after
        later = or_(MEMBER.c.name_sort > name, and_(MEMBER.c.name_sort == name, MEMBER.c.id > member_id))
        query = query.where(and_(gone, later) if was_gone else or_(gone, later))
    rows = session.execute(query).mappings().all()
    if not rows:
        household(session, actor, household_id)  # nobody lives there, or there is no such household
    else:
        audit.record(session, actor, "members.read", "household", [household_id])
    shown, next_cursor = paging.page(rows, limit, lambda row: [row["gone"], row["name_sort"], str(row["id"])])
    return [_without(member_record(session, row), "name_sort", "gone") for row in shown], next_cursor


def member(session: Session, actor: Actor, member_id: UUID, household_id: UUID | None = None) -> dict[str, Any]:
    """One member (of that household, where it is named). Raises NotFound outside of the actor's areas."""
    query = member_select(actor).where(MEMBER.c.id == member_id, actor.scope.covers(HOUSEHOLD.c.hamlet_id))
    if household_id is not None:
        query = query.where(MEMBER.c.household_id == household_id)
    row = session.execute(query).mappings().first()
    if row is None:
        raise no_such_member()
    audit.record(session, actor, "members.read", "household", [row["household_id"]])
    return member_record(session, row)


def members_with_number(session: Session, actor: Actor, number: str) -> list[dict[str, Any]]:
    """Whoever has exactly this citizen number: whole records where the actor may both read and see numbers;
    for the bank name, household, hamlet, class and the number, of those who live in recognised households.
    """
    hamlet = HOUSEHOLD.c.hamlet_id
    both = and_(actor.scope.covers(hamlet), actor.scope_of(Permission.households_read).covers(hamlet))
    bank = Scope.of(grant.area_id for grant in actor.grants if grant.role is Role.bank_officer)
    lends = and_(actor.scope.covers(hamlet), bank.covers(hamlet), recognised(), MEMBER.c.left_on.is_(None))
    query = (
        member_select(actor)
        .add_columns(household_class.c.current_class, both.label("whole"))
        .outerjoin(household_class, household_class.c.household_id == HOUSEHOLD.c.id)
        .where(MEMBER.c.personal_id_index == id_key(session).index(number), or_(both, lends))
        .order_by(MEMBER.c.id)
        .limit(100)
    )
    rows = session.execute(query).mappings().all()
    # recorded also where nothing is found: asking for a number tells something about it
    homes = sorted({row["household_id"] for row in rows})
    audit.record(session, actor, "members.search", "household", homes, found=len(rows))
    return [_found(session, row) for row in rows]


def _found(session: Session, row: RowMapping) -> dict[str, Any]:
    if row["whole"]:
        return _without(member_record(session, row), "current_class", "whole")
    return {name: value for name, value in member_record(session, row).items() if name in _BANK} | {
        "hamlet_id": row["hamlet_id"]
    }


_BANK = ("full_name", "household_id", "current_class", "personal_id")


def _without(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}


def load_households(session: Session, actor: Actor, ids: Collection[UUID]) -> dict[UUID, tuple[int, dict[str, Any]]]:
    """`{id: (version, data)}` for the feed: the fields of the wire as JSON, of those inside the actor's areas."""
    query = household_select(actor).where(among(HOUSEHOLD.c.id, ids), actor.scope.covers(HOUSEHOLD.c.hamlet_id))
    return {row["id"]: (row["version"], _data(household_record(row))) for row in session.execute(query).mappings()}


def load_members(session: Session, actor: Actor, ids: Collection[UUID]) -> dict[UUID, tuple[int, dict[str, Any]]]:
    """Like `load_households`, masked for the actor. What is withheld is named there too: null would say "none"."""
    query = member_select(actor).where(among(MEMBER.c.id, ids), actor.scope.covers(HOUSEHOLD.c.hamlet_id))
    rows = session.execute(query).mappings()
    return {row["id"]: (row["version"], _data(member_record(session, row))) for row in rows}


_NOT_DATA = ("id", "version", "created_at", "updated_at")


def _data(record: dict[str, Any]) -> dict[str, Any]:
    return {name: _json(value) for name, value in record.items() if name not in _NOT_DATA}


def _json(value: Any) -> Any:
    return str(value) if isinstance(value, UUID | date | datetime) else value
