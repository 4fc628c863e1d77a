"""Counts of the facts of an area on a day, the marks that make them stale, what some records were before, and the
figures that communes write down.

Counts and marks are derived and UNLOGGED: a crash empties them together, a backup leaves them out, and everything is
counted anew.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Index, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

# No key, and no class: rows are only added, by triggers of the tables that facts are read from (migration 0022).
# `since`: the first day whose counts the change can touch; `xid`: the transaction that made it.
FACT_MARK = Table(
    "fact_mark",
    SQLModel.metadata,
    Column("area_id", Uuid, nullable=False),
    Column("since", Date, nullable=False),
    Column("xid", BigInteger, nullable=False, server_default=text("pg_current_xact_id()::text::bigint")),
    Index("ix_fact_mark_area", "area_id", "xid"),
    prefixes=["UNLOGGED"],
)


class IndicatorCount(SQLModel, table=True):
    """How many facts of an area (a hamlet, or a commune for what is the commune's) there are on a day.

    `breakdown` names how they are split (empty: not at all) and `value` the part; `numbers` are the measures of the
    catalogue in its order, which `catalogue` names. Fresh as long as every mark on the area that concerns the day was
    made by a transaction that `snapshot` saw: no lock, and no writer waits.
    """

    __tablename__ = "indicator_count"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    day: date = Field(primary_key=True)
    breakdown: str = Field(sa_type=Text, primary_key=True)
    area_id: UUID = Field(primary_key=True)
    value: str = Field(sa_type=Text, primary_key=True)
    numbers: list[int] = Field(sa_column=Column(ARRAY(BigInteger), nullable=False))
    catalogue: str = Field(sa_type=Text)
    snapshot: str = Field(sa_type=Text)


class EarlierState(SQLModel, table=True):
    """What a loan, a participant, an intervention, an item of the plan or a report that was handed in (by the id of its
    edition) was up to `replaced_at`, in the columns that numbers are read from.

    Kept by triggers (migrations 0022 and 0025), because these have no versions of their own: a number that was
    published comes out again only where what was known then still is.
    """

    __tablename__ = "earlier_state"

    record_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    replaced_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    was: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class FigureKind(StrEnum):
    """What a figure says, and in which unit: data/figures.toml."""

    poverty_officers = "poverty_officers"
    average_premium_due = "average_premium_due"
    average_premium_supported = "average_premium_supported"


class AreaFigure(SQLModel, table=True):
    """A number that a commune has from a paper and not from the register: of a day, with the paper it comes from.

    As with the totals of hamlets a correction is a later row (`recorded_at`) for the same day, so that a number
    published once can be computed again. `value` is in the unit of its kind: persons, or whole VND.
    """

    __tablename__ = "area_figure"
    __table_args__ = (
        one_of("kind", FigureKind),
        CheckConstraint("value >= 0", name="value_plausible"),
        Index("ix_area_figure_day", "area_id", "kind", "as_of"),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    kind: FigureKind = Field(sa_type=Text)
    as_of: date
    value: int = Field(sa_type=BigInteger)
    source: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    recorded_by: UUID | None = None
