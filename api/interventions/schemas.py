"""Interventions on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.accounts.permissions import Permission, Role
from api.attachments.schemas import AttachmentOut
from api.interventions.step_schemas import StepOut
from api.schema import AreaId, Count, Day, Label, Line60, Schema, Version, Words, Year

Values = Annotated[
    dict[Line60, Any],
    Field(
        max_length=100, description="Values of the fields of the kind (step, role) by code: GET /intervention-kinds."
    ),
]
_MONEY = "VND; a sum that the database keeps."

_EXAMPLE: dict[str, Any] = {
    "kind": "community_proposal",
    "area_id": "9d0b1f4e-52a5-5a86-9b0b-7a7a4d0f1c22",
    "year": 2024,
    "title": "Nuôi bò sinh sản xóm 3",
    "starts_on": "2024-05-01",
    "fields": {"proposal": "Mười hộ cùng nuôi bò sinh sản, xoay vòng bê con"},
}


class InterventionIn(Schema):
    """What is opened. Whom it may be about, under what it may hang and which fields it has, its kind says.

    `area_id` may be left out where it is about a household: it stands where the household stands. `funded`: paid from
    the item of the plan, so that no more is delivered than the chair approved.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: UUID | None = None
    kind: Line60
    area_id: AreaId | None = None
    year: Year
    title: Label
    policy: Line60 | None = None
    plan_item_id: UUID | None = None
    funded: bool = False
    parent_id: UUID | None = None
    household_id: UUID | None = None
    member_id: UUID | None = None
    organisation_id: UUID | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    fields: Values = {}  # noqa: RUF012  # pydantic copies it


class InterventionPatch(Schema):
    """What may be changed until it has ended. `fields`: those that are sent; null takes one away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ends_on": "2024-12-20"}]})

    title: Label = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    fields: Values = {}  # noqa: RUF012  # pydantic copies it


class InterventionOut(Schema):
    """An intervention. `household_id`: as of today, where it was merged. `withheld`: fields kept from this reader."""

    id: UUID
    version: Version
    kind: str
    component: str | None
    policy: str | None
    area_id: AreaId
    year: int
    title: str
    stage: str
    plan_item_id: UUID | None
    parent_id: UUID | None
    household_id: UUID | None
    member_id: UUID | None
    organisation_id: UUID | None
    starts_on: date | None
    ends_on: date | None
    funded: bool
    committed_vnd: Annotated[int, Field(description=_MONEY)]
    disbursed_vnd: Annotated[int, Field(description=_MONEY)]
    delivered_vnd: Annotated[int, Field(description=_MONEY)]
    fields: dict[str, Any]
    withheld: list[str]
    created_at: datetime
    updated_at: datetime


class PaperOut(Schema):
    """A line of the checklist: is the paper there?"""

    code: str
    label: Words
    there: bool


class NextStep(Schema):
    """A step that the stage allows: the right it needs, who holds it, whether the caller does, the papers missing."""

    step: str
    label: Words
    leads_to: str | None
    of_participant: bool
    permission: Permission
    roles: list[Role]
    mine: bool
    missing: list[str]


class Heads(Schema):
    """Who takes part: by class on the day of joining, and by sex. Groups of whom only numbers are known count too.
    `suppressed`: small counts are null for this reader (docs/permissions.md)."""

    participants: Count | None
    households: Count | None
    organisations: Count
    persons: Annotated[int | None, Field(description="Single persons: members of households, and people from outside.")]
    in_groups: Annotated[int | None, Field(description="How many the groups have of whom only numbers are known.")]
    by_class: dict[str, int | None]
    by_sex: dict[str, int | None]
    left: Annotated[int | None, Field(description="Who has left before the end; not counted in the rest.")]
    suppressed: bool


class DueOut(Schema):
    """A follow-up that is due."""

    step: str
    label: Words
    participant_id: UUID | None
    due_on: date
    days_left: int
    overdue: bool


class ReferenceOut(Schema):
    """Another intervention that a step names, or by whose step this one is named: a vacancy shows who was referred
    and placed, a job seeker where. `household_id`, `name`: whom the other one is about."""

    intervention_id: UUID
    kind: str
    title: str
    stage: str
    stage_label: Words
    step: str
    label: Words
    taken_on: date
    household_id: UUID | None
    hamlet_id: AreaId | None
    name: str | None


class DocumentOut(Schema):
    """A paper of the intervention, with its scans."""

    id: UUID
    intervention_id: UUID
    code: str
    number: str | None
    signed_on: date | None
    issued_by: str | None
    note: str | None
    attachments: list[AttachmentOut]
    recorded_by: UUID | None
    recorded_at: datetime


class InterventionWhole(InterventionOut):
    """One intervention with what was done, what is missing and what can follow. `steps`: those of the whole; those of
    single participants are listed by themselves. `due`: at most 100, the earliest first. `refers_to`,
    `referred_by`: the newest first, together at most 200."""

    kind_label: Words
    stage_label: Words
    ended: bool
    steps: list[StepOut]
    documents: list[DocumentOut]
    checklist: list[PaperOut]
    next_steps: list[NextStep]
    heads: Heads
    due: list[DueOut]
    refers_to: list[ReferenceOut]
    referred_by: list[ReferenceOut]
