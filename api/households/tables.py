"""Households and their members (domain.md 2.2 and 2.7; the names on the wire are those of records.md)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class Residence(StrEnum):
    permanent = "permanent"
    temporary = "temporary"


class HouseholdStatus(StrEnum):
    active = "active"
    left = "left"
    merged = "merged"
    dissolved = "dissolved"


class Sex(StrEnum):
    male = "male"
    female = "female"


class Relation(StrEnum):
    head = "head"
    spouse = "spouse"
    child = "child"
    parent = "parent"
    grandchild = "grandchild"
    grandparent = "grandparent"
    sibling = "sibling"
    in_law = "in_law"
    other = "other"


class Schooling(StrEnum):
    """The level attended now."""

    none = "none"
    preschool = "preschool"
    primary = "primary"
    lower_secondary = "lower_secondary"
    upper_secondary = "upper_secondary"
    vocational = "vocational"
    college = "college"
    university = "university"


class Qualification(StrEnum):
    none = "none"
    primary = "primary"
    lower_secondary = "lower_secondary"
    upper_secondary = "upper_secondary"
    elementary_vocational = "elementary_vocational"
    intermediate = "intermediate"
    college = "college"
    university = "university"


class LabourStatus(StrEnum):
    working = "working"
    unemployed = "unemployed"
    studying = "studying"
    not_working = "not_working"


class Disability(StrEnum):
    none = "none"
    mild = "mild"
    severe = "severe"
    very_severe = "very_severe"


class Nutrition(StrEnum):
    normal = "normal"
    stunted = "stunted"
    underweight = "underweight"
    stunted_underweight = "stunted_underweight"


class LeftReason(StrEnum):
    died = "died"
    moved = "moved"
    married = "married"
    split = "split"  # type: ignore[assignment]  # shadows str.split, which nobody calls on it
    error = "error"


class Household(SQLModel, table=True):
    """People living together, registered at one legal residence (QĐ 24/2021, Điều 3).

    Its class is no column: a recognition has a range of days, and "current" is a query.
    """

    __tablename__ = "household"
    __table_args__ = (
        one_of("residence", Residence),
        one_of("status", HouseholdStatus),
        CheckConstraint("(status = 'merged') = (merged_into IS NOT NULL)", name="merged_has_survivor"),
        Index(
            "uq_household_hamlet_no",
            "hamlet_id",
            "household_no",
            unique=True,
            postgresql_where=text("status = 'active' AND household_no IS NOT NULL"),
        ),
        Index("ix_household_hamlet", "hamlet_id", "id"),
        # what was merged away: few rows, which whoever follows an alias finds without the register
        Index("ix_household_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    hamlet_id: UUID = Field(foreign_key="area.id")
    household_no: str | None = Field(default=None, sa_type=Text)
    address: str | None = Field(default=None, sa_type=Text)
    phone: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    residence: Residence = Field(sa_type=Text)
    # no foreign key: the head may arrive later than the household (two records, two submissions)
    head_member_id: UUID | None = None
    no_labour_capacity: bool = False
    no_labour_capacity_ground: str | None = Field(default=None, sa_type=Text)
    status: HouseholdStatus = Field(default=HouseholdStatus.active, sa_type=Text)
    merged_into: UUID | None = Field(default=None, foreign_key="household.id")
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class Member(SQLModel, table=True):
    """A person in a household. The citizen number is sealed; name_* are keys made by api/names.py."""

    __tablename__ = "member"
    __table_args__ = (
        one_of("sex", Sex),
        one_of("relation_to_head", Relation),
        one_of("schooling", Schooling),
        one_of("qualification", Qualification),
        one_of("labour_status", LabourStatus),
        one_of("disability", Disability),
        one_of("nutrition", Nutrition),
        one_of("left_reason", LeftReason),
        CheckConstraint("birth_date IS NOT NULL OR birth_year IS NOT NULL", name="birth_known"),
        Index("ix_member_household", "household_id"),
        Index(
            "ix_member_personal_id",
            "personal_id_index",
            postgresql_where=text("personal_id_index IS NOT NULL"),
        ),
        # ix_member_name_folded: trigram index, in the migration
    )

    id: UUID = Field(primary_key=True)
    household_id: UUID = Field(foreign_key="household.id")
    full_name: str = Field(sa_type=Text)
    name_folded: str = Field(sa_type=Text)
    name_toned: str = Field(sa_type=Text)
    name_sort: str = Field(sa_column=Column(Text(collation="C"), nullable=False))
    sex: Sex = Field(sa_type=Text)
    birth_date: date | None = None
    birth_year: int | None = None
    relation_to_head: Relation = Field(sa_type=Text)
    ethnicity: str = Field(sa_type=Text)
    personal_id_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    personal_id_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    personal_id_last4: str | None = Field(default=None, sa_type=Text)
    schooling: Schooling | None = Field(default=None, sa_type=Text)
    right_level: bool | None = None
    qualification: Qualification | None = Field(default=None, sa_type=Text)
    labour_status: LabourStatus | None = Field(default=None, sa_type=Text)
    labour_contract: bool | None = None
    occupation: str | None = Field(default=None, sa_type=Text)
    health_insurance: bool | None = None
    social_allowance: bool | None = None
    pension: bool | None = None
    merit_person: bool = False
    disability: Disability = Field(default=Disability.none, sa_type=Text)
    nutrition: Nutrition | None = Field(default=None, sa_type=Text)
    left_on: date | None = None
    left_reason: LeftReason | None = Field(default=None, sa_type=Text)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class HouseholdMove(SQLModel, table=True):
    """A change of residence: which household went from where to where, and on which day."""

    __tablename__ = "household_move"
    id: UUID = Field(primary_key=True)
    household_id: UUID = Field(foreign_key="household.id", index=True)
    from_hamlet_id: UUID = Field(foreign_key="area.id")
    to_hamlet_id: UUID = Field(foreign_key="area.id")
    moved_on: date
    reason: str | None = Field(default=None, sa_type=Text)
    recorded_at: datetime = Field(sa_type=_WHEN)
    recorded_by: UUID | None = None


class HouseholdMerge(SQLModel, table=True):
    """`absorbed` was found to be the same household as `survivor`; while in force, late edits to it follow."""

    __tablename__ = "household_merge"
    __table_args__ = (
        CheckConstraint("absorbed_id <> survivor_id", name="two_households"),
        # an absorbed household has one survivor at a time
        Index(
            "uq_household_merge_absorbed",
            "absorbed_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_household_merge_survivor", "survivor_id"),
    )

    id: UUID = Field(primary_key=True)
    absorbed_id: UUID = Field(foreign_key="household.id")
    survivor_id: UUID = Field(foreign_key="household.id")
    moved_member_ids: list[UUID] = Field(sa_column=Column(ARRAY(PgUuid(as_uuid=True)), nullable=False))
    # what else the feed knew under the absorbed household (papers): told again under the survivor, and back
    told_record_ids: list[UUID] = Field(sa_column=Column(ARRAY(PgUuid(as_uuid=True)), nullable=False))
    reason: str | None = Field(default=None, sa_type=Text)
    merged_at: datetime = Field(sa_type=_WHEN)
    merged_by: UUID | None = None
    undone_at: datetime | None = Field(default=None, sa_type=_WHEN)
    undone_by: UUID | None = None
