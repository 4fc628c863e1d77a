"""Reads recognitions: which class a household had from when to when, by which decision."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select, tuple_
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.households.class_view import household_class, household_class_on
from api.households.search import visible
from api.households.tables import Household
from api.recognitions.schemas import DecisionBrief, RecognitionOut, Status
from api.recognitions.tables import DecisionHousehold, Movement, Recognition, RecognitionDecision
from api.reviews.queries import under
from api.schema import Page
from api.standards.tables import PovertyClass

_household = Household.__table__  # type: ignore[attr-defined]
_decision = RecognitionDecision.__table__  # type: ignore[attr-defined]
_line = DecisionHousehold.__table__  # type: ignore[attr-defined]
_recognition = Recognition.__table__  # type: ignore[attr-defined]

_FROM = func.lower(_recognition.c.days)
_DECISION = (
    _decision.c.number,
    _decision.c.decided_on,
    _decision.c.signatory,
    _decision.c.round_id,
)


def recognitions(
    session: Session,
    actor: Actor,
    *,
    household_id: UUID | None,
    area_id: UUID | None,
    as_of: date | None,
    status: Status | None,
    since: date | None,
    limit: int,
    cursor: str | None,
) -> Page[RecognitionOut]:
    """The recognitions of the households of my areas, by household and day; `as_of`: only those in force then.

    `status`: of those in force on `as_of` (or today) the poor, the near-poor, the newly escaped; or what relapsed, came
    new or escaped by a decision from `since` (or the first day of that year) up to then.
    """
    query = _recognitions_of(actor)
    if household_id is not None:
        query = query.where(_recognition.c.household_id == household_id)
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, _household.c.hamlet_id))
    if status is not None:
        query = _with_status(query, status, as_of or clock.today(), since)
    elif as_of is not None:
        query = query.where(_recognition.c.days.op("@>")(as_of))
    after = paging.decode(cursor, UUID, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(_recognition.c.household_id, _FROM, _recognition.c.id) > tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(
        rows, limit, lambda row: (str(row.household_id), row.days.lower.isoformat(), str(row.id))
    )
    audit.record(session, actor, "recognitions.list", "household", _distinct(row.household_id for row in shown))
    return Page[RecognitionOut](items=[_recognition_out(row) for row in shown], next_cursor=next_cursor)


def _recognitions_of(actor: Actor) -> Select[Any]:
    return (
        select(_recognition, _household.c.hamlet_id, _line.c.movement, *_DECISION)
        .join(_household, _household.c.id == _recognition.c.household_id)
        .join(_decision, _decision.c.id == _recognition.c.decision_id)
        .outerjoin(_line, and_(_line.c.decision_id == _decision.c.id, _line.c.household_id == _household.c.id))
        .outerjoin(household_class, household_class.c.household_id == _household.c.id)
        .where(actor.scope.covers(_household.c.hamlet_id), visible(actor))  # whose household one may not list, neither
        .order_by(_recognition.c.household_id, _FROM, _recognition.c.id)
    )


_CLASS_OF = {Status.current_poor: PovertyClass.poor, Status.current_near_poor: PovertyClass.near_poor}
_MOVEMENTS_OF = {
    Status.relapsed: (Movement.relapsed_poor, Movement.relapsed_near_poor),
    Status.new: (Movement.new_poor, Movement.new_near_poor),
    Status.escaped: (Movement.escaped_poor, Movement.escaped_near_poor, Movement.poor_to_near_poor),
}


def _with_status(query: Select[Any], status: Status, day: date, since: date | None) -> Select[Any]:
    in_force = _recognition.c.days.op("@>")(day)
    if status in _CLASS_OF:
        return query.where(in_force, _recognition.c.poverty_class == _CLASS_OF[status])
    if status is Status.newly_escaped:
        on = household_class_on(day)
        return query.join(on, on.c.household_id == _household.c.id).where(
            in_force, on.c.newly_escaped_until.is_not(None)
        )
    first = since or day.replace(month=1, day=1)
    return query.where(_line.c.movement.in_(_MOVEMENTS_OF[status]), first <= _FROM, day >= _FROM)


def _distinct(ids: Iterable[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))


def _recognition_out(row: Any) -> RecognitionOut:
    return RecognitionOut(
        id=row.id,
        household_id=row.household_id,
        hamlet_id=row.hamlet_id,
        poverty_class=row.poverty_class,
        from_day=row.days.lower,
        to_day=None if row.days.upper is None else date.fromordinal(row.days.upper.toordinal() - 1),
        movement=row.movement,
        decision=DecisionBrief(
            id=row.decision_id,
            number=row.number,
            decided_on=row.decided_on,
            signatory=row.signatory,
            round_id=row.round_id,
        ),
    )
