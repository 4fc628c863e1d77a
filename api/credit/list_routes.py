"""Lists 03/TD over HTTP: who wants to borrow, held against the recognitions, confirmed for the bank."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.credit import examples, list_queries, lists
from api.credit.schemas import ConfirmationIn, LoanListBrief, LoanListIn, LoanListOut, RemovalIn
from api.credit.tables import LoanListState
from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Page

router = APIRouter()

Reader = Annotated[Actor, allow(Permission.credit_amounts)]
Writer = Annotated[Actor, allow(Permission.interventions_write)]
Position = Annotated[int, Path(ge=1, le=100_000, description="The number of the line on its list.", examples=[1])]
_STEP = problems("not-found", "illegal-stage", "stale-version") | example(examples.LOAN_LIST)


@router.get(
    "/loan-lists",
    operation_id="list_loan_lists",
    summary="Danh sách đề nghị vay vốn (mẫu 03/TD)",
    responses=problems("invalid-cursor") | example(examples.page(examples.LOAN_LIST_BRIEF)),
)
def list_loan_lists(
    actor: Reader,
    db: Db,
    area_id: Annotated[UUID | None, Query(description="Only below this area.")] = None,
    state: Annotated[LoanListState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[LoanListBrief]:
    """The lists of the caller's areas, newest first; the bank sees those the commune confirmed."""
    return list_queries.loan_lists(db, actor, area_id=area_id, state=state, limit=limit, cursor=cursor)


@router.post(
    "/loan-lists",
    operation_id="draw_up_loan_list",
    summary="Lập danh sách đề nghị vay vốn (mẫu 03/TD)",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused") | example(examples.LOAN_LIST, 201),
)
def draw_up_loan_list(
    body: LoanListIn, actor: Writer, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> LoanListOut:
    """Keeps the list of a savings and credit group. Each line is held against the recognition on the day of the list,
    the conditions of its policy and the loans under way; the answer says what speaks against it."""
    return tagged(response, lists.draw_up(db, actor, body, idempotency_key))


@router.get(
    "/loan-lists/{loan_list_id}",
    operation_id="read_loan_list",
    summary="Một danh sách đề nghị vay vốn",
    responses=problems("not-found") | example(examples.LOAN_LIST),
)
def read_loan_list(loan_list_id: UUID, actor: Reader, db: Db, response: Response) -> LoanListOut:
    """One list with its lines: class on the day of the list, newly escaped by the rule of credit, objection."""
    return tagged(response, list_queries.loan_list(db, actor, loan_list_id))


@router.post(
    "/loan-lists/{loan_list_id}/lines/{position}/removal",
    operation_id="take_off_loan_list_line",
    summary="Đưa một dòng ra khỏi danh sách vay vốn",
    responses=_STEP,
)
def take_off_line(
    loan_list_id: UUID,
    position: Position,
    body: RemovalIn,
    actor: Writer,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> LoanListOut:
    """Takes a line off a draft. It stays as a trace with the reason; it is neither confirmed nor printed."""
    return tagged(response, lists.take_off(db, actor, loan_list_id, position, read, body.reason))


@router.post(
    "/loan-lists/{loan_list_id}/confirmation",
    operation_id="confirm_loan_list",
    summary="Xã xác nhận danh sách đề nghị vay vốn",
    responses=problems("conflict") | _STEP,
)
def confirm_loan_list(
    loan_list_id: UUID,
    body: ConfirmationIn,
    actor: Writer,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> LoanListOut:
    """Confirms the list with number and day; it is checked once more. 409 while something speaks against a line that
    still stands on it (`lines`)."""
    return tagged(response, lists.confirm(db, actor, loan_list_id, read, body))
