"""What households and people are called, for whoever may know it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Date, case, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlmodel import Session

from api.accounts.actor import Actor
from api.households.search import named_today
from api.households.stored import among
from api.households.wire_records import MEMBER
from api.indicators.facts import Moment

_WHEN = TIMESTAMP(timezone=True)
_READ = ("birth_date", "birth_year", "sex", "ethnicity", "relation_to_head", "merit_person")


def households(session: Session, actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Id -> id, number and head's name of the household it is today; only of households the caller may list."""
    return {row.named: row for row in session.execute(named_today(actor, ids))}


def members(session: Session, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Member id -> their name today. Whoever calls has checked that the caller may read the households."""
    query = select(MEMBER.c.id, MEMBER.c.full_name).where(among(MEMBER.c.id, ids))
    return {row.id: row for row in session.execute(query)}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a detailed list. The name is that of today; the rest is what the register said on the day of it."""

    full_name: str
    born: int | None
    sex: str
    ethnicity: str
    relation_to_head: str
    merit_person: bool


def people(session: Session, ids: Iterable[UUID], moment: Moment) -> dict[UUID, Person]:
    """Member id -> who they were on a day. Whoever calls has checked that the caller may read the households."""
    then = func.read_at(MEMBER.c.created_at, cast(moment.day, Date), cast(moment.known or "infinity", _WHEN))
    was = case((MEMBER.c.updated_at >= then, func.values_at(MEMBER.c.id, then, type_=JSONB)))
    query = select(MEMBER.c.id, MEMBER.c.full_name, *(MEMBER.c[name] for name in _READ), was.label("was"))
    found = {}
    for row in session.execute(query.where(among(MEMBER.c.id, ids))).mappings():
        told = {name: row[name] for name in _READ} | {
            name: value for name, value in (row["was"] or {}).items() if name in _READ
        }
        year = str(told.pop("birth_date") or "")[:4] or told["birth_year"]
        del told["birth_year"]
        found[row["id"]] = Person(row["full_name"], None if year is None else int(year), **told)
    return found
