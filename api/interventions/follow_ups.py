"""What has become due: results after so many months, of a whole intervention or of each of its participants.

Which step is due after which one is data of the kinds; the days come from the steps that were taken.
"""

from dataclasses import asdict
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import (
    ARRAY,
    Boolean,
    Date,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    any_,
    cast,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.households.wire_records import HOUSEHOLD
from api.interventions import kinds
from api.interventions.names import about, participants_named
from api.interventions.participants_reach import PARTICIPANT, participants_of, seen_by
from api.interventions.reach import INTERVENTION, PLACE, interventions_of, visible
from api.interventions.schemas import DueOut
from api.interventions.step_queries import STEP
from api.interventions.step_schemas import FollowUpOut
from api.interventions.tables import ParticipantState
from api.programmes.catalogue import catalogue
from api.reviews.queries import under
from api.schema import Page, Words

# How far ahead the work list looks where nobody says how far.
AHEAD = timedelta(days=30)
_MOST = 100
_NOBODY = UUID(int=0)


def dues(some: Any = None) -> Subquery:
    """(intervention_id, step, participant_id, due_on) of what was not done yet, of all interventions or of those that
    `some` (a condition on INTERVENTION) names. A follow-up runs from the newest step it is due after, and for who
    joined later from the day of joining; one that can no longer be done is not due."""
    rule, base, done = _rules(), STEP.alias("base"), STEP.alias("done")
    theirs = and_(
        rule.c.of_participant,
        PARTICIPANT.c.intervention_id == INTERVENTION.c.id,
        or_(base.c.participant_id.is_(None), PARTICIPANT.c.id == base.c.participant_id),
        PARTICIPANT.c.state != ParticipantState.left,
        PARTICIPANT.c.household_id.is_not(None) | PARTICIPANT.c.outsider.is_not(None),
    )
    is_done = exists().where(
        done.c.intervention_id == INTERVENTION.c.id,
        done.c.step == rule.c.step,
        done.c.undone_at.is_(None),
        done.c.position > base.c.position,
        done.c.participant_id.is_not_distinct_from(PARTICIPANT.c.id),
    )
    since = func.greatest(base.c.taken_on, PARTICIPANT.c.joined_on)
    due_on = cast(since + func.make_interval(0, rule.c.months), Date).label("due_on")
    query = (
        select(
            INTERVENTION.c.id.label("intervention_id"), rule.c.step, PARTICIPANT.c.id.label("participant_id"), due_on
        )
        .ext(distinct_on(INTERVENTION.c.id, rule.c.step, PARTICIPANT.c.id))
        .select_from(rule)
        .join(INTERVENTION, and_(INTERVENTION.c.kind == rule.c.kind, INTERVENTION.c.stage == any_(rule.c.stages)))
        .join(base, and_(base.c.intervention_id == INTERVENTION.c.id, base.c.step == rule.c.after))
        .outerjoin(PARTICIPANT, theirs)
        .where(base.c.undone_at.is_(None), or_(~rule.c.of_participant, PARTICIPANT.c.id.is_not(None)), ~is_done)
        .order_by(INTERVENTION.c.id, rule.c.step, PARTICIPANT.c.id, base.c.position.desc())
    )
    return (query if some is None else query.where(some)).subquery("due")


def overdue(actor: Actor) -> Select[Any]:
    """The ids of the interventions I may see of which something is overdue today."""
    due = dues(INTERVENTION.c.id.in_(_mine(actor)))
    return select(due.c.intervention_id).where(due.c.due_on < clock.today())


def due_of(session: Session, actor: Actor, intervention_id: UUID) -> list[DueOut]:
    """What is due of one intervention, the earliest first. Whoever calls has checked that it may be seen."""
    due = dues(INTERVENTION.c.id == intervention_id)
    query = select(due, INTERVENTION.c.kind).join(INTERVENTION, INTERVENTION.c.id == due.c.intervention_id)
    query = query.where(_seen(actor, due, PARTICIPANT.c.intervention_id == intervention_id))
    rows = session.execute(query.order_by(due.c.due_on, due.c.step, due.c.participant_id).limit(_MOST))
    return [DueOut(participant_id=row.participant_id, **_told(row)) for row in rows]


def follow_ups(
    session: Session, actor: Actor, *, area_id: UUID | None, until: date | None, limit: int, cursor: str | None
) -> Page[FollowUpOut]:
    """The work list: what is due by `until` (without: within 30 days) for whatever I may see, what is overdue first."""
    mine = _mine(actor)
    due = dues(INTERVENTION.c.id.in_(mine))
    columns = INTERVENTION.c.kind, INTERVENTION.c.title, INTERVENTION.c.area_id
    query = interventions_of(true(), due, *columns).join(due, due.c.intervention_id == INTERVENTION.c.id)
    theirs = PARTICIPANT.c.intervention_id.in_(mine)
    query = query.where(due.c.due_on <= (until or clock.today() + AHEAD), _seen(actor, due, theirs))
    if area_id is not None:
        lives = under(area_id, clock.today(), HOUSEHOLD.c.hamlet_id)
        neighbours = seen_by(actor, participants_of(theirs, PARTICIPANT.c.id).where(lives), at_home=True)
        query = query.where(or_(under(area_id, clock.today(), PLACE), due.c.participant_id.in_(neighbours)))
    whom = func.coalesce(due.c.participant_id, literal(_NOBODY))
    place = (due.c.due_on, due.c.intervention_id, due.c.step, whom)
    after = paging.decode(cursor, date.fromisoformat, UUID, str, UUID)
    if after is not None:
        query = query.where(tuple_(*place) > tuple_(*after))
    rows = session.execute(query.order_by(*place).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, _position)
    named = participants_named(session, actor, [row.participant_id for row in shown if row.participant_id])
    cases = about(session, actor, [row.intervention_id for row in shown])
    items = [
        FollowUpOut(
            **{name: getattr(row, name) for name in ("intervention_id", "kind", "title", "area_id", "participant_id")},
            **(named[row.participant_id] if row.participant_id else cases[row.intervention_id]),
            **_told(row),
        )
        for row in shown
    ]
    homes = dict.fromkeys(item.household_id for item in items if item.household_id)
    audit.record(session, actor, "follow_ups.list", "household", homes)
    return Page[FollowUpOut](items=items, next_cursor=next_cursor)


def _mine(actor: Actor) -> Select[Any]:
    # inside of what is due, so that the work list of a commune looks at nobody else's steps
    return interventions_of(visible(actor), INTERVENTION.c.id).correlate(None)


def _position(row: Any) -> tuple[str, ...]:
    return row.due_on.isoformat(), str(row.intervention_id), row.step, str(row.participant_id or _NOBODY)


def _seen(actor: Actor, due: Subquery, some: Any) -> Any:
    mine = seen_by(actor, participants_of(some, PARTICIPANT.c.id))
    return or_(due.c.participant_id.is_(None), due.c.participant_id.in_(mine))


def _told(row: Any) -> dict[str, Any]:
    step = catalogue().kinds[row.kind].step(row.step)
    assert step is not None  # the rules come from the same catalogue
    left = (row.due_on - clock.today()).days
    label = Words(vi=step.label.vi, en=step.label.en)
    return {"step": row.step, "label": label, "due_on": row.due_on, "days_left": left, "overdue": left < 0}


@cache
def _rules_as_json() -> str:
    return to_json([asdict(rule) for rule in kinds.follow_ups(list(catalogue().kinds.values()))]).decode()


def _rules() -> Any:
    named = (column("kind", Text), column("step", Text), column("after", Text), column("months", Integer))
    more = (column("stages", ARRAY(Text)), column("of_participant", Boolean))
    rules = func.jsonb_to_recordset(cast(literal(_rules_as_json(), Text), JSONB))
    return rules.table_valued(*named, *more, name="rule").render_derived(with_types=True)
