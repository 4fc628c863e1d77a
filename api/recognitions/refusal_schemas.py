"""Refusals in writing, on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.households.schemas import TextPastDay
from api.schema import AreaId, Label, Note, Schema, Version

_REFUSAL: dict[str, Any] = {
    "request_id": "018e4f4c-5b2a-7c11-9d3e-8a7b6c5d4e3f",
    "reasons": "Tổng điểm B1 là 155, cao hơn 140: thu nhập trên chuẩn nghèo",
}
_SIGNATURE: dict[str, Any] = {"number": "31/TB-UBND", "signed_on": "2024-10-28", "signatory": "Chủ tịch UBND xã"}


class RefusalIn(Schema):
    """Which request is refused, and why, in words for the household."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REFUSAL]})

    request_id: UUID
    reasons: Annotated[Note, Field(min_length=1)]


class RefusalSignatureIn(Schema):
    """What the chair's signature adds."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SIGNATURE]})

    number: Label
    signed_on: TextPastDay
    signatory: Label


class RefusalOut(Schema):
    """The answer to a request; without `number` it waits for its signature."""

    request_id: UUID
    version: Version
    household_id: UUID | None
    hamlet_id: AreaId
    area_id: AreaId
    round_id: UUID | None
    reasons: str | None
    number: str | None
    signed_on: date | None
    signatory: str | None
    prepared_by: UUID | None
    signed_by: UUID | None
    withheld: list[str]
    created_at: datetime
    updated_at: datetime
