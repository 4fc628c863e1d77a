"""What goes over the wire about households (the fields of records.md); people stand in member_schemas.py."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticKnownError

from api.households.tables import (
    HouseholdStatus,
    Residence,
)
from api.schema import AreaId, Day, Line20, Line300, Note, PastDay, Schema, Version

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ClassCode = Literal["poor", "near_poor", "not_poor"]


def blank_is_none(value: Any) -> Any:
    # a cleared field of a form is sent as "", and two households without a number do not share the number ""
    return None if isinstance(value, str) and not value.strip() else value


def _day_text(value: Any) -> Any:
    # pydantic would read 0 and "0" as seconds since 1970
    if isinstance(value, str) and not _DAY.fullmatch(value.strip()):
        raise PydanticKnownError("date_parsing", {"error": "not YYYY-MM-DD"})
    if value is None or isinstance(value, str | date):
        return value
    raise PydanticKnownError("date_type")


Maybe = BeforeValidator(blank_is_none)
Flag = Annotated[bool, Field(strict=True)]
TextDay = Annotated[Day, BeforeValidator(_day_text)]
TextPastDay = Annotated[PastDay, BeforeValidator(_day_text)]
LEFT_OUT: Any = None  # the default of a patch: not sent. Sending null where no null may stand is refused.


class _HouseholdReadOnly(Schema):
    """Given by us. Accepted back only with the value it has."""

    status: HouseholdStatus = LEFT_OUT
    merged_into: UUID | None = None
    current_class: ClassCode | None = None
    class_since: TextDay | None = None
    newly_escaped_until: TextDay | None = None


class HouseholdIn(_HouseholdReadOnly):
    """A household as it comes to be known. Its members are records of their own."""

    hamlet_id: AreaId
    household_no: Annotated[Line20 | None, Maybe] = None
    address: Annotated[Line300 | None, Maybe] = None
    phone: Annotated[Line20 | None, Maybe] = None
    note: Annotated[Note | None, Maybe] = None
    residence: Residence
    head_member_id: UUID | None = Field(default=None, description="May name a member that arrives later.")
    no_labour_capacity: Flag = False
    no_labour_capacity_ground: Annotated[Line300 | None, Maybe] = None


class HouseholdCreate(HouseholdIn):
    """A new household over REST: with its own id, or with an Idempotency-Key, or with neither."""

    id: UUID | None = Field(default=None, description="Made by the client (UUIDv7 recommended).")


class HouseholdPatch(_HouseholdReadOnly):
    """The changed fields only."""

    hamlet_id: AreaId = LEFT_OUT
    household_no: Annotated[Line20 | None, Maybe] = None
    address: Annotated[Line300 | None, Maybe] = None
    phone: Annotated[Line20 | None, Maybe] = None
    note: Annotated[Note | None, Maybe] = None
    residence: Residence = LEFT_OUT
    head_member_id: UUID | None = None
    no_labour_capacity: Flag = LEFT_OUT
    no_labour_capacity_ground: Annotated[Line300 | None, Maybe] = None


class HouseholdOut(Schema):
    """A household; class and dates are those of today, from recognitions."""

    id: UUID
    version: int
    hamlet_id: UUID
    household_no: str | None
    address: str | None
    phone: str | None
    note: str | None
    residence: Residence
    head_member_id: UUID | None
    no_labour_capacity: bool
    no_labour_capacity_ground: str | None
    status: HouseholdStatus
    merged_into: UUID | None
    current_class: ClassCode | None
    class_since: date | None
    newly_escaped_until: date | None
    withheld: list[str]
    created_at: datetime
    updated_at: datetime


class HouseholdItem(HouseholdOut):
    """A household in a list, with the name it is looked for."""

    head_name: str | None


class HouseholdBrief(Schema):
    """What a caller with `households:list` only may see."""

    id: UUID
    household_no: str | None
    head_name: str | None
    hamlet_id: UUID
    current_class: ClassCode | None


class MoveIn(Schema):
    hamlet_id: AreaId
    moved_on: TextPastDay
    reason: Annotated[Line300 | None, Maybe] = None


class SplitIn(Schema):
    """The members who leave, and the household they form."""

    id: UUID | None = None
    member_ids: list[UUID] = Field(min_length=1, max_length=100)
    household_no: Annotated[Line20 | None, Maybe] = None
    head_member_id: UUID | None = None
    address: Annotated[Line300 | None, Maybe] = None
    residence: Residence | None = None


class MergeIn(Schema):
    survivor_id: UUID
    absorbed_id: UUID
    reason: Annotated[Line300 | None, Maybe] = None


class VersionOut(Schema):
    """One change: when, by whom, from which tablet, and for each field the old and the new value."""

    version: Version
    changed_at: datetime
    origin: str
    changed_by: str | None
    changed_by_name: str | None
    device_id: UUID | None
    device_name: str | None
    submission_id: UUID | None
    change: dict[str, list[Any]] | None
    withheld: list[str]
