"""What interventions tell of people's work up to a day: cases of looking for work, services, courses.

For any number of people in the same five statements. Of records that the caller sees; undone steps and reversed
deliveries tell nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select
from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.deliveries.tables import Delivery, DeliveryOutcome
from api.households.stored import among
from api.interventions.participants_reach import PARTICIPANT
from api.interventions.reach import INTERVENTION, interventions_of, visible
from api.interventions.step_queries import STEP
from api.labour.law import law

_DELIVERY = Delivery.__table__  # type: ignore[attr-defined]
_VACANCY = INTERVENTION.alias("vacancy")
_CASE = [INTERVENTION.c[name] for name in ("id", "member_id", "kind", "fields", "starts_on", "created_at")]
_STEP = [STEP.c[n] for n in ("step", "position", "taken_on", "stage_before", "stage_after", "fields")]
_LEARNER = [PARTICIPANT.c[name] for name in ("member_id", "state", "joined_on", "ended_on", "fields")]


@dataclass(frozen=True)
class Case:
    """A case of somebody who looks for work, with its steps in their order (each with the title of its vacancy)."""

    row: Row[Any]
    begun_on: date
    steps: list[Row[Any]]


@dataclass(frozen=True)
class Learner:
    """Somebody's place in a course, with the steps taken for them."""

    row: Row[Any]
    steps: list[Row[Any]]


@dataclass(frozen=True)
class Traces:
    """By person: cases and courses, the oldest first; deliveries of a service by day."""

    cases: dict[UUID, list[Case]]
    services: dict[UUID, list[Row[Any]]]
    courses: dict[UUID, list[Learner]]


def traces(session: Session, actor: Actor, papers: Iterable[UUID], people: Collection[UUID], day: date) -> Traces:
    """Of these people. `papers`: the households under which their papers may stand (register.Found.papers_under)."""
    under = list(papers)
    return Traces(
        _cases(session, actor, under, people, day),
        _by_person(_services(session, actor, under, people, day)),
        _courses(session, actor, under, people, day),
    )


def _cases(
    session: Session, actor: Actor, under: list[UUID], people: Collection[UUID], day: date
) -> dict[UUID, list[Case]]:
    kinds = [one.kind for one in law().seekers]
    theirs = and_(among(INTERVENTION.c.household_id, under), among(INTERVENTION.c.member_id, people))
    query = interventions_of(and_(theirs, INTERVENTION.c.kind.in_(kinds), visible(actor)), *_CASE)
    rows = session.execute(query).all()
    taken = select(STEP.c.intervention_id, *_STEP, _VACANCY.c.title.label("vacancy")).outerjoin(
        _VACANCY, _VACANCY.c.id == STEP.c.refers_to
    )
    steps = _steps(session, taken.where(among(STEP.c.intervention_id, [row.id for row in rows])), day)
    cases = []
    for row in rows:
        mine = steps.get((row.id, None), [])
        opened_on = row.starts_on or row.created_at.astimezone(clock.VIET_NAM).date()
        begun_on = min([opened_on, *(step.taken_on for step in mine)])
        if begun_on <= day:
            cases.append(Case(row, begun_on, mine))
    found: dict[UUID, list[Case]] = defaultdict(list)
    for case in sorted(cases, key=lambda one: (one.begun_on, one.row.created_at, one.row.id)):
        found[case.row.member_id].append(case)
    return found


def _services(session: Session, actor: Actor, under: list[UUID], people: Collection[UUID], day: date) -> list[Row[Any]]:
    columns = _DELIVERY.c.member_id, _DELIVERY.c.service, _DELIVERY.c.delivered_on, _DELIVERY.c.intervention_id
    query = interventions_of(and_(INTERVENTION.c.kind.in_(law().services.kinds), visible(actor)), *columns)
    query = query.join(_DELIVERY, _DELIVERY.c.intervention_id == INTERVENTION.c.id).where(
        among(_DELIVERY.c.household_id, under),
        among(_DELIVERY.c.member_id, people),
        _DELIVERY.c.service.is_not(None),
        _DELIVERY.c.outcome == DeliveryOutcome.delivered,
        _DELIVERY.c.reversed_at.is_(None),
        _DELIVERY.c.delivered_on <= day,
    )
    return list(session.execute(query.order_by(_DELIVERY.c.delivered_on, _DELIVERY.c.id)))


def _courses(
    session: Session, actor: Actor, under: list[UUID], people: Collection[UUID], day: date
) -> dict[UUID, list[Learner]]:
    kinds, roles = [one.kind for one in law().courses], [one.role for one in law().courses]
    about = INTERVENTION.c.id, INTERVENTION.c.kind, INTERVENTION.c.title, INTERVENTION.c.fields.label("of_course")
    query = interventions_of(
        and_(INTERVENTION.c.kind.in_(kinds), visible(actor)), *about, PARTICIPANT.c.id.label("participant"), *_LEARNER
    )
    query = query.join(PARTICIPANT, PARTICIPANT.c.intervention_id == INTERVENTION.c.id).where(
        among(PARTICIPANT.c.household_id, under),
        among(PARTICIPANT.c.member_id, people),
        PARTICIPANT.c.role.in_(roles),
        PARTICIPANT.c.joined_on <= day,
    )
    rows = session.execute(query.order_by(PARTICIPANT.c.joined_on, PARTICIPANT.c.id)).all()
    taken = select(STEP.c.intervention_id, STEP.c.participant_id, *_STEP).where(
        among(STEP.c.intervention_id, {row.id for row in rows}),
        among(STEP.c.participant_id, [row.participant for row in rows]),
    )
    steps = _steps(session, taken, day)
    found: dict[UUID, list[Learner]] = defaultdict(list)
    for row in rows:
        found[row.member_id].append(Learner(row, steps.get((row.id, row.participant), [])))
    return found


def _steps(session: Session, query: Any, day: date) -> dict[tuple[UUID, UUID | None], list[Row[Any]]]:
    """(intervention, participant) -> the steps that were taken by then, in their order."""
    found: dict[tuple[UUID, UUID | None], list[Row[Any]]] = defaultdict(list)
    taken = query.where(STEP.c.undone_at.is_(None), STEP.c.taken_on <= day).order_by(STEP.c.position)
    for row in session.execute(taken):
        found[row.intervention_id, getattr(row, "participant_id", None)].append(row)
    return found


def _by_person(rows: Iterable[Row[Any]]) -> dict[UUID, list[Row[Any]]]:
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.member_id].append(row)
    return found
