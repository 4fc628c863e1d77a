"""The monthly list of health insurance: who comes on, who goes off, from when, and what the insurer returned."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class InsuranceListState(StrEnum):
    drafted = "drafted"
    sent = "sent"
    returned = "returned"
    settled = "settled"


class InsuranceChange(StrEnum):
    increase = "increase"
    decrease = "decrease"


class InsuranceReason(StrEnum):
    """Why a person comes onto the list or goes off it (plan-coverage: what an officer needs every day, 1)."""

    newly_recognised = "newly_recognised"
    escaped = "escaped"
    born = "born"
    died = "died"
    moved_in = "moved_in"
    moved_out = "moved_out"
    other_group = "other_group"
    correction = "correction"


class InsuranceList(SQLModel, table=True):
    """The increases and decreases of a commune in a month."""

    __tablename__ = "insurance_list"
    __table_args__ = (
        one_of("state", InsuranceListState),
        CheckConstraint("extract(day FROM month) = 1", name="first_of_the_month"),
        Index("uq_insurance_list_month", "area_id", "month", "number", unique=True),
        # one draft at a time: two would both tell the same changes
        Index("uq_insurance_list_draft", "area_id", unique=True, postgresql_where=text("state = 'drafted'")),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    month: date
    # a month may need a second list, after the first one was sent
    number: int
    # the day whose register it compares with what the insurer was told before
    as_of: date
    state: InsuranceListState = Field(sa_type=Text)
    sent_on: date | None = None
    returned_on: date | None = None
    prepared_by: UUID | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class InsuranceLine(SQLModel, table=True):
    """One person's change. `group_code`: the insurer's code of the group (HN, CN, GB), as far as it is known.

    `valid_from`: the first day of the card, or the first day without. A line that came back with an error told the
    insurer nothing: it does not count as long as the correction is not on a later list.
    """

    __tablename__ = "insurance_line"
    __table_args__ = (
        one_of("change", InsuranceChange),
        one_of("reason", InsuranceReason),
        Index("ix_insurance_line_member", "member_id"),
    )

    list_id: UUID = Field(foreign_key="insurance_list.id", primary_key=True)
    position: int = Field(primary_key=True)
    household_id: UUID = Field(foreign_key="household.id", index=True)
    member_id: UUID = Field(foreign_key="member.id")
    change: InsuranceChange = Field(sa_type=Text)
    reason: InsuranceReason = Field(sa_type=Text)
    policy: str = Field(sa_type=Text)
    group_code: str | None = Field(default=None, sa_type=Text)
    valid_from: date
    card_no: str | None = Field(default=None, sa_type=Text)
    error_code: str | None = Field(default=None, sa_type=Text)
    error_text: str | None = Field(default=None, sa_type=Text)
    resolved_on: date | None = None
    resolution: str | None = Field(default=None, sa_type=Text)
    # why the line was taken off the draft; it stays as a trace and tells the insurer nothing
    taken_off: str | None = Field(default=None, sa_type=Text)
