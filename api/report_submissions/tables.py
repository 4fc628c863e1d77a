"""The reporting line: a hamlet reports to its commune, a commune to the level above; each report has a state."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class ReportPeriod(StrEnum):
    """TT 10/2022: six-month, annual and ad hoc; the hamlets report by month or quarter as their commune asks."""

    month = "month"
    quarter = "quarter"
    six_months = "six_months"
    year = "year"
    ad_hoc = "ad_hoc"


class ReportAuthor(StrEnum):
    """Who reports: the Front committee of a hamlet (the plan, VI.6, end), its head, or the commune."""

    front_committee = "front_committee"
    hamlet_head = "hamlet_head"
    commune = "commune"


class ReportState(StrEnum):
    draft = "draft"
    submitted = "submitted"
    returned = "returned"
    accepted = "accepted"


class Report(SQLModel, table=True):
    """A report of an area on a period. `figures` are a snapshot of the day it was handed in, never counted again."""

    __tablename__ = "report"
    __table_args__ = (
        one_of("period", ReportPeriod),
        one_of("author", ReportAuthor),
        one_of("state", ReportState),
        CheckConstraint("period_to >= period_from", name="days_in_order"),
        Index("ix_report_area", "area_id", "period_from"),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    author: ReportAuthor = Field(sa_type=Text)
    period: ReportPeriod = Field(sa_type=Text)
    period_from: date
    period_to: date
    due_on: date | None = None
    title: str = Field(sa_type=Text)
    # results, difficulties, proposals: text. recipients: who gets it (Nơi nhận)
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    recipients: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    figures: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))
    state: ReportState = Field(sa_type=Text)
    written_by: UUID | None = None
    submitted_by: UUID | None = None
    submitted_on: date | None = None
    decided_by: UUID | None = None
    decided_on: date | None = None
    remark: str | None = Field(default=None, sa_type=Text)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)
