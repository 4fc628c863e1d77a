"""Recognitions put in directly: a class over a range of days, with the decision that says so."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.recognitions.tables import Recognition, RecognitionDecision


def recognise(session: Session, household_id: UUID, poverty_class: str, start: date, end: date | None = None) -> None:
    """From `start` up to (not including) `end`; the caller commits."""
    decision_id = uuid4()
    session.execute(
        insert(RecognitionDecision).values(
            id=decision_id,
            area_id=area_id("14080"),
            number=f"{str(decision_id)[:4]}/QĐ-UBND",
            decided_on=start,
            signatory="Chủ tịch xã",
            kind="main",
            state="signed",
            version=1,
            recorded_at=clock.now(),
            updated_at=clock.now(),
        )
    )
    session.execute(
        insert(Recognition).values(
            id=uuid4(),
            household_id=household_id,
            decision_id=decision_id,
            poverty_class=poverty_class,
            days=Range(start, end),
        )
    )
