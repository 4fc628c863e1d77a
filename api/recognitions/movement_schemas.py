"""The ledger of movements on the wire (domain.md 3.6; report forms 2 and 3)."""

from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from api.schema import AreaId, Count, Schema

LedgerClass = Literal["poor", "near_poor"]
LedgerLevel = Literal["hamlet", "commune"]


class LedgerColumn(StrEnum):
    """The columns of a row: opening, decreases, increases, closing."""

    opening = "opening"
    to_other_class = "to_other_class"
    above_line = "above_line"
    decrease_other = "decrease_other"
    from_other_class = "from_other_class"
    relapsed = "relapsed"
    new = "new"
    increase_other = "increase_other"
    closing = "closing"


class CountOut(Schema):
    """closing = opening - (to_other_class + above_line + decrease_other) + (from_other_class + relapsed + new +
    increase_other). Of near-poor households `above_line` is "escaped", `to_other_class` "became poor". A small
    count is null for a reader to whom it is not told."""

    opening: Count | None
    to_other_class: Count | None
    above_line: Count | None
    decrease_other: Count | None
    from_other_class: Count | None
    relapsed: Count | None
    new: Count | None
    increase_other: Count | None
    closing: Count | None


class RowOut(Schema):
    """The movement of one class in one area."""

    area_id: AreaId
    poverty_class: LedgerClass
    households: CountOut
    persons: CountOut


class MovementsOut(Schema):
    """`opening_source`: the standing of the round closed before (`opening_round_id`), or, for the first one, the
    recognitions of the day before it opened. `closing_source`: this round's standing, or today while it is open.
    `suppressed`: small counts are null for this reader (docs/permissions.md)."""

    round_id: UUID
    area_id: AreaId
    level: LedgerLevel
    opening_source: Literal["standing", "recognitions"]
    opening_round_id: UUID | None
    opening_on: date
    closing_source: Literal["standing", "current"]
    closing_on: date
    rows: list[RowOut]
    totals: list[RowOut]
    suppressed: bool


class MovedOut(Schema):
    """A household behind a number. `households` is 0 where only persons of it moved."""

    household_id: UUID
    household_no: str | None
    head_name: str | None
    area_id: AreaId
    households: Count
    persons: Count
