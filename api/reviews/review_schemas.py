"""Reviews on the wire (records.md): what a tablet sends, what an officer types from paper, and what comes of it."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from api import field_errors
from api.attachments.schemas import AttachmentIn, AttachmentOut
from api.households.schemas import TextPastDay
from api.problems import Invalid, Problem
from api.reviews.round_schemas import Reason, StandardRef
from api.reviews.tables import ReviewKind
from api.schema import NOT_TEXT, AreaId, Label, Line20, Line60, Line120, Schema, Version
from api.standards.tables import PovertyClass

_LARGEST = 10**12  # of a number that is answered
_LONGEST = 2000
EXAMPLE: dict[str, Any] = {
    "household_id": "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d",
    "round_id": "8f1d2c3b-4a59-5867-9786-a5b4c3d2e1f0",
    "form": {"code": "form-b", "version": 1},
    "surveyed_on": "2024-09-20",
    "respondent": "Chủ hộ",
    "paper_no": "B-17",
    "answers": {"floor_area_m2": 45, "internet": False},
    "b1_entered": 120,
    "causes": [],
    "needs": [],
    "attachments": [],
}


def _storable_text(value: str) -> str:
    if len(value) > _LONGEST:
        raise PydanticCustomError("string_too_long", "too long", {"max_length": _LONGEST})
    if not value.isprintable() and NOT_TEXT.search(value):
        raise PydanticCustomError("text_not_storable", "contains a character that no text has")
    return value


def _answer(value: Any) -> Any:
    """An answer of any question: whether it fits its question is seen later, with the form at hand."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _storable_text(value)
    if isinstance(value, list) and len(value) <= 100 and all(isinstance(one, str) for one in value):
        return [_storable_text(one) for one in value]
    if isinstance(value, int | float) and abs(value) <= _LARGEST:
        return value
    raise PydanticCustomError("answer_type", "is neither text, number, true or false, nor a list of codes")


Answer = Annotated[Any, AfterValidator(_answer)]
Code = Annotated[Label, Field(max_length=60)]
Points = Annotated[int, Field(strict=True, ge=0, le=1000)]


class FormRef(Schema):
    """A form of a standard, as `reference` names it."""

    code: Line60
    version: Annotated[int, Field(strict=True, ge=1, le=2_000_000_000)]


class DeviceResult(Schema):
    """What the tablet computed: stored beside the server's own result, a difference is a flag and never an error."""

    b1: Annotated[int | None, Field(strict=True, ge=-1_000_000, le=1_000_000)] = None
    b2: Annotated[int | None, Field(strict=True, ge=-1_000_000, le=1_000_000)] = None
    proposed_class: PovertyClass | None = None
    deprivations: Annotated[list[Code] | None, Field(max_length=100)] = None


Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Position(Schema):
    """Where the review was done, as the tablet found it (WGS 84), and how far off that may be."""

    lat: Annotated[Degrees, Field(ge=-90, le=90)]
    lon: Annotated[Degrees, Field(ge=-180, le=180)]
    accuracy_m: Annotated[Degrees, Field(ge=0, le=100_000)]


class ReviewContent(Schema):
    """What was asked and answered at a household, whichever round it is for."""

    form: FormRef
    surveyed_on: TextPastDay
    respondent: Line120 | None = None
    paper_no: Line20 | None = None
    answers: Annotated[dict[Label, Answer], Field(max_length=300)]
    b1_entered: Annotated[
        Points | None, Field(description="Of the signed paper, where no verified points table is in force.")
    ] = None
    causes: list[Code] = Field(default_factory=list, max_length=100)
    needs: list[Code] = Field(default_factory=list, max_length=100)
    device_result: DeviceResult | None = None
    attachments: list[AttachmentIn] = Field(default_factory=list, max_length=50)
    position: Annotated[Position | None, Field(description="Only in a round whose `evidence` asks for it.")] = None


class ReviewFields(ReviewContent):
    """A new review: the `data` of a submission that creates one."""

    household_id: UUID
    round_id: UUID


class ReviewCreate(ReviewFields):
    """A review as the web sends it: typed back from paper. `replaces` puts it in the place of the one in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID | None = None
    replaces: bool = False
    reason: Reason | None = None


class Override(Schema):
    """Another class than the rules propose, by a person, with the reason."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"poverty_class": "poor", "reason": "Thu nhập kê khai thấp hơn thực tế"}]}
    )

    poverty_class: PovertyClass
    reason: Reason


class Difference(Schema):
    """One field of the result in which tablet and server differ."""

    field: str
    device: Any
    server: Any


class Warned(Schema):
    """What cannot well be true together, or is missing: kept and pointed out, never refused."""

    code: str
    member_id: str | None
    vi: str
    en: str


class Result(Schema):
    """The server's own result: a proposal, never a class (QĐ 24/2021). `training`: without any legal effect.

    null points and class: not to be told from what is known; `undetermined` names the indicators.
    """

    b1: int | None
    b2: int | None
    proposed_class: PovertyClass | None
    deprivations: list[str]
    undetermined: list[str]
    standard: StandardRef
    differs_from_device: bool
    differences: list[Difference]
    warnings: list[Warned]
    training: bool


class OverrideOut(Schema):
    poverty_class: PovertyClass
    reason: str | None
    by: str | None
    at: datetime


class ReviewOut(Schema):
    id: UUID
    version: Version
    household_id: UUID
    round_id: UUID
    hamlet_id: AreaId
    kind: ReviewKind
    in_force: bool
    form: FormRef
    surveyed_on: date
    surveyor: str | None
    respondent: str | None
    paper_no: str | None
    answers: dict[str, Any] | None
    members: list[dict[str, Any]] | None
    b1_entered: int | None
    causes: list[str] | None
    needs: list[str] | None
    device_result: dict[str, Any] | None
    position: Position | None
    attachments: list[AttachmentOut]
    attachments_declared: int
    attachments_present: int
    result: Result
    override: OverrideOut | None
    withheld: list[str]
    created_at: datetime
    updated_at: datetime


class LineOut(Schema):
    """One line: what was asked, what was answered, what it gives, and where the law says so."""

    code: str
    label: dict[Literal["vi", "en"], str]
    answer: dict[Literal["vi", "en"], str] | None
    points: int | None
    deprived: bool | None
    member_ids: list[str] | None
    document: str
    article: str | None
    verified: bool


class ExplanationOut(Schema):
    """How the result comes about: the points of the lines add up to `b1` and `b2`."""

    review_id: UUID
    standard: StandardRef
    training: bool
    label: dict[Literal["vi", "en"], str]
    b1: int | None
    b1_lines: list[LineOut]
    b2: int | None
    b2_lines: list[LineOut]
    undetermined: list[str]
    proposed_class: PovertyClass | None
    reason: dict[Literal["vi", "en"], str]
    override: OverrideOut | None
    warnings: list[Warned]
    withheld: list[str]


class Rescored(Schema):
    """A household whose result would be another one, and in what."""

    review_id: UUID
    household_id: UUID
    class_now: PovertyClass | None
    class_then: PovertyClass | None
    b1_now: int | None
    b1_then: int | None
    b2_now: int | None
    b2_then: int | None
    reason: dict[Literal["vi", "en"], str]


class RescoringOut(Schema):
    """Nothing is written: what the reviews in force of a round would come to under a standard. `training`: under one
    whose points are illustrative."""

    round_id: UUID
    standard: StandardRef
    training: bool
    reviews: int
    changed: int
    changes: list[Rescored]


def parsed(data: Any) -> dict[str, Any] | Problem:
    """The fields of a submission as JSON, or what is wrong with them and where."""
    try:
        read = ReviewFields.model_validate(data)
    except ValidationError as error:
        return Invalid(errors=field_errors.told(error))
    return read.model_dump(mode="json")


def same_content(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Equal as JSON: 45 and 45.0 are one answer."""
    return bool(json.loads(json.dumps(one)) == json.loads(json.dumps(other)))
