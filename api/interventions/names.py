"""Who is meant, in words: the names of participants and of whom cases are about, for those who may see them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func
from sqlmodel import Session

from api.accounts.actor import Actor
from api.households.class_view import household_class
from api.households.search import head_name
from api.households.search import visible as listed
from api.households.stored import among
from api.households.wire_records import HOUSEHOLD, MEMBER
from api.interventions.participants_reach import (
    PARTICIPANT,
    PARTICIPANT_HOME,
    hamlet_shown_to,
    participants_of,
    seen_by,
)
from api.interventions.reach import HOME, INTERVENTION, interventions_of
from api.interventions.tables import Organisation

ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]

# of a query made by `participants_of`, joined with MEMBER and ORGANISATION
PARTICIPANT_NAME = func.coalesce(
    MEMBER.c.full_name, case((HOUSEHOLD.c.id.is_not(None), head_name())), ORGANISATION.c.name,
    PARTICIPANT.c.outsider["name"].astext,
).label("name")  # fmt: skip


def participants_named(session: Session, actor: Actor, ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Participant -> household_id, hamlet_id and name, in one statement; the caller may see them. `hamlet_id` is null
    for a household that has left for where the caller lists none."""
    if not ids:
        return {}
    columns = PARTICIPANT.c.id, PARTICIPANT_HOME, hamlet_shown_to(actor), PARTICIPANT_NAME
    query = seen_by(actor, participants_of(among(PARTICIPANT.c.id, ids), *columns))
    query = query.outerjoin(MEMBER, MEMBER.c.id == PARTICIPANT.c.member_id)
    rows = session.execute(query.outerjoin(ORGANISATION, ORGANISATION.c.id == PARTICIPANT.c.organisation_id))
    return {row.id: _who(row) for row in rows}


def about(session: Session, actor: Actor, ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Intervention -> household_id, hamlet_id and name of whom it is about, in one statement; null where it is about
    none, the name also where the caller may not list that household."""
    if not ids:
        return {}
    whose = case((MEMBER.c.id.is_not(None), MEMBER.c.full_name), else_=head_name())
    may = and_(HOUSEHOLD.c.id.is_not(None), listed(actor))
    name = case((may, whose), else_=ORGANISATION.c.name).label("name")
    columns = INTERVENTION.c.id, HOME, HOUSEHOLD.c.hamlet_id, name
    query = interventions_of(among(INTERVENTION.c.id, ids), *columns)
    query = query.outerjoin(household_class, household_class.c.household_id == HOUSEHOLD.c.id)
    query = query.outerjoin(MEMBER, MEMBER.c.id == INTERVENTION.c.member_id)
    rows = session.execute(query.outerjoin(ORGANISATION, ORGANISATION.c.id == INTERVENTION.c.organisation_id))
    return {row.id: _who(row) for row in rows}


def _who(row: Any) -> dict[str, Any]:
    return {"household_id": row.home, "hamlet_id": row.hamlet_id, "name": row.name}
