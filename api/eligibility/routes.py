"""Entitlements over HTTP: of a household, as the work list of an area, as numbers; and the commune's priority order."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from api import clock
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.eligibility import examples, priority_orders, queries, summary
from api.eligibility.judging import shipped
from api.eligibility.schemas import EntitlementsOut, PriorityOrderIn, PriorityOrderOut, SummaryOut, WorkItem
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.programmes.parameters import PolicyFilter, one_of
from api.schema import Day, Line60, Page

router = APIRouter(tags=["eligibility"])

Reader = Annotated[Actor, allow(Permission.households_read)]
OrderReader = Annotated[Actor, allow(Permission.programmes_read)]
OrderWriter = Annotated[Actor, allow(Permission.plans_write)]
GroupFilter = Annotated[
    Annotated[Line60, one_of(lambda: sorted(priority_orders.known_groups()))] | None,
    Query(description="Only of this priority group."),
]
AsOf = Annotated[Day | None, Query(description="The day asked of; today if not given.")]


@router.get(
    "/households/{household_id}/entitlements",
    operation_id="read_entitlements",
    summary="Chính sách một hộ được hưởng: đã hưởng, còn lại, chưa rõ",
    responses=problems("not-found") | example(examples.ENTITLEMENTS),
)
def read_entitlements(household_id: UUID, actor: Reader, db: Db, as_of: AsOf = None) -> EntitlementsOut:
    """All that a household and its people appear to come under on a day: why, by which article, what was given, what
    is open, what a person still has to check. The responsible agency decides; an unverified amount is never due."""
    return queries.entitlements(db, actor, household_id, shipped(as_of or clock.today()))


@router.get(
    "/eligibility",
    operation_id="list_eligible_households",
    summary="Danh sách hộ đủ điều kiện nhưng chưa được hưởng",
    responses=problems("invalid-cursor") | example(examples.page(examples.WORK_ITEM)),
)
def list_eligible(
    actor: Reader,
    db: Db,
    policy: PolicyFilter = None,
    area_id: Annotated[UUID | None, Query(description="Only below this area.")] = None,
    as_of: AsOf = None,
    served: Annotated[
        Literal["open", "served", "unknown", "all"],
        Query(description="Eligible and not served yet, served, not known, or all of these."),
    ] = "open",
    priority: GroupFilter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[WorkItem]:
    """The work list: who appears eligible and has not been served, by household. Where the commune of the area has set
    an order of the priority groups, in that order. A page may hold fewer items than `limit` and not be the last."""
    asked = queries.Asked(area_id, served, priority, limit, cursor)
    return queries.work_list(db, actor, asked, shipped(as_of or clock.today(), policy))


@router.get(
    "/eligibility/summary",
    operation_id="summarise_eligibility",
    summary="Số hộ, số người đủ điều kiện, đã hưởng, chưa hưởng theo chính sách",
    responses=example(examples.SUMMARY),
)
def summarise(
    actor: Reader,
    db: Db,
    area_id: Annotated[UUID, Query(description="A commune or a hamlet.")],
    as_of: AsOf = None,
) -> SummaryOut:
    """Policy by policy over the register of a commune or hamlet: households and persons eligible, served, open, not
    known, excluded. What the caller may not see is counted as withheld."""
    return summary.summary(db, actor, area_id, shipped(as_of or clock.today()))


@router.get(
    "/priority-order",
    operation_id="list_priority_orders",
    summary="Thứ tự ưu tiên do xã đặt",
    responses=problems("invalid-cursor") | example(examples.page(examples.PRIORITY_ORDER)),
)
def list_orders(
    actor: OrderReader,
    db: Db,
    area_id: Annotated[UUID | None, Query(description="Only of this commune.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[PriorityOrderOut]:
    """The orders of priority groups that communes have set, the newest first. A commune without one: all are equal."""
    return priority_orders.orders(db, actor, area_id, limit, cursor)


@router.post(
    "/priority-order",
    operation_id="set_priority_order",
    summary="Đặt thứ tự ưu tiên của xã",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused") | example(examples.PRIORITY_ORDER, 201),
)
def set_order(
    body: PriorityOrderIn, actor: OrderWriter, db: Db, idempotency_key: IdempotencyKey = None
) -> PriorityOrderOut:
    """The order in which the commune helps the priority groups from a day on. It stays until the next one; without
    codes all groups are equal again. With an `id` or an `Idempotency-Key` a repeated call records once."""
    return priority_orders.set_order(db, actor, body, idempotency_key)
