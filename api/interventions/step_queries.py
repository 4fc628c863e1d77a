"""Reads the steps of interventions: those of the whole, and those of single participants."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, literal, select
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.interventions import fields
from api.interventions.participants_reach import PARTICIPANT, participants_of, seen_by
from api.interventions.reach import kind_of, require_visible
from api.interventions.step_schemas import StepOut
from api.interventions.tables import InterventionStep
from api.schema import Page

STEP = InterventionStep.__table__  # type: ignore[attr-defined]
_STORED = [name for name in StepOut.model_fields if name not in ("fields", "withheld")]


# what people write beside a step for somebody is mostly an illness (permissions.md)
_WORDS = ("note", "undone_reason")


def step_out(intervention: Row[Any], row: Row[Any], sees_sensitive: bool) -> StepOut:
    """A step as its reader may see it. The kind may have lost the step since: then no field of it is sensitive."""
    step = kind_of(intervention).step(row.step)
    stored = {name: getattr(row, name) for name in _STORED}
    known = fields.shown(step.fields if step else (), row.fields, sees_sensitive)
    of_somebody = intervention.home is not None or row.participant_id is not None
    if of_somebody and not sees_sensitive:
        stored |= dict.fromkeys(_WORDS)
        known["withheld"] = [*known["withheld"], *_WORDS]
    return StepOut(**stored, **known)


def steps_of_whole(session: Session, intervention: Row[Any]) -> list[StepOut]:
    """The steps of the intervention itself, in their order (a row with `sees_sensitive`)."""
    query = select(STEP).where(STEP.c.intervention_id == intervention.id, STEP.c.participant_id.is_(None))
    rows = session.execute(query.order_by(STEP.c.position))
    return [step_out(intervention, row, intervention.sees_sensitive) for row in rows]


def steps(
    session: Session,
    actor: Actor,
    intervention_id: UUID,
    *,
    participant_id: UUID | None,
    limit: int,
    cursor: str | None,
) -> Page[StepOut]:
    """All steps in their order; those of participants where I may see who it is. Raises NotFound."""
    intervention = require_visible(session, actor, intervention_id)
    theirs = seen_by(actor, participants_of(PARTICIPANT.c.intervention_id == intervention_id, PARTICIPANT.c.id))
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(literal(intervention.place))
    query = select(STEP, sensitive.label("sees_sensitive")).where(STEP.c.intervention_id == intervention_id)
    query = query.where(STEP.c.participant_id.is_(None) | STEP.c.participant_id.in_(theirs))
    if participant_id is not None:
        query = query.where(STEP.c.participant_id == participant_id)
    after = paging.decode(cursor, int)
    if after is not None:
        query = query.where(STEP.c.position > after[0])
    rows = session.execute(query.order_by(STEP.c.position).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.position,))
    audit.record(session, actor, "interventions.steps", "intervention", [intervention_id])
    return Page[StepOut](
        items=[step_out(intervention, row, row.sees_sensitive) for row in shown], next_cursor=next_cursor
    )
