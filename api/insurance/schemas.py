"""The monthly lists of health insurance on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from api.households.schemas import TextDay, TextPastDay
from api.households.tables import Sex
from api.insurance.rules import Starts
from api.insurance.tables import InsuranceChange, InsuranceListState, InsuranceReason
from api.schema import AreaId, Count, FilledNote, Label, Line20, Line60, Schema, Version
from api.standards.definition import Confidence

_MEMBER = "8a7b6c5d-4e3f-7c11-9d3e-018e4f4c5b2a"
_ADDED: dict[str, Any] = {
    "member_id": _MEMBER,
    "change": "increase",
    "reason": "moved_in",
    "policy": "health_insurance_poor",
    "valid_from": "2024-06-01",
}
_ERROR: dict[str, Any] = {"position": 1, "code": "E03", "text": "Sai số định danh cá nhân"}
Position = Annotated[int, Field(ge=1, le=1_000_000)]


def _first_of_month(value: date) -> date:
    if value.day != 1:
        raise PydanticCustomError("not_first_of_month", "is not the first day of a month")
    return value


Month = Annotated[TextDay, AfterValidator(_first_of_month), Field(description="The first day of the month.")]
Short = Annotated[Line60, Field(min_length=1)]


class InsuranceListIn(Schema):
    """The commune and the month whose list is drawn up."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22", "month": "2024-06-01"}]}
    )

    id: UUID | None = None
    area_id: AreaId
    month: Month


class InsuranceLineIn(Schema):
    """A line that the list did not find by itself. `policy`: of an increase; a decrease ends what the person has."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ADDED]})

    member_id: UUID
    change: InsuranceChange
    reason: InsuranceReason
    policy: Short | None = None
    group_code: Annotated[Line20 | None, Field(min_length=1)] = None
    valid_from: TextDay


class InsuranceLinePatch(Schema):
    """What the officer knows better; what is not named, or null, stays. Once the list is sent only the card number."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"valid_from": "2024-06-01"}, {"card_no": "HN4360012345"}]}
    )

    valid_from: TextDay | None = None
    group_code: Annotated[Line20 | None, Field(min_length=1)] = None
    card_no: Annotated[Line20 | None, Field(min_length=1)] = None


class TakenOffIn(Schema):
    """Why a line is taken off the draft."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Đã có thẻ theo nhóm khác"}]})

    reason: FilledNote


class SendingIn(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"sent_on": "2024-06-03"}]})

    sent_on: TextPastDay


class ReturnedLineIn(Schema):
    """An error of the insurer: the line, its code, what is wrong, and the card it speaks of."""

    position: Position
    code: Annotated[Line20 | None, Field(min_length=1)] = None
    text: Label
    card_no: Annotated[Line20 | None, Field(min_length=1)] = None


class ReturnIn(Schema):
    """The list came back with errors. Lines that are not named were taken."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"returned_on": "2024-06-10", "errors": [_ERROR]}]})

    returned_on: TextPastDay
    errors: Annotated[list[ReturnedLineIn], Field(min_length=1, max_length=10_000)]


class ResolutionIn(Schema):
    """What was done about an error. The change is told once more on the next list."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"resolved_on": "2024-06-12", "resolution": "Đã sửa số định danh theo CCCD"}]}
    )

    resolved_on: TextPastDay
    resolution: FilledNote


class CitedGroup(Schema):
    """A group of the insurer, and how sure its code is."""

    code: str
    policy: str | None
    label_vi: str
    label_en: str
    document: str
    confidence: Confidence
    verified: bool


class CitedStart(Schema):
    """From which day changes of a reason count: `event`, `month` or `next_month`."""

    reason: InsuranceReason
    starts: Starts
    document: str
    confidence: Confidence
    verified: bool
    note: str | None


class InsuranceListBrief(Schema):
    """A list with its lines counted: those that stand, those taken off, errors, errors that wait for a person."""

    id: UUID
    version: Version
    area_id: AreaId
    month: date
    number: int
    as_of: date
    state: InsuranceListState
    sent_on: date | None
    returned_on: date | None
    line_count: Count
    taken_off_count: Count
    error_count: Count
    open_error_count: Count
    created_at: datetime
    updated_at: datetime


class InsuranceListOut(InsuranceListBrief):
    """`on_after = on_before + increases - decreases`: persons insured through the commune, as the insurer was told."""

    on_before: Count
    increases: Count
    decreases: Count
    on_after: Count
    groups: list[CitedGroup]
    insured_elsewhere: list[CitedGroup]
    valid_from_rules: list[CitedStart]


class InsuranceLineOut(Schema):
    """A person's change. `personal_id` is masked without `persons:id_full` where the household lives today."""

    position: Position
    change: InsuranceChange
    reason: InsuranceReason
    household_id: UUID
    head_name: str | None
    hamlet: str | None
    member_id: UUID
    member_name: str
    birth_date: date | None
    birth_year: int | None
    sex: Sex
    personal_id: str | None
    policy: str
    group_code: str | None
    valid_from: date
    card_no: str | None
    error_code: str | None
    error_text: str | None
    resolved_on: date | None
    resolution: str | None
    taken_off: str | None
