"""Requests and rounds on the wire (records.md)."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.households.schemas import TextPastDay
from api.reviews.tables import Evidence, RequestKind, RoundKind, RoundStage, RoundState, UpperLevel
from api.schema import AreaId, Note, Schema, Version

_EXAMPLE: dict[str, Any] = {
    "household_id": "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d",
    "kind": "review",
    "received_on": "2024-03-18",
    "reason": "Chủ hộ ốm nặng, không còn lao động chính",
}
# Only "was it sent?" matters: a field that was not sent stays as it is, and null is judged like any other value.
_NOT_SENT: Any = None


class RequestFields(Schema):
    """What a new request says: the `data` of a submission that creates one."""

    household_id: Annotated[UUID | None, Field(description="null: a household that is not registered yet.")] = None
    hamlet_id: Annotated[
        UUID | None,
        Field(
            description="Only for a household not registered yet, and only by somebody with several hamlets: where "
            "the paper was handed in. Otherwise the hamlet of the household, or the caller's only one."
        ),
    ] = None
    kind: RequestKind
    received_on: TextPastDay
    reason: Note | None = None


class RequestCreate(RequestFields):
    """A request as the web sends it; `id` may be made by the client, so that sending twice creates once."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: UUID | None = None


class RequestChange(Schema):
    """The changed fields of a request."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Gia đình bổ sung giấy ra viện"}]})

    household_id: UUID | None = None
    kind: RequestKind = _NOT_SENT
    received_on: TextPastDay = _NOT_SENT
    reason: Note | None = None


class RequestOut(Schema):
    """`refused_on`, `refusal_number`: the signed letter that refuses it; Phiếu A stands then, and no list takes it."""

    id: UUID
    version: Version
    household_id: UUID | None
    hamlet_id: AreaId
    kind: RequestKind
    received_on: date
    reason: str | None
    refused_on: date | None
    refusal_number: str | None
    withheld: list[str]
    created_at: datetime
    updated_at: datetime


class RoundOut(Schema):
    id: UUID
    version: Version
    area_id: AreaId
    kind: RoundKind
    year: int
    standard_code: str
    standard_version: int
    procedure_code: str
    procedure_version: int
    upper_level: UpperLevel
    opens_on: date
    closes_on: date
    stage: RoundStage
    state: RoundState
    overdue_reason: str | None
    evidence: list[Evidence]
    approved_at: datetime | None
    created_at: datetime
    updated_at: datetime
