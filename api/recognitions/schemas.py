"""Recognitions and decisions on the wire."""

from datetime import date
from uuid import UUID

from api.schema import AreaId, Schema
from api.standards.tables import PovertyClass


class DecisionBrief(Schema):
    """The paper (Mẫu 02) a recognition rests on."""

    id: UUID
    number: str
    decided_on: date
    signatory: str
    round_id: UUID | None


class RecognitionOut(Schema):
    """The class of a household from `from_day` to `to_day` (the last day; null while in force)."""

    id: UUID
    household_id: UUID
    hamlet_id: AreaId
    poverty_class: PovertyClass
    from_day: date
    to_day: date | None
    decision: DecisionBrief
