"""Editions over HTTP: publishing, downloading what was frozen, handing in."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.db import Db
from api.downloads import WorkbookAnswer
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems, xlsx
from api.paging import Cursor, Limit
from api.reports import edition_queries, editions, hand_ins
from api.reports.doors import Accepter, FormCode, Publisher, Reader, Submitter
from api.reports.edition_schemas import EDITION_EXAMPLE, EditionContent, EditionIn, EditionOut, HandInRemark
from api.reports.examples import CONTENT
from api.reports.workbook import workbook as file_of
from api.schema import Page

router = APIRouter(tags=["official reports"])

_STEP: dict[int | str, dict[str, Any]] = problems(
    "not-found", "stale-version", "illegal-stage", "conflict", "permission-denied"
) | example(EDITION_EXAMPLE)  # fmt: skip


@router.get(
    "/reports/{form}/editions",
    operation_id="list_report_editions",
    summary="Các bản đã ban hành của một biểu",
    responses=problems("not-found", "invalid-cursor") | example({"items": [EDITION_EXAMPLE], "next_cursor": None}),
)
def list_report_editions(
    form: FormCode,
    actor: Reader,
    db: Db,
    area: Annotated[
        str | None, Query(max_length=40, description="Id or code of an area; your own if not given.")
    ] = None,
    period: Annotated[str | None, Query(max_length=20, description="Only of this period.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[EditionOut]:
    """The editions of an area and below it with how they were handed in, the last published first."""
    return edition_queries.editions(db, actor, form, area, period, limit, cursor)


@router.post(
    "/reports/{form}/editions",
    operation_id="publish_report",
    summary="Ban hành báo cáo",
    status_code=201,
    responses=problems(
        "unknown-form", "not-found", "conflict", "does-not-balance", "already-exists", "idempotency-key-reused"
    )
    | example(EDITION_EXAMPLE, 201),
)
def publish_report(
    form: FormCode,
    body: EditionIn,
    actor: Publisher,
    db: Db,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> EditionOut:
    """Freezes the report of a commune with its hash. A correction is a new edition that names the last one and why."""
    edition_id = editions.publish(db, actor, form, body, idempotency_key)
    return tagged(response, edition_queries.edition(db, actor, edition_id))


@router.get(
    "/report-editions/{report_edition_id}",
    operation_id="read_report_edition",
    summary="Một bản báo cáo",
    responses=problems("not-found") | example(EDITION_EXAMPLE),
)
def read_report_edition(report_edition_id: UUID, actor: Reader, db: Db, response: Response) -> EditionOut:
    """An edition without its content: number, recipients, hash, what it replaces, how it was handed in."""
    return tagged(response, edition_queries.edition(db, actor, report_edition_id))


@router.get(
    "/report-editions/{report_edition_id}/content",
    operation_id="download_report_edition",
    summary="Nội dung đã chốt của bản báo cáo",
    responses=problems("not-found", "permission-denied") | example(CONTENT),
    response_model=EditionContent,
)
def download_report_edition(report_edition_id: UUID, actor: Reader, db: Db) -> Response:
    """The bytes that were frozen: their SHA-256 is that of the edition, whenever they are asked for."""
    content, _ = edition_queries.content(db, actor, report_edition_id)
    return Response(content, media_type="application/json")


@router.get(
    "/report-editions/{report_edition_id}/workbook",
    operation_id="download_report_edition_workbook",
    summary="Tải bản báo cáo dạng Excel",
    responses=problems("not-found", "permission-denied") | xlsx("The frozen report"),
    response_class=WorkbookAnswer,
)
def download_report_edition_workbook(report_edition_id: UUID, actor: Reader, db: Db) -> WorkbookAnswer:
    """The frozen report as a workbook: always the same bytes."""
    frozen = edition_queries.frozen(db, actor, report_edition_id)
    return file_of(frozen.report, frozen.header)


@router.post(
    "/report-editions/{report_edition_id}/submission",
    operation_id="submit_report_edition",
    summary="Nộp báo cáo lên cấp trên",
    responses=problems("separation-of-duties") | _STEP,
)
def submit_report_edition(
    report_edition_id: UUID, actor: Submitter, db: Db, response: Response, version: VersionIfGiven
) -> EditionOut:
    """The chair hands in the last internal edition. After its day it is marked late, and not refused."""
    hand_ins.submit(db, actor, report_edition_id, version)
    return tagged(response, edition_queries.edition(db, actor, report_edition_id))


@router.post(
    "/report-editions/{report_edition_id}/acceptance",
    operation_id="accept_report_edition",
    summary="Cấp trên tiếp nhận báo cáo đã nộp",
    responses=problems("separation-of-duties") | _STEP,
)
def accept_report_edition(
    report_edition_id: UUID, actor: Accepter, db: Db, response: Response, version: VersionIfGiven
) -> EditionOut:
    """The level above accepts what the commune handed in; not an edition that a newer one has replaced meanwhile."""
    hand_ins.decide(db, actor, report_edition_id, version, None)
    return tagged(response, edition_queries.edition(db, actor, report_edition_id))


@router.post(
    "/report-editions/{report_edition_id}/return",
    operation_id="return_report_edition",
    summary="Cấp trên trả lại báo cáo đã nộp",
    responses=problems("separation-of-duties") | _STEP,
)
def return_report_edition(
    report_edition_id: UUID, body: HandInRemark, actor: Accepter, db: Db, response: Response, version: VersionIfGiven
) -> EditionOut:
    """The level above returns it with a remark; a new edition, or the same one again, is handed in."""
    hand_ins.decide(db, actor, report_edition_id, version, body.remark)
    return tagged(response, edition_queries.edition(db, actor, report_edition_id))
