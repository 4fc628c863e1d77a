"""Reads interventions: lists, and one with what was done, what is missing and what can follow."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, tuple_
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.accounts.permissions import ROLE_PERMISSIONS, Permission
from api.households.stored import home_of
from api.households.wire_records import HOUSEHOLD
from api.interventions import fields, kinds
from api.interventions.document_queries import documents_of
from api.interventions.follow_ups import due_of, overdue
from api.interventions.heads import heads
from api.interventions.reach import (
    HOME,
    INTERVENTION,
    PLACE,
    interventions_of,
    kind_of,
    no_such_intervention,
    tells_all,
    visible,
)
from api.interventions.references import references
from api.interventions.schemas import InterventionOut, InterventionWhole, NextStep, PaperOut
from api.interventions.step_queries import steps_of_whole
from api.programmes.catalogue import catalogue
from api.programmes.definition import Kind, Step
from api.reviews.queries import under
from api.schema import Page, Words

_STORED = [n for n in InterventionOut.model_fields if n not in ("household_id", "fields", "withheld")]


@dataclass(frozen=True)
class Filters:
    """What is asked for; None means anything. `area_id`: in or below that area. `due`: a follow-up is overdue."""

    kind: str | None = None
    component: str | None = None
    area_id: UUID | None = None
    year: int | None = None
    stage: str | None = None
    household_id: UUID | None = None
    parent_id: UUID | None = None
    plan_item_id: UUID | None = None
    due: Literal["overdue"] | None = None


def interventions(
    session: Session, actor: Actor, only: Filters, *, limit: int, cursor: str | None
) -> Page[InterventionOut]:
    """The interventions I may see, the newest first."""
    only = replace(only, household_id=home_of(session, only.household_id))
    query = interventions_of(visible(actor), INTERVENTION, HOME, sees_sensitive(actor)).where(*_conditions(actor, only))
    after = paging.decode(cursor, datetime.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(INTERVENTION.c.created_at, INTERVENTION.c.id) < tuple_(*after))
    query = query.order_by(INTERVENTION.c.created_at.desc(), INTERVENTION.c.id.desc())
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.created_at.isoformat(), str(row.id)))
    homes = dict.fromkeys(row.home for row in shown if row.home)
    audit.record(session, actor, "interventions.list", "household", homes)
    return Page[InterventionOut](items=[InterventionOut(**out(row)) for row in shown], next_cursor=next_cursor)


def intervention(session: Session, actor: Actor, intervention_id: UUID) -> InterventionWhole:
    """One intervention as a whole, in a fixed number of statements. Raises NotFound for one I do not see."""
    query = interventions_of(
        and_(INTERVENTION.c.id == intervention_id, visible(actor)),
        INTERVENTION,
        HOME,
        sees_sensitive(actor),
        tells_all(actor),
        *_mine(actor),
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise no_such_intervention()
    kind = kind_of(row)
    papers = documents_of(session, row.id)
    there = {paper.code for paper in papers}
    named = references(session, actor, row.id)
    audit.record(session, actor, "interventions.read", *subject(row))
    return InterventionWhole(
        **out(row),
        kind_label=said(kind.label),
        stage_label=said(next(stage.label for stage in kind.stages if stage.code == row.stage)),
        ended=kinds.has_ended(kind, row.stage),
        steps=steps_of_whole(session, row),
        documents=papers,
        checklist=[PaperOut(code=p.code, label=said(p.label), there=p.code in there) for p in kind.documents],
        next_steps=[_next_step(row, kind, step, there) for step in kinds.steps_at(kind, row.stage)],
        heads=heads(session, row.id, tells_all=row.tells_all),
        due=due_of(session, actor, row.id),
        refers_to=named.refers_to,
        referred_by=named.referred_by,
    )


def sees_sensitive(actor: Actor) -> Any:
    """Whether the caller may see what tells of health or origin, where the intervention lies."""
    return actor.scope_of(Permission.persons_sensitive).covers(PLACE).label("sees_sensitive")


def out(row: Row[Any]) -> dict[str, Any]:
    """A row of `interventions_of` with `sees_sensitive`, as its reader may see it."""
    stored = {name: getattr(row, name) for name in _STORED}
    return stored | {"household_id": row.home} | fields.shown(kind_of(row).fields, row.fields, row.sees_sensitive)


def subject(row: Row[Any]) -> tuple[str, list[UUID]]:
    """Whose log a read or write belongs to: the household's it is about, otherwise the intervention's."""
    return ("household", [row.home]) if row.home else ("intervention", [row.id])


def said(label: Any) -> Words:
    return Words(vi=label.vi, en=label.en)


def _conditions(actor: Actor, only: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (INTERVENTION.c.kind, only.kind),
            (INTERVENTION.c.component, only.component),
            (INTERVENTION.c.year, only.year),
            (INTERVENTION.c.stage, only.stage),
            (HOUSEHOLD.c.id, only.household_id),
            (INTERVENTION.c.parent_id, only.parent_id),
            (INTERVENTION.c.plan_item_id, only.plan_item_id),
        )
        if value is not None
    ]
    if only.area_id is not None:
        found.append(under(only.area_id, clock.today(), PLACE))
    if only.due is not None:
        found.append(INTERVENTION.c.id.in_(overdue(actor)))
    return found


def _mine(actor: Actor) -> list[Any]:
    return [actor.scope_of(right).covers(PLACE).label(right.name) for right in _rights()]


@cache
def _rights() -> list[Permission]:
    every = {kinds.right_of(kind, step) for kind in catalogue().kinds.values() for step in kind.steps}
    return sorted(every)


def _next_step(row: Row[Any], kind: Kind, step: Step, there: set[str]) -> NextStep:
    right = kinds.right_of(kind, step)
    return NextStep(
        step=step.code,
        label=said(step.label),
        leads_to=step.after,
        of_participant=step.of_participant,
        permission=right,
        roles=[holder.role for holder in ROLE_PERMISSIONS[right]],
        mine=getattr(row, right.name),
        missing=kinds.missing_papers(step, there),
    )
