"""Lines of the budget, the year's overview, and the cancellation of items of the plan over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.budgets import cancellation, closing, examples, lines, overview, queries
from api.budgets.schemas import AllocationIn, Booking, BudgetOut, ClosingIn, LineIn, LineOut
from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.plans.item_examples import ITEM
from api.plans.item_schemas import ItemCancellationIn, ItemOut
from api.plans.tables import MoneyLevel, MoneySource
from api.programmes.parameters import ComponentFilter
from api.schema import Page, Year

router = APIRouter(tags=["budget"])

Reader = Annotated[Actor, allow(Permission.budget_read)]
Treasurer = Annotated[Actor, allow(Permission.budget_write)]
Settler = Annotated[Actor, allow(Permission.settlements_write)]
Approver = Annotated[Actor, allow(Permission.plans_approve)]
AreaFilter = Annotated[UUID | None, Query(description="Only of this area and what lies under it.")]


@router.post(
    "/plan-items/{plan_item_id}/cancellation",
    tags=["plans"],
    operation_id="cancel_plan_item",
    summary="Hủy mục kế hoạch",
    responses=problems("not-found", "illegal-stage", "conflict", "stale-version") | example(ITEM),
)
def cancel_item(
    plan_item_id: UUID,
    body: ItemCancellationIn,
    actor: Approver,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> ItemOut:
    """Cancels a draft, or an approved item for which no money is committed. What was allocated for it is reversed."""
    return tagged(response, cancellation.cancel(db, actor, plan_item_id, read, body))


@router.get(
    "/budget",
    operation_id="read_budget",
    summary="Tổng hợp kinh phí trong năm",
    responses=problems("not-found") | example(examples.BUDGET),
)
def read_budget(
    actor: Reader,
    db: Db,
    area_id: Annotated[UUID, Query(description="A commune, or one hamlet of it.")],
    year: Annotated[Year, Query(examples=[2024])],
) -> BudgetOut:
    """What was planned, approved, committed, paid out and settled in a year, and what is left: by component, source,
    level and hamlet, each list with the same total."""
    return overview.overview(db, actor.scope, area_id, year)


@router.get(
    "/budget-lines",
    operation_id="list_budget_lines",
    summary="Danh sách dòng ngân sách",
    responses=problems("invalid-cursor") | example(examples.page(examples.LINE)),
)
def list_lines(
    actor: Reader,
    db: Db,
    area_id: AreaFilter = None,
    year: Annotated[Year | None, Query(description="Only of this year.")] = None,
    source: Annotated[MoneySource | None, Query(description="Only of this source.")] = None,
    level: Annotated[MoneyLevel | None, Query(description="Only of this level of the state.")] = None,
    component: ComponentFilter = None,
    plan_item_id: Annotated[UUID | None, Query(description="Only for this item of the plan.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[LineOut]:
    """The lines of the caller's areas, newest year first, each with its sums."""
    return queries.lines(
        db, actor.scope, area_id=area_id, year=year, source=source, level=level, component=component,
        plan_item_id=plan_item_id, limit=limit, cursor=cursor,
    )  # fmt: skip


@router.post(
    "/budget-lines",
    operation_id="open_budget_line",
    summary="Mở dòng ngân sách",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "illegal-stage")
    | example(examples.LINE, 201),
)
def open_line(
    body: LineIn, actor: Treasurer, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> LineOut:
    """Opens a line: money of one source in a year, for the programme, a component, or one item of the plan. It holds
    nothing until money is allocated to it."""
    return tagged(response, lines.open_line(db, actor, body, idempotency_key))


@router.get(
    "/budget-lines/{budget_line_id}",
    operation_id="read_budget_line",
    summary="Một dòng ngân sách",
    responses=problems("not-found") | example(examples.LINE),
)
def read_line(budget_line_id: UUID, actor: Reader, db: Db, response: Response) -> LineOut:
    """One line with its sums and its ETag."""
    return tagged(response, queries.line(db, actor.scope, budget_line_id))


@router.post(
    "/budget-lines/{budget_line_id}/allocations",
    operation_id="allocate_money",
    summary="Ghi phân bổ kinh phí",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "illegal-stage", "above-approved")
    | example(examples.BOOKING, 201),
)
def allocate(
    budget_line_id: UUID, body: AllocationIn, actor: Treasurer, db: Db, idempotency_key: IdempotencyKey = None
) -> Booking:
    """Books money allocated to a line by a paper. A line for an item of the plan takes no more than the item has from
    this source."""
    return lines.allocate(db, actor, budget_line_id, body, idempotency_key)


@router.post(
    "/budget-lines/{budget_line_id}/closing",
    operation_id="close_budget_line",
    summary="Khoá sổ dòng ngân sách cuối năm",
    responses=problems("not-found", "illegal-stage", "conflict", "above-approved", "stale-version")
    | example(examples.LINE | {"closed_on": "2025-01-31", "rest_vnd": 30_000_000}),
)
def close_line(
    budget_line_id: UUID, body: ClosingIn, actor: Settler, db: Db, response: Response, read: VersionIfGiven = None
) -> LineOut:
    """Ends the year of a line once everything paid out is settled. Its rest is given back or carried over to a line of
    the next year, as `rest` says. Afterwards only reversals are booked; the same closing again changes nothing."""
    return tagged(response, closing.close(db, actor, budget_line_id, read, body))
