"""Areas and how they hang together on any day. Ends of validity are inclusive, as laws write them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import NAMESPACE_DNS, UUID, uuid5

from sqlalchemy import CheckConstraint, Column, Date, Index, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of


class Level(StrEnum):
    province = "province"
    district = "district"
    commune = "commune"
    hamlet = "hamlet"


class LocalKind(StrEnum):
    """The word people use for a unit of this level; printed on every form."""

    tinh = "tinh"
    thanh_pho = "thanh_pho"
    huyen = "huyen"
    quan = "quan"
    thi_xa = "thi_xa"
    xa = "xa"
    phuong = "phuong"
    thi_tran = "thi_tran"
    xom = "xom"
    thon = "thon"
    to_dan_pho = "to_dan_pho"


class AreaType(StrEnum):
    """Selects the income threshold and the column of the points table (NĐ 07/2021, Điều 3)."""

    rural = "rural"
    urban = "urban"


class SuccessionKind(StrEnum):
    merged_into = "merged_into"
    split_from = "split_from"
    abolished = "abolished"


def area_id(code: str, valid_from: date | None = None) -> UUID:
    """`area:14080-03`; a later holder of a code that was used before names its first day: `area:14071@2025-07-01`.

    The statistics office hands a merged commune the code of one of its parts, so a code alone is not an identity.
    """
    return uuid5(NAMESPACE_DNS, f"area:{code}@{valid_from}" if valid_from else f"area:{code}")


class Area(SQLModel, table=True):
    """A unit: it keeps its id from its first to its last day, whatever it hangs under meanwhile."""

    __tablename__ = "area"
    __table_args__ = (
        one_of("level", Level),
        one_of("local_kind", LocalKind),
        one_of("area_type", AreaType),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order"),
        # two living units may not share a code: ex_area_code_days (an exclusion constraint, in the migration)
        Index("ix_area_code", "code"),
    )

    id: UUID = Field(primary_key=True)
    code: str = Field(sa_type=Text)
    level: Level = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    # keys of `full_name`, made by api/names.py: to find `xã Trực Thái` by `xa truc thai`, exact tones first
    name_folded: str = Field(sa_type=Text)
    name_toned: str = Field(sa_type=Text)
    local_kind: LocalKind = Field(sa_type=Text)
    area_type: AreaType | None = Field(default=None, sa_type=Text)
    region: str | None = Field(default=None, sa_type=Text)
    valid_from: date
    valid_to: date | None = None
    source: str = Field(sa_type=Text)


class AreaParent(SQLModel, table=True):
    """Under which unit an area hangs, from when to when (ex_area_parent_days forbids two parents on one day)."""

    __tablename__ = "area_parent"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order"),)

    area_id: UUID = Field(foreign_key="area.id", primary_key=True)
    valid_from: date = Field(primary_key=True)
    parent_id: UUID = Field(foreign_key="area.id", index=True)
    valid_to: date | None = None


class AreaClosure(SQLModel, table=True):
    """Every pair of ancestor and descendant (an area is its own, depth 0) with the days it holds.

    Derived from AreaParent by `areas.commands.rebuild_closure`; never written elsewhere.
    """

    __tablename__ = "area_closure"
    __table_args__ = (Index("ix_area_closure_descendant", "descendant_id", "ancestor_id"),)

    ancestor_id: UUID = Field(foreign_key="area.id", primary_key=True)
    descendant_id: UUID = Field(foreign_key="area.id", primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None
    depth: int


class AreaSuccession(SQLModel, table=True):
    """What became of an area on a day: merged into, split from, or abolished (then `successor_id` took its duties)."""

    __tablename__ = "area_succession"
    __table_args__ = (one_of("kind", SuccessionKind),)

    predecessor_id: UUID = Field(foreign_key="area.id", primary_key=True)
    successor_id: UUID = Field(foreign_key="area.id", primary_key=True)
    on_day: date = Field(sa_column=Column(Date, primary_key=True))
    kind: SuccessionKind = Field(sa_type=Text)
    source: str = Field(sa_type=Text)


class AreaStatistic(SQLModel, table=True):
    """How many households and persons live in a hamlet, as of a day, by a named source (domain ruling 10.1).

    The denominator of every rate: the register holds only the poor, the near-poor, the escaped and applicants.
    A correction is a later row (`recorded_at`), so that a number published once can be computed again.
    """

    __tablename__ = "area_statistic"
    __table_args__ = (
        CheckConstraint("households >= 0 AND persons >= households", name="counts_plausible"),
        Index("ix_area_statistic_day", "area_id", "as_of"),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    as_of: date
    households: int
    persons: int
    source: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    # no foreign key: areas know nothing of accounts (the layers of docs/architecture.md)
    recorded_by: UUID | None = None
