"""What households and people are called, for whoever may know it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.households.search import named_today
from api.households.stored import among
from api.households.wire_records import MEMBER


def households(session: Session, actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Id -> id, number and head's name of the household it is today; only of households the caller may list."""
    return {row.named: row for row in session.execute(named_today(actor, ids))}


def members(session: Session, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Member id -> record. Whoever calls has checked that the caller may read the households."""
    columns = ("id", "full_name", "birth_date", "birth_year", "sex", "ethnicity", "relation_to_head", "merit_person")
    query = select(*(MEMBER.c[name] for name in columns)).where(among(MEMBER.c.id, ids))
    return {row.id: row for row in session.execute(query)}
