"""Participants on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.households.tables import Sex
from api.interventions.tables import ParticipantState
from api.schema import AreaId, Count, Line60, Line120, Note, PastDay, PersonName, Schema, Version

MOST = 500
ClassThen = Literal["poor", "near_poor", "newly_escaped", "other"]
_ONE: dict[str, Any] = {
    "role": "household",
    "household_id": "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d",
    "joined_on": "2024-05-20",
    "fields": {},
}
Heads = Annotated[Count, Field(strict=True)]
_VALUES = "Values of the fields of the role by code: GET /intervention-kinds."


class Outsider(Schema):
    """A person outside of the register: a trainer, an officer, a learner of another household."""

    name: PersonName
    sex: Sex | None = None
    category: Annotated[Line120 | None, Field(description="As what: cán bộ thôn, người có uy tín, …")] = None


class Headcount(Schema):
    """A group of whom only numbers by class are known: the children of a school who eat there."""

    poor: Heads = 0
    near_poor: Heads = 0
    newly_escaped: Heads = 0
    other: Heads = 0


class ParticipantIn(Schema):
    """Who takes part: a household, one of its people, an organisation (with numbers, where it stands for a group), a
    person from outside, or numbers alone. Which of these a role takes, its kind says."""

    id: UUID | None = None
    role: Line60
    household_id: UUID | None = None
    member_id: UUID | None = None
    organisation_id: UUID | None = None
    outsider: Outsider | None = None
    headcount: Headcount | None = None
    joined_on: PastDay
    fields: Annotated[dict[Line60, Any], Field(max_length=100, description=_VALUES)] = {}  # noqa: RUF012


class ParticipantsIn(Schema):
    """One participant or many; all are enrolled, or none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"participants": [_ONE]}]})

    participants: Annotated[list[ParticipantIn], Field(min_length=1, max_length=MOST)]


class ParticipantPatch(Schema):
    """What has become of a participant. `state`: `finished` or `left` with the day (and why they left); `enrolled`
    again where that was a mistake. `fields`: those that are sent; null takes one away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "finished", "ended_on": "2024-11-30"}]})

    state: ParticipantState = ParticipantState.enrolled
    ended_on: PastDay | None = None
    ended_reason: Note | None = None
    fields: Annotated[dict[Line60, Any], Field(max_length=100, description=_VALUES)] = {}  # noqa: RUF012


class ParticipantOut(Schema):
    """A participant. `household_id`: as of today; `hamlet_id` null where it has gone to an area of others.
    `class_on_joining`: of the household, on the day of joining; null where no household takes part."""

    id: UUID
    version: Version
    intervention_id: UUID
    role: str
    household_id: UUID | None
    hamlet_id: AreaId | None
    member_id: UUID | None
    organisation_id: UUID | None
    outsider: Outsider | None
    headcount: Headcount | None
    name: str | None
    sex: Sex | None
    class_on_joining: ClassThen | None
    state: ParticipantState
    joined_on: date
    ended_on: date | None
    ended_reason: str | None
    fields: dict[str, Any]
    withheld: list[str]
    created_at: datetime
    updated_at: datetime


class EnrolledOut(Schema):
    """Who was enrolled, in the order of the list that was sent."""

    items: list[ParticipantOut]
