"""Editions of official reports: frozen when they are published; and how far each was handed in to the level above."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class ReportAudience(StrEnum):
    """For the administration, or for the public portal: that one hides small counts and names nobody."""

    internal = "internal"
    public = "public"


class HandInState(StrEnum):
    submitted = "submitted"
    returned = "returned"
    accepted = "accepted"


class ReportEdition(SQLModel, table=True):
    """A published report. A trigger refuses UPDATE and DELETE: a correction is a new edition that names this one.

    `content` is the whole report as canonical JSON, and `sha256` its hash: a download is these very bytes.
    """

    __tablename__ = "report_edition"
    __table_args__ = (
        one_of("audience", ReportAudience),
        CheckConstraint("(edition = 1) = (replaces_id IS NULL)", name="replaces_the_one_before"),
        CheckConstraint("(replaces_id IS NULL) = (reason IS NULL)", name="replaced_with_a_reason"),
        Index("uq_report_edition_edition", "area_id", "form", "period", "audience", "edition", unique=True),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    form: str = Field(sa_type=Text)
    period: str = Field(sa_type=Text)
    audience: ReportAudience = Field(sa_type=Text)
    edition: int
    round_id: UUID | None = Field(default=None, foreign_key="review_round.id")
    as_of: date
    number: str = Field(sa_type=Text)
    issued_on: date
    signatory: str | None = Field(default=None, sa_type=Text)
    recipients: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    replaces_id: UUID | None = Field(default=None, foreign_key="report_edition.id", unique=True)
    reason: str | None = Field(default=None, sa_type=Text)
    # what was sent, so that the same request again is known
    asked: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    content: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text)
    published_by: UUID
    published_at: datetime = Field(sa_type=_WHEN)


class ReportHandIn(SQLModel, table=True):
    """An edition that was handed in to the level above: accepted, or returned with a remark. `due_on`: by when."""

    __tablename__ = "report_hand_in"
    __table_args__ = (
        one_of("state", HandInState),
        CheckConstraint("state <> 'returned' OR remark IS NOT NULL", name="returned_with_a_remark"),
    )

    edition_id: UUID = Field(primary_key=True, foreign_key="report_edition.id")
    state: HandInState = Field(sa_type=Text)
    due_on: date | None = None
    submitted_by: UUID
    submitted_on: date
    decided_by: UUID | None = None
    decided_on: date | None = None
    remark: str | None = Field(default=None, sa_type=Text)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)
