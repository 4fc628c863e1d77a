"""Rounds, their lists and the progress of the work on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.households.schemas import TextDay
from api.reviews.tables import CaseGround, CaseStage, Evidence, RoundKind
from api.schema import AreaId, Line60, Line300, Note, Schema, Version
from api.standards.tables import PovertyClass

Reason = Annotated[Note, Field(min_length=1, description="In words, for whoever reads it later.")]
EvidenceAsked = Annotated[
    list[Evidence],
    Field(max_length=len(Evidence), description="What a review asks for beside the answers; nothing by default."),
    AfterValidator(lambda asked: [one for one in Evidence if one in asked]),
]
# Only "was it sent?" matters: a field that was not sent stays as it is.
_NOT_SENT: Any = None
_HOUSEHOLD = "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d"


class StandardRef(Schema):
    """A version of a standard."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    version: Annotated[int, Field(ge=1, le=10_000)]


class RoundCreate(Schema):
    """A round to be prepared. Days and standard follow from kind and year where they are not given."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22", "kind": "periodic", "year": 2024}]
        }
    )

    id: UUID | None = None
    area_id: Annotated[AreaId, Field(description="The commune.")]
    kind: RoundKind
    year: Annotated[int, Field(ge=2021, le=2100)]
    opens_on: TextDay | None = None
    closes_on: TextDay | None = None
    standard: StandardRef | None = None
    evidence: EvidenceAsked = Field(default_factory=list)


class RoundChange(Schema):
    """What may still be said of a round that is on its way."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"overdue_reason": "Phúc tra một kiến nghị sau ngày kết thúc"}]}
    )

    overdue_reason: Reason = _NOT_SENT
    evidence: EvidenceAsked = _NOT_SENT

    @model_validator(mode="after")
    def _says_something(self) -> "RoundChange":
        if not self.model_fields_set:
            raise PydanticCustomError("missing", "overdue_reason or evidence is needed")
        return self


class ListAddition(Schema):
    """A household put on the list by hand."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"household_id": _HOUSEHOLD, "reason": "Trưởng xóm đề nghị: mới bị hoả hoạn"}]}
    )

    household_id: UUID
    reason: Reason


class LeftOut(Schema):
    """A request that did not bring its household onto the list, and why."""

    request_id: UUID
    household_id: UUID | None
    reason: str


class ListOut(Schema):
    """What the list holds now. `added`: by this call. `by_hamlet`: hamlet id -> households."""

    round_id: UUID
    added: int
    total: int
    by_ground: dict[str, int]
    by_hamlet: dict[str, int]
    left_out: list[LeftOut]


class CaseOut(Schema):
    """A household on the list. Class and points are those proposed by the review in force: nothing is decided yet.

    `training`: they come from a training round, and mean nothing.
    """

    id: UUID
    version: Version
    round_id: UUID
    household_id: UUID
    household_no: str | None
    head_name: str | None
    hamlet_id: AreaId
    ground: CaseGround
    ground_reason: str | None
    request_id: UUID | None
    class_before: PovertyClass | None
    surveyor: str | None
    stage: CaseStage
    not_reached_reason: str | None
    review_id: UUID | None
    b1: int | None
    b2: int | None
    proposed_class: PovertyClass | None
    override_class: PovertyClass | None
    training: bool
    withheld: list[str]
    created_at: datetime
    updated_at: datetime


class Assignment(Schema):
    """A hamlet's households, or one household, for one surveyor."""

    hamlet_id: UUID | None = None
    household_id: UUID | None = None
    username: Line60


class Assignments(Schema):
    """In this order: a household named after its hamlet is an exception from it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [{"hamlet_id": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11", "username": "xom-3"}]}]
        }
    )

    items: Annotated[list[Assignment], Field(min_length=1, max_length=1000)]


class AssignmentsOut(Schema):
    """How many households each surveyor has now, by username; `unassigned` ones are anybody's."""

    round_id: UUID
    changed: int
    assigned: dict[str, int]
    unassigned: int


class HamletProgress(Schema):
    """How far a hamlet has come: households by stage. `percent`: met or said why not, of all; rounded down."""

    hamlet_id: AreaId
    hamlet_code: str
    total: int
    by_stage: dict[str, int]
    surveyed: int
    not_reached: int
    held_back: int
    percent: int


class ProgressOut(Schema):
    round_id: UUID
    stage: str
    closes_on: date
    overdue: bool
    total: int
    by_stage: dict[str, int]
    hamlets: list[HamletProgress]


class Absence(Schema):
    """Nobody of the household was met."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Cả nhà đi làm ăn xa, đã đến hai lần"}]})

    reason: Annotated[Line300, Field(min_length=1)]
