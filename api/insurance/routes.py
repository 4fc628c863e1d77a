"""The monthly lists of health insurance over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.downloads import WorkbookAnswer
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.insurance import examples, line_routes, lists, queries
from api.insurance.schemas import (
    InsuranceListBrief,
    InsuranceListIn,
    InsuranceListOut,
    ReturnIn,
    SendingIn,
)
from api.insurance.tables import InsuranceListState
from api.insurance.workbook import workbook
from api.openapi import example, problems, xlsx
from api.paging import Cursor, Limit
from api.schema import Page

router = APIRouter(tags=["insurance"])

Reader = Annotated[Actor, allow(Permission.households_read)]
Writer = Annotated[Actor, allow(Permission.interventions_write)]
_STEP = problems("not-found", "illegal-stage", "stale-version") | example(examples.LIST)


@router.get(
    "/insurance-lists",
    operation_id="list_insurance_lists",
    summary="Danh sách tăng, giảm bảo hiểm y tế theo tháng",
    responses=problems("invalid-cursor") | example(examples.page(examples.BRIEF)),
)
def list_insurance_lists(
    actor: Reader,
    db: Db,
    area_id: Annotated[UUID | None, Query(description="Only of this commune, or below this area.")] = None,
    state: Annotated[InsuranceListState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[InsuranceListBrief]:
    """The lists of the caller's communes, newest month first: how many lines, taken off, errors, errors that wait."""
    return queries.insurance_lists(db, actor, area_id=area_id, state=state, limit=limit, cursor=cursor)


@router.post(
    "/insurance-lists",
    operation_id="draw_up_insurance_list",
    summary="Lập danh sách tăng, giảm bảo hiểm y tế của tháng",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "conflict")
    | example(examples.LIST, 201),
)
def draw_up_insurance_list(
    body: InsuranceListIn, actor: Writer, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> InsuranceListOut:
    """Draws the list up by itself: who is entitled on its day against what the insurer was told before. 409 while the
    commune has a draft. With an `id` of your own or an `Idempotency-Key` a repeated call draws up once."""
    return tagged(response, lists.draw_up_list(db, actor, body, idempotency_key))


@router.get(
    "/insurance-lists/{insurance_list_id}",
    operation_id="read_insurance_list",
    summary="Một danh sách tăng, giảm bảo hiểm y tế",
    responses=problems("not-found") | example(examples.LIST),
)
def read_insurance_list(insurance_list_id: UUID, actor: Reader, db: Db, response: Response) -> InsuranceListOut:
    """One list with its sums, and the rules it was drawn up by with their source and whether they are verified."""
    return tagged(response, queries.insurance_list(db, actor, insurance_list_id))


@router.delete(
    "/insurance-lists/{insurance_list_id}",
    operation_id="discard_insurance_list",
    summary="Hủy danh sách bảo hiểm y tế chưa gửi",
    status_code=204,
    responses=problems("not-found", "illegal-stage", "stale-version"),
)
def discard_insurance_list(insurance_list_id: UUID, actor: Writer, db: Db, read: VersionIfGiven = None) -> None:
    """Takes a draft back, so that it can be drawn up anew. What was sent stays."""
    lists.discard(db, actor, insurance_list_id, read)


@router.post(
    "/insurance-lists/{insurance_list_id}/sending",
    operation_id="send_insurance_list",
    summary="Gửi danh sách cho cơ quan bảo hiểm xã hội",
    responses=problems("conflict") | _STEP,
)
def send_insurance_list(
    insurance_list_id: UUID,
    body: SendingIn,
    actor: Writer,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> InsuranceListOut:
    """The list goes out: its lines stand, and the next list starts from it. 409 where lines tell nothing (`lines`)."""
    return tagged(response, lists.send(db, actor, insurance_list_id, read, body))


@router.post(
    "/insurance-lists/{insurance_list_id}/return",
    operation_id="take_back_insurance_list",
    summary="Ghi các dòng cơ quan bảo hiểm xã hội trả lại",
    responses=_STEP,
)
def take_back_insurance_list(
    insurance_list_id: UUID,
    body: ReturnIn,
    actor: Writer,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> InsuranceListOut:
    """The errors of the insurer by line. A line that came back told nothing: the person is as before it."""
    return tagged(response, lists.take_back(db, actor, insurance_list_id, read, body))


@router.post(
    "/insurance-lists/{insurance_list_id}/settling",
    operation_id="settle_insurance_list",
    summary="Kết thúc danh sách bảo hiểm y tế",
    responses=problems("conflict") | _STEP,
)
def settle_insurance_list(
    insurance_list_id: UUID, actor: Writer, db: Db, response: Response, read: VersionIfGiven = None
) -> InsuranceListOut:
    """Nothing is open any more. 409 while an error of the insurer is not resolved (`open_errors`)."""
    return tagged(response, lists.settle(db, actor, insurance_list_id, read))


@router.get(
    "/insurance-lists/{insurance_list_id}/workbook",
    operation_id="export_insurance_list",
    summary="Xuất danh sách bảo hiểm y tế ra bảng tính",
    response_class=WorkbookAnswer,
    responses=problems("not-found") | xlsx("The list: a sheet of increases, a sheet of decreases"),
)
def export_insurance_list(insurance_list_id: UUID, actor: Reader, db: Db) -> WorkbookAnswer:
    """The lines that were not taken off, as XLSX; citizen numbers only with `persons:id_full`."""
    return workbook(db, actor, insurance_list_id)


router.include_router(line_routes.router)
