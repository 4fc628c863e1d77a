"""Organisations, interventions with their steps, documents and participants, and the needs of households.

What kinds of interventions there are, which steps and fields they have, is data (api/programmes/data): no component of
the programme has tables of its own.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class OrganisationKind(StrEnum):
    """Who leads, supplies, employs, teaches or gives (the plan, III.1 and IV.2.1)."""

    cooperative = "cooperative"
    enterprise = "enterprise"
    group = "group"
    school = "school"
    health_station = "health_station"
    training_centre = "training_centre"
    employment_centre = "employment_centre"
    bank = "bank"
    mass_organisation = "mass_organisation"
    other = "other"


class LedBy(StrEnum):
    """Whose lead makes an organisation or a project one to prefer (the plan, IV.2.1)."""

    disabled_person = "disabled_person"
    woman = "woman"
    student = "student"


class SupportNeedState(StrEnum):
    open = "open"
    met = "met"
    withdrawn = "withdrawn"


class ParticipantState(StrEnum):
    """Enrolled, has finished, or has left before the end."""

    enrolled = "enrolled"
    finished = "finished"
    left = "left"


class Organisation(SQLModel, table=True):
    """An organisation that the commune works with. Ended, not deleted: what it did stays readable."""

    __tablename__ = "organisation"
    __table_args__ = (one_of("kind", OrganisationKind), Index("ix_organisation_area", "area_id"))

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    kind: OrganisationKind = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    registration_no: str | None = Field(default=None, sa_type=Text)
    representative: str | None = Field(default=None, sa_type=Text)
    phone: str | None = Field(default=None, sa_type=Text)
    led_by: list[LedBy] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    ended_on: date | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class Intervention(SQLModel, table=True):
    """Something the commune does: a project, a course, a round of payments, or one case of a household or person.

    `kind` names an entry of the catalogue; `stage` is where its steps have brought it; `fields` hold what is of this
    kind only, checked against the catalogue. `policy`: the policy whose support it delivers. Money stands on it in
    three sums that triggers keep: what the chair approved, what was paid out, what people received (VND).
    """

    __tablename__ = "intervention"
    __table_args__ = (
        CheckConstraint("committed_vnd >= 0 AND disbursed_vnd BETWEEN 0 AND committed_vnd", name="spent_as_approved"),
        CheckConstraint(
            "delivered_vnd >= 0 AND (NOT funded OR delivered_vnd <= committed_vnd)", name="delivered_as_approved"
        ),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="days_in_order"),
        CheckConstraint("member_id IS NULL OR household_id IS NOT NULL", name="person_of_a_household"),
        Index("ix_intervention_area_kind", "area_id", "kind", "year"),
        Index("ix_intervention_household", "household_id"),
        Index("ix_intervention_parent", "parent_id"),
        Index("ix_intervention_plan_item", "plan_item_id"),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    kind: str = Field(sa_type=Text)
    component: str | None = Field(default=None, sa_type=Text)
    policy: str | None = Field(default=None, sa_type=Text)
    year: int
    title: str = Field(sa_type=Text)
    stage: str = Field(sa_type=Text)
    plan_item_id: UUID | None = Field(default=None, foreign_key="plan_item.id")
    parent_id: UUID | None = Field(default=None, foreign_key="intervention.id")
    # whom it is about, where it is a case of one
    household_id: UUID | None = Field(default=None, foreign_key="household.id")
    member_id: UUID | None = Field(default=None, foreign_key="member.id")
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    starts_on: date | None = None
    ends_on: date | None = None
    fields: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    funded: bool = False
    committed_vnd: int = Field(default=0, sa_type=BigInteger)
    disbursed_vnd: int = Field(default=0, sa_type=BigInteger)
    delivered_vnd: int = Field(default=0, sa_type=BigInteger)
    recorded_by: UUID | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class InterventionStep(SQLModel, table=True):
    """A step that was taken: which, when, by which paper, with what it found. Never changed; a mistake is `undone`."""

    __tablename__ = "intervention_step"
    __table_args__ = (
        Index("uq_intervention_step_position", "intervention_id", "position", unique=True),
        Index("ix_intervention_step_refers_to", "refers_to", postgresql_where=text("refers_to IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    intervention_id: UUID = Field(foreign_key="intervention.id")
    # its number among the steps of the intervention, from 1: moments may be the same
    position: int
    participant_id: UUID | None = Field(default=None, foreign_key="participant.id")
    step: str = Field(sa_type=Text)
    stage_before: str = Field(sa_type=Text)
    stage_after: str = Field(sa_type=Text)
    taken_on: date
    due_on: date | None = None
    document_no: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    fields: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    # the other intervention that a field names (a referral its vacancy)
    refers_to: UUID | None = Field(default=None, foreign_key="intervention.id")
    recorded_by: UUID | None = None
    recorded_at: datetime = Field(sa_type=_WHEN)
    undone_at: datetime | None = Field(default=None, sa_type=_WHEN)
    undone_by: UUID | None = None
    undone_reason: str | None = Field(default=None, sa_type=Text)


class InterventionDocument(SQLModel, table=True):
    """A paper of an intervention's checklist: which, its number and date; the scan, where there is one, is attached."""

    __tablename__ = "intervention_document"
    __table_args__ = (Index("ix_intervention_document_intervention", "intervention_id"),)

    id: UUID = Field(primary_key=True)
    intervention_id: UUID = Field(foreign_key="intervention.id")
    code: str = Field(sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)
    signed_on: date | None = None
    issued_by: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    attachments: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    recorded_by: UUID | None = None
    recorded_at: datetime = Field(sa_type=_WHEN)


class Participant(SQLModel, table=True):
    """Who takes part: a household, one of its people, an organisation, somebody outside of the register, or a group of
    whom only numbers by class are known (a school's meals)."""

    __tablename__ = "participant"
    __table_args__ = (
        one_of("state", ParticipantState),
        CheckConstraint("member_id IS NULL OR household_id IS NOT NULL", name="person_of_a_household"),
        CheckConstraint("num_nonnulls(household_id, organisation_id, outsider, headcount) >= 1", name="somebody"),
        # the same household or person takes part once, as long as it has not left
        Index(
            "uq_participant_household",
            "intervention_id",
            "role",
            "household_id",
            "member_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("household_id IS NOT NULL AND state <> 'left'"),
        ),
        Index("ix_participant_household", "household_id"),
        Index("ix_participant_member", "member_id", postgresql_where=text("member_id IS NOT NULL")),
        Index("ix_participant_intervention", "intervention_id", "created_at"),
    )

    id: UUID = Field(primary_key=True)
    intervention_id: UUID = Field(foreign_key="intervention.id")
    role: str = Field(sa_type=Text)
    household_id: UUID | None = Field(default=None, foreign_key="household.id")
    member_id: UUID | None = Field(default=None, foreign_key="member.id")
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    # name, sex, category
    outsider: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))
    # how many by class: poor, near_poor, newly_escaped, other
    headcount: dict[str, int] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))
    state: ParticipantState = Field(sa_type=Text)
    joined_on: date
    ended_on: date | None = None
    ended_reason: str | None = Field(default=None, sa_type=Text)
    fields: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    recorded_by: UUID | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class SupportNeed(SQLModel, table=True):
    """A need of a household or one of its people, as of a day. Many targets of the plan count only who has one."""

    __tablename__ = "support_need"
    __table_args__ = (
        one_of("state", SupportNeedState),
        CheckConstraint("(state = 'open') = (ended_on IS NULL)", name="ended_with_a_day"),
        Index("ix_support_need_household", "household_id"),
        Index("ix_support_need_member", "member_id", postgresql_where=text("member_id IS NOT NULL")),
        # one open need of a kind
        Index(
            "uq_support_need_open",
            "household_id",
            "member_id",
            "kind",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: UUID = Field(primary_key=True)
    household_id: UUID = Field(foreign_key="household.id")
    member_id: UUID | None = Field(default=None, foreign_key="member.id")
    kind: str = Field(sa_type=Text)
    noted_on: date
    note: str | None = Field(default=None, sa_type=Text)
    state: SupportNeedState = Field(sa_type=Text)
    ended_on: date | None = None
    ended_reason: str | None = Field(default=None, sa_type=Text)
    # what it was met by, where that is known
    intervention_id: UUID | None = Field(default=None, foreign_key="intervention.id")
    recorded_by: UUID | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)
