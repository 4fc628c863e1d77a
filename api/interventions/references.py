"""Interventions that name each other by their steps: a referral of a job seeker names the vacancy.

A step keeps what it names in its field and in `refers_to`; both sides are read from there.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, false, select, true, union_all
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.interventions.names import about
from api.interventions.reach import (
    INTERVENTION,
    interventions_of,
    kind_of,
    require_visible,
    visible,
)
from api.interventions.schemas import ReferenceOut
from api.interventions.step_queries import STEP
from api.problems import FieldError, Invalid, NotFound
from api.programmes.catalogue import catalogue
from api.programmes.definition import Step
from api.schema import Words

MOST = 200


def named_by(session: Session, actor: Actor, step: Step, values: dict[str, Any]) -> UUID | None:
    """The intervention that a field of the step names. Raises NotFound for one the caller does not see, Invalid for
    one of another kind."""
    for field in step.fields:
        if field.type == "intervention" and field.code in values:
            return _checked(session, actor, field.code, str(field.kind), UUID(values[field.code]))
    return None


def _checked(session: Session, actor: Actor, code: str, kind: str, intervention_id: UUID) -> UUID:
    at = f"#/fields/{code}"
    try:
        found = require_visible(session, actor, intervention_id)
    except NotFound as problem:
        vi, en = "Không tìm thấy hoạt động này.", "There is no such intervention."
        raise NotFound(vi, en, errors=(FieldError(at, "not_found", vi, en),)) from problem
    if found.kind != kind:
        label = catalogue().kinds[kind].label
        vi, en = f"Phải là hoạt động loại «{label.vi}».", f"This has to be of the kind «{label.en}»."
        raise Invalid(errors=(FieldError(at, "wrong_kind", vi, en),))
    return intervention_id


@dataclass(frozen=True)
class References:
    """Whom an intervention names, and who names it; the newest first, of both together at most MOST."""

    refers_to: list[ReferenceOut]
    referred_by: list[ReferenceOut]


def references(session: Session, actor: Actor, intervention_id: UUID) -> References:
    """Of those that the caller sees. Undone steps name nobody. Whoever calls has checked that this one may be seen."""
    links = _links(intervention_id).subquery("links")
    columns = (INTERVENTION.c.id, *(INTERVENTION.c[name] for name in ("kind", "title", "stage")))
    query = interventions_of(visible(actor), *columns, links).join(links, links.c.other == INTERVENTION.c.id)
    order = links.c.taken_on.desc(), links.c.recorded_at.desc(), links.c.step_id
    rows = session.execute(query.order_by(*order).limit(MOST)).all()
    whose = about(session, actor, dict.fromkeys(row.id for row in rows))
    homes = dict.fromkeys(one["household_id"] for one in whose.values() if one["household_id"])
    if homes:
        audit.record(session, actor, "interventions.references", "household", homes)
    told: dict[bool, list[ReferenceOut]] = {True: [], False: []}
    for row in rows:
        told[row.inward].append(_out(row, whose[row.id]))
    return References(refers_to=told[False], referred_by=told[True])


def _links(intervention_id: UUID) -> CompoundSelect[Any]:
    """(other, inward, ...): the steps that name this one, and those of this one that name another."""
    of_whom = select(INTERVENTION.c.kind).where(INTERVENTION.c.id == STEP.c.intervention_id).scalar_subquery()
    said = (
        STEP.c.id.label("step_id"), STEP.c.step, STEP.c.taken_on, STEP.c.recorded_at, of_whom.label("step_kind"),
    )  # fmt: skip
    inward = select(STEP.c.intervention_id.label("other"), true().label("inward"), *said)
    outward = select(STEP.c.refers_to.label("other"), false().label("inward"), *said)
    return union_all(
        inward.where(STEP.c.refers_to == intervention_id, STEP.c.undone_at.is_(None)),
        outward.where(
            STEP.c.intervention_id == intervention_id, STEP.c.refers_to.is_not(None), STEP.c.undone_at.is_(None)
        ),
    )


def _out(row: Any, whose: dict[str, Any]) -> ReferenceOut:
    kind = kind_of(row)
    stage = next(one.label for one in kind.stages if one.code == row.stage)
    step = catalogue().kinds[row.step_kind].step(row.step)
    label = Words(vi=step.label.vi, en=step.label.en) if step else Words(vi=row.step, en=row.step)
    return ReferenceOut(
        intervention_id=row.id,
        kind=row.kind,
        title=row.title,
        stage=row.stage,
        stage_label=Words(vi=stage.vi, en=stage.en),
        step=row.step,
        label=label,
        taken_on=row.taken_on,
        **whose,
    )
