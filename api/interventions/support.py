"""One household's whole: what is about it, in what it takes part, what it needs, what it received."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, true
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.households.aliases import known_as
from api.households.stored import survivor_of
from api.households.wire_records import HOUSEHOLD
from api.interventions.heads import class_group
from api.interventions.need_queries import needs_of_household
from api.interventions.participants_reach import PARTICIPANT, THEN, participants_of
from api.interventions.places import no_such_household
from api.interventions.queries import out, sees_sensitive
from api.interventions.reach import HOME, INTERVENTION, interventions_of, kind_of, visible
from api.interventions.schemas import InterventionOut
from api.interventions.support_schemas import Received, SupportOut, TakesPart
from api.schema import Words

# Deliveries live above this feature: the app knows who reads them (api/main.py).
ReceivedBy = Callable[[Session, Actor, UUID, int], list[Received]]
MOST = 500


def support(session: Session, actor: Actor, household_id: UUID, received_by: ReceivedBy) -> SupportOut:
    """Everything on record for a household, in a fixed number of statements; one that was merged away is answered as
    its survivor. Raises NotFound outside of the actor's areas."""
    home = survivor_of(session, household_id) or household_id
    lives = HOUSEHOLD.c.id == home, actor.scope.covers(HOUSEHOLD.c.hamlet_id)
    row = session.execute(select(HOUSEHOLD.c.id, HOUSEHOLD.c.hamlet_id).where(*lives)).one_or_none()
    if row is None:
        raise no_such_household()
    audit.record(session, actor, "households.support", "household", [home])
    return SupportOut(
        household_id=home,
        hamlet_id=row.hamlet_id,
        about=_about(session, actor, home),
        takes_part=_takes_part(session, actor, home),
        needs=needs_of_household(session, actor, home, MOST),
        received=received_by(session, actor, home, MOST),
    )


def _about(session: Session, actor: Actor, home: UUID) -> list[InterventionOut]:
    mine = INTERVENTION.c.household_id.in_(known_as(home))
    query = interventions_of(mine, INTERVENTION, HOME, sees_sensitive(actor)).where(visible(actor))
    rows = session.execute(query.order_by(INTERVENTION.c.created_at.desc(), INTERVENTION.c.id).limit(MOST))
    return [InterventionOut(**out(row)) for row in rows]


def _takes_part(session: Session, actor: Actor, home: UUID) -> list[TakesPart]:
    columns = (
        INTERVENTION.c.id.label("intervention_id"),
        *(INTERVENTION.c[name] for name in ("kind", "component", "year", "title", "stage")),
        PARTICIPANT.c.id.label("participant_id"),
        *(PARTICIPANT.c[name] for name in ("role", "member_id", "state", "joined_on", "ended_on")),
        class_group.label("class_on_joining"),
    )
    seen = interventions_of(visible(actor), INTERVENTION.c.id).correlate(None)
    query = participants_of(PARTICIPANT.c.household_id.in_(known_as(home)), *columns)
    query = query.join(INTERVENTION, INTERVENTION.c.id == PARTICIPANT.c.intervention_id)
    query = query.outerjoin(THEN, true()).where(INTERVENTION.c.id.in_(seen))
    rows = session.execute(query.order_by(PARTICIPANT.c.joined_on.desc(), PARTICIPANT.c.id).limit(MOST))
    return [_part(row) for row in rows]


def _part(row: Row[Any]) -> TakesPart:
    label = kind_of(row).label
    return TakesPart(kind_label=Words(vi=label.vi, en=label.en), **row._asdict())
