"""Indicators on the wire."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from api.indicators.definition import Breakdown, Over, Unit
from api.plans.tables import Comparison
from api.schema import Schema, Words


class IndicatorOut(Schema):
    """An entry of the catalogue. `grain`: what is counted, `vnd` for money; `over`: what it is divided by (`records` of
    the register, whose facts can be listed too; `figure`: what communes wrote down); `tells_unknown`: it says of how
    many nobody knows."""

    code: str
    name: Words
    definition: Words
    unit: Unit
    grain: str
    over: Over
    tells_unknown: bool
    breakdowns: list[Breakdown]
    source: str
    lower_is_better: bool


class Point(Schema):
    """One value. `area`: the id; `period`: the day it is of; `by`: the part of the breakdown, null for the whole.

    `value` is null where it is not known, and `reason` says why; in percent from 0 to 100, rounded to 4 places.
    `meets`: is it good enough by the threshold of the day? null where there is none, or none is loaded.
    `unknown`: how many of the denominator nobody can tell of; they are not in the numerator.
    """

    area: UUID
    area_code: str
    area_name: str
    period: date
    by: str | None
    by_label: Words | None
    value: float | None
    numerator: int | None
    denominator: int | None
    unknown: int | None
    suppressed: bool
    reason: Words | None
    meets: bool | None = None


class Threshold(Schema):
    """How high the value may be at most, in percent, from when on and by which source; null where none is loaded."""

    most_percent: float | None
    valid_from: date | None
    source: str | None
    verified: bool
    reason: Words | None


class Series(Schema):
    """An indicator of an area. The same `as_of` and `known_at` give the same numbers after any later edit."""

    code: str
    name: Words
    unit: Unit
    definition: Words
    source: str
    as_of: date
    known_at: datetime
    threshold: Threshold | None = None
    points: list[Point]


class RecordOut(Schema):
    """Somebody or something that is counted. `household_id` and the names are null for whoever has since gone where
    the caller may not look, and for what is no household."""

    place: UUID
    area_code: str
    identity: UUID
    household_id: UUID | None
    household_no: str | None
    head_name: str | None
    poverty_class: str | None
    member_id: UUID | None
    full_name: str | None
    title: str | None


class TargetPoint(Schema):
    """Where a target stands in one area on one day. `gap`: how many households (or persons, ...) are missing to reach
    it, 0 once it is; `expected`: what the target line says of that day."""

    area: UUID
    area_code: str
    area_name: str
    period: date
    value: float | None
    numerator: int | None
    denominator: int | None
    gap: int | None
    expected: float | None
    on_track: bool | None


class TargetProgress(Schema):
    """Where a target stands. `actual` is null with a `reason` where it is not known: never an estimate.

    `rule` says how `on_track` is judged; null where the plan gives no number. `work_list`: the address of who is
    missing; null where no records are behind it. `gap_of`: what the gap counts, `vnd` for money. `points`: by area or
    month, where asked for.
    """

    code: str
    name: Words
    section: str
    indicator: str | None
    comparison: Comparison
    target: float | None
    unit: str
    actual: float | None
    numerator: int | None
    denominator: int | None
    reason: Words | None
    gap: int | None
    gap_of: str | None
    expected: float | None
    on_track: bool | None
    rule: Words
    work_list: str | None
    points: list[TargetPoint]


class PlanProgress(Schema):
    """How far a plan has come on a day, in its area or one below it."""

    plan_id: UUID
    area_id: UUID
    as_of: date
    targets: list[TargetProgress]


class IndicatorList(Schema):
    """The whole catalogue, in the order of the plan."""

    items: list[IndicatorOut] = Field(description="Every indicator.")
