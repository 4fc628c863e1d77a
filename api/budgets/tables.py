"""Money: lines of the yearly budget, commitments, and the movements that are the only way a sum changes.

Sums stand on the lines, commitments and interventions; a trigger keeps them with each movement (migration 0017), and
CHECK constraints hold the order: settled <= disbursed <= committed <= approved. Whole VND.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of
from api.plans.tables import MoneyLevel, MoneySource

_WHEN = TIMESTAMP(timezone=True)


class CommitmentState(StrEnum):
    """Money is bound once the chair approves: whoever prepared it cannot."""

    prepared = "prepared"
    approved = "approved"
    refused = "refused"


class MovementKind(StrEnum):
    """What a movement does to its line: approve money for it, bind it, pay it out, settle it."""

    allocation = "allocation"
    commitment = "commitment"
    disbursement = "disbursement"
    settlement = "settlement"


class BudgetLine(SQLModel, table=True):
    """Money of one source for a year, for the programme, a component, or one item of the plan."""

    __tablename__ = "budget_line"
    __table_args__ = (
        one_of("source", MoneySource),
        one_of("level", MoneyLevel),
        CheckConstraint("(source = 'state_budget') = (level <> 'none')", name="level_of_the_state"),
        CheckConstraint("approved_vnd >= 0", name="approved_plausible"),
        CheckConstraint("committed_vnd BETWEEN 0 AND approved_vnd", name="committed_as_approved"),
        CheckConstraint("disbursed_vnd BETWEEN 0 AND committed_vnd", name="disbursed_as_committed"),
        CheckConstraint("settled_vnd BETWEEN 0 AND disbursed_vnd", name="settled_as_disbursed"),
        CheckConstraint("(closed_on IS NULL) = (rest_vnd IS NULL)", name="closed_with_its_rest"),
        Index("ix_budget_line_area_year", "area_id", "year"),
        Index("ix_budget_line_plan_item", "plan_item_id"),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    year: int
    source: MoneySource = Field(sa_type=Text)
    level: MoneyLevel = Field(sa_type=Text)
    component: str | None = Field(default=None, sa_type=Text)
    plan_item_id: UUID | None = Field(default=None, foreign_key="plan_item.id")
    title: str = Field(sa_type=Text)
    approved_vnd: int = Field(default=0, sa_type=BigInteger)
    committed_vnd: int = Field(default=0, sa_type=BigInteger)
    disbursed_vnd: int = Field(default=0, sa_type=BigInteger)
    settled_vnd: int = Field(default=0, sa_type=BigInteger)
    # the year's accounts are closed: only reversals are booked afterwards. What had not been committed then was given
    # back, or carried over to the line of the next year that `carried_to_id` names
    closed_on: date | None = None
    rest_vnd: int | None = Field(default=None, sa_type=BigInteger)
    carried_to_id: UUID | None = Field(default=None, foreign_key="budget_line.id")
    recorded_by: UUID | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class Commitment(SQLModel, table=True):
    """Money of a line bound for a purpose (a contract, a round of payments): one prepares it, another approves it."""

    __tablename__ = "commitment"
    __table_args__ = (
        one_of("state", CommitmentState),
        CheckConstraint("amount_vnd > 0", name="amount_positive"),
        CheckConstraint("committed_vnd BETWEEN 0 AND amount_vnd", name="committed_as_asked"),
        CheckConstraint("disbursed_vnd BETWEEN 0 AND committed_vnd", name="disbursed_as_committed"),
        CheckConstraint("settled_vnd BETWEEN 0 AND disbursed_vnd", name="settled_as_disbursed"),
        CheckConstraint("state <> 'approved' OR decided_by <> prepared_by", name="approved_by_another"),
        Index("ix_commitment_budget_line", "budget_line_id"),
        Index("ix_commitment_intervention", "intervention_id"),
    )

    id: UUID = Field(primary_key=True)
    budget_line_id: UUID = Field(foreign_key="budget_line.id")
    intervention_id: UUID | None = Field(default=None, foreign_key="intervention.id")
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    purpose: str = Field(sa_type=Text)
    document_no: str | None = Field(default=None, sa_type=Text)
    amount_vnd: int = Field(sa_type=BigInteger)
    state: CommitmentState = Field(sa_type=Text)
    prepared_by: UUID | None = None
    decided_by: UUID | None = None
    decided_on: date | None = None
    decision_reason: str | None = Field(default=None, sa_type=Text)
    committed_vnd: int = Field(default=0, sa_type=BigInteger)
    disbursed_vnd: int = Field(default=0, sa_type=BigInteger)
    settled_vnd: int = Field(default=0, sa_type=BigInteger)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class MoneyMovement(SQLModel, table=True):
    """One booking. Never changed: a correction is a reversal, a movement of the same kind with a negative amount.

    `reversed_vnd`: how much of it reversals have taken back (kept by the trigger; it cannot exceed the amount).
    """

    __tablename__ = "money_movement"
    __table_args__ = (
        one_of("kind", MovementKind),
        CheckConstraint("(reverses_id IS NULL) = (amount_vnd > 0) AND amount_vnd <> 0", name="negative_to_reverse"),
        CheckConstraint("reverses_id IS NULL OR reason IS NOT NULL", name="reversed_with_reason"),
        CheckConstraint("reversed_vnd BETWEEN 0 AND greatest(amount_vnd, 0)", name="reversed_once"),
        CheckConstraint("(kind = 'allocation') = (commitment_id IS NULL)", name="bound_to_a_commitment"),
        Index("ix_money_movement_line", "budget_line_id", "booked_on"),
        Index("ix_money_movement_commitment", "commitment_id"),
        Index("ix_money_movement_reverses", "reverses_id"),
    )

    id: UUID = Field(primary_key=True)
    budget_line_id: UUID = Field(foreign_key="budget_line.id")
    commitment_id: UUID | None = Field(default=None, foreign_key="commitment.id")
    kind: MovementKind = Field(sa_type=Text)
    amount_vnd: int = Field(sa_type=BigInteger)
    reverses_id: UUID | None = Field(default=None, foreign_key="money_movement.id")
    reversed_vnd: int = Field(default=0, sa_type=BigInteger)
    booked_on: date
    document_no: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    recorded_by: UUID | None = None
    recorded_at: datetime = Field(sa_type=_WHEN)
