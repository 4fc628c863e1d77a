"""Reads recognitions: which class a household had from when to when, by which decision."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.households.class_view import household_class
from api.households.search import visible
from api.households.tables import Household
from api.recognitions.schemas import DecisionBrief, RecognitionOut
from api.recognitions.tables import Recognition, RecognitionDecision
from api.reviews.queries import under
from api.schema import Page

_household = Household.__table__  # type: ignore[attr-defined]
_decision = RecognitionDecision.__table__  # type: ignore[attr-defined]
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
    limit: int,
    cursor: str | None,
) -> Page[RecognitionOut]:
    """The recognitions of the households of my areas, by household and day; `as_of`: only those in force then."""
    query = (
        select(_recognition, _household.c.hamlet_id, *_DECISION)
        .join(_household, _household.c.id == _recognition.c.household_id)
        .join(_decision, _decision.c.id == _recognition.c.decision_id)
        .outerjoin(household_class, household_class.c.household_id == _household.c.id)
        .where(actor.scope.covers(_household.c.hamlet_id), visible(actor))  # whose household one may not list, neither
        .order_by(_recognition.c.household_id, _FROM, _recognition.c.id)
    )
    if household_id is not None:
        query = query.where(_recognition.c.household_id == household_id)
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, _household.c.hamlet_id))
    if as_of is not None:
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
        decision=DecisionBrief(
            id=row.decision_id,
            number=row.number,
            decided_on=row.decided_on,
            signatory=row.signatory,
            round_id=row.round_id,
        ),
    )
