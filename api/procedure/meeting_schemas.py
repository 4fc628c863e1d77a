"""Meetings on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from api import codes
from api.attachments.schemas import AttachmentIn, AttachmentOut
from api.procedure.tables import MeetingResult
from api.reviews.tables import CaseGround
from api.schema import AreaId, Label, Note, PastDay, PersonName, Schema, Version
from api.standards.tables import PovertyClass

_MOST_VOTES = 1000


def _known_role(value: str) -> str:
    if not codes.known("attendee_role", value):
        raise PydanticCustomError("enum", "not a known code", {"expected": ", ".join(_roles())})
    return value


def _roles() -> list[str]:
    return [v["code"] for listed in codes.code_lists() if listed["code"] == "attendee_role" for v in listed["values"]]


Role = Annotated[str, Field(max_length=40), AfterValidator(_known_role)]
Heads = Annotated[int, Field(ge=0, le=10_000)]


class VoteIn(Schema):
    household_id: Annotated[UUID | None, Field(description="null: the vote on the whole list.")] = None
    votes_for: Heads
    votes_against: Heads
    comment: Note | None = None


_EXAMPLE: dict[str, Any] = {
    "id": "7a1d6a2e-4c0b-4d53-9d0c-0a1b2c3d4e5f",
    "round_id": "8f1d2c3b-4a59-5867-9786-a5b4c3d2e1f0",
    "hamlet_id": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11",
    "held_on": "2024-10-12",
    "place": "Nhà văn hoá xóm 3",
    "chaired_by": "Trần Văn Hoà",
    "secretary": "Phạm Thị Lụa",
    "attendance": {"hamlet_head": 1, "party_cell": 1, "reviewed_households": 20, "other_households": 18},
    "present": 40,
    "votes": [{"household_id": None, "votes_for": 33, "votes_against": 4}],
    "except_household_ids": [],
    "front_observed": True,
    "comments": "Bà con thống nhất với kết quả rà soát.",
    "minutes": [],
}


class MeetingCreate(Schema):
    """The minutes of a hamlet meeting. `present` is the sum of `attendance`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: UUID | None = None
    round_id: UUID
    hamlet_id: UUID
    held_on: PastDay
    place: Label
    chaired_by: PersonName
    secretary: PersonName
    attendance: Annotated[
        dict[Role, Heads], Field(max_length=20, description="How many of each role (list attendee_role) were there.")
    ]
    present: Annotated[int, Field(ge=1, le=10_000)]
    votes: Annotated[list[VoteIn], Field(min_length=1, max_length=_MOST_VOTES)]
    except_household_ids: Annotated[
        list[UUID],
        Field(
            default_factory=list,
            max_length=_MOST_VOTES,
            description="Surveyed households that wait for a later meeting.",
        ),
    ]
    front_observed: bool
    comments: Note | None = None
    minutes: Annotated[list[AttachmentIn], Field(default_factory=list, max_length=50)]


class Observation(Schema):
    """What the Fatherland Front writes about a meeting it supervised."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"observation": "Cuộc họp đúng trình tự, dân chủ."}]})

    observation: Annotated[Note, Field(min_length=1)]


class VoteOut(Schema):
    household_id: UUID | None
    votes_for: int
    votes_against: int
    passed: bool
    comment: str | None


class MeetingOut(Schema):
    """A meeting: `households` is how many the vote on the list was about, `result` what that vote said."""

    id: UUID
    version: Version
    round_id: UUID
    hamlet_id: AreaId
    held_on: date
    place: str
    chaired_by: str
    secretary: str
    attendance: dict[str, int]
    present: int
    votes: list[VoteOut]
    households: int
    result: MeetingResult
    front_observed: bool
    observation: str | None
    comments: str | None
    minutes: list[AttachmentOut]
    created_at: datetime
    updated_at: datetime


class SheetLine(Schema):
    """A household as the meeting sees it: points and proposed class (domain.md 10.9). null where it is not known."""

    household_id: UUID
    household_no: str | None
    head_name: str | None
    ground: CaseGround
    class_before: PovertyClass | None
    b1: int | None
    b2: int | None
    proposed_class: PovertyClass | None
    undetermined: list[str]
    surveyed_on: date | None


class MeetingSheet(Schema):
    """What lies on the table of the next meeting of a hamlet; of a `training` round it means nothing."""

    round_id: UUID
    hamlet_id: AreaId
    training: bool
    items: list[SheetLine]
