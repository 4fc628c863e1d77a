"""Steps, papers and follow-ups on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.attachments.schemas import AttachmentIn
from api.schema import AreaId, FilledNote, Line60, Line120, Note, PastDay, Schema, Words

_STEP: dict[str, Any] = {
    "step": "appraise",
    "taken_on": "2024-05-06",
    "document_no": "12/BB-TĐ",
    "fields": {"opinion": "Phù hợp với quy hoạch, đủ điều kiện"},
}
_DOCUMENT: dict[str, Any] = {
    "code": "minutes",
    "number": "03/BB",
    "signed_on": "2024-05-02",
    "issued_by": "Xóm 3",
    "attachments": [],
}
_VALUES = "Values of the fields of the step by code: GET /intervention-kinds."


class StepIn(Schema):
    """A step that is taken; of one participant where the kind says so."""

    model_config = ConfigDict(json_schema_extra={"examples": [_STEP]})

    id: UUID | None = None
    step: Line60
    taken_on: PastDay
    participant_id: UUID | None = None
    document_no: Line120 | None = None
    note: Note | None = None
    fields: Annotated[dict[Line60, Any], Field(max_length=100, description=_VALUES)] = {}  # noqa: RUF012


class Undoing(Schema):
    """Why a step was a mistake."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Ghi nhầm hoạt động"}]})

    reason: FilledNote


class StepOut(Schema):
    """A step as it was taken. `due_on`: when it was due, where it is a follow-up. An undone one stays, with why."""

    id: UUID
    intervention_id: UUID
    position: int
    participant_id: UUID | None
    step: str
    stage_before: str
    stage_after: str
    taken_on: date
    due_on: date | None
    document_no: str | None
    note: str | None
    fields: dict[str, Any]
    withheld: list[str]
    recorded_by: UUID | None
    recorded_at: datetime
    undone_at: datetime | None
    undone_by: UUID | None
    undone_reason: str | None


class DocumentIn(Schema):
    """A paper of the checklist. Its scans are sent afterwards by their hashes."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DOCUMENT]})

    id: UUID | None = None
    code: Line60
    number: Line120 | None = None
    signed_on: PastDay | None = None
    issued_by: Line120 | None = None
    note: Note | None = None
    attachments: Annotated[list[AttachmentIn], Field(default_factory=list, max_length=50)]


class FollowUpOut(Schema):
    """A line of the work list: what is due for which intervention or participant. `household_id`, `name`: null where
    it is about no household; `hamlet_id` also where the household has gone to an area of others."""

    intervention_id: UUID
    kind: str
    title: str
    area_id: AreaId
    step: str
    label: Words
    participant_id: UUID | None
    household_id: UUID | None
    hamlet_id: AreaId | None
    name: str | None
    due_on: date
    days_left: int
    overdue: bool
