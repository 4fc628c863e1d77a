"""Deliveries on the wire (records.md): what a tablet sends, what an officer enters, and what is told of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from api import codes, field_errors
from api.attachments.schemas import AttachmentIn, AttachmentOut
from api.deliveries.tables import DeliveryOutcome, PaidBy, SupportForm
from api.households.schemas import TextPastDay
from api.problems import FieldError, Invalid, Problem
from api.schema import AreaId, FilledNote, Label, Line20, Line60, Note, Schema, Version, VndOrNothing

MOST_AT_ONCE = 500
# as many decimals as are stored: what is sent again must be what is there
Quantity = Annotated[
    float, Field(strict=True, ge=0, le=10**9, description="Up to 3 decimals."), AfterValidator(lambda q: round(q, 3))
]
HEADCOUNT = ("poor", "near_poor", "newly_escaped", "other")
_BY = ", ".join(f"`{code}`" for code in HEADCOUNT)
Heads = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
DeliveryState = Literal["delivered", "refused", "reversed"]

EXAMPLE: dict[str, Any] = {
    "intervention_id": "0193a5c2-7d10-7b3e-8f40-2a1b3c4d5e6f",
    "household_id": "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d",
    "delivered_on": "2024-11-20",
    "form": "cash",
    "amount_vnd": 175_000,
    "paid_by": "hand",
    "received_by": "Nguyễn Văn An",
}


class DeliveryFields(Schema):
    """The `data` of a submission that records a delivery: to a household, one of its people, an organisation, or a
    group of whom only the numbers by class are known (a school's meals)."""

    intervention_id: UUID
    household_id: UUID | None = None
    member_id: Annotated[UUID | None, Field(description="One of the household's people.")] = None
    organisation_id: UUID | None = None
    headcount: Annotated[
        dict[Label, Heads] | None, Field(min_length=1, max_length=len(HEADCOUNT), description=f"By class: {_BY}.")
    ] = None
    sheet_line_id: Annotated[
        UUID | None, Field(description="The line of a signing sheet; without it the one that is waited for is found.")
    ] = None
    form: SupportForm | None = None
    service: Annotated[Line60 | None, Field(description="A code of the list `service_kind`.")] = None
    delivered_on: TextPastDay
    quantity: Quantity | None = None
    unit: Line20 | None = None
    amount_vnd: VndOrNothing | None = None
    paid_by: PaidBy | None = None
    outcome: DeliveryOutcome = DeliveryOutcome.delivered
    received_by: Label
    note: Note | None = None
    attachments: list[AttachmentIn] = Field(default_factory=list, max_length=20)


class DeliveryIn(DeliveryFields):
    """A delivery as the web sends it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: UUID | None = None


class DeliveriesIn(Schema):
    """One delivery or many: all of them are stored, or none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"deliveries": [EXAMPLE]}]})

    deliveries: Annotated[list[DeliveryIn], Field(min_length=1, max_length=MOST_AT_ONCE)]


class ReversalIn(Schema):
    """Why a delivery is taken back: it was wrong, or what was given has come back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Ghi nhầm hộ"}]})

    reason: FilledNote


class DeliveryOut(Schema):
    """A delivery. `state` `reversed`: taken back, with its reason; it no longer counts."""

    id: UUID
    version: Version
    intervention_id: UUID
    household_id: UUID | None
    hamlet_id: AreaId | None
    member_id: UUID | None
    organisation_id: UUID | None
    headcount: dict[str, int] | None
    sheet_line_id: UUID | None
    form: SupportForm | None
    service: str | None
    delivered_on: date
    quantity: float | None
    unit: str | None
    amount_vnd: int | None
    paid_by: PaidBy | None
    outcome: DeliveryOutcome
    state: DeliveryState
    received_by: str
    note: str | None
    attachments: list[AttachmentOut]
    attachments_declared: int
    attachments_present: int
    recorded_by: str | None
    reversed_at: datetime | None
    reversal_reason: str | None
    withheld: list[str]
    created_at: datetime
    updated_at: datetime


class DeliveriesOut(Schema):
    """The deliveries in the order in which they were sent."""

    items: list[DeliveryOut]


CONTENT = tuple(name for name in DeliveryFields.model_fields if name != "sheet_line_id")


def parsed(data: Any) -> dict[str, Any] | Problem:
    """The fields of a submission as JSON, or what is wrong with them and where."""
    try:
        read = DeliveryFields.model_validate(data)
    except ValidationError as error:
        return Invalid(errors=field_errors.told(error))
    fields = read.model_dump(mode="json")
    wrong = tuple(_wrong(fields))
    return Invalid(errors=wrong) if wrong else fields


def _wrong(fields: Mapping[str, Any]) -> list[FieldError]:
    found = []
    if not (fields["household_id"] or fields["organisation_id"] or fields["headcount"]):
        vi = "Cần cho biết ai nhận: hộ, tổ chức, hoặc số người theo từng nhóm."
        en = "Say who received it: a household, an organisation, or numbers by class."
        found.append(FieldError("#/household_id", "missing", vi, en))
    if fields["member_id"] and not fields["household_id"]:
        vi, en = "Cần cho biết hộ của người này.", "Say to which household this person belongs."
        found.append(FieldError("#/household_id", "missing", vi, en))
    if fields["service"] is not None and not codes.known("service_kind", fields["service"]):
        vi, en = "Mã không có trong danh mục.", "Not a known code."
        found.append(FieldError("#/service", "unknown_code", vi, en))
    for code in fields["headcount"] or ():
        if code not in HEADCOUNT:
            vi, en = f"Chỉ có các nhóm: {_BY}.", f"The classes are {_BY}."
            found.append(FieldError(field_errors.pointer(("headcount", code), False), "unknown_code", vi, en))
    return found
