"""Items of the yearly plan on the wire: what is to be done, where, and from which money (the plan, sections IV, V)."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from api.plans.tables import ItemState, MoneyLevel, MoneySource
from api.schema import AreaId, FilledNote, Line60, Line300, Note, PastDay, Schema, Version, Vnd, Year

Sum = Annotated[int, Field(description="Whole VND.")]
Code = Annotated[Line60, Field(min_length=1)]
Title = Annotated[Line300, Field(min_length=1)]
# what the column keeps: two places behind the point
Quantity = Annotated[float, Field(ge=0, le=1_000_000_000), AfterValidator(lambda value: round(value, 2))]

_FUNDING: list[dict[str, Any]] = [
    {"source": "state_budget", "level": "central", "amount_vnd": 120_000_000},
    {"source": "mobilised", "level": "none", "amount_vnd": 30_000_000},
]
_ITEM: dict[str, Any] = {
    "area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
    "year": 2024,
    "component": "livelihood",
    "title": "Hỗ trợ bò cái sinh sản cho hộ nghèo, hộ cận nghèo",
    "quantity": 10,
    "unit": "con",
    "funding": _FUNDING,
}


class Funding(Schema):
    """How much of an item is planned from which source; `level` is `none` for all but the state's budget."""

    source: MoneySource
    level: MoneyLevel = MoneyLevel.none
    amount_vnd: Vnd


FundingList = Annotated[list[Funding], Field(max_length=20, description="One entry for a source and level.")]


class ItemIn(Schema):
    """A draft of an item: of the commune, or of one of its hamlets."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ITEM]})

    id: UUID | None = None
    area_id: AreaId
    year: Year
    plan_id: Annotated[UUID | None, Field(description="The published plan it belongs to, of the same year.")] = None
    component: Annotated[Code, Field(description="A component of the programme, such as `livelihood`.")]
    title: Title
    quantity: Quantity | None = None
    unit: Line60 | None = None
    note: Note | None = None
    funding: FundingList = []  # noqa: RUF012  # pydantic copies it


class ItemPatch(Schema):
    """What changes in a draft; what is left out stays. `funding` replaces the whole list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"quantity": 12}]})

    plan_id: UUID | None = None
    component: Code = "livelihood"
    title: Title = "-"
    quantity: Quantity | None = None
    unit: Line60 | None = None
    note: Note | None = None
    funding: FundingList = []  # noqa: RUF012  # as above


class ItemApprovalIn(Schema):
    """The approval of an item, by the paper that says so."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"approved_on": "2024-04-02", "document_no": "16/KH"}]})

    approved_on: PastDay
    document_no: Line60 | None = None


class ItemCancellationIn(Schema):
    """Why an item is not carried out."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cancelled_on": "2024-06-03", "reason": "Không còn hộ có nhu cầu"}]}
    )

    cancelled_on: PastDay
    reason: FilledNote


class ItemOut(Schema):
    """`planned_vnd`: the sum of `funding`. `prepared_by` and `changed_by` may not approve it."""

    id: UUID
    version: Version
    area_id: AreaId
    year: int
    plan_id: UUID | None
    component: str
    title: str
    quantity: float | None
    unit: str | None
    note: str | None
    state: ItemState
    funding: list[Funding]
    planned_vnd: Sum
    prepared_by: UUID | None
    approved_by: UUID | None
    approved_on: date | None
    document_no: str | None
    cancelled_by: UUID | None
    cancelled_on: date | None
    cancel_reason: str | None
    created_at: datetime
    updated_at: datetime
