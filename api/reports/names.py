"""What households and people are called, for whoever may know it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.households.class_view import household_class
from api.households.homes import HOUSEHOLD, at_home
from api.households.search import head_name, visible
from api.households.stored import among
from api.households.tables import Household
from api.households.wire_records import MEMBER
from api.recognitions.books import AREA


def households(session: Session, actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Id -> id, number and head's name of the household it is today (of one merged away, those of its survivor); only
    of households the caller may list."""
    named = Household.__table__.alias("named")  # type: ignore[attr-defined]
    query = at_home(
        select(
            named.c.id.label("named"), HOUSEHOLD.c.id, HOUSEHOLD.c.household_no, head_name().label("head_name")
        ).select_from(named),
        named.c.id,
    ).outerjoin(household_class, household_class.c.household_id == HOUSEHOLD.c.id)
    rows = session.execute(query.where(among(named.c.id, ids), visible(actor)))
    return {row.named: row for row in rows}


def members(session: Session, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Member id -> record. Whoever calls has checked that the caller may read the households."""
    columns = ("id", "full_name", "birth_date", "birth_year", "sex", "ethnicity", "relation_to_head", "merit_person")
    query = select(*(MEMBER.c[name] for name in columns)).where(among(MEMBER.c.id, ids))
    return {row.id: row for row in session.execute(query)}


def covers(session: Session, scope: Any, area_id: UUID) -> bool:
    """Does the scope reach over the whole of the area?"""
    return session.execute(select(AREA.c.id).where(AREA.c.id == area_id, scope.covers(AREA.c.id))).first() is not None
