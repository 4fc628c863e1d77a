"""Items of the yearly plan over HTTP. Their cancellation stands with the money (api/budgets/routes.py)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.etag import ReadVersion, VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.plans import item_queries as queries
from api.plans import items as commands
from api.plans.item_examples import ITEM
from api.plans.item_schemas import ItemApprovalIn, ItemIn, ItemOut, ItemPatch
from api.plans.tables import ItemState
from api.programmes.parameters import ComponentFilter
from api.schema import Page, Year

router = APIRouter(prefix="/plan-items", tags=["plans"])

Reader = Annotated[Actor, allow(Permission.programmes_read)]
Planner = Annotated[Actor, allow(Permission.plans_write)]
Approver = Annotated[Actor, allow(Permission.plans_approve)]


@router.get(
    "",
    operation_id="list_plan_items",
    summary="Danh sách mục kế hoạch trong năm",
    responses=problems("invalid-cursor") | example({"items": [ITEM], "next_cursor": None}),
)
def list_items(
    actor: Reader,
    db: Db,
    area_id: Annotated[UUID | None, Query(description="Only of this area and what lies under it.")] = None,
    year: Annotated[Year | None, Query(description="Only of this year.")] = None,
    component: ComponentFilter = None,
    state: Annotated[ItemState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ItemOut]:
    """What the commune plans: its own items and those of the caller's hamlets, newest year first."""
    return queries.items(
        db, actor.scope, area_id=area_id, year=year, component=component, state=state, limit=limit, cursor=cursor
    )


@router.post(
    "",
    operation_id="draft_plan_item",
    summary="Lập mục kế hoạch",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused") | example(ITEM, 201),
)
def draft_item(
    body: ItemIn, actor: Planner, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> ItemOut:
    """Drafts an item: what, how many, where, for which component, and how much from which source. With an `id` of your
    own or an `Idempotency-Key` a repeated call drafts once."""
    return tagged(response, commands.draft(db, actor, body, idempotency_key))


@router.get(
    "/{plan_item_id}",
    operation_id="read_plan_item",
    summary="Một mục kế hoạch",
    responses=problems("not-found") | example(ITEM),
)
def read_item(plan_item_id: UUID, actor: Reader, db: Db, response: Response) -> ItemOut:
    """One item with its funding and its ETag."""
    return tagged(response, queries.item(db, actor.scope, plan_item_id))


@router.patch(
    "/{plan_item_id}",
    operation_id="change_plan_item",
    summary="Sửa mục kế hoạch chưa phê duyệt",
    responses=problems("not-found", "illegal-stage", "stale-version", "version-required") | example(ITEM),
)
def change_item(
    plan_item_id: UUID, body: ItemPatch, actor: Planner, db: Db, response: Response, read: ReadVersion
) -> ItemOut:
    """Changes a draft, on the version named by `If-Match`. An approved item never changes: draft a new one."""
    return tagged(response, commands.change(db, actor, plan_item_id, read, body))


@router.post(
    "/{plan_item_id}/approval",
    operation_id="approve_plan_item",
    summary="Phê duyệt mục kế hoạch",
    responses=problems("not-found", "illegal-stage", "separation-of-duties", "stale-version") | example(ITEM),
)
def approve_item(
    plan_item_id: UUID,
    body: ItemApprovalIn,
    actor: Approver,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> ItemOut:
    """The chair approves; whoever prepared or changed the draft cannot. From then on money may be committed for it."""
    return tagged(response, commands.approve(db, actor, plan_item_id, read, body))
