"""Deliveries, and the signing sheets (danh sách ký nhận) on which people sign for them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class SupportForm(StrEnum):
    cash = "cash"
    in_kind = "in_kind"
    service = "service"


class PaidBy(StrEnum):
    """How cash reaches people."""

    hand = "hand"
    account = "account"


class DeliveryOutcome(StrEnum):
    """Received, or refused by whom it was meant for. What comes back later is a reversal with its reason."""

    delivered = "delivered"
    refused = "refused"


class SheetState(StrEnum):
    open = "open"
    closed = "closed"
    cancelled = "cancelled"


class SheetLineState(StrEnum):
    """What became of a line of a signing sheet."""

    awaited = "awaited"
    delivered = "delivered"
    refused = "refused"
    absent = "absent"
    returned = "returned"


class Delivery(SQLModel, table=True):
    """Something handed over, paid or done for somebody on a day. Append-only: what was wrong is reversed, and stays.

    To a household, a person, an organisation or a school (`headcount` by class); `amount_vnd` is money, or the value
    of what is given in kind where that is known.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        one_of("form", SupportForm),
        one_of("paid_by", PaidBy),
        one_of("outcome", DeliveryOutcome),
        CheckConstraint("amount_vnd IS NULL OR amount_vnd >= 0", name="amount_plausible"),
        CheckConstraint("quantity IS NULL OR quantity >= 0", name="quantity_plausible"),
        CheckConstraint("member_id IS NULL OR household_id IS NOT NULL", name="person_of_a_household"),
        CheckConstraint("num_nonnulls(household_id, organisation_id, headcount) >= 1", name="somebody"),
        CheckConstraint("(reversed_at IS NULL) = (reversal_reason IS NULL)", name="reversed_with_reason"),
        Index("ix_delivery_intervention", "intervention_id"),
        Index("ix_delivery_household", "household_id"),
        Index("ix_delivery_member", "member_id", postgresql_where=text("member_id IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    intervention_id: UUID = Field(foreign_key="intervention.id")
    household_id: UUID | None = Field(default=None, foreign_key="household.id")
    member_id: UUID | None = Field(default=None, foreign_key="member.id")
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    headcount: dict[str, int] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))
    form: SupportForm | None = Field(default=None, sa_type=Text)
    # kind of a service: counselling, job_fair, ... (list service_kind)
    service: str | None = Field(default=None, sa_type=Text)
    delivered_on: date
    quantity: float | None = Field(default=None, sa_type=Numeric(14, 3))
    unit: str | None = Field(default=None, sa_type=Text)
    amount_vnd: int | None = Field(default=None, sa_type=BigInteger)
    paid_by: PaidBy | None = Field(default=None, sa_type=Text)
    outcome: DeliveryOutcome = Field(sa_type=Text)
    received_by: str = Field(sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    attachments: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    recorded_by: UUID | None = None
    device_id: UUID | None = None
    reversed_at: datetime | None = Field(default=None, sa_type=_WHEN)
    reversed_by: UUID | None = None
    reversal_reason: str | None = Field(default=None, sa_type=Text)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class SigningSheet(SQLModel, table=True):
    """A list of a hamlet for which people sign: printed and ticked back, or confirmed on the tablet."""

    __tablename__ = "signing_sheet"
    __table_args__ = (
        one_of("form", SupportForm),
        one_of("paid_by", PaidBy),
        one_of("state", SheetState),
        Index("ix_signing_sheet_intervention", "intervention_id"),
        Index("ix_signing_sheet_hamlet", "hamlet_id"),
    )

    id: UUID = Field(primary_key=True)
    intervention_id: UUID = Field(foreign_key="intervention.id")
    hamlet_id: UUID = Field(foreign_key="area.id")
    title: str = Field(sa_type=Text)
    # the period it pays for, as people say it: "Quý I/2024"
    period: str | None = Field(default=None, sa_type=Text)
    hand_out_on: date
    form: SupportForm = Field(sa_type=Text)
    paid_by: PaidBy | None = Field(default=None, sa_type=Text)
    state: SheetState = Field(sa_type=Text)
    prepared_by: UUID | None = None
    closed_on: date | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class SheetLine(SQLModel, table=True):
    """Who is to sign for what. `delivery_id` once it was handed over; `state` says what else became of it."""

    __tablename__ = "sheet_line"
    __table_args__ = (
        one_of("state", SheetLineState),
        CheckConstraint("amount_vnd IS NULL OR amount_vnd >= 0", name="amount_plausible"),
        CheckConstraint("quantity IS NULL OR quantity >= 0", name="quantity_plausible"),
        CheckConstraint("state <> 'delivered' OR delivery_id IS NOT NULL", name="delivered_by_a_delivery"),
        Index("uq_sheet_line_position", "sheet_id", "position", unique=True),
        Index(
            "uq_sheet_line_household", "sheet_id", "household_id", "member_id",
            unique=True, postgresql_nulls_not_distinct=True,
        ),
        Index("ix_sheet_line_household", "household_id"),
        Index("ix_sheet_line_delivery", "delivery_id"),
    )  # fmt: skip

    id: UUID = Field(primary_key=True)
    sheet_id: UUID = Field(foreign_key="signing_sheet.id")
    position: int
    household_id: UUID = Field(foreign_key="household.id")
    member_id: UUID | None = Field(default=None, foreign_key="member.id")
    quantity: float | None = Field(default=None, sa_type=Numeric(14, 3))
    unit: str | None = Field(default=None, sa_type=Text)
    amount_vnd: int | None = Field(default=None, sa_type=BigInteger)
    state: SheetLineState = Field(sa_type=Text)
    delivery_id: UUID | None = Field(default=None, foreign_key="delivery.id")
    note: str | None = Field(default=None, sa_type=Text)
    checked_by: UUID | None = None
    checked_at: datetime | None = Field(default=None, sa_type=_WHEN)
    version: int
