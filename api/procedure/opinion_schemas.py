"""Opinions of the level above on the wire."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict

from api.procedure.tables import Verdict
from api.reviews.tables import UpperLevel
from api.schema import AreaId, Count, Label, Note, PastDay, Schema, Version

_ASKED: dict[str, Any] = {
    "id": "6e5d4c3b-2a19-4807-96f5-e4d3c2b1a09f",
    "round_id": "8f1d2c3b-4a59-5867-9786-a5b4c3d2e1f0",
    "report_number": "45/BC-UBND",
    "asked_on": "2024-11-20",
}
_ANSWERED: dict[str, Any] = {"verdict": "agree", "letter_number": "210/UBND-LĐTBXH", "answered_on": "2024-11-26"}


class OpinionCreate(Schema):
    """The commune's report to the level above; its totals are computed."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ASKED]})

    id: UUID | None = None
    round_id: UUID
    report_number: Label
    asked_on: PastDay


class OpinionAnswer(Schema):
    """`agree`, or `check`: the commune opens the round again and looks before it decides."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWERED]})

    verdict: Verdict
    letter_number: Label
    answered_on: PastDay
    remarks: Note | None = None


class Totals(Schema):
    """How many households a round proposes in each class, with their persons; who escapes; who is not through."""

    poor: Count
    near_poor: Count
    not_poor: Count
    poor_persons: Count
    near_poor_persons: Count
    escaped_poor: Count
    escaped_near_poor: Count
    held_back: Count
    not_reached: Count


class HamletTotals(Totals):
    hamlet_id: AreaId


class ReportTotals(Schema):
    hamlets: list[HamletTotals]
    total: Totals


class OpinionOut(Schema):
    id: UUID
    version: Version
    round_id: UUID
    area_id: AreaId
    level: UpperLevel
    report_number: str
    asked_on: date
    due_on: date
    due_on_approximate: bool
    totals: ReportTotals
    letter_number: str | None
    answered_on: date | None
    verdict: Verdict | None
    remarks: str | None
    created_at: datetime
    updated_at: datetime
