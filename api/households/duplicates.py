"""Pairs of people who may be one person: by citizen number, or by name, birth and hamlet."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, extract, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import array
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
    after = paging.decode(cursor, UUID, UUID)
    query = _pairs(actor, limit + 1, after)
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


def _pairs(actor: Actor, most: int, after: Any) -> Any:
    """At most `most` pairs in the order of their ids, found from the first person on: a thousand namesakes are half a
    million pairs, and a page must not form them all."""
    shared = _shared(actor).cte("shared")
    # in order already: the first page ends the walk early
    one, other = select(shared).order_by(shared.c.id).subquery("one"), shared.alias("other")
    both_days = and_(one.c.birth_date.is_not(None), other.c.birth_date.is_not(None))
    same_birth = or_(
        and_(both_days, one.c.birth_date == other.c.birth_date),
        and_(~both_days, one.c.year == other.c.year),
    )
    named_alike = and_(one.c.name_folded == other.c.name_folded, one.c.hamlet_id == other.c.hamlet_id, same_birth)
    same_number = one.c.personal_id_index == other.c.personal_id_index
    reasons = case(
        (and_(same_number, named_alike), array(["personal_id", "name_birth_hamlet"])),
        (same_number, array(["personal_id"])),
        else_=array(["name_birth_hamlet"]),
    )
    partners = (
        select(other.c.id.label("second"), reasons.label("reasons"))
        .where(other.c.id > one.c.id, or_(same_number, named_alike))
        .order_by(other.c.id)
        .limit(most)
        .correlate(one)
    )
    if after:
        partners = partners.where(tuple_(one.c.id, other.c.id) > tuple_(*map(literal, after)))
    pairs = partners.lateral("pairs")
    query = select(one.c.id.label("first"), pairs.c.second, pairs.c.reasons).join_from(one, pairs, literal(True))
    if after:
        query = query.where(one.c.id >= after[0])
    return query.order_by(one.c.id, pairs.c.second).limit(most)


def _shared(actor: Actor) -> Any:
    """Who is there and shares name and birth in a hamlet, or a citizen number, with somebody who is there too."""
    one, home = MEMBER.alias("person"), HOUSEHOLD.alias("home")
    columns = (one.c.id, home.c.hamlet_id, one.c.name_folded, one.c.birth_date, one.c.personal_id_index)
    name = (home.c.hamlet_id, one.c.name_folded)
    same_year = func.count().over(partition_by=(*name, _year(one))).label("same_year")
    same_day = func.count(one.c.birth_date).over(partition_by=(*name, one.c.birth_date)).label("same_day")
    bearers = func.count(one.c.personal_id_index).over(partition_by=one.c.personal_id_index).label("bearers")
    people = (
        select(*columns, _year(one).label("year"), same_year, same_day, bearers)
        .join_from(one, home, home.c.id == one.c.household_id)
        .where(_present(actor, one, home))
        .subquery("people")
    )
    return select(people).where(or_(people.c.same_year > 1, people.c.same_day > 1, people.c.bearers > 1))


def _present(actor: Actor, person: Any, home: Any) -> Any:
    # somebody who left here and lives there is one person who moved, not a duplicate
    return and_(
        person.c.left_on.is_(None),
        home.c.status == HouseholdStatus.active,
        actor.scope.covers(home.c.hamlet_id),
    )


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
