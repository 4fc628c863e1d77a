"""Loans and lists 03/TD on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.credit.tables import LoanListState, LoanState
from api.households.schemas import TextPastDay
from api.schema import AreaId, Count, FilledNote, Label, Line60, Line120, Schema, Version, Vnd, VndOrNothing
from api.standards.tables import PovertyClass

_HOUSEHOLD, _MEMBER = "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d", "8a7b6c5d-4e3f-7c11-9d3e-018e4f4c5b2a"
_LOAN: dict[str, Any] = {
    "household_id": _HOUSEHOLD,
    "policy": "credit_poor",
    "purpose": "Mua bò sinh sản",
    "amount_vnd": 50_000_000,
    "lent_on": "2024-05-10",
    "term_months": 36,
    "contract_no": "6600000012345",
}
_LINE: dict[str, Any] = {
    "household_id": _HOUSEHOLD,
    "member_id": _MEMBER,
    "policy": "credit_poor",
    "purpose": "Mua bò sinh sản",
    "amount_vnd": 50_000_000,
    "term_months": 36,
}
_LIST: dict[str, Any] = {
    "hamlet_id": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11",
    "group_name": "Tổ tiết kiệm và vay vốn xóm 3",
    "drawn_up_on": "2024-05-06",
    "lines": [_LINE],
}

Months = Annotated[int, Field(strict=True, ge=1, le=600)]
PolicyCode = Annotated[Line60, Field(description="A policy of credit of the catalogue (`field`: `credit`).")]


class LoanIn(Schema):
    """A loan as the bank paid it out. `outstanding_vnd` without a value: all of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LOAN]})

    id: UUID | None = None
    household_id: UUID
    member_id: Annotated[UUID | None, Field(description="Who signed for the household.")] = None
    policy: PolicyCode
    purpose: Label
    amount_vnd: Vnd
    outstanding_vnd: Vnd | None = None
    lent_on: TextPastDay
    term_months: Months
    contract_no: Annotated[Line60 | None, Field(min_length=1)] = None


class LoanPatch(Schema):
    """What the bank has to say anew; what is not named, or null, stays. A repaid loan owes nothing."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"state": "overdue", "state_since": "2024-06-11"}, {"outstanding_vnd": 0}]}
    )

    state: LoanState | None = None
    state_since: TextPastDay | None = None
    outstanding_vnd: VndOrNothing | None = None
    term_months: Months | None = None
    purpose: Label | None = None
    contract_no: Annotated[Line60 | None, Field(min_length=1)] = None


class LoanOut(Schema):
    """Without `credit:amounts` only that the loan exists is shown: policy, state, day; the rest is null and named in
    `withheld`."""

    id: UUID
    version: Version
    household_id: UUID
    hamlet_id: AreaId
    head_name: str | None
    policy: str
    state: LoanState
    lent_on: date
    state_since: date | None
    member_id: UUID | None
    purpose: str | None
    amount_vnd: int | None
    outstanding_vnd: int | None
    term_months: int | None
    contract_no: str | None
    withheld: list[str]


class LoanLineIn(Schema):
    """Who of a household wants to borrow, by which policy, for what."""

    household_id: UUID
    member_id: UUID
    policy: PolicyCode
    purpose: Label
    amount_vnd: Vnd
    term_months: Months


class LoanListIn(Schema):
    """A list 03/TD as the savings and credit group of a hamlet drew it up."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LIST]})

    id: UUID | None = None
    hamlet_id: AreaId
    group_name: Label
    drawn_up_on: TextPastDay
    lines: Annotated[list[LoanLineIn], Field(min_length=1, max_length=200)]


class ConfirmationIn(Schema):
    """The commune's confirmation: number and day of the paper."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": "27/XN-UBND", "confirmed_on": "2024-05-08"}]})

    number: Label
    confirmed_on: TextPastDay


class RemovalIn(Schema):
    """Why a line is taken off."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Hộ xin rút, chưa có nhu cầu"}]})

    reason: FilledNote


class LoanLineOut(Schema):
    """A line with the class of its household on the day of the list and what speaks against it (`loan_objection`).

    `limit_vnd`: the most the policy lends, as far as known; where it is not verified it objects to nothing.
    """

    position: Count
    household_id: UUID
    household_no: str | None
    head_name: str | None
    member_id: UUID
    member_name: str
    policy: str
    purpose: str
    amount_vnd: int
    term_months: int
    poverty_class: PovertyClass | None
    newly_escaped: bool
    objection: str | None
    limit_vnd: int | None
    limit_verified: bool | None
    taken_off: str | None


class LoanListBrief(Schema):
    """A list with the lines that still stand on it: how many, over how much."""

    id: UUID
    version: Version
    hamlet_id: AreaId
    group_name: str
    drawn_up_on: date
    state: LoanListState
    number: Line120 | None
    confirmed_on: date | None
    line_count: Count
    amount_vnd: int
    created_at: datetime
    updated_at: datetime


class LoanListOut(LoanListBrief):
    lines: list[LoanLineOut]
