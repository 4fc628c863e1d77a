"""Pairs of people who may be one person: by citizen number, or by name, birth and hamlet."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, extract, func, literal, or_, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.households.class_view import household_class
from api.households.search import head_name
from api.households.stored import among
from api.households.tables import HouseholdStatus
from api.households.wire_records import HOUSEHOLD, MEMBER, member_records


def duplicates(
    session: Session, actor: Actor, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of pairs inside the actor's areas, both sides shown with what the actor may see of them."""
    pairs = _pairs(actor).subquery("pairs")
    reasons = func.array_agg(aggregate_order_by(pairs.c.reason, pairs.c.reason.desc())).label("reasons")
    query = (
        select(pairs.c.first, pairs.c.second, reasons)
        .group_by(pairs.c.first, pairs.c.second)
        .order_by(pairs.c.first, pairs.c.second)
        .limit(limit + 1)
    )
    after = paging.decode(cursor, UUID, UUID)
    if after:
        query = query.where(tuple_(pairs.c.first, pairs.c.second) > tuple_(*map(literal, after)))
    rows = session.execute(query).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: [str(row.first), str(row.second)])
    people = member_records(session, actor, {member_id for row in shown for member_id in (row.first, row.second)})
    homes = _homes(session, {person["household_id"] for person in people.values()})
    audit.record(session, actor, "households.duplicates", "household", sorted(homes))
    return [_pair(row, people, homes) for row in shown], next_cursor


def _pair(row: Any, people: dict[UUID, Any], homes: dict[UUID, Any]) -> dict[str, Any]:
    def side(member_id: UUID) -> dict[str, Any]:
        person = people[member_id]
        return {"household": homes[person["household_id"]], "member": person}

    return {"reasons": row.reasons, "first": side(row.first), "second": side(row.second)}


def _pairs(actor: Actor) -> Any:
    one, other = MEMBER.alias("one"), MEMBER.alias("other")
    home, other_home = HOUSEHOLD.alias("home"), HOUSEHOLD.alias("other_home")
    # somebody who left here and lives there is one person who moved, not a duplicate
    present = and_(
        one.c.id < other.c.id,
        one.c.left_on.is_(None),
        other.c.left_on.is_(None),
        home.c.status == HouseholdStatus.active,
        other_home.c.status == HouseholdStatus.active,
        actor.scope.covers(home.c.hamlet_id),
        actor.scope.covers(other_home.c.hamlet_id),
    )
    both_days = and_(one.c.birth_date.is_not(None), other.c.birth_date.is_not(None))
    same_birth = or_(
        and_(both_days, one.c.birth_date == other.c.birth_date),
        and_(~both_days, _year(one) == _year(other)),
    )
    named_alike = and_(one.c.name_folded == other.c.name_folded, home.c.hamlet_id == other_home.c.hamlet_id, same_birth)
    same_number = one.c.personal_id_index == other.c.personal_id_index

    def pairs(reason: str, alike: Any) -> Any:
        return (
            select(one.c.id.label("first"), other.c.id.label("second"), literal(reason).label("reason"))
            .select_from(one.join(home, home.c.id == one.c.household_id))
            .join(other, literal(True))
            .join(other_home, other_home.c.id == other.c.household_id)
            .where(present, alike)
        )

    return union_all(pairs("personal_id", same_number), pairs("name_birth_hamlet", named_alike))


def _year(person: Any) -> Any:
    return func.coalesce(person.c.birth_year, extract("year", person.c.birth_date))


def _homes(session: Session, household_ids: set[UUID]) -> dict[UUID, dict[str, Any]]:
    query = (
        select(
            HOUSEHOLD.c.id,
            HOUSEHOLD.c.household_no,
            head_name().label("head_name"),
            HOUSEHOLD.c.hamlet_id,
            household_class.c.current_class,
        )
        .outerjoin_from(HOUSEHOLD, household_class, household_class.c.household_id == HOUSEHOLD.c.id)
        .where(among(HOUSEHOLD.c.id, household_ids))
    )
    return {row["id"]: dict(row) for row in session.execute(query).mappings()}
