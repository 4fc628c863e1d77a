"""Requests, rounds, the list of a round (its cases), and the reviews of households."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Computed, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
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


class RoundStage(StrEnum):
    """How far a round has come (stages.py says what may follow)."""

    prepared = "prepared"
    surveying = "surveying"
    consolidated = "consolidated"
    opinion_asked = "opinion_asked"
    opinion_given = "opinion_given"
    recognised = "recognised"
    closed = "closed"


class RoundState(StrEnum):
    """The stage as tablets need it: may one review in this round?"""

    prepared = "prepared"
    open = "open"
    closed = "closed"


class UpperLevel(StrEnum):
    """Who gives the opinion before the decision (QĐ 24/2021, Điều 4.5); by date, since the district level ended."""

    district = "district"
    province = "province"
    none = "none"


class CaseGround(StrEnum):
    """Why a household stands on the list of a round (Phụ lục I of TT 07/2021)."""

    poor = "poor"
    near_poor = "near_poor"
    request = "request"
    added = "added"


class CaseStage(StrEnum):
    """How far a household has come in a round (stages.py says what may follow)."""

    listed = "listed"
    not_reached = "not_reached"
    surveyed = "surveyed"
    resurvey = "resurvey"
    agreed = "agreed"
    posted = "posted"
    complained = "complained"
    re_verified = "re_verified"
    decided = "decided"
    cleared = "cleared"
    recognised = "recognised"


class ReviewKind(StrEnum):
    """A first survey, one repeated after a failed vote (rà soát lại), or a check after a complaint (phúc tra)."""

    survey = "survey"
    resurvey = "resurvey"
    re_verification = "re_verification"


class Evidence(StrEnum):
    """What a round may ask for beside the answers: each off unless the commune switches it on."""

    photo = "photo"
    signature = "signature"
    position = "position"


_EVIDENCE = ", ".join(f"'{one}'" for one in Evidence)


class Request(SQLModel, table=True):
    """A paper (Mẫu 01 or 04) handed in by a household. `household_id` is null until the household is registered."""

    __tablename__ = "request"
    __table_args__ = (
        one_of("kind", RequestKind),
        CheckConstraint("(refused_on IS NULL) = (refusal_number IS NULL)", name="refusal_is_whole"),
        Index("ix_request_household", "household_id"),
    )

    id: UUID = Field(primary_key=True)
    household_id: UUID | None = Field(default=None, foreign_key="household.id")
    # where it was handed in: that of the household, or the hamlet of whoever took the paper
    hamlet_id: UUID = Field(foreign_key="area.id", index=True)
    kind: RequestKind = Field(sa_type=Text)
    received_on: date
    reason: str | None = Field(default=None, sa_type=Text)
    refused_on: date | None = None  # by the signed letter of that number: nothing more comes of it then
    refusal_number: str | None = Field(default=None, sa_type=Text)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class Screening(SQLModel, table=True):
    """The result of Phiếu A for a request (TT 07/2021, Phụ lục II). `passed`: the household goes on to Phiếu B; the
    rule of the form has said so (`by_rule`), or a person, with a reason. Without `form_code` it was filled on paper."""

    __tablename__ = "screening"
    __table_args__ = (
        Index("uq_screening_request", "request_id", unique=True),
        CheckConstraint("(form_code IS NULL) = (form_version IS NULL)", name="form_is_whole"),
        CheckConstraint("by_rule OR reason IS NOT NULL", name="decided"),
    )

    # follows from the request's (screening_edits.screening_id): two who write it down without a line meet
    id: UUID = Field(primary_key=True)
    request_id: UUID = Field(foreign_key="request.id")
    form_code: str | None = Field(default=None, sa_type=Text)
    form_version: int | None = None
    passed: bool
    reason: str | None = Field(default=None, sa_type=Text)
    answers: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    screened_on: date
    screened_by: UUID | None = None
    by_rule: bool
    differs_from_device: bool  # whoever sent it had found otherwise
    version: int
    recorded_at: datetime = Field(sa_type=_WHEN)


class ReviewRound(SQLModel, table=True):
    """One run of the review in a commune: periodic (01/9 to 14/12) or regular (from the 15th); QĐ 24/2021 Điều 3-5. Its
    standard and its procedure are fixed when it is prepared: later versions do not touch it."""

    __tablename__ = "review_round"
    __table_args__ = (
        one_of("kind", RoundKind),
        one_of("stage", RoundStage),
        one_of("upper_level", UpperLevel),
        CheckConstraint("closes_on >= opens_on", name="dates_in_order"),
        *(CheckConstraint(f"{n} <@ ARRAY[{_EVIDENCE}]", name=f"{n}_known") for n in ("evidence", "evidence_before")),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id", index=True)
    kind: RoundKind = Field(sa_type=Text)
    year: int
    standard_code: str = Field(sa_type=Text)
    standard_version: int
    procedure_code: str = Field(sa_type=Text)
    procedure_version: int
    upper_level: UpperLevel = Field(sa_type=Text)
    opens_on: date
    closes_on: date
    stage: RoundStage = Field(sa_type=Text)
    state: RoundState | None = Field(
        default=None,
        sa_column=Column(
            Text,
            Computed(
                "CASE stage WHEN 'prepared' THEN 'prepared' WHEN 'closed' THEN 'closed' ELSE 'open' END", persisted=True
            ),
        ),
    )
    # what is asked for beside the answers, now and at an earlier time: a tablet in the field obeys what it was told
    evidence: list[Evidence] = Field(default=[], sa_column=Column(ARRAY(Text), nullable=False, server_default="{}"))
    evidence_before: list[Evidence] = Field(
        default=[], sa_column=Column(ARRAY(Text), nullable=False, server_default="{}")
    )
    # a round that ends late says why: it is marked, never blocked (domain.md 10.4)
    overdue_reason: str | None = Field(default=None, sa_type=Text)
    approved_by: UUID | None = None
    approved_at: datetime | None = Field(default=None, sa_type=_WHEN)
    prepared_by: UUID | None = None
    # when it was closed, and the round whose standing was its opening: the rounds of a commune form a chain
    closed_on: date | None = None
    closed_at: datetime | None = Field(default=None, sa_type=_WHEN)  # what was recorded later is not in its reports
    opening_round_id: UUID | None = Field(default=None, foreign_key="review_round.id")
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class ReviewCase(SQLModel, table=True):
    """A household on the list of a round, and how far it has come there."""

    __tablename__ = "review_case"
    __table_args__ = (
        one_of("ground", CaseGround),
        one_of("stage", CaseStage),
        one_of("class_before", PovertyClass),
        Index("uq_review_case_household", "round_id", "household_id", unique=True),
        Index("ix_review_case_household", "household_id"),
        Index("ix_review_case_hamlet", "round_id", "hamlet_id"),
    )

    id: UUID = Field(primary_key=True)
    round_id: UUID = Field(foreign_key="review_round.id")
    household_id: UUID = Field(foreign_key="household.id")
    # whose list it stands on: the hamlet when it was listed, also where the household moves away meanwhile
    hamlet_id: UUID = Field(foreign_key="area.id")
    ground: CaseGround = Field(sa_type=Text)
    # of a household added by hand
    ground_reason: str | None = Field(default=None, sa_type=Text)
    request_id: UUID | None = Field(default=None, foreign_key="request.id")
    class_before: PovertyClass | None = Field(default=None, sa_type=Text)
    surveyor_id: UUID | None = Field(default=None, foreign_key="account.id")
    stage: CaseStage = Field(sa_type=Text)
    not_reached_reason: str | None = Field(default=None, sa_type=Text)
    review_id: UUID | None = Field(default=None, foreign_key="review.id")
    meeting_id: UUID | None = Field(default=None, foreign_key="meeting.id")
    posting_id: UUID | None = Field(default=None, foreign_key="posting.id")
    decision_id: UUID | None = Field(default=None, foreign_key="recognition_decision.id")
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class Review(SQLModel, table=True):
    """What was asked and answered at a household, and what the rules make of it. Append-only: a later review replaces
    an earlier one (`in_force`), both stay. `answers` and `members` (the facts of the people on that day, without names
    and numbers) are what the result can be computed from again. `b1_entered`: the total of the signed paper, where no
    verified points table is in force."""

    __tablename__ = "review"
    __table_args__ = (
        one_of("kind", ReviewKind),
        one_of("proposed_class", PovertyClass),
        one_of("override_class", PovertyClass),
        CheckConstraint("(override_class IS NULL) = (override_reason IS NULL)", name="override_has_reason"),
        CheckConstraint("b1_entered IS NULL OR paper_no IS NOT NULL", name="entered_from_paper"),
        Index("uq_review_in_force", "round_id", "household_id", unique=True, postgresql_where=text("in_force")),
        Index("ix_review_household", "household_id"),
    )

    id: UUID = Field(primary_key=True)
    round_id: UUID = Field(foreign_key="review_round.id")
    household_id: UUID = Field(foreign_key="household.id")
    kind: ReviewKind = Field(sa_type=Text)
    form_code: str = Field(sa_type=Text)
    form_version: int
    surveyed_on: date
    respondent: str | None = Field(default=None, sa_type=Text)
    paper_no: str | None = Field(default=None, sa_type=Text)
    answers: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    members: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    # where the household stood, as far as the rules ask
    area_type: str | None = Field(default=None, sa_type=Text)
    region: str | None = Field(default=None, sa_type=Text)
    b1_entered: int | None = None
    causes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    needs: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    device_result: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True), nullable=True))
    attachments: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    # {lat, lon, accuracy_m} of the visit, where the round asks for it
    position: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True), nullable=True))
    standard_code: str = Field(sa_type=Text)
    standard_version: int
    b1: int | None = None
    b2: int | None = None
    proposed_class: PovertyClass | None = Field(default=None, sa_type=Text)
    deprivations: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    # flags that cannot be told: a fact is missing, and no other one decides
    undetermined: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    # answers that contradict each other or the people: kept, pointed out, never a refusal
    warnings: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    differs_from_device: bool
    in_force: bool
    override_class: PovertyClass | None = Field(default=None, sa_type=Text)
    override_reason: str | None = Field(default=None, sa_type=Text)
    override_by: UUID | None = None
    override_at: datetime | None = Field(default=None, sa_type=_WHEN)
    surveyor_id: UUID | None = Field(default=None, foreign_key="account.id")
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)
