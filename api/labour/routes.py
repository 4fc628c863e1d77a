"""Labour records over HTTP: pages, and the file of a commune or hamlet."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api import clock
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.downloads import WorkbookAnswer
from api.labour import examples, files, queries
from api.labour.schemas import LabourRecord
from api.openapi import csv, example, problems, xlsx
from api.paging import Cursor, Limit
from api.schema import Day, Page

router = APIRouter(tags=["labour"])

Reader = Annotated[Actor, allow(Permission.households_read)]
AsOf = Annotated[Day | None, Query(description="The day asked of; today if not given.")]
Whole = Annotated[UUID, Query(description="A commune or a hamlet.")]


@router.get(
    "/labour-records",
    operation_id="list_labour_records",
    summary="Sổ người lao động: việc làm, tìm việc, học nghề, dịch vụ đã nhận",
    responses=problems("invalid-cursor") | example(examples.page(examples.RECORD)),
)
def list_labour_records(
    actor: Reader,
    db: Db,
    area_id: Annotated[UUID | None, Query(description="Only in or below this area.")] = None,
    as_of: AsOf = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[LabourRecord]:
    """Everybody of working age of poor, near-poor and newly escaped households, and recognised workers of low income,
    as of a day; by hamlet and household. A page may hold fewer items than `limit` and not be the last."""
    day = as_of or clock.today()
    return queries.labour_records(db, actor, area_id=area_id, day=day, limit=limit, cursor=cursor)


@router.get(
    "/labour-records/workbook",
    operation_id="export_labour_workbook",
    summary="Xuất sổ người lao động ra bảng tính",
    response_class=WorkbookAnswer,
    responses=problems("not-found") | xlsx("The labour records of a commune or hamlet, a row for each person"),
)
def export_workbook(actor: Reader, db: Db, area_id: Whole, as_of: AsOf = None) -> WorkbookAnswer:
    """The records of a commune or hamlet as XLSX; every cell is text. The export is in the log."""
    return files.workbook(db, actor, area_id, as_of or clock.today())


@router.get(
    "/labour-records/csv",
    operation_id="export_labour_csv",
    summary="Xuất sổ người lao động ra tệp CSV",
    response_class=files.CsvAnswer,
    responses=problems("not-found") | csv("The labour records of a commune or hamlet", examples.TEXT),
)
def export_csv(actor: Reader, db: Db, area_id: Whole, as_of: AsOf = None) -> files.CsvAnswer:
    """The same as CSV (UTF-8). What a spreadsheet would take for a formula has an apostrophe before it."""
    return files.text(db, actor, area_id, as_of or clock.today())
