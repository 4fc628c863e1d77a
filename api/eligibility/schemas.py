"""Entitlements on the wire: what somebody appears entitled to, why, by which article, and what is still open."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.eligibility.judging import EntitlementState
from api.schema import AreaId, Count, Day, Label, Line60, Schema, Words

_COMMUNE = "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22"
_ORDER: dict[str, Any] = {
    "area_id": _COMMUNE,
    "valid_from": "2024-04-02",
    "codes": ["merit_member", "children"],
    "decided_by": "Họp UBND xã ngày 28/3/2024",
}


class Reason(Schema):
    """A ground on which it rests. `certain` false: something about it is still to be checked by a person."""

    code: str
    reason: Words
    document: str
    article: str | None
    verified: bool
    certain: bool


class Group(Schema):
    """A priority group that holds: a visible reason. `place` only where the commune has set an order."""

    code: str
    label: Words
    document: str
    article: str | None
    place: int | None


class Served(Schema):
    """By what somebody counts as served: a delivery, a loan under way, or what the register says (`facts`)."""

    by: Literal["delivery", "loan", "facts"]
    id: UUID | None
    on: date | None


class EntitlementOut(Schema):
    """`eligible`: appears eligible, to be confirmed by the responsible agency; null: not known, see `to_check`.

    `withheld`: what was left out because this reader may not see what it rests on.
    """

    policy: str
    member_id: UUID | None
    full_name: str | None
    state: EntitlementState
    eligible: bool | None
    reasons: list[Reason]
    excluded: Words | None
    to_check: list[Words]
    priorities: list[Group]
    served: Served | None
    withheld: list[str]


class AmountOut(Schema):
    """A number of a policy on the day. `value` only where it was compared with the text; otherwise
    `unverified_value`, for orientation: never an amount due. `measure`: only `amount` is what somebody receives."""

    code: str
    label: Words
    measure: str
    unit: str
    value: int | None
    unverified_value: int | None
    said: Words | None
    document: str
    article: str | None
    valid_from: date | None
    valid_to: date | None


class PolicyBrief(Schema):
    """A policy in force on the day; the whole of it stands in the catalogue of policies."""

    code: str
    field: str
    component: str | None
    subject: Literal["household", "member"]
    label: Words
    benefit: Words
    responsible: Words
    document: str
    article: str | None
    verified: bool
    amounts: list[AmountOut]


class EntitlementsOut(Schema):
    """All that one household and its people come under on a day, with the policies named there."""

    household_id: UUID
    hamlet_id: AreaId
    as_of: date
    active: bool
    policies: list[PolicyBrief]
    entitlements: list[EntitlementOut]


class WorkItem(Schema):
    """A household of the work list. `place`: of its first priority group, where the commune has set an order."""

    household_id: UUID
    hamlet_id: AreaId
    household_no: str | None
    head_name: str | None
    place: int | None
    entitlements: list[EntitlementOut]


class Tally(Schema):
    """How many; `eligible` are those open and those served and known to be eligible."""

    eligible: Count
    open: Count
    served: Count
    unknown: Count
    excluded: Count
    withheld: Count


class PolicySummary(Schema):
    """One policy. `households`: with at least one such entitlement. `persons`: the people who have it themselves, or,
    under a household's policy, who live in these households."""

    policy: str
    label: Words
    subject: Literal["household", "member"]
    households: Tally
    persons: Tally


class SummaryOut(Schema):
    """Policy by policy, over the households of the register below an area on a day."""

    area_id: AreaId
    as_of: date
    households: Count
    persons: Count
    policies: list[PolicySummary]


class PriorityOrderIn(Schema):
    """The order in which a commune helps the priority groups from a day on. Without codes all are equal again."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ORDER]})

    id: UUID | None = None
    area_id: Annotated[UUID, Field(description="The commune.")]
    valid_from: Day
    codes: Annotated[list[Line60], Field(max_length=50, description="Codes of priority groups, the first one first.")]
    decided_by: Annotated[Label | None, Field(description="Who decided so, by which paper.")] = None


class PriorityOrderOut(Schema):
    """It holds from `valid_from` until the next one; of two for the same day the one recorded last holds."""

    id: UUID
    area_id: AreaId
    valid_from: date
    codes: list[str]
    decided_by: str | None
    created_at: datetime
