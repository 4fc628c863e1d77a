"""Deliveries and signing sheets over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.deliveries import commands, examples, queries, sheet_queries, sheets, ticks
from api.deliveries.queries import Filters
from api.deliveries.schemas import DeliveriesIn, DeliveriesOut, DeliveryOut, DeliveryState, ReversalIn
from api.deliveries.sheet_schemas import SheetIn, SheetOut, TicksIn, WholeSheetOut
from api.deliveries.tables import SheetState, SupportForm
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.programmes.parameters import PolicyFilter
from api.schema import Day, Page

router = APIRouter(tags=["deliveries"])

Reader = Annotated[Actor, allow(Permission.households_read)]
SheetReader = Annotated[Actor, allow(Permission.deliveries_write, Permission.households_read)]
Deliverer = Annotated[Actor, allow(Permission.deliveries_write)]
Reverser = Annotated[Actor, allow(Permission.deliveries_reverse)]
Preparer = Annotated[Actor, allow(Permission.interventions_write)]
InterventionFilter = Annotated[UUID | None, Query(description="Only under this intervention.")]
AreaFilter = Annotated[UUID | None, Query(description="Only in or below this area.")]
_REUSED = ("already-exists", "idempotency-key-reused")


@router.get(
    "/deliveries",
    operation_id="list_deliveries",
    summary="Danh sách lượt hỗ trợ",
    responses=problems("invalid-cursor") | example({"items": [examples.DELIVERY], "next_cursor": None}),
)
def list_deliveries(
    actor: Reader,
    db: Db,
    intervention_id: InterventionFilter = None,
    household_id: Annotated[UUID | None, Query(description="Only of this household.")] = None,
    area_id: AreaFilter = None,
    policy: PolicyFilter = None,
    delivered_from: Annotated[Day | None, Query(description="On this day or later.")] = None,
    delivered_to: Annotated[Day | None, Query(description="On this day or before.")] = None,
    form: Annotated[SupportForm | None, Query(description="Only of this form.")] = None,
    state: Annotated[DeliveryState | None, Query(description="Received, refused, or taken back.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[DeliveryOut]:
    """What the households, people, organisations and schools of the caller's areas received, the latest day first."""
    only = Filters(intervention_id, household_id, area_id, policy, delivered_from, delivered_to, form, state)
    return queries.deliveries(db, actor, only, limit=limit, cursor=cursor)


@router.post(
    "/deliveries",
    operation_id="create_deliveries",
    summary="Ghi lượt hỗ trợ đã giao",
    status_code=201,
    responses=problems("not-found", "above-approved", "already-delivered", *_REUSED)
    | example({"items": [examples.DELIVERY]}, 201),
)
def create_deliveries(
    body: DeliveriesIn, actor: Deliverer, db: Db, idempotency_key: IdempotencyKey = None
) -> DeliveriesOut:
    """Records up to 500 deliveries, all or none. One that a signing sheet waits for ticks its line. No more is handed
    out than the chair approved, where the intervention is paid from a budget line."""
    return commands.create_deliveries(db, actor, body, idempotency_key)


@router.get(
    "/deliveries/{delivery_id}",
    operation_id="read_delivery",
    summary="Một lượt hỗ trợ",
    responses=problems("not-found") | example(examples.DELIVERY),
)
def read_delivery(delivery_id: UUID, actor: Reader, db: Db, response: Response) -> DeliveryOut:
    """One delivery, with how many of its files are here. Its note is withheld without `persons:sensitive`."""
    return tagged(response, queries.delivery(db, actor, delivery_id))


@router.post(
    "/deliveries/{delivery_id}/reversal",
    operation_id="reverse_delivery",
    summary="Hủy, thu hồi lượt hỗ trợ, có lý do",
    responses=problems("not-found", "conflict", "stale-version") | example(examples.REVERSED),
)
def reverse_delivery(
    delivery_id: UUID, body: ReversalIn, actor: Reverser, db: Db, response: Response, read: VersionIfGiven = None
) -> DeliveryOut:
    """Takes a delivery back: recorded wrongly, or what was given has come back. It stays readable and no longer counts;
    its line on the signing sheet is `returned`."""
    return tagged(response, commands.reverse(db, actor, delivery_id, read, body))


@router.get(
    "/signing-sheets",
    operation_id="list_signing_sheets",
    summary="Các danh sách ký nhận",
    responses=problems("invalid-cursor") | example({"items": [examples.SHEET], "next_cursor": None}),
)
def list_signing_sheets(
    actor: SheetReader,
    db: Db,
    intervention_id: InterventionFilter = None,
    area_id: AreaFilter = None,
    state: Annotated[SheetState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[SheetOut]:
    """The signing sheets of the hamlets of the caller's areas with their sums, the latest day of handing out first."""
    return sheet_queries.sheets(
        db, actor, intervention_id=intervention_id, area_id=area_id, state=state, limit=limit, cursor=cursor
    )


@router.post(
    "/signing-sheets",
    operation_id="create_signing_sheet",
    summary="Lập danh sách ký nhận của một xóm",
    status_code=201,
    responses=problems("not-found", "illegal-stage", *_REUSED) | example(examples.WHOLE_SHEET, 201),
)
def create_signing_sheet(
    body: SheetIn, actor: Preparer, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> WholeSheetOut:
    """Draws up who of a hamlet is to sign for what. It is printed (`/paper`), or carried by the hamlet's tablets."""
    return tagged(response, sheets.draw_up(db, actor, body, idempotency_key))


@router.get(
    "/signing-sheets/{sheet_id}",
    operation_id="read_signing_sheet",
    summary="Một danh sách ký nhận",
    responses=problems("not-found") | example(examples.WHOLE_SHEET),
)
def read_signing_sheet(sheet_id: UUID, actor: SheetReader, db: Db, response: Response) -> WholeSheetOut:
    """One signing sheet with its lines and what became of each."""
    return tagged(response, sheet_queries.sheet(db, actor, sheet_id))


@router.post(
    "/signing-sheets/{sheet_id}/ticks",
    operation_id="tick_signing_sheet",
    summary="Nhập lại danh sách đã ký",
    responses=problems("not-found", "illegal-stage", "stale-version", "above-approved", "already-delivered")
    | example(examples.WHOLE_SHEET),
)
def tick_signing_sheet(
    sheet_id: UUID, body: TicksIn, actor: Deliverer, db: Db, response: Response, read: VersionIfGiven = None
) -> WholeSheetOut:
    """Ticks the lines of a signed paper, all or none: each one delivered or refused records a delivery. The same ticks
    again change nothing."""
    return tagged(response, ticks.tick(db, actor, sheet_id, read, body))


@router.post(
    "/signing-sheets/{sheet_id}/closing",
    operation_id="close_signing_sheet",
    summary="Kết thúc danh sách ký nhận",
    responses=problems("not-found", "illegal-stage", "conflict", "stale-version") | example(examples.CLOSED),
)
def close_signing_sheet(
    sheet_id: UUID, actor: Preparer, db: Db, response: Response, read: VersionIfGiven = None
) -> WholeSheetOut:
    """Closes a sheet on which nobody is awaited any more. What a tablet brings later still ticks its line."""
    return tagged(response, sheets.close(db, actor, sheet_id, read))


@router.post(
    "/signing-sheets/{sheet_id}/cancellation",
    operation_id="cancel_signing_sheet",
    summary="Hủy danh sách ký nhận",
    responses=problems("not-found", "illegal-stage", "conflict", "stale-version")
    | example(examples.WHOLE_SHEET | {"state": "cancelled"}),
)
def cancel_signing_sheet(
    sheet_id: UUID, actor: Preparer, db: Db, response: Response, read: VersionIfGiven = None
) -> WholeSheetOut:
    """Cancels a sheet of which nothing was handed out."""
    return tagged(response, sheets.cancel(db, actor, sheet_id, read))
