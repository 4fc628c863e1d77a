"""The order in which a commune helps the plan's priority groups, where it has set one (domain.md 10.7)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlmodel import Field, SQLModel


class PriorityOrder(SQLModel, table=True):
    """An order of group codes, from a day on until the next one. No codes: all groups are equal again.

    Append-only; of two for the same day the one recorded last holds.
    """

    __tablename__ = "priority_order"
    __table_args__ = (Index("ix_priority_order_area", "area_id", "valid_from"),)

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    valid_from: date
    codes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    decided_by: str | None = Field(default=None, sa_type=Text)
    recorded_by: UUID | None = None
    created_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
