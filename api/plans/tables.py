"""The yearly plan of a commune (such as 16/KH-UBND of 2024), the targets it sets, and its items with their money."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PgUuid
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


class ItemState(StrEnum):
    """How far an item of the plan has come: money is only committed for an approved one."""

    draft = "draft"
    approved = "approved"
    cancelled = "cancelled"


class MoneySource(StrEnum):
    """Where the plan's section V takes money from."""

    state_budget = "state_budget"
    integrated_programmes = "integrated_programmes"
    credit = "credit"
    mobilised = "mobilised"


class MoneyLevel(StrEnum):
    """Whose money of the state it is; `none` for the other sources."""

    central = "central"
    province = "province"
    district = "district"
    commune = "commune"
    none = "none"


class PlanItem(SQLModel, table=True):
    """One thing the commune means to do in a year, for a component of the programme, in the commune or one hamlet.

    An approved item never changes: a correction is a new item, or its cancellation. `changed_by`: who changed the draft
    besides its author; none of them approves it. `document_no`: the paper of the approval.
    """

    __tablename__ = "plan_item"
    __table_args__ = (
        one_of("state", ItemState),
        CheckConstraint("quantity IS NULL OR quantity >= 0", name="quantity_plausible"),
        CheckConstraint("state <> 'approved' OR approved_by IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint("state <> 'approved' OR approved_by <> prepared_by", name="approved_by_another"),
        CheckConstraint("state <> 'cancelled' OR cancel_reason IS NOT NULL", name="cancelled_with_reason"),
        Index("ix_plan_item_area_year", "area_id", "year"),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    year: int
    plan_id: UUID | None = Field(default=None, foreign_key="plan.id")
    component: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    quantity: float | None = Field(default=None, sa_type=Numeric(12, 2))
    unit: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    state: ItemState = Field(sa_type=Text)
    prepared_by: UUID | None = None
    changed_by: list[UUID] | None = Field(default=None, sa_column=Column(ARRAY(PgUuid(as_uuid=True))))
    approved_by: UUID | None = None
    approved_on: date | None = None
    document_no: str | None = Field(default=None, sa_type=Text)
    cancelled_by: UUID | None = None
    cancelled_on: date | None = None
    cancel_reason: str | None = Field(default=None, sa_type=Text)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class PlanItemFunding(SQLModel, table=True):
    """How much of an item is planned from which source. VND."""

    __tablename__ = "plan_item_funding"
    __table_args__ = (
        one_of("source", MoneySource),
        one_of("level", MoneyLevel),
        CheckConstraint("amount_vnd > 0", name="amount_positive"),
        CheckConstraint("(source = 'state_budget') = (level <> 'none')", name="level_of_the_state"),
    )

    plan_item_id: UUID = Field(foreign_key="plan_item.id", primary_key=True)
    source: MoneySource = Field(sa_type=Text, primary_key=True)
    level: MoneyLevel = Field(sa_type=Text, primary_key=True)
    amount_vnd: int = Field(sa_type=BigInteger)
