"""Workbooks over HTTP: a file is handed in, checked, corrected, confirmed; and the register goes out the same way."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api import clock
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.downloads import WorkbookAnswer
from api.etag import ReadVersion, VersionIfGiven, tagged
from api.households.doors import shown
from api.idempotency import IdempotencyKey
from api.openapi import XLSX, example, problems, xlsx
from api.paging import Cursor, Limit
from api.schema import Page, PastDay
from api.workbooks import commands, confirming, examples, queries
from api.workbooks.export import export_households
from api.workbooks.schemas import ConfirmationIn, FileName, ImportBrief, ImportOut, MappingPatch, RowOut
from api.workbooks.tables import RowVerdict, WorkbookState

router = APIRouter(tags=["workbooks"])

Importer = Annotated[Actor, allow(Permission.recognitions_prepare)]
Reader = Annotated[Actor, allow(Permission.households_read)]
_STEP = problems("not-found", "illegal-stage", "stale-version") | example(examples.IMPORT)
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {XLSX: {"schema": {"type": "string", "format": "binary"}, "example": "…"}},
    }
}


async def _file(request: Request) -> bytes:
    """The bytes as they came, bounded by the wire: what they are is found out by looking at them."""
    return await request.body()


@router.get(
    "/workbook-imports",
    operation_id="list_workbook_imports",
    summary="Các tệp Excel đã nhập",
    responses=problems("invalid-cursor") | example(examples.page(examples.BRIEF)),
)
def list_imports(
    actor: Importer,
    db: Db,
    area_id: Annotated[UUID | None, Query(description="Only of this commune, or below this area.")] = None,
    state: Annotated[WorkbookState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ImportBrief]:
    """The imports of the caller's communes, newest first, with how many rows would do what."""
    return queries.imports(db, actor, area_id=area_id, state=state, limit=limit, cursor=cursor)


@router.post(
    "/workbook-imports",
    operation_id="import_workbook",
    summary="Nhập tệp Excel danh sách hộ (chạy thử, chưa ghi)",
    status_code=201,
    responses=problems("not-found", "idempotency-key-reused") | example(examples.IMPORT, 201),
    openapi_extra=_FILE,
)
def import_workbook(
    body: Annotated[bytes, Depends(_file)],
    actor: Importer,
    db: Db,
    response: Response,
    area_id: Annotated[UUID, Query(description="The commune whose list this is.")],
    file_name: Annotated[FileName, Query()] = None,
    idempotency_key: IdempotencyKey = None,
) -> ImportOut:
    """A dry run: the file is read as layout A and compared with the register; nothing is written there. Needs
    `households:write` too. A long file is checked a piece at a time: while `state` is `read`, ask for its `checking`.
    With an `Idempotency-Key` a repeated call imports once."""
    return tagged(response, commands.import_workbook(db, actor, area_id, body, file_name, idempotency_key))


@router.get(
    "/workbook-imports/{import_id}",
    operation_id="read_workbook_import",
    summary="Một tệp đã nhập: trạng thái, tiến độ, số dòng theo kết quả",
    responses=problems("not-found") | example(examples.IMPORT),
)
def read_import(import_id: UUID, actor: Importer, db: Db, response: Response) -> ImportOut:
    """How far the check has come (`done` of `total` rows), how many rows would do what, and how the file is read."""
    return tagged(response, queries.workbook_import(db, actor, import_id))


@router.patch(
    "/workbook-imports/{import_id}",
    operation_id="map_workbook_import",
    summary="Sửa cách đọc tệp, trả lời câu hỏi",
    responses=problems("version-required") | _STEP,
)
def map_import(
    import_id: UUID,
    body: Annotated[MappingPatch, shown(examples.PATCH)],
    actor: Importer,
    db: Db,
    response: Response,
    version: ReadVersion,
) -> ImportOut:
    """Which sheet lists what, which column holds what, what its words and hamlets mean, and the answers to questions.
    Each part that is sent replaces what it was; the file is checked again from its first row."""
    return tagged(response, commands.map_import(db, actor, import_id, version, body))


@router.delete(
    "/workbook-imports/{import_id}",
    operation_id="cancel_workbook_import",
    summary="Hủy tệp nhập chưa xác nhận",
    status_code=204,
    responses=problems("not-found", "illegal-stage", "stale-version"),
)
def cancel_import(import_id: UUID, actor: Importer, db: Db, read: VersionIfGiven = None) -> None:
    """Takes an import back that was not confirmed; the rows of its file are deleted here."""
    commands.cancel_import(db, actor, import_id, read)


@router.post(
    "/workbook-imports/{import_id}/checking",
    operation_id="check_workbook_import",
    summary="Kiểm tra tiếp phần còn lại của tệp, hoặc kiểm tra lại",
    responses=_STEP,
)
def check_import(
    import_id: UUID, actor: Importer, db: Db, response: Response, read: VersionIfGiven = None
) -> ImportOut:
    """Checks the next piece of a long file. One that is checked to its end is checked again from the first row, for the
    register may have changed since."""
    return tagged(response, commands.check_on(db, actor, import_id, read))


@router.post(
    "/workbook-imports/{import_id}/confirmation",
    operation_id="confirm_workbook_import",
    summary="Xác nhận: ghi tệp đã kiểm tra vào sổ",
    responses=problems("conflict", "not-found", "illegal-stage", "stale-version") | example(examples.CONFIRMED),
)
def confirm_import(
    import_id: UUID,
    body: Annotated[ConfirmationIn, shown({"leave_out_errors": False})],
    actor: Importer,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> ImportOut:
    """Writes households, people and classes in one transaction, or nothing: 409 while questions are open, while rows
    have errors that are not left out, or where the register has changed since the check. Confirmed twice is once."""
    return tagged(response, confirming.confirm_import(db, actor, import_id, read, body))


@router.get(
    "/workbook-imports/{import_id}/rows",
    operation_id="list_workbook_rows",
    summary="Các dòng của tệp và việc mỗi dòng sẽ làm",
    responses=problems("not-found", "invalid-cursor") | example(examples.page(examples.ROW)),
)
def list_rows(
    import_id: UUID,
    actor: Importer,
    db: Db,
    verdict: Annotated[RowVerdict | None, Query(description="Only rows that would do this.")] = None,
    problem: Annotated[str | None, Query(max_length=60, description="Only rows with this error or question.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[RowOut]:
    """Row by row in the order of the file: what it says, what would change, what is wrong in words, what is asked."""
    return queries.rows(db, actor, import_id, verdict=verdict, problem=problem, limit=limit, cursor=cursor)


@router.get(
    "/workbook-exports/households",
    operation_id="export_households",
    summary="Xuất danh sách hộ nghèo, cận nghèo, thoát nghèo ra Excel",
    response_class=WorkbookAnswer,
    responses=problems("not-found") | xlsx("Layout A: poor and near-poor households, those who escaped"),
)
def export(
    actor: Reader,
    db: Db,
    area_id: Annotated[UUID, Query(description="A commune or a hamlet.")],
    as_of: Annotated[PastDay | None, Query(description="The day asked of; today if not given.")] = None,
) -> WorkbookAnswer:
    """The list as of a day in the layout that imports read; taken in again, it changes nothing. Citizen numbers in full
    only with `persons:id_full`, ethnic group and causes only with `persons:sensitive`."""
    return export_households(db, actor, area_id, as_of or clock.today())
