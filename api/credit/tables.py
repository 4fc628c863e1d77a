"""Loans of the policy bank, and the list 03/TD: who wants to borrow, held against the recognitions."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of
from api.standards.tables import PovertyClass

_WHEN = TIMESTAMP(timezone=True)


class LoanState(StrEnum):
    active = "active"
    repaid = "repaid"
    overdue = "overdue"
    written_off = "written_off"


class LoanListState(StrEnum):
    """A list 03/TD: drawn up by the group, confirmed by the commune, then at the bank."""

    drafted = "drafted"
    confirmed = "confirmed"


class Loan(SQLModel, table=True):
    """A loan as the bank records it. `policy`: which programme of credit it is from (the catalogue)."""

    __tablename__ = "loan"
    __table_args__ = (
        one_of("state", LoanState),
        CheckConstraint("amount_vnd > 0", name="amount_positive"),
        CheckConstraint("outstanding_vnd BETWEEN 0 AND amount_vnd", name="outstanding_plausible"),
        CheckConstraint("term_months > 0", name="term_positive"),
        CheckConstraint("state <> 'repaid' OR outstanding_vnd = 0", name="repaid_is_paid"),
        Index("ix_loan_household", "household_id"),
    )

    id: UUID = Field(primary_key=True)
    household_id: UUID = Field(foreign_key="household.id")
    member_id: UUID | None = Field(default=None, foreign_key="member.id")
    policy: str = Field(sa_type=Text)
    purpose: str = Field(sa_type=Text)
    amount_vnd: int = Field(sa_type=BigInteger)
    outstanding_vnd: int = Field(sa_type=BigInteger)
    lent_on: date
    term_months: int
    contract_no: str | None = Field(default=None, sa_type=Text)
    state: LoanState = Field(sa_type=Text)
    state_since: date
    recorded_by: UUID | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class LoanList(SQLModel, table=True):
    """A list 03/TD of a hamlet's savings and credit group."""

    __tablename__ = "loan_list"
    __table_args__ = (one_of("state", LoanListState), Index("ix_loan_list_hamlet", "hamlet_id"))

    id: UUID = Field(primary_key=True)
    hamlet_id: UUID = Field(foreign_key="area.id")
    group_name: str = Field(sa_type=Text)
    drawn_up_on: date
    state: LoanListState = Field(sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)
    confirmed_on: date | None = None
    confirmed_by: UUID | None = None
    recorded_by: UUID | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class LoanListLine(SQLModel, table=True):
    """Who wants to borrow, the class of the household on the day of the list, and what speaks against it."""

    __tablename__ = "loan_list_line"
    __table_args__ = (
        one_of("poverty_class", PovertyClass),
        CheckConstraint("amount_vnd > 0", name="amount_positive"),
        CheckConstraint("term_months > 0", name="term_positive"),
        Index("ix_loan_list_line_household", "household_id"),
    )

    list_id: UUID = Field(foreign_key="loan_list.id", primary_key=True)
    position: int = Field(primary_key=True)
    household_id: UUID = Field(foreign_key="household.id")
    member_id: UUID = Field(foreign_key="member.id")
    policy: str = Field(sa_type=Text)
    purpose: str = Field(sa_type=Text)
    amount_vnd: int = Field(sa_type=BigInteger)
    term_months: int
    poverty_class: PovertyClass | None = Field(default=None, sa_type=Text)
    newly_escaped: bool = False
    # null: appears eligible; otherwise the code of what speaks against it (list loan_objection)
    objection: str | None = Field(default=None, sa_type=Text)
    # why the line was taken off; it stays as a trace and is neither confirmed nor printed
    taken_off: str | None = Field(default=None, sa_type=Text)
