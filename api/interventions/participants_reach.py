"""Participants with the household they are of today, and whom of them a caller sees.

A household, or one of its people, is seen by who may list households where it stands, and, wherever it has gone, by who
reads households in the area whose intervention it takes part in: results are due for years, and the commune whose
project it was records them. Where such a household lives now is not told. Everybody else who takes part is seen by
whoever sees the intervention.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from api.accounts.actor import Actor
from api.accounts.permissions import Permission, Role
from api.households.aliases import ends
from api.households.class_view import class_then, household_class
from api.households.search import visible
from api.households.wire_records import HOUSEHOLD
from api.interventions.reach import INTERVENTION
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


def seen_by(actor: Actor, query: Select[Any], *, at_home: bool = False) -> Select[Any]:
    """Of a query made by `participants_of`: the participants a caller may see. `at_home`: only those whose household
    stands where the caller may list it, for whatever would tell where that is."""
    if any(grant.role is Role.bank_officer for grant in actor.grants):
        # only what the bank may list asks for the class of today: reading it costs more than all of the rest
        query = query.outerjoin(household_class, household_class.c.household_id == HOUSEHOLD.c.id)
    mine = select(INTERVENTION.c.id).where(actor.scope_of(Permission.households_read).covers(INTERVENTION.c.area_id))
    seen = or_(PARTICIPANT.c.household_id.is_(None), visible(actor))
    return query.where(seen if at_home else or_(seen, PARTICIPANT.c.intervention_id.in_(mine)))


def hamlet_shown_to(actor: Actor) -> ColumnElement[Any]:
    """Where the household of a participant stands, for who may list it there (of a query made by `seen_by`)."""
    return case((visible(actor), HOUSEHOLD.c.hamlet_id)).label("hamlet_id")
