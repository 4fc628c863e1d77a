"""Recognitions and decisions on the wire."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from api.recognitions.tables import Movement
from api.schema import AreaId, Schema
from api.standards.tables import PovertyClass


class Status(StrEnum):
    """What to look for on a day: a class in force, newly escaped (36 months), or a movement since a day."""

    current_poor = "current_poor"
    current_near_poor = "current_near_poor"
    newly_escaped = "newly_escaped"
    relapsed = "relapsed"
    new = "new"
    escaped = "escaped"


class DecisionBrief(Schema):
    """The paper (Mẫu 02) a recognition rests on."""

    id: UUID
    number: str
    decided_on: date
    signatory: str
    round_id: UUID | None


class RecognitionOut(Schema):
    """The class of a household from `from_day` to `to_day` (the last day; null while in force).

    `movement`: how the decision moved it; null for decisions recorded without their lines.
    """

    id: UUID
    household_id: UUID
    hamlet_id: AreaId
    poverty_class: PovertyClass
    from_day: date
    to_day: date | None
    movement: Movement | None
    decision: DecisionBrief
