"""Reads the cases of the third path with what their income sheets say, and its recognitions on any day."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date as SqlDate
from sqlalchemy import Select, cast, func, select, tuple_
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.areas.scope import Scope
from api.households.class_view import household_class, household_class_on
from api.households.homes import HAMLET, HOUSEHOLD, at_home
from api.households.search import visible
from api.problems import NotFound
from api.procedure.tables import Posting
from api.recognitions.books import AREA
from api.recognitions.decision_queries import DECISION
from api.recognitions.living_standard_law import known_bounds
from api.recognitions.living_standard_rules import Bounds, Verdict, bounds_on, verdict
from api.recognitions.living_standard_schemas import CaseOut, LivingStandardOut
from api.recognitions.schemas import DecisionBrief
from api.recognitions.tables import (
    LivingStandardCase,
    LivingStandardKind,
    LivingStandardRecognition,
    LivingStandardStage,
)
from api.reviews.queries import under
from api.schema import Page

LIVING = LivingStandardCase.__table__  # type: ignore[attr-defined]
RECOGNISED = LivingStandardRecognition.__table__  # type: ignore[attr-defined]
_POSTING = Posting.__table__  # type: ignore[attr-defined]


def cases_of(scope: Scope, day: date) -> Select[Any]:
    """The cases of these areas, each with its home, the kind of its area and the class of its household on `day`."""
    on = household_class_on(day)
    query = at_home(
        select(
            LIVING,
            HOUSEHOLD.c.id.label("home"),
            HAMLET,
            AREA.c.area_type,
            on.c.current_class,
            _POSTING.c.last_day.label("posted_until"),
        ).select_from(LIVING),
        LIVING.c.household_id,
    )
    return (
        query.join(AREA, AREA.c.id == HAMLET)
        .outerjoin(on, on.c.household_id == HOUSEHOLD.c.id)
        .outerjoin(_POSTING, _POSTING.c.id == LIVING.c.posting_id)
        .where(scope.covers(HAMLET))
    )


def judged(row: Any, known: list[Bounds]) -> Verdict:
    """What the sheet of a case says against the bounds of the day it was measured on (`known_bounds`)."""
    bounds = bounds_on(known, row.measured_on or clock.today(), row.area_type)
    return verdict(row.kind, bounds, row.income_per_head_vnd, row.works_in_agriculture, row.current_class)


def case(session: Session, actor: Actor, living_standard_id: UUID) -> CaseOut:
    """One case. Raises NotFound outside of the actor's areas."""
    query = cases_of(actor.scope, clock.today()).where(LIVING.c.id == living_standard_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise no_such_case()
    audit.record(session, actor, "living_standard.read", "household", [row.home])
    return case_out(row, known_bounds(session))


def no_such_case() -> NotFound:
    return NotFound("Không tìm thấy hồ sơ này.", "There is no such case.")


def cases(
    session: Session,
    actor: Actor,
    *,
    stage: LivingStandardStage | None,
    kind: LivingStandardKind | None,
    household_id: UUID | None,
    limit: int,
    cursor: str | None,
) -> Page[CaseOut]:
    """The cases of my areas, newest first."""
    query = cases_of(actor.scope, clock.today()).order_by(LIVING.c.opened_on.desc(), LIVING.c.id.desc())
    for column, value in ((LIVING.c.stage, stage), (LIVING.c.kind, kind), (HOUSEHOLD.c.id, household_id)):
        if value is not None:
            query = query.where(column == value)
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(LIVING.c.opened_on, LIVING.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.opened_on.isoformat(), str(row.id)))
    audit.record(session, actor, "living_standard.list", "household", dict.fromkeys(row.home for row in shown))
    known = known_bounds(session)
    return Page[CaseOut](items=[case_out(row, known) for row in shown], next_cursor=next_cursor)


def case_out(row: Any, known: list[Bounds]) -> CaseOut:
    found = judged(row, known)
    bounds = bounds_on(known, row.measured_on or clock.today(), row.area_type)
    stored = {name: getattr(row, name) for name in CaseOut.model_fields if name in row._fields}
    return CaseOut(
        **stored
        | {
            "household_id": row.home,
            "qualifies": found.qualifies,
            "reasons": list(found.reasons),
            "income_above_vnd": bounds and bounds.above,
            "income_up_to_vnd": bounds and bounds.up_to,
            "bounds_source": bounds and ", ".join(filter(None, (bounds.document, bounds.article))),
            "bounds_verified": bounds and bounds.verified,
        }
    )


def recognised(
    session: Session,
    actor: Actor,
    *,
    as_of: date | None,
    kind: LivingStandardKind | None,
    household_id: UUID | None,
    area_id: UUID | None,
    limit: int,
    cursor: str | None,
) -> Page[LivingStandardOut]:
    """The recognitions of the third path in my areas; `as_of`: only those in force then."""
    start = func.lower(RECOGNISED.c.days)
    query = _recognised_of(actor)
    if as_of is not None:
        query = query.where(RECOGNISED.c.days.op("@>")(cast(as_of, SqlDate)))
    for column, value in ((RECOGNISED.c.kind, kind), (HOUSEHOLD.c.id, household_id)):
        if value is not None:
            query = query.where(column == value)
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, HAMLET))
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(start, RECOGNISED.c.id) > tuple_(*after))
    rows = session.execute(query.order_by(start, RECOGNISED.c.id).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.days.lower.isoformat(), str(row.id)))
    audit.record(session, actor, "living_standard.recognised", "household", dict.fromkeys(r.home for r in shown))
    return Page[LivingStandardOut](items=[_recognised_out(row) for row in shown], next_cursor=next_cursor)


def _recognised_of(actor: Actor) -> Select[Any]:
    query = at_home(
        select(
            RECOGNISED,
            HOUSEHOLD.c.id.label("home"),
            HAMLET,
            DECISION.c.number,
            DECISION.c.decided_on,
            DECISION.c.signatory,
            DECISION.c.round_id,
        )
        .select_from(RECOGNISED)
        .join(DECISION, DECISION.c.id == RECOGNISED.c.decision_id),
        RECOGNISED.c.household_id,
    )
    query = query.outerjoin(household_class, household_class.c.household_id == HOUSEHOLD.c.id)
    return query.where(actor.scope.covers(HAMLET), visible(actor), ~func.isempty(RECOGNISED.c.days))


def _recognised_out(row: Any) -> LivingStandardOut:
    return LivingStandardOut(
        id=row.id,
        household_id=row.home,
        hamlet_id=row.hamlet_id,
        member_id=row.member_id,
        kind=row.kind,
        from_day=row.days.lower,
        to_day=row.days.upper and row.days.upper - timedelta(days=1),
        decision=DecisionBrief(
            id=row.decision_id,
            number=row.number,
            decided_on=row.decided_on,
            signatory=row.signatory,
            round_id=row.round_id,
        ),
    )
