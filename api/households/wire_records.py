"""Stored households and members as they stand on the wire, for whoever reads them: pages, single records, the feed.

Masking is decided here, row by row: a caller may have a right in one hamlet and not in the next.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.households.citizen_numbers import id_key
from api.households.class_view import household_class
from api.households.schemas import HouseholdOut
from api.households.stored import among
from api.households.tables import Household, Member
from api.keys import mask

HOUSEHOLD = Household.__table__  # type: ignore[attr-defined]
MEMBER = Member.__table__  # type: ignore[attr-defined]

# Ethnic origin and health are sensitive (NĐ 356/2025, Điều 4): null and named in `withheld` without the right.
SENSITIVE = ("ethnicity", "disability", "nutrition")
# Why nobody can work is health too, in words (an illness, a disability).
HOUSEHOLD_SENSITIVE = ("no_labour_capacity_ground",)
_NOT_ON_THE_WIRE = {"name_folded", "name_toned", "name_sort", "personal_id_sealed", "personal_id_index"}
_MEMBER_COLUMNS = [c for c in MEMBER.c if c.name not in _NOT_ON_THE_WIRE - {"personal_id_sealed"}]


def household_select(actor: Actor) -> Select[Any]:
    """All fields of a household with its class of today, and whether the actor may see what is sensitive in it."""
    view = household_class.c
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(HOUSEHOLD.c.hamlet_id).label("sees_sensitive")
    return select(
        *HOUSEHOLD.c, view.current_class, view.class_since, view.newly_escaped_until, sensitive
    ).outerjoin_from(HOUSEHOLD, household_class, view.household_id == HOUSEHOLD.c.id)


def household_record(row: RowMapping) -> dict[str, Any]:
    """A household as this caller may see it."""
    withheld = [] if row["sees_sensitive"] else list(HOUSEHOLD_SENSITIVE)
    stored = {name: row[name] for name in HouseholdOut.model_fields if name != "withheld"}
    return stored | dict.fromkeys(withheld) | {"withheld": withheld}


def household_records(session: Session, actor: Actor, household_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Households by id, in one statement, masked for the actor. Whoever calls has checked the scope."""
    rows = session.execute(household_select(actor).where(among(HOUSEHOLD.c.id, household_ids))).mappings()
    return {row["id"]: household_record(row) for row in rows}


def member_select(actor: Actor) -> Select[Any]:
    """All fields of a member, with two columns that say what the actor may see of it. Joined with its household."""
    return select(
        *_MEMBER_COLUMNS,
        HOUSEHOLD.c.hamlet_id,
        actor.scope_of(Permission.persons_id_full).covers(HOUSEHOLD.c.hamlet_id).label("sees_number"),
        actor.scope_of(Permission.persons_sensitive).covers(HOUSEHOLD.c.hamlet_id).label("sees_sensitive"),
    ).join_from(MEMBER, HOUSEHOLD, HOUSEHOLD.c.id == MEMBER.c.household_id)


def member_record(session: Session, row: RowMapping) -> dict[str, Any]:
    """A member as this caller may see it."""
    record = dict(row)
    sees_number, sees_sensitive = record.pop("sees_number"), record.pop("sees_sensitive")
    del record["hamlet_id"]
    seal, last4 = record.pop("personal_id_sealed"), record.pop("personal_id_last4")
    record["personal_id"] = None
    if seal is not None:
        record["personal_id"] = id_key(session).open(seal, record["id"]) if sees_number else mask(last4)
    record["withheld"] = [] if sees_sensitive else list(SENSITIVE)
    for name in record["withheld"]:
        record[name] = None
    return record


def member_records(session: Session, actor: Actor, member_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Members by id, in one statement, masked for the actor. Whoever calls has checked the scope."""
    rows = session.execute(member_select(actor).where(among(MEMBER.c.id, member_ids))).mappings()
    return {row["id"]: member_record(session, row) for row in rows}
