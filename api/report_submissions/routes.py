"""The reporting line over HTTP: hamlet to commune, commune to the level above."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.areas.tables import Level
from api.db import Db
from api.etag import ReadVersion, VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.report_submissions import commands, queries
from api.report_submissions.schemas import ReportIn, ReportOut, ReportPatch, ReportRemark
from api.report_submissions.tables import ReportState
from api.schema import Page, Year

router = APIRouter(prefix="/report-submissions", tags=["reports"])

_LINE = (Permission.reports_prepare, Permission.reports_submit, Permission.reports_accept)
Reader = Annotated[Actor, allow(*_LINE)]
Writer = Annotated[Actor, allow(Permission.reports_prepare)]
Submitter = Annotated[Actor, allow(Permission.reports_prepare, Permission.reports_submit)]
Accepter = Annotated[Actor, allow(Permission.reports_accept)]

_REPORT: dict[str, Any] = {
    "id": "2f3e4d5c-6b7a-4899-a0b1-c2d3e4f5a6b7",
    "version": 2,
    "area_id": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11",
    "author": "front_committee",
    "period": "quarter",
    "period_from": "2024-07-01",
    "period_to": "2024-09-30",
    "due_on": None,
    "overdue": False,
    "title": "Báo cáo kết quả giảm nghèo quý III/2024",
    "content": {"results": "Đã vận động 12 triệu đồng.", "difficulties": None, "proposals": None},
    "recipients": ["UBND xã", "Ban LĐTBXH xã"],
    "figures": {
        "as_of": "2024-10-02",
        "poor": {"households": 9, "persons": 28},
        "near_poor": {"households": 14, "persons": 47},
        "support": {"deliveries": 9, "households": 9, "amount_vnd": 1462860},
        "interventions": {"helper": {"assigned": 14}},
        "suppressed": False,
    },
    "state": "submitted",
    "submitted_on": "2024-10-02",
    "decided_on": None,
    "remark": None,
    "created_at": "2024-10-01T09:00:00+07:00",
    "updated_at": "2024-10-02T09:00:00+07:00",
}
_STEP = problems("not-found", "stale-version", "illegal-stage", "conflict") | example(_REPORT)


@router.get(
    "",
    operation_id="list_report_submissions",
    summary="Báo cáo của xóm và xã",
    responses=problems("invalid-cursor") | example({"items": [_REPORT], "next_cursor": None}),
)
def list_reports(
    actor: Reader,
    db: Db,
    area_id: Annotated[UUID | None, Query(description="Only of this area and below it.")] = None,
    level: Annotated[Level | None, Query(description="Only of hamlets, or only of communes.")] = None,
    state: Annotated[ReportState | None, Query(description="Only in this state.")] = None,
    year: Annotated[Year | None, Query(description="Only of periods that begin in this year.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ReportOut]:
    """The reports of the caller's areas with their states, the last period first."""
    return queries.reports(db, actor, area_id=area_id, level=level, state=state, year=year, limit=limit, cursor=cursor)


@router.post(
    "",
    operation_id="draft_report_submission",
    summary="Lập báo cáo",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused") | example(_REPORT, 201),
)
def draft_report(
    body: ReportIn, actor: Writer, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> ReportOut:
    """Drafts the report of a hamlet (its head, or the Front's committee) or of the commune on a period."""
    return tagged(response, queries.report(db, actor, commands.draft(db, actor, body, idempotency_key)))


@router.get(
    "/{report_id}",
    operation_id="read_report_submission",
    summary="Một báo cáo",
    responses=problems("not-found") | example(_REPORT),
)
def read_report(report_id: UUID, actor: Reader, db: Db, response: Response) -> ReportOut:
    """One report with its ETag. Its figures are those of the day it was handed in."""
    return tagged(response, queries.report(db, actor, report_id))


@router.patch(
    "/{report_id}",
    operation_id="rewrite_report_submission",
    summary="Sửa báo cáo chưa gửi",
    responses=problems("version-required") | _STEP,
)
def rewrite_report(
    report_id: UUID, body: ReportPatch, actor: Writer, db: Db, response: Response, version: ReadVersion
) -> ReportOut:
    """Changes a draft, or a report that was returned."""
    commands.rewrite(db, actor, report_id, version, body)
    return tagged(response, queries.report(db, actor, report_id))


@router.post(
    "/{report_id}/submission",
    operation_id="submit_report_submission",
    summary="Gửi báo cáo lên cấp trên",
    responses=_STEP,
)
def submit_report(report_id: UUID, actor: Submitter, db: Db, response: Response, version: VersionIfGiven) -> ReportOut:
    """Hands a report in and keeps today's figures with it: of a hamlet its author, of a commune its chair."""
    commands.submit(db, actor, report_id, version)
    return tagged(response, queries.report(db, actor, report_id))


@router.post(
    "/{report_id}/acceptance",
    operation_id="accept_report_submission",
    summary="Cấp trên tiếp nhận báo cáo",
    responses=problems("separation-of-duties") | _STEP,
)
def accept_report(report_id: UUID, actor: Accepter, db: Db, response: Response, version: VersionIfGiven) -> ReportOut:
    """The level above accepts: the commune's officer those of hamlets, the district's those of communes."""
    commands.decide(db, actor, report_id, version, None)
    return tagged(response, queries.report(db, actor, report_id))


@router.post(
    "/{report_id}/return",
    operation_id="return_report_submission",
    summary="Cấp trên trả lại báo cáo",
    responses=problems("separation-of-duties") | _STEP,
)
def return_report(
    report_id: UUID, body: ReportRemark, actor: Accepter, db: Db, response: Response, version: VersionIfGiven
) -> ReportOut:
    """The level above returns it with a remark; it is put right and handed in again."""
    commands.decide(db, actor, report_id, version, body.remark)
    return tagged(response, queries.report(db, actor, report_id))
