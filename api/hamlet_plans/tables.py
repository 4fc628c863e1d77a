"""The yearly plan of a hamlet (the commune's plan, VI.6): handed in, returned with a remark, or accepted."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class HamletPlanState(StrEnum):
    draft = "draft"
    submitted = "submitted"
    returned = "returned"
    accepted = "accepted"


class HamletPlan(SQLModel, table=True):
    """One for each hamlet and year. What it promises (jobs pledged, groups, helpers, households that register to
    escape) are interventions of those kinds in the hamlet and year."""

    __tablename__ = "hamlet_plan"
    __table_args__ = (one_of("state", HamletPlanState), Index("uq_hamlet_plan_year", "hamlet_id", "year", unique=True))

    id: UUID = Field(primary_key=True)
    hamlet_id: UUID = Field(foreign_key="area.id")
    year: int
    summary: str = Field(sa_type=Text)
    state: HamletPlanState = Field(sa_type=Text)
    written_by: UUID | None = None
    submitted_on: date | None = None
    decided_on: date | None = None
    decided_by: UUID | None = None
    remark: str | None = Field(default=None, sa_type=Text)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)
