"""The Fund for the poor (Quỹ vì người nghèo): what came in, what went out, and that it never goes below nothing."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class FundDirection(StrEnum):
    income = "income"
    outlay = "outlay"


class Fund(SQLModel, table=True):
    """The account of a commune's Fund: sums that a trigger keeps with each entry. VND."""

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint("income_vnd >= 0", name="income_plausible"),
        CheckConstraint("outlay_vnd BETWEEN 0 AND income_vnd", name="spent_as_given"),
    )

    area_id: UUID = Field(foreign_key="area.id", primary_key=True)
    income_vnd: int = Field(default=0, sa_type=BigInteger)
    outlay_vnd: int = Field(default=0, sa_type=BigInteger)


class FundEntry(SQLModel, table=True):
    """A gift, or money given on. Never changed: a correction is a reversal (negative amount, with its reason).

    `giver`: a person or organisation as written on the receipt; shown in public only where `public_name`.
    """

    __tablename__ = "fund_entry"
    __table_args__ = (
        one_of("direction", FundDirection),
        CheckConstraint("(reverses_id IS NULL) = (amount_vnd > 0) AND amount_vnd <> 0", name="negative_to_reverse"),
        CheckConstraint("reverses_id IS NULL OR reason IS NOT NULL", name="reversed_with_reason"),
        Index("ix_fund_entry_area", "area_id", "booked_on"),
        Index("uq_fund_entry_reverses", "reverses_id", unique=True),
    )

    id: UUID = Field(primary_key=True)
    # the commune whose Fund it is; the hamlet that collected it, where it did
    area_id: UUID = Field(foreign_key="area.id")
    hamlet_id: UUID | None = Field(default=None, foreign_key="area.id")
    direction: FundDirection = Field(sa_type=Text)
    amount_vnd: int = Field(sa_type=BigInteger)
    booked_on: date
    giver: str | None = Field(default=None, sa_type=Text)
    public_name: bool = False
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    household_id: UUID | None = Field(default=None, foreign_key="household.id", index=True)
    intervention_id: UUID | None = Field(default=None, foreign_key="intervention.id")
    purpose: str = Field(sa_type=Text)
    document_no: str | None = Field(default=None, sa_type=Text)
    reverses_id: UUID | None = Field(default=None, foreign_key="fund_entry.id")
    reason: str | None = Field(default=None, sa_type=Text)
    recorded_by: UUID | None = None
    recorded_at: datetime = Field(sa_type=_WHEN)
