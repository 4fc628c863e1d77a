"""Reports of the reporting line on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.report_submissions.tables import ReportAuthor, ReportPeriod, ReportState
from api.schema import AreaId, Count, Day, Line300, LongText, Schema, Version

_REPORT: dict[str, Any] = {
    "area_id": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11",
    "author": "front_committee",
    "period": "quarter",
    "period_from": "2024-07-01",
    "period_to": "2024-09-30",
    "title": "Báo cáo kết quả giảm nghèo quý III/2024",
    "content": {"results": "Đã vận động 12 triệu đồng.", "difficulties": None, "proposals": None},
    "recipients": ["UBND xã", "Ban LĐTBXH xã"],
}


class Content(Schema):
    """What the report says in words."""

    results: LongText
    difficulties: LongText | None = None
    proposals: LongText | None = None


Title = Annotated[Line300, Field(min_length=1)]
Recipients = Annotated[list[Line300], Field(max_length=50)]


class ReportIn(Schema):
    """`author`: the Front committee or the head, for a hamlet; `commune` for a commune."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REPORT]})

    id: UUID | None = None
    area_id: AreaId
    author: ReportAuthor
    period: ReportPeriod
    period_from: Day
    period_to: Day
    due_on: Day | None = None
    title: Title
    content: Content
    recipients: Recipients = Field(default_factory=list)


class ReportPatch(Schema):
    """Only what is sent changes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": _REPORT["title"]}]})

    due_on: Day | None = None
    title: Title | None = None
    content: Content | None = None
    recipients: Recipients | None = None


class ReportRemark(Schema):
    """Why it is returned."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"remark": "Số hộ cận nghèo chưa khớp danh sách."}]})

    remark: LongText


class ClassFigures(Schema):
    households: Count | None
    persons: Count | None


class SupportFigures(Schema):
    """Deliveries in the period that were received and not taken back. VND."""

    deliveries: Count | None
    households: Count | None
    amount_vnd: int


class Figures(Schema):
    """What the register said on the day the report was handed in: kept, never counted again. `suppressed`: small
    counts are null for this reader (docs/permissions.md)."""

    as_of: date
    poor: ClassFigures
    near_poor: ClassFigures
    support: SupportFigures
    interventions: dict[str, dict[str, Count | None]]
    suppressed: bool


class ReportOut(Schema):
    id: UUID
    version: Version
    area_id: AreaId
    author: ReportAuthor
    period: ReportPeriod
    period_from: date
    period_to: date
    due_on: date | None
    overdue: bool
    title: str
    content: Content
    recipients: list[str]
    figures: Figures | None
    state: ReportState
    submitted_on: date | None
    decided_on: date | None
    remark: str | None
    created_at: datetime
    updated_at: datetime
