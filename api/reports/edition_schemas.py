"""Editions of official reports on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.reports.schemas import OfficialReportOut
from api.reports.tables import HandInState, ReportAudience
from api.schema import Line60, Line120, Line300, LongText, PastDay, PastMoment, Schema, Version

Recipients = Annotated[list[Line300], Field(max_length=50)]
_IN: dict[str, Any] = {
    "area": "14080",
    "period": "2024",
    "number": "45/BC-UBND",
    "issued_on": "2024-12-16",
    "signatory": "Trần Văn Chủ",
    "recipients": ["UBND huyện Trực Ninh", "Phòng LĐTBXH huyện", "Lưu: VT"],
}
_ID, _AREA = "5b1d2c3e-4f5a-4b6c-8d7e-9f0a1b2c3d4e", "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"


class EditionIn(Schema):
    """What the report is of, as in its query; number and day of the paper; who gets it (Nơi nhận).

    `replaces_id` and `reason`: a correction names the edition it takes the place of, and why.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_IN]})

    id: UUID | None = None
    area: Annotated[Line60, Field(description="Id or code of a commune.")]
    round_id: UUID | None = None
    as_of: PastDay | None = None
    period: Annotated[Line60 | None, Field(description="2024, 2024-H1, 2024-09 or 2024-12-31.")] = None
    known_at: PastMoment | None = None
    audience: ReportAudience = ReportAudience.internal
    number: Annotated[Line60, Field(min_length=1)]
    issued_on: PastDay
    prepared_by: Annotated[Line120 | None, Field(description="Người lập biểu")] = None
    signatory: Annotated[Line120 | None, Field(description="Thủ trưởng đơn vị")] = None
    recipients: Recipients = Field(default_factory=list)
    replaces_id: UUID | None = None
    reason: LongText | None = None


class HandInRemark(Schema):
    """Why it is returned."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"remark": "Số hộ cận nghèo chưa khớp danh sách."}]})

    remark: Annotated[LongText, Field(min_length=1)]


class EditionOut(Schema):
    """An edition without its content. `state` null: not handed in; `overdue`: after its day, which refuses nothing.

    `version` counts the steps of handing in; the content never changes, and `sha256` is the hash of its bytes.
    """

    id: UUID
    version: Version
    form: str
    area_id: UUID
    period: str
    audience: ReportAudience
    edition: int
    round_id: UUID | None
    as_of: date
    number: str
    issued_on: date
    signatory: str | None
    recipients: list[str]
    replaces_id: UUID | None
    replaced_by_id: UUID | None
    reason: str | None
    sha256: str
    published_at: datetime
    state: HandInState | None
    due_on: date | None
    overdue: bool
    submitted_on: date | None
    decided_on: date | None
    remark: str | None


class EditionHeader(Schema):
    """What a frozen report says of itself beside its numbers."""

    edition: int
    number: str
    issued_on: date
    prepared_by: str | None
    signatory: str | None
    recipients: list[str]
    audience: ReportAudience
    replaces: str | None
    reason: str | None


class EditionContent(Schema):
    """The bytes that were frozen: `report` as it was answered, and the header of the paper."""

    header: EditionHeader
    report: OfficialReportOut


EDITION_EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "version": 1,
    "form": "form-02",
    "area_id": _AREA,
    "period": "2024",
    "audience": "internal",
    "edition": 1,
    "round_id": "7d3c1a9e-2f4b-4c55-9a6d-1f2e3d4c5b6a",
    "as_of": "2024-12-14",
    "number": "45/BC-UBND",
    "issued_on": "2024-12-16",
    "signatory": "Trần Văn Chủ",
    "recipients": _IN["recipients"],
    "replaces_id": None,
    "replaced_by_id": None,
    "reason": None,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "published_at": "2024-12-16T09:00:00+07:00",
    "state": "submitted",
    "due_on": "2024-12-19",
    "overdue": False,
    "submitted_on": "2024-12-16",
    "decided_on": None,
    "remark": None,
}
