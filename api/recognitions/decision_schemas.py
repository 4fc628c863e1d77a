"""Decisions (Mẫu 02) on the wire: prepared by the officer, signed by the chair."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.households.schemas import TextPastDay
from api.recognitions.tables import DecisionKind, DecisionState, Movement
from api.schema import AreaId, Count, Label, Schema, Version
from api.standards.tables import PovertyClass

_PREPARE: dict[str, Any] = {"round_id": "8f1d2c3b-4a59-5867-9786-a5b4c3d2e1f0"}
SIGNATURE: dict[str, Any] = {
    "number": "112/QĐ-UBND",
    "decided_on": "2024-12-11",
    "signatory": "Chủ tịch UBND xã",
}
# a list longer than any commune's: a body that names more is a mistake
_MOST = 20_000


class LeftOutReason(StrEnum):
    """Why a household on the list of a round is not in a decision."""

    not_surveyed = "not_surveyed"
    not_reached = "not_reached"
    to_resurvey = "to_resurvey"
    not_agreed = "not_agreed"
    not_posted = "not_posted"
    posting_open = "posting_open"
    held_back = "held_back"
    recognised_before = "recognised_before"
    undetermined = "undetermined"
    merged = "merged"
    household_ended = "household_ended"
    moved_away = "moved_away"
    not_named = "not_named"


class DecisionIn(Schema):
    """What is to be decided: the cleared households of a round, or cases of the third path."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PREPARE]})

    id: UUID | None = None
    round_id: Annotated[UUID | None, Field(description="null only for the third path.")] = None
    kind: Annotated[
        DecisionKind | None,
        Field(description="Left out: `main` for the first decision of a round, `supplementary` for a later one."),
    ] = None
    household_ids: Annotated[
        list[UUID] | None, Field(max_length=_MOST, description="Only these; left out: all that are cleared.")
    ] = None
    living_standard_case_ids: Annotated[
        list[UUID] | None, Field(max_length=_MOST, description="Only with kind `living_standard`.")
    ] = None


class SignatureIn(Schema):
    """What the chair's signature adds to the paper."""

    model_config = ConfigDict(json_schema_extra={"examples": [SIGNATURE]})

    number: Label
    decided_on: TextPastDay
    signatory: Label


class ClassTotal(Schema):
    """So many households of a class with so many persons."""

    households: Count | None
    persons: Count | None


class DecisionTotals(Schema):
    """What a decision says in numbers. `living_standard`: cases of the third path. `suppressed`: small counts
    are null for this reader (docs/permissions.md)."""

    poor: ClassTotal
    near_poor: ClassTotal
    not_poor: ClassTotal
    movements: Annotated[
        dict[Movement, int | None], Field(description="Households by movement; those with none left out.")
    ]
    living_standard: Count | None
    suppressed: bool


class DecisionOut(Schema):
    id: UUID
    version: Version
    area_id: AreaId
    round_id: UUID | None
    kind: DecisionKind
    state: DecisionState
    number: str | None
    decided_on: date | None
    signatory: str | None
    prepared_by: UUID | None
    signed_by: UUID | None
    totals: DecisionTotals
    recorded_at: datetime
    updated_at: datetime


class LeftOut(Schema):
    """A household of the round that the decision does not name, and why."""

    household_id: UUID
    hamlet_id: AreaId
    reason: LeftOutReason


class PreparedOut(DecisionOut):
    """A decision with what it leaves out of the list of its round."""

    left_out: list[LeftOut]


class LineOut(Schema):
    """A household in a decision. `hamlet_id`: where it was decided; `household_id`: under which it stands today."""

    household_id: UUID
    household_no: str | None
    head_name: str | None
    hamlet_id: AreaId
    poverty_class: PovertyClass
    class_before: PovertyClass | None
    movement: Movement
    persons: Count
