"""Requests to be reviewed, rounds, decisions, and recognitions: the only place a household's class comes from."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlalchemy.dialects.postgresql import DATERANGE, TIMESTAMP, Range
from sqlmodel import Field, SQLModel

from api.db import one_of
from api.standards.tables import PovertyClass

_WHEN = TIMESTAMP(timezone=True)


class RequestKind(StrEnum):
    """What a household asks for: to be reviewed (Mẫu 01), to be recognised as escaped (Mẫu 04), or the third path."""

    review = "review"
    escape = "escape"
    average_living_standard = "average_living_standard"


class RoundKind(StrEnum):
    periodic = "periodic"
    regular = "regular"
    training = "training"


class RoundState(StrEnum):
    open = "open"
    closed = "closed"


class Request(SQLModel, table=True):
    """A paper (Mẫu 01 or 04) handed in by a household. `household_id` is null until the household is registered."""

    __tablename__ = "request"
    __table_args__ = (one_of("kind", RequestKind), Index("ix_request_household", "household_id"))

    id: UUID = Field(primary_key=True)
    household_id: UUID | None = Field(default=None, foreign_key="household.id")
    # where it was handed in: that of the household, or the hamlet of whoever took the paper
    hamlet_id: UUID = Field(foreign_key="area.id", index=True)
    kind: RequestKind = Field(sa_type=Text)
    received_on: date
    reason: str | None = Field(default=None, sa_type=Text)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class ReviewRound(SQLModel, table=True):
    """One run of the review in a commune: periodic (01/9 to 14/12) or regular (from the 15th); QĐ 24/2021 Điều 3-5."""

    __tablename__ = "review_round"
    __table_args__ = (
        one_of("kind", RoundKind),
        one_of("state", RoundState),
        CheckConstraint("closes_on >= opens_on", name="dates_in_order"),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id", index=True)
    kind: RoundKind = Field(sa_type=Text)
    year: int
    standard_code: str = Field(sa_type=Text)
    opens_on: date
    closes_on: date
    state: RoundState = Field(sa_type=Text)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class RecognitionDecision(SQLModel, table=True):
    """The paper (Mẫu 02): number, date, and who signed. A class without one does not exist."""

    __tablename__ = "recognition_decision"

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id", index=True)
    round_id: UUID | None = Field(default=None, foreign_key="review_round.id")
    number: str = Field(sa_type=Text)
    decided_on: date
    signatory: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=_WHEN)


class Recognition(SQLModel, table=True):
    """The class of a household over a range of days (ex_recognition_days: no two classes on one day).

    The first day is the day of the decision; the last one is open until the next decision closes it.
    """

    __tablename__ = "recognition"
    __table_args__ = (
        one_of("poverty_class", PovertyClass),
        Index("ix_recognition_household", "household_id"),
    )

    id: UUID = Field(primary_key=True)
    household_id: UUID = Field(foreign_key="household.id")
    decision_id: UUID = Field(foreign_key="recognition_decision.id", index=True)
    poverty_class: PovertyClass = Field(sa_type=Text)
    days: Range[Any] = Field(sa_column=Column(DATERANGE, nullable=False))
