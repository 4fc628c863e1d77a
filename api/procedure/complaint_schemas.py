"""Complaints on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.procedure.tables import ComplaintOutcome, ComplaintState
from api.reviews.review_schemas import ReviewContent
from api.schema import AreaId, Note, PastDay, PersonName, Schema, Version

Words = Annotated[Note, Field(min_length=1)]

_EXAMPLE: dict[str, Any] = {
    "id": "4c3b2a19-0f8e-4d7c-9b6a-5f4e3d2c1b0a",
    "posting_id": "2b6c1f0a-9d4e-4c3b-8a2f-1e0d9c8b7a6f",
    "household_id": "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d",
    "complainant": "Lê Văn Bình",
    "received_on": "2024-10-15",
    "content": "Hộ này có hai xe máy và con đi làm xa gửi tiền về.",
}


class ComplaintCreate(Schema):
    """What somebody says about a posted household."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: UUID | None = None
    posting_id: UUID
    household_id: UUID
    complainant: PersonName
    received_on: PastDay
    content: Words


class ReVerificationReview(ReviewContent):
    """A review like that of a survey; `id` may be made by the client."""

    id: UUID | None = None


class ReVerification(Schema):
    """What the check at the household found (phúc tra). Without a review the class stays as it was posted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"re_verified_on": "2024-10-18", "finding": "Xe máy là của con đã tách hộ."}]}
    )

    re_verified_on: PastDay
    finding: Words
    review: ReVerificationReview | None = None


class ComplaintDecision(Schema):
    """The chair's conclusion. `upheld`: the review of the re-verification counts; `dismissed`: the one before does."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"outcome": "dismissed", "reason": "Kết quả phúc tra không đổi.", "decided_on": "2024-10-21"},
            ]
        }
    )

    outcome: ComplaintOutcome
    reason: Words
    decided_on: PastDay


class Warned(Schema):
    vi: str
    en: str


class ComplaintOut(Schema):
    """A complaint. `holds`: it came inside its window and holds the household back. `due_on`: the last day of the
    re-verification. `warning`: why it does not hold. Words of people are withheld without households:read."""

    id: UUID
    version: Version
    round_id: UUID | None
    household_id: UUID
    hamlet_id: AreaId | None
    posting_id: UUID
    complainant: str | None
    received_on: date
    content: str | None
    holds: bool
    due_on: date
    due_on_approximate: bool
    state: ComplaintState
    re_verified_on: date | None
    review_id: UUID | None
    finding: str | None
    outcome: ComplaintOutcome | None
    decision_reason: str | None
    decided_on: date | None
    withheld: list[str]
    warning: Warned | None
    created_at: datetime
    updated_at: datetime
