"""Participants with the household they are of today, and whom of them a caller sees.

A household, or one of its people, is seen by who may list households where it stands; everybody else who takes part by
whoever sees the intervention.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from api.accounts.actor import Actor
from api.households.aliases import ends
from api.households.class_view import class_then, household_class
from api.households.search import visible
from api.households.wire_records import HOUSEHOLD
from api.interventions.tables import Participant

PARTICIPANT = Participant.__table__  # type: ignore[attr-defined]
PARTICIPANT_HOME = HOUSEHOLD.c.id.label("home")
# the class on the day of joining, of a query made by `participants_of`
THEN = class_then(PARTICIPANT.c.joined_on)


def participants_of(condition: ColumnElement[bool], *columns: Any) -> Select[Any]:
    """Participants joined with HOUSEHOLD (as of today; null where none takes part) and its class."""
    followed = ends(select(PARTICIPANT.c.household_id).where(condition, PARTICIPANT.c.household_id.is_not(None)))
    today = func.coalesce(followed.c.survivor, PARTICIPANT.c.household_id)
    return (
        select(*(columns or (PARTICIPANT, PARTICIPANT_HOME)))
        .select_from(PARTICIPANT)
        .outerjoin(followed, followed.c.absorbed == PARTICIPANT.c.household_id)
        .outerjoin(HOUSEHOLD, HOUSEHOLD.c.id == today)
        .outerjoin(household_class, household_class.c.household_id == HOUSEHOLD.c.id)
        .where(condition)
    )


def seen(actor: Actor) -> ColumnElement[bool]:
    """The participants a caller may see (of a query made by `participants_of`)."""
    return or_(PARTICIPANT.c.household_id.is_(None), visible(actor))
