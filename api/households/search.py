"""The list of households: filtered, searched by name without regard to tone marks, in keyset pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, case, column, func, literal, or_, select, table, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session

from api import audit, clock, paging, sql
from api.accounts.actor import Actor
from api.accounts.permissions import Permission, Role, holds
from api.areas.scope import Scope
from api.households.aliases import ends
from api.households.class_view import household_class
from api.households.homes import at_home
from api.households.stored import among
from api.households.tables import Household, HouseholdStatus
from api.households.wire_records import HOUSEHOLD, MEMBER, household_record, household_select
from api.names import fold, toned

# loans live above this feature: of their table only what is named here is known
_LOAN = table("loan", column("household_id", Uuid()), column("state"))
_SEEN = (Permission.households_list, Permission.households_read)


@dataclass(frozen=True)
class Filters:
    """What is asked for; None means anything. `area_id`: that area with everything under it."""

    q: str | None = None
    hamlet_id: UUID | None = None
    area_id: UUID | None = None
    poverty_class: str | None = None
    status: HouseholdStatus | None = None
    newly_escaped: bool | None = None


def households(
    session: Session, actor: Actor, filters: Filters, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of households: whole records where the actor may read them, otherwise name, hamlet and class.

    Ordered by hamlet and id; with `q` by how well the name fits (exact tones first), then by name.
    """
    query = (
        household_select(actor)
        .add_columns(
            head_name().label("head_name"),
            actor.scope_of(Permission.households_read).covers(HOUSEHOLD.c.hamlet_id).label("whole"),
        )
        .where(visible(actor), *_conditions(filters))
    )
    query, keys = _ordered(query, filters.q, cursor)
    rows = session.execute(query.limit(limit + 1)).mappings().all()
    shown, next_cursor = paging.page(rows, limit, lambda row: [_plain(row[key]) for key in keys])
    audit.record(session, actor, "households.list", "household", [row["id"] for row in shown])
    return [_item(row) for row in shown], next_cursor


def visible(actor: Actor) -> ColumnElement[bool]:
    """Which households a caller may list. The bank sees only those with a recognition in force, and its
    borrowers (permissions.md)."""
    bank = Scope.of(g.area_id for g in actor.grants if g.role is Role.bank_officer)
    others = Scope.of(
        g.area_id
        for g in actor.grants
        if g.role is not Role.bank_officer and any(holds(g.role, g.head, right) for right in _SEEN)
    )
    hamlet = HOUSEHOLD.c.hamlet_id
    if not bank.area_ids:
        return others.covers(hamlet)
    return or_(others.covers(hamlet), and_(bank.covers(hamlet), or_(recognised(), _borrows())))


def recognised() -> ColumnElement[bool]:
    """A recognition is in force: poor, near-poor, or newly escaped (of a query joined with household_class)."""
    return or_(
        household_class.c.current_class.in_(("poor", "near_poor")),
        household_class.c.newly_escaped_until.is_not(None),
    )


def _borrows() -> ColumnElement[bool]:
    """HOUSEHOLD has a loan under way, also one recorded for a household that was merged into it."""
    followed = ends(select(_LOAN.c.household_id))
    homes = select(func.coalesce(followed.c.survivor, _LOAN.c.household_id)).select_from(
        _LOAN.outerjoin(followed, followed.c.absorbed == _LOAN.c.household_id)
    )
    borrows: ColumnElement[bool] = HOUSEHOLD.c.id.in_(homes.where(_LOAN.c.state.in_(("active", "overdue"))))
    return borrows


def head_name() -> Any:
    """The head's name: who is named as head, else who is related as head, else the first name of the household."""
    named = case((MEMBER.c.id == HOUSEHOLD.c.head_member_id, 0), (MEMBER.c.relation_to_head == "head", 1), else_=2)
    return (
        select(MEMBER.c.full_name)
        .where(MEMBER.c.household_id == HOUSEHOLD.c.id, MEMBER.c.left_on.is_(None))
        .order_by(named, MEMBER.c.name_sort, MEMBER.c.id)
        .limit(1)
        .correlate(HOUSEHOLD)
        .scalar_subquery()
    )


def homes_then(session: Session, household_ids: Iterable[UUID], moment: datetime) -> dict[UUID, Any]:
    """(hamlet_id, head_name) of each of these as the register held them at a moment: whoever was entered since, perhaps
    where the household has moved to, is nobody a paper of then may name. One statement."""
    given = {"ids": sql.id_list(household_ids), "moment": moment}
    rows = sql.fetch(session, sql.load("api/households/sql/homes_then.sql"), **given)
    return {row.household_id: row for row in rows}


# The household that a paper of then names.
NAMED = Household.__table__.alias("named")  # type: ignore[attr-defined]


def named_today(actor: Actor, household_ids: Iterable[UUID]) -> Select[Any]:
    """(named, id, household_no, head_name): the household each of these is today (of one merged away, its survivor), of
    those the caller may list."""
    columns = NAMED.c.id.label("named"), HOUSEHOLD.c.id, HOUSEHOLD.c.household_no, head_name().label("head_name")
    return (
        at_home(select(*columns).select_from(NAMED), NAMED.c.id)
        .outerjoin(household_class, household_class.c.household_id == HOUSEHOLD.c.id)
        .where(among(NAMED.c.id, household_ids), visible(actor))
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.hamlet_id is not None:
        found.append(HOUSEHOLD.c.hamlet_id == filters.hamlet_id)
    if filters.area_id is not None:
        found.append(Scope.of([filters.area_id]).covers(HOUSEHOLD.c.hamlet_id))
    if filters.poverty_class is not None:
        found.append(household_class.c.current_class == filters.poverty_class)
    if filters.status is not None:
        found.append(HOUSEHOLD.c.status == filters.status)
    if filters.newly_escaped is not None:
        running = func.coalesce(household_class.c.newly_escaped_until >= clock.today(), False)
        found.append(running == filters.newly_escaped)
    return found


def _ordered(query: Select[Any], q: str | None, cursor: str | None) -> tuple[Select[Any], tuple[str, ...]]:
    if not q or not fold(q):
        after = paging.decode(cursor, UUID, UUID)
        if after:
            query = query.where(tuple_(HOUSEHOLD.c.hamlet_id, HOUSEHOLD.c.id) > tuple_(*map(literal, after)))
        return query.order_by(HOUSEHOLD.c.hamlet_id, HOUSEHOLD.c.id), ("hamlet_id", "id")
    found = _matches(q)
    after = paging.decode(cursor, int, str, UUID)
    query = query.add_columns(found.c.rank, found.c.name_sort).join(found, found.c.household_id == HOUSEHOLD.c.id)
    if after:
        query = query.where(tuple_(found.c.rank, found.c.name_sort, HOUSEHOLD.c.id) > tuple_(*map(literal, after)))
    return query.order_by(found.c.rank, found.c.name_sort, HOUSEHOLD.c.id), ("rank", "name_sort", "id")


def _matches(q: str) -> Any:
    """Households with a member of that name, each with its best fit: 0 exact tones and the whole name, 1 exact tones,
    2 the whole name without tones, 3 a beginning of words without tones."""
    bare, exact = fold(q), toned(q)
    words = literal(" ") + MEMBER.c.name_folded
    with_tones = literal(" ") + MEMBER.c.name_toned + literal(" ")
    rank = case(
        (MEMBER.c.name_toned == exact, 0),
        (with_tones.contains(f" {exact} ", autoescape=True), 1),
        (MEMBER.c.name_folded == bare, 2),
        else_=3,
    ).label("rank")
    return (
        select(MEMBER.c.household_id, rank, MEMBER.c.name_sort)
        .ext(distinct_on(MEMBER.c.household_id))
        .where(MEMBER.c.name_folded.contains(bare, autoescape=True))  # what the trigram index can find
        .where(words.contains(f" {bare}", autoescape=True))
        .where(MEMBER.c.left_on.is_(None))
        .order_by(MEMBER.c.household_id, rank, MEMBER.c.name_sort)
        .subquery("found")
    )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _item(row: Any) -> dict[str, Any]:
    if row["whole"]:
        return household_record(row) | {"head_name": row["head_name"]}
    return {name: row[name] for name in ("id", "household_no", "head_name", "hamlet_id", "current_class")}
