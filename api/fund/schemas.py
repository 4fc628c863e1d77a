"""The Fund for the poor on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.fund.tables import FundDirection
from api.schema import AreaId, FilledNote, Label, Line300, PastDay, Schema, Vnd

Purpose = Annotated[Line300, Field(min_length=1)]
_ENTRY: dict[str, Any] = {
    "direction": "income",
    "area_id": "9d0b1f4e-52a5-5a86-9b0b-7a7a4d0f1c22",
    "amount_vnd": 2000000,
    "booked_on": "2024-10-17",
    "giver": "Công ty may Trực Thái",
    "public_name": True,
    "purpose": "Ủng hộ Quỹ vì người nghèo",
    "document_no": "PT 012",
}


class EntryIn(Schema):
    """A gift (`income`), or money given on (`outlay`). `area_id`: the commune whose Fund it is, or the hamlet that
    collected it. `public_name`: the giver agrees to be named in the public account."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ENTRY]})

    id: UUID | None = None
    direction: FundDirection
    area_id: AreaId
    amount_vnd: Vnd
    booked_on: PastDay
    giver: Line300 | None = None
    public_name: bool = False
    organisation_id: UUID | None = None
    household_id: UUID | None = None
    intervention_id: UUID | None = None
    purpose: Purpose
    document_no: Label | None = None


class EntryReversal(Schema):
    """Takes an entry back, whole. What is right is entered anew."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "Ghi nhầm số tiền", "booked_on": "2024-10-18"}]}
    )

    id: UUID | None = None
    reason: FilledNote
    booked_on: PastDay


class EntryOut(Schema):
    """`amount_vnd` is negative for a reversal; `reversed_by_id` names what took this entry back."""

    id: UUID
    direction: FundDirection
    area_id: AreaId
    hamlet_id: AreaId | None
    amount_vnd: int
    booked_on: date
    giver: str | None
    public_name: bool
    organisation_id: UUID | None
    household_id: UUID | None
    intervention_id: UUID | None
    purpose: str
    document_no: str | None
    reverses_id: UUID | None
    reversed_by_id: UUID | None
    reason: str | None
    recorded_at: datetime


class Sums(Schema):
    """What came in and went out, reversals taken off. VND."""

    income_vnd: int
    outlay_vnd: int


class AccountOut(Sums):
    """The Fund of a commune: since it began, and of the year asked for with what it opened with."""

    area_id: AreaId
    balance_vnd: int
    year: int
    opening_vnd: int
    of_year: Sums
    closing_vnd: int


class PublicLine(Schema):
    """An entry as everybody may see it: no household, no person; a giver only who agreed to be named."""

    booked_on: date
    direction: FundDirection
    amount_vnd: int
    purpose: str
    giver: str | None


class PublicAccount(AccountOut):
    area_name: str
    lines: list[PublicLine]
    more: bool
