"""The third path on the wire: cases, income sheets, postings, complaints, recognitions (QĐ 24/2021, Điều 6)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.households.schemas import TextPastDay
from api.recognitions.schemas import DecisionBrief
from api.recognitions.tables import LivingStandardKind, LivingStandardStage
from api.schema import AreaId, Label, Line60, Line120, Note, Schema, Version

_HOUSEHOLD = "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d"
_CASE: dict[str, Any] = {
    "request_id": "018e4f4c-5b2a-7c11-9d3e-8a7b6c5d4e3f",
    "household_id": _HOUSEHOLD,
    "kind": "agri_average_living_standard",
}
_INCOME: dict[str, Any] = {
    "income_per_head_vnd": 1_950_000,
    "works_in_agriculture": True,
    "worksheet": {"lua": 42_000_000, "chan_nuoi": 28_000_000},
    "measured_on": "2024-10-16",
}
_COMPLAINT: dict[str, Any] = {
    "complainant": "Một người dân trong xóm",
    "received_on": "2024-10-21",
    "content": "Hộ có thêm thu nhập từ cửa hàng",
}


class LivingStandardReason(StrEnum):
    """Why the income sheet does not (yet) lead to a recognition of the third path."""

    not_measured = "not_measured"
    bounds_unknown = "bounds_unknown"
    household_is_poor = "household_is_poor"
    agriculture_unknown = "agriculture_unknown"
    not_in_agriculture = "not_in_agriculture"
    income_not_above_line = "income_not_above_line"
    income_above_bound = "income_above_bound"


class CaseIn(Schema):
    """A household, or one of its workers, that asks for a recognition of the third path."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CASE]})

    id: UUID | None = None
    request_id: Annotated[UUID, Field(description="The request (Mẫu 01) it rests on.")]
    household_id: UUID
    member_id: Annotated[UUID | None, Field(description="The worker; only with `low_income_worker`.")] = None
    kind: LivingStandardKind


class IncomeIn(Schema):
    """The income sheet: 12 months before, without the social allowances paid by the state (Điều 2)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_INCOME]})

    income_per_head_vnd: Annotated[int, Field(ge=0, le=1_000_000_000, description="VND per person and month.")]
    works_in_agriculture: bool | None = None
    worksheet: Annotated[
        dict[Line60, int | Line120],
        Field(max_length=100, description="The lines of the paper; its form is not known here, so the keys are free."),
    ] = {}  # noqa: RUF012  # pydantic copies it
    measured_on: TextPastDay


class CasePostingIn(Schema):
    """The posting at the commune office. Its last day is counted by the procedure of that day."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"posted_on": "2024-10-17"}]})

    posted_on: TextPastDay
    announced: bool = False


class CaseComplaintIn(Schema):
    """A complaint that came in while the case was posted."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COMPLAINT]})

    complainant: Label
    received_on: TextPastDay
    content: Note


class ComplainedOut(Schema):
    """Where the case stands now. Its income sheet is not for everybody who registers complaints."""

    id: UUID
    version: Version
    stage: LivingStandardStage


class ReMeasuredIn(IncomeIn):
    """What the re-verification found: the income sheet once more, by somebody else, and in words."""

    model_config = ConfigDict(json_schema_extra={"examples": [_INCOME | {"finding": "Cửa hàng là của người khác"}]})

    finding: Note


class CaseOut(Schema):
    """`qualifies`: what the sheet says against the bounds in force, null while a fact is missing; never a status."""

    id: UUID
    version: Version
    request_id: UUID | None
    household_id: UUID
    hamlet_id: AreaId
    member_id: UUID | None
    kind: LivingStandardKind
    stage: LivingStandardStage
    opened_on: date
    income_per_head_vnd: int | None
    works_in_agriculture: bool | None
    worksheet: dict[str, Any]
    measured_on: date | None
    posted_until: date | None
    decision_id: UUID | None
    qualifies: bool | None
    reasons: list[LivingStandardReason]
    income_above_vnd: int | None
    income_up_to_vnd: int | None
    bounds_source: str | None
    bounds_verified: bool | None
    created_at: datetime
    updated_at: datetime


class LivingStandardOut(Schema):
    """A recognition of the third path from `from_day` to `to_day` (the last day; null while in force)."""

    id: UUID
    household_id: UUID
    hamlet_id: AreaId
    member_id: UUID | None
    kind: LivingStandardKind
    from_day: date
    to_day: date | None
    decision: DecisionBrief
