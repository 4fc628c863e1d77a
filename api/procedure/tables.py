"""Meetings with their votes, postings, complaints, and the opinion of the level above (QĐ 24/2021, Điều 4)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlmodel import Field, SQLModel

from api.db import one_of
from api.reviews.tables import UpperLevel

_WHEN = TIMESTAMP(timezone=True)


class MeetingResult(StrEnum):
    """What the vote on the list said: agreed, or the households are to be surveyed again (rà soát lại)."""

    agreed = "agreed"
    resurvey = "resurvey"


class PostingKind(StrEnum):
    """What hangs on the board: the list of a hamlet, the outcome of re-verifications, or the third path's list."""

    list = "list"
    re_verification = "re_verification"
    living_standard = "living_standard"


class ComplaintState(StrEnum):
    open = "open"
    re_verified = "re_verified"
    decided = "decided"


class ComplaintOutcome(StrEnum):
    upheld = "upheld"
    dismissed = "dismissed"


class Verdict(StrEnum):
    """The answer of the level above: it agrees, or asks the commune to check again before deciding."""

    agree = "agree"
    check = "check"


class Meeting(SQLModel, table=True):
    """A hamlet meeting (họp dân) on the households surveyed by then. No quorum is known: counts are stored."""

    __tablename__ = "meeting"
    __table_args__ = (
        one_of("result", MeetingResult),
        CheckConstraint("present >= 1", name="somebody_present"),
        Index("ix_meeting_hamlet", "round_id", "hamlet_id"),
    )

    id: UUID = Field(primary_key=True)
    round_id: UUID = Field(foreign_key="review_round.id")
    hamlet_id: UUID = Field(foreign_key="area.id")
    held_on: date
    place: str = Field(sa_type=Text)
    chaired_by: str = Field(sa_type=Text)
    secretary: str = Field(sa_type=Text)
    # {role: number present}; the roles are a code list (attendee_role)
    attendance: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    present: int
    front_observed: bool
    observation: str | None = Field(default=None, sa_type=Text)
    comments: str | None = Field(default=None, sa_type=Text)
    minutes: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    # whom the list vote was about: surveyed by that day, and not waiting
    household_ids: list[UUID] = Field(
        default_factory=list, sa_column=Column(ARRAY(PgUuid(as_uuid=True)), server_default=text("'{}'"), nullable=False)
    )
    result: MeetingResult = Field(sa_type=Text)
    recorded_by: UUID | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class MeetingVote(SQLModel, table=True):
    """One vote: on the whole list (`household_id` null) or on a contested household. Hands are counted, not names."""

    __tablename__ = "meeting_vote"
    __table_args__ = (
        CheckConstraint("votes_for >= 0 AND votes_against >= 0", name="counts_plausible"),
        Index("uq_meeting_vote_subject", "meeting_id", "household_id", unique=True, postgresql_nulls_not_distinct=True),
    )

    id: UUID = Field(primary_key=True)
    meeting_id: UUID = Field(foreign_key="meeting.id")
    household_id: UUID | None = Field(default=None, foreign_key="household.id")
    votes_for: int
    votes_against: int
    passed: bool
    comment: str | None = Field(default=None, sa_type=Text)


class Posting(SQLModel, table=True):
    """A public posting (niêm yết): where, from when, and the last day on which a complaint counts."""

    __tablename__ = "posting"
    __table_args__ = (
        one_of("kind", PostingKind),
        CheckConstraint("last_day >= posted_on", name="dates_in_order"),
        Index("ix_posting_round", "round_id", "hamlet_id"),
    )

    id: UUID = Field(primary_key=True)
    # null for the third path, which belongs to no round
    round_id: UUID | None = Field(default=None, foreign_key="review_round.id")
    # the hamlet whose list it is, or the commune
    area_id: UUID = Field(foreign_key="area.id")
    hamlet_id: UUID | None = Field(default=None, foreign_key="area.id")
    kind: PostingKind = Field(sa_type=Text)
    posted_on: date
    last_day: date
    places: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    announced: bool
    household_ids: list[UUID] = Field(sa_column=Column(ARRAY(PgUuid(as_uuid=True)), nullable=False))
    # the reviews that were posted: what hung on the board, also after another review came into force
    review_ids: list[UUID] = Field(
        default_factory=list, sa_column=Column(ARRAY(PgUuid(as_uuid=True)), server_default=text("'{}'"), nullable=False)
    )
    ended_on: date | None = None
    ended_by: UUID | None = None
    recorded_by: UUID | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class Complaint(SQLModel, table=True):
    """A complaint about a posted household: re-verified by somebody else than the first surveyor, decided by the
    chair, posted again. `holds`: it came inside its window and holds the household back."""

    __tablename__ = "complaint"
    __table_args__ = (
        one_of("state", ComplaintState),
        one_of("outcome", ComplaintOutcome),
        CheckConstraint("(state = 'decided') = (decided_on IS NOT NULL)", name="decided_has_day"),
        Index("ix_complaint_household", "household_id"),
        Index("ix_complaint_round", "round_id"),
    )

    id: UUID = Field(primary_key=True)
    round_id: UUID | None = Field(default=None, foreign_key="review_round.id")
    household_id: UUID = Field(foreign_key="household.id")
    posting_id: UUID = Field(foreign_key="posting.id")
    complainant: str = Field(sa_type=Text)
    received_on: date
    content: str = Field(sa_type=Text)
    holds: bool
    due_on: date
    state: ComplaintState = Field(sa_type=Text)
    re_verified_on: date | None = None
    re_verified_by: UUID | None = None
    # the re-verification, and the review that was complained about: in force again where the complaint is dismissed
    review_id: UUID | None = Field(default=None, foreign_key="review.id")
    review_before_id: UUID | None = Field(default=None, foreign_key="review.id")
    finding: str | None = Field(default=None, sa_type=Text)
    outcome: ComplaintOutcome | None = Field(default=None, sa_type=Text)
    decision_reason: str | None = Field(default=None, sa_type=Text)
    decided_on: date | None = None
    decided_by: UUID | None = None
    registered_by: UUID | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class Opinion(SQLModel, table=True):
    """The report of a round to the level above, and its written answer (xin ý kiến)."""

    __tablename__ = "opinion"
    __table_args__ = (
        one_of("level", UpperLevel),
        one_of("verdict", Verdict),
        CheckConstraint("(verdict IS NULL) = (answered_on IS NULL)", name="answer_has_day"),
        Index("ix_opinion_round", "round_id"),
    )

    id: UUID = Field(primary_key=True)
    round_id: UUID = Field(foreign_key="review_round.id")
    level: UpperLevel = Field(sa_type=Text)
    report_number: str = Field(sa_type=Text)
    asked_on: date
    due_on: date
    asked_by: UUID | None = None
    totals: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    letter_number: str | None = Field(default=None, sa_type=Text)
    answered_on: date | None = None
    answered_by: UUID | None = None
    verdict: Verdict | None = Field(default=None, sa_type=Text)
    remarks: str | None = Field(default=None, sa_type=Text)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)
