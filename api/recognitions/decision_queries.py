"""Reads decisions, their numbers and their households."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.households.class_view import household_class
from api.households.homes import HAMLET, HOUSEHOLD, at_home
from api.households.search import head_name, visible
from api.problems import NotFound
from api.recognitions.decision_schemas import ClassTotal, DecisionOut, DecisionTotals, LineOut
from api.recognitions.small_counts import totals_without_small_counts
from api.recognitions.tables import DecisionHousehold, DecisionKind, DecisionState, LivingStandardCase, Movement
from api.recognitions.tables import RecognitionDecision as Decision
from api.schema import Page
from api.standards.tables import PovertyClass
from api.suppression import least_told

DECISION = Decision.__table__  # type: ignore[attr-defined]
LINE = DecisionHousehold.__table__  # type: ignore[attr-defined]
_LIVING = LivingStandardCase.__table__  # type: ignore[attr-defined]


def decisions(
    session: Session,
    actor: Actor,
    *,
    round_id: UUID | None,
    kind: DecisionKind | None,
    state: DecisionState | None,
    limit: int,
    cursor: str | None,
) -> Page[DecisionOut]:
    """The decisions of my areas and of the commune they lie in, newest first; those not signed yet before them."""
    day = func.coalesce(DECISION.c.decided_on, date(9999, 1, 1))
    query = select(DECISION, _tells_all(actor)).where(_seen(actor)).order_by(day.desc(), DECISION.c.id.desc())
    for column, value in ((DECISION.c.round_id, round_id), (DECISION.c.kind, kind), (DECISION.c.state, state)):
        if value is not None:
            query = query.where(column == value)
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(day, DECISION.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(
        rows, limit, lambda row: ((row.decided_on or date(9999, 1, 1)).isoformat(), str(row.id))
    )
    counted = totals(session, [row.id for row in shown])
    return Page[DecisionOut](items=[told(row, counted[row.id]) for row in shown], next_cursor=next_cursor)


def decision(session: Session, actor: Actor, decision_id: UUID) -> DecisionOut:
    """One decision with its numbers. Raises NotFound where its commune is none of mine."""
    row = session.execute(find(actor, decision_id)).one_or_none()
    if row is None:
        raise no_such_decision()
    return told(row, totals(session, [row.id])[row.id])


def find(actor: Actor, decision_id: UUID) -> Select[Any]:
    return select(DECISION, _tells_all(actor)).where(DECISION.c.id == decision_id, _seen(actor))


def _seen(actor: Actor) -> ColumnElement[bool]:
    """Decisions of the actor's communes; one that is not signed is a proposal, for those who read households."""
    area = DECISION.c.area_id
    proposals = actor.scope_of(Permission.households_read)
    return and_(actor.scope.touches(area), or_(DECISION.c.state == DecisionState.signed, proposals.touches(area)))


def _tells_all(actor: Actor) -> Any:
    """Whether the actor is told small counts of it."""
    return actor.tells_all(Permission.households_list).touches(DECISION.c.area_id).label("tells_all")


def no_such_decision() -> NotFound:
    return NotFound("Không tìm thấy quyết định này.", "There is no such decision.")


def totals(session: Session, decision_ids: list[UUID]) -> dict[UUID, DecisionTotals]:
    """Decision -> its numbers; two statements for any number of decisions."""
    rows = session.execute(
        select(
            LINE.c.decision_id,
            LINE.c.poverty_class,
            LINE.c.movement,
            func.count().label("households"),
            func.sum(LINE.c.persons).label("persons"),
        )
        .where(LINE.c.decision_id.in_(decision_ids))
        .group_by(LINE.c.decision_id, LINE.c.poverty_class, LINE.c.movement)
        .order_by(LINE.c.movement)
    ).all()
    third = session.execute(
        select(_LIVING.c.decision_id, func.count().label("cases"))
        .where(_LIVING.c.decision_id.in_(decision_ids))
        .group_by(_LIVING.c.decision_id)
    )
    cases = {row.decision_id: row.cases for row in third}
    return {i: _totals([row for row in rows if row.decision_id == i], cases.get(i, 0)) for i in decision_ids}


def _totals(rows: list[Any], living_standard: int) -> DecisionTotals:
    by_class = {}
    for poverty_class in PovertyClass:
        some = [row for row in rows if row.poverty_class == poverty_class]
        by_class[poverty_class.value] = ClassTotal(
            households=sum(row.households for row in some), persons=sum(row.persons for row in some)
        )
    movements: dict[Movement, int | None] = {}
    for row in rows:  # `stays` has a row for each class
        movements[Movement(row.movement)] = (movements.get(Movement(row.movement)) or 0) + row.households
    return DecisionTotals(**by_class, movements=movements, living_standard=living_standard, suppressed=False)


def told(row: Any, counted: DecisionTotals) -> DecisionOut:
    """As its reader may see it (a row of `find`)."""
    if not row.tells_all:
        counted = totals_without_small_counts(counted, least_told(clock.today()))
    fields = {name: getattr(row, name) for name in DecisionOut.model_fields if name != "totals"}
    return DecisionOut(**fields, totals=counted)


def lines(
    session: Session,
    actor: Actor,
    decision_id: UUID,
    *,
    hamlet_id: UUID | None,
    poverty_class: PovertyClass | None,
    movement: Movement | None,
    limit: int,
    cursor: str | None,
) -> Page[LineOut]:
    """The households of a decision in my areas, by hamlet and id. Raises NotFound."""
    if session.execute(find(actor, decision_id)).one_or_none() is None:
        raise no_such_decision()
    query = at_home(
        select(
            LINE, HOUSEHOLD.c.id.label("home"), HOUSEHOLD.c.household_no, head_name().label("head_name")
        ).select_from(LINE),
        LINE.c.household_id,
    ).outerjoin(household_class, household_class.c.household_id == HOUSEHOLD.c.id)
    query = query.where(LINE.c.decision_id == decision_id, actor.scope.covers(HAMLET), visible(actor))
    for column, value in (
        (LINE.c.hamlet_id, hamlet_id),
        (LINE.c.poverty_class, poverty_class),
        (LINE.c.movement, movement),
    ):
        if value is not None:
            query = query.where(column == value)
    after = paging.decode(cursor, UUID, UUID)
    if after is not None:
        query = query.where(tuple_(LINE.c.hamlet_id, LINE.c.household_id) > tuple_(*after))
    rows = session.execute(query.order_by(LINE.c.hamlet_id, LINE.c.household_id).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (str(row.hamlet_id), str(row.household_id)))
    audit.record(session, actor, "decisions.households", "household", dict.fromkeys(row.home for row in shown))
    return Page[LineOut](items=[_line_out(row) for row in shown], next_cursor=next_cursor)


def _line_out(row: Any) -> LineOut:
    return LineOut(
        household_id=row.home,
        household_no=row.household_no,
        head_name=row.head_name,
        hamlet_id=row.hamlet_id,
        poverty_class=row.poverty_class,
        class_before=row.class_before,
        movement=row.movement,
        persons=row.persons,
    )
