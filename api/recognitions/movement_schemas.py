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
    increase_other). Of near-poor households `above_line` is "escaped", `to_other_class` "became poor"."""

    opening: Count
    to_other_class: Count
    above_line: Count
    decrease_other: Count
    from_other_class: Count
    relapsed: Count
    new: Count
    increase_other: Count
    closing: Count


class RowOut(Schema):
    """The movement of one class in one area."""

    area_id: AreaId
    poverty_class: LedgerClass
    households: CountOut
    persons: CountOut


class MovementsOut(Schema):
    """`opening_source`: the standing of the round closed before (`opening_round_id`), or, for the first one, the
    recognitions of the day before it opened. `closing_source`: this round's standing, or today while it is open."""

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


class MovedOut(Schema):
    """A household behind a number. `households` is 0 where only persons of it moved."""

    household_id: UUID
    household_no: str | None
    head_name: str | None
    area_id: AreaId
    households: Count
    persons: Count
