"""Official reports over HTTP: forms, their numbers, and who is behind a cell."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from api.db import Db
from api.downloads import WorkbookAnswer
from api.openapi import example, problems, xlsx
from api.paging import Cursor, Limit
from api.reports import behind, examples, queries
from api.reports.basis import Asked
from api.reports.doors import FormCode, Reader, asked
from api.reports.schemas import FORM_EXAMPLE, FormList, OfficialReportOut, ReportRecordOut
from api.reports.workbook import workbook as file_of
from api.schema import Page

router = APIRouter(prefix="/reports", tags=["official reports"])

_WRONG: dict[int | str, dict[str, Any]] = problems(
    "unknown-form", "not-found", "invalid", "permission-denied", "conflict"
)
Query_ = Annotated[Asked, Depends(asked)]


@router.get(
    "",
    operation_id="list_report_forms",
    summary="Danh mục biểu mẫu",
    responses=example({"items": [FORM_EXAMPLE]}),
)
def list_report_forms(_: Reader) -> FormList:
    """Every form: the 13 tables, the two detailed lists, the lists for posting, the monitoring reports."""
    return queries.catalogue()


@router.get(
    "/{form}",
    operation_id="read_report",
    summary="Số liệu của một biểu",
    responses=_WRONG | example(examples.REPORT),
)
def read_report(form: FormCode, actor: Reader, db: Db, query: Query_) -> OfficialReportOut:
    """A form of a commune or hamlet from the register, by round or as of a day; of a district or province what the
    communes handed in, added up. Small counts are hidden from whoever is not told them.
    """
    return queries.report(db, actor, form, query)


@router.get(
    "/{form}/records",
    operation_id="list_report_records",
    summary="Hồ sơ đứng sau một ô",
    responses=_WRONG | problems("invalid-cursor") | example({"items": [examples.RECORD], "next_cursor": None}),
)
def list_report_records(
    form: FormCode,
    actor: Reader,
    db: Db,
    query: Query_,
    row: Annotated[str, Query(max_length=100, description="`code` of a row, such as `14080-03` or `total`.")],
    column: Annotated[str, Query(max_length=100, description="`code` of a column.")],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ReportRecordOut]:
    """The households or people behind a cell; their `count` adds up to it."""
    return behind.records(db, actor, form, query, row, column, limit, cursor)


@router.get(
    "/{form}/workbook",
    operation_id="download_report_workbook",
    summary="Tải biểu dạng Excel",
    responses=_WRONG | problems("does-not-balance") | xlsx("The form, with formulas for its totals"),
    response_class=WorkbookAnswer,
)
def download_report_workbook(form: FormCode, actor: Reader, db: Db, query: Query_) -> WorkbookAnswer:
    """The form as a workbook, without number and day. What does not balance is not written."""
    return file_of(queries.report(db, actor, form, query))
