"""Participants with the household they are of today, and whom of them a caller sees.

A household, or one of its people, is seen by who may list households where it stands; everybody else who takes part by
whoever sees the intervention.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from api.accounts.actor import Actor
from api.accounts.permissions import Role
from api.households.aliases import ends
from api.households.class_view import class_then, household_class
from api.households.search import visible
from api.households.wire_records import HOUSEHOLD
from api.interventions.tables import Participant

PARTICIPANT = Participant.__table__  # type: ignore[attr-defined]
PARTICIPANT_HOME = HOUSEHOLD.c.id.label("home")
# the class on the day of joining, to be joined on true with a query made by `participants_of`
THEN = class_then(PARTICIPANT.c.joined_on, HOUSEHOLD.c.id)


def participants_of(condition: ColumnElement[bool], *columns: Any) -> Select[Any]:
    """Participants joined with HOUSEHOLD (as of today; null where none takes part)."""
    followed = ends(select(PARTICIPANT.c.household_id).where(condition, PARTICIPANT.c.household_id.is_not(None)))
    today = func.coalesce(followed.c.survivor, PARTICIPANT.c.household_id)
    return (
        select(*(columns or (PARTICIPANT, PARTICIPANT_HOME)))
        .select_from(PARTICIPANT)
        .outerjoin(followed, followed.c.absorbed == PARTICIPANT.c.household_id)
        .outerjoin(HOUSEHOLD, HOUSEHOLD.c.id == today)
        .where(condition)
    )


def seen_by(actor: Actor, query: Select[Any]) -> Select[Any]:
    """Of a query made by `participants_of`: the participants a caller may see."""
    if any(grant.role is Role.bank_officer for grant in actor.grants):
        # only what the bank may list asks for the class of today: reading it costs more than all of the rest
        query = query.outerjoin(household_class, household_class.c.household_id == HOUSEHOLD.c.id)
    return query.where(or_(PARTICIPANT.c.household_id.is_(None), visible(actor)))
