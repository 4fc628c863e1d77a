"""Loans of the policy bank over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.credit import examples, list_routes, loan_queries, loans
from api.credit.schemas import LoanIn, LoanOut, LoanPatch
from api.credit.tables import LoanState
from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.programmes.parameters import PolicyFilter
from api.schema import Page

router = APIRouter(tags=["credit"])

Reader = Annotated[Actor, allow(Permission.credit_amounts, Permission.credit_exists)]
Bank = Annotated[Actor, allow(Permission.credit_write)]


@router.get(
    "/loans",
    operation_id="list_loans",
    summary="Khoản vay tín dụng chính sách",
    responses=problems("invalid-cursor") | example(examples.page(examples.LOAN)),
)
def list_loans(
    actor: Reader,
    db: Db,
    household_id: Annotated[UUID | None, Query(description="Only of this household.")] = None,
    area_id: Annotated[UUID | None, Query(description="Only below this area.")] = None,
    policy: PolicyFilter = None,
    state: Annotated[LoanState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[LoanOut]:
    """The loans of the caller's areas, newest first. Amounts, purpose and term only with `credit:amounts`; otherwise
    that the loan exists."""
    return loan_queries.loans(
        db, actor, household_id=household_id, area_id=area_id, policy=policy, state=state, limit=limit, cursor=cursor
    )


@router.post(
    "/loans",
    operation_id="record_loan",
    summary="Ngân hàng ghi khoản vay",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused") | example(examples.LOAN, 201),
)
def record_loan(
    body: LoanIn, actor: Bank, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> LoanOut:
    """A loan that was paid out to a household the bank may see: recognised today, or a borrower already. With an `id`
    of your own or an `Idempotency-Key` a repeated call records once."""
    return tagged(response, loans.record_loan(db, actor, body, idempotency_key))


@router.get(
    "/loans/{loan_id}",
    operation_id="read_loan",
    summary="Một khoản vay",
    responses=problems("not-found") | example(examples.LOAN),
)
def read_loan(loan_id: UUID, actor: Reader, db: Db, response: Response) -> LoanOut:
    """One loan with its ETag; amounts, purpose and term only with `credit:amounts`."""
    return tagged(response, loan_queries.loan(db, actor, loan_id))


@router.patch(
    "/loans/{loan_id}",
    operation_id="change_loan",
    summary="Ngân hàng cập nhật dư nợ, trạng thái khoản vay",
    responses=problems("not-found", "stale-version") | example(examples.LOAN),
)
def change_loan(
    loan_id: UUID, body: LoanPatch, actor: Bank, db: Db, response: Response, read: VersionIfGiven = None
) -> LoanOut:
    """What is still owed, and the state with its day: active, overdue, repaid, written off."""
    return tagged(response, loans.change_loan(db, actor, loan_id, read, body))


router.include_router(list_routes.router)
