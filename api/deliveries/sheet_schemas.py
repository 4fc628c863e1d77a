"""Signing sheets on the wire: who is to sign for what in a hamlet, and what became of each line."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.deliveries.schemas import MOST_AT_ONCE, Quantity
from api.deliveries.tables import PaidBy, SheetLineState, SheetState, SupportForm
from api.households.schemas import TextDay, TextPastDay
from api.schema import AreaId, Label, Line20, Line60, Note, Schema, Version, VndOrNothing

_LINE: dict[str, Any] = {"household_id": "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d", "amount_vnd": 175_000}
_SHEET: dict[str, Any] = {
    "intervention_id": "0193a5c2-7d10-7b3e-8f40-2a1b3c4d5e6f",
    "hamlet_id": "69a2a8ea-a202-51f9-96ac-479bed1b93ab",
    "title": "Hỗ trợ tiền điện hộ nghèo",
    "period": "Quý IV/2024",
    "hand_out_on": "2024-11-20",
    "form": "cash",
    "paid_by": "hand",
    "lines": [_LINE],
}
_TICK: dict[str, Any] = {
    "line_id": "0193a5c2-7d10-7b3e-8f40-2a1b3c4d5e70",
    "state": "delivered",
    "delivered_on": "2024-11-20",
    "received_by": "Nguyễn Văn An",
}


class SheetLineIn(Schema):
    """Who is to receive what: a household, or one of its people."""

    household_id: UUID
    member_id: UUID | None = None
    amount_vnd: VndOrNothing | None = None
    quantity: Quantity | None = None
    unit: Line20 | None = None


class SheetIn(Schema):
    """A signing sheet of a hamlet for an intervention. People stand on it in the order sent, each once."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SHEET]})

    id: UUID | None = None
    intervention_id: UUID
    hamlet_id: AreaId
    title: Label
    period: Annotated[Line60 | None, Field(description="The period it pays for, as people say it.")] = None
    hand_out_on: TextDay
    form: SupportForm
    paid_by: PaidBy | None = None
    lines: Annotated[list[SheetLineIn], Field(min_length=1, max_length=MOST_AT_ONCE)]


class TickIn(Schema):
    """What became of a line. `delivered` and `refused` record a delivery; by default on the sheet's day (today, where
    that is still to come), received by whoever stands on the line."""

    line_id: UUID
    state: Literal["delivered", "refused", "absent"]
    delivered_on: TextPastDay | None = None
    received_by: Label | None = None
    note: Note | None = None


class TicksIn(Schema):
    """Lines of a signed sheet, ticked back: all of them are stored, or none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ticks": [_TICK]}]})

    ticks: Annotated[list[TickIn], Field(min_length=1, max_length=MOST_AT_ONCE)]


class SheetLineOut(Schema):
    """A line as its reader may see it, under the household of today. `delivery_id`: what ticked it last."""

    id: UUID
    version: Version
    position: int
    household_id: UUID
    household_no: str | None
    head_name: str | None
    member_id: UUID | None
    member_name: str | None
    amount_vnd: int | None
    quantity: float | None
    unit: str | None
    state: SheetLineState
    delivery_id: UUID | None
    delivered_on: date | None
    received_by: str | None
    note: str | None
    withheld: list[str]


class SheetOut(Schema):
    """A signing sheet with its sums. `by_state`: how many lines are in which state; `delivered_vnd`: of the lines
    delivered. Every change of a line raises `version`."""

    id: UUID
    version: Version
    intervention_id: UUID
    hamlet_id: AreaId
    title: str
    period: str | None
    hand_out_on: date
    form: SupportForm
    paid_by: PaidBy | None
    state: SheetState
    prepared_by: str | None
    closed_on: date | None
    by_state: dict[str, int]
    total_vnd: int
    delivered_vnd: int
    created_at: datetime
    updated_at: datetime


class WholeSheetOut(SheetOut):
    """A signing sheet with its lines, in their order; only those of households in the reader's areas today."""

    lines: list[SheetLineOut]
