"""Money on the wire: lines of the budget, commitments, movements. Every amount is a whole number of VND."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.budgets.tables import CommitmentState, MovementKind
from api.plans.item_schemas import Code, Sum, Title
from api.plans.tables import MoneyLevel, MoneySource
from api.schema import AreaId, FilledNote, Line60, PastDay, Schema, Version, Vnd, Year

DocumentNo = Annotated[Line60, Field(min_length=1)]

_LINE: dict[str, Any] = {
    "area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
    "year": 2024,
    "source": "state_budget",
    "level": "central",
    "component": "livelihood",
    "title": "Vốn sự nghiệp DA2 năm 2024",
}
_ALLOCATION: dict[str, Any] = {"amount_vnd": 120_000_000, "booked_on": "2024-04-10", "document_no": "45/QĐ-UBND"}
_COMMITMENT: dict[str, Any] = {
    "budget_line_id": "7e2f1a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b",
    "purpose": "Hợp đồng mua 10 con bò cái sinh sản",
    "document_no": "07/HĐ",
    "amount_vnd": 90_000_000,
}
_PAYMENT: dict[str, Any] = {"amount_vnd": 60_000_000, "booked_on": "2024-06-12", "document_no": "UNC 18"}
_REVERSAL: dict[str, Any] = {
    "amount_vnd": 5_000_000,
    "booked_on": "2024-06-20",
    "reason": "Nhà cung cấp trả lại tiền một con bò không đạt",
}
_CLOSING: dict[str, Any] = {"closed_on": "2025-01-31", "rest": "given_back", "document_no": "12/BB-QT"}


class LineIn(Schema):
    """Money of one source in a year. For an item of the plan: in its area and year, for its component."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LINE]})

    id: UUID | None = None
    area_id: AreaId
    year: Year
    source: MoneySource
    level: MoneyLevel = MoneyLevel.none
    component: Code | None = None
    plan_item_id: UUID | None = None
    title: Title


class AllocationIn(Schema):
    """Money that was allocated to a line: by which paper, on which day."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ALLOCATION]})

    id: UUID | None = None
    amount_vnd: Vnd
    booked_on: PastDay
    document_no: DocumentNo


class CommitmentIn(Schema):
    """Money to be bound for a purpose: a contract, a round of payments. It is bound once the chair approves."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COMMITMENT]})

    id: UUID | None = None
    budget_line_id: UUID
    intervention_id: UUID | None = None
    organisation_id: Annotated[UUID | None, Field(description="With whom: the supplier, the leading organisation.")] = (
        None
    )
    purpose: Title
    document_no: Line60 | None = None
    amount_vnd: Vnd


class CommitmentApprovalIn(Schema):
    """The chair's approval; the money is bound on this day."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decided_on": "2024-05-06"}]})

    decided_on: PastDay


class CommitmentRefusalIn(Schema):
    """Why the chair does not approve."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decided_on": "2024-05-06", "reason": "Thiếu báo giá"}]})

    decided_on: PastDay
    reason: FilledNote


class PaymentIn(Schema):
    """A payment out of a commitment, or its settlement: by which voucher, on which day."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PAYMENT]})

    id: UUID | None = None
    amount_vnd: Vnd
    booked_on: PastDay
    document_no: Line60 | None = None


class ReversalIn(Schema):
    """Takes back a movement, whole (without `amount_vnd`: what is left of it) or in part."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REVERSAL]})

    id: UUID | None = None
    amount_vnd: Vnd | None = None
    booked_on: PastDay
    document_no: Line60 | None = None
    reason: FilledNote


class ClosingIn(Schema):
    """The end of a line's year. `rest`: what becomes of the money that nobody committed; needed where some is left."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CLOSING]})

    closed_on: PastDay
    rest: Literal["given_back", "carried_over"] | None = None
    to_line_id: Annotated[UUID | None, Field(description="The line of the next year; only with `carried_over`.")] = None
    document_no: Line60 | None = None


class LineOut(Schema):
    """`remaining_vnd`: approved and not committed. A closed line says what was left (`rest_vnd`) and, where it was
    carried over, to which line."""

    id: UUID
    version: Version
    area_id: AreaId
    year: int
    source: MoneySource
    level: MoneyLevel
    component: str | None
    plan_item_id: UUID | None
    title: str
    approved_vnd: Sum
    committed_vnd: Sum
    disbursed_vnd: Sum
    settled_vnd: Sum
    remaining_vnd: Sum
    closed_on: date | None
    rest_vnd: int | None
    carried_to_id: UUID | None
    recorded_by: UUID | None
    created_at: datetime
    updated_at: datetime


class CommitmentOut(Schema):
    """`amount_vnd` was asked for; `committed_vnd` is bound (0 until it is approved)."""

    id: UUID
    version: Version
    budget_line_id: UUID
    intervention_id: UUID | None
    organisation_id: UUID | None
    purpose: str
    document_no: str | None
    amount_vnd: Sum
    state: CommitmentState
    prepared_by: UUID | None
    decided_by: UUID | None
    decided_on: date | None
    decision_reason: str | None
    committed_vnd: Sum
    disbursed_vnd: Sum
    settled_vnd: Sum
    created_at: datetime
    updated_at: datetime


class MovementOut(Schema):
    """One line of the journal. A reversal has a negative amount; `reversed_vnd`: how much of it was taken back."""

    id: UUID
    budget_line_id: UUID
    commitment_id: UUID | None
    kind: MovementKind
    amount_vnd: Sum
    reverses_id: UUID | None
    reversed_vnd: Sum
    booked_on: date
    document_no: str | None
    reason: str | None
    recorded_by: UUID | None
    recorded_at: datetime


class Booking(Schema):
    """What was booked, and the sums as they are now."""

    movement: MovementOut
    line: LineOut
    commitment: CommitmentOut | None


class Sums(Schema):
    """`planned_vnd`: of approved items; `draft_vnd`: of drafts; the others from the journal.
    `remaining_vnd`: approved and not committed."""

    planned_vnd: Sum
    draft_vnd: Sum
    approved_vnd: Sum
    committed_vnd: Sum
    disbursed_vnd: Sum
    settled_vnd: Sum
    remaining_vnd: Sum


class ComponentSums(Sums):
    component: str | None


class SourceSums(Sums):
    source: MoneySource
    level: MoneyLevel


class HamletSums(Sums):
    hamlet_id: UUID | None


class BudgetRow(Sums):
    """The finest sums: of a component, a source and a hamlet (null: the commune as a whole)."""

    component: str | None
    source: MoneySource
    level: MoneyLevel
    hamlet_id: UUID | None


class BudgetOut(Schema):
    """A year's money of an area. Every list adds up to `total`; `rows` is what they are made of."""

    area_id: AreaId
    year: int
    total: Sums
    by_component: list[ComponentSums]
    by_source: list[SourceSums]
    by_hamlet: list[HamletSums]
    rows: list[BudgetRow]
