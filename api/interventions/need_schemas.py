"""Needs on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from api import codes
from api.interventions.tables import SupportNeedState
from api.schema import AreaId, FilledNote, Line60, Note, PastDay, Schema, Version

_EXAMPLE: dict[str, Any] = {
    "household_id": "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d",
    "kind": "credit",
    "noted_on": "2024-05-10",
    "note": "Muốn vay để nuôi bò sinh sản",
}
_LIST = "support_need_kind"


def _known(value: str) -> str:
    if not codes.known(_LIST, value):
        known = [v["code"] for one in codes.code_lists() if one["code"] == _LIST for v in one["values"]]
        raise PydanticCustomError("enum", "not a known code", {"expected": ", ".join(known)})
    return value


NeedKind = Annotated[Line60, AfterValidator(_known), Field(description="A code of the list support_need_kind.")]


class NeedIn(Schema):
    """A need of a household, or of one of its people."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: UUID | None = None
    household_id: UUID
    member_id: UUID | None = None
    kind: NeedKind
    noted_on: PastDay
    note: Note | None = None


class NeedEnding(Schema):
    """`met` (by which intervention, where that is known) or `withdrawn`, since when and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"state": "met", "ended_on": "2024-06-02", "reason": "Đã được vay vốn"}]}
    )

    state: SupportNeedState
    ended_on: PastDay
    reason: FilledNote
    intervention_id: UUID | None = None


class NeedOut(Schema):
    """A need. `household_id`: as of today. `note`: only for whoever may see what tells of health, where it stands."""

    id: UUID
    version: Version
    household_id: UUID
    hamlet_id: AreaId
    member_id: UUID | None
    kind: str
    noted_on: date
    note: str | None
    state: SupportNeedState
    ended_on: date | None
    ended_reason: str | None
    intervention_id: UUID | None
    withheld: list[str]
    recorded_by: UUID | None
    created_at: datetime
    updated_at: datetime
