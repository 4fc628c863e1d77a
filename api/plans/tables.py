"""The yearly plan of a commune (such as 16/KH-UBND of 2024) and the targets it sets."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Numeric, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class Comparison(StrEnum):
    """How a value is held against its target."""

    at_least = "at_least"
    more_than = "more_than"
    decrease_by = "decrease_by"
    strive = "strive"  # the plan gives no number: "phấn đấu"


class Plan(SQLModel, table=True):
    """A plan as published: number, date, who signed. Its targets are rows of their own."""

    __tablename__ = "plan"
    __table_args__ = (Index("uq_plan_number", "area_id", "number", "year", unique=True),)

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    year: int
    number: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    signed_on: date
    signatory: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=_WHEN)


class PlanTarget(SQLModel, table=True):
    """One number a plan promises: what is counted, the value, and the line of the plan that says so."""

    __tablename__ = "plan_target"
    __table_args__ = (one_of("comparison", Comparison),)

    plan_id: UUID = Field(foreign_key="plan.id", primary_key=True)
    code: str = Field(primary_key=True, sa_type=Text)
    position: int
    title_vi: str = Field(sa_type=Text)
    title_en: str = Field(sa_type=Text)
    comparison: Comparison = Field(sa_type=Text)
    value: float | None = Field(default=None, sa_type=Numeric(12, 3))
    unit: str = Field(sa_type=Text)
    section: str = Field(sa_type=Text)
