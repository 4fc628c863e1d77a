"""The sync protocol, version 1 (docs/sync-protocol.md): one call per endpoint."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic_core import to_json

from api import clock
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.attachments.schemas import CHUNK_BYTES, MEDIA_TYPES, MOST_BYTES
from api.changes import epoch
from api.changes.routes import Cursor, Limit
from api.changes.schemas import ChangesOut, page_out
from api.db import Db
from api.openapi import example, problems
from mobile_sync import arrivals, examples, intake, protocol, pulls, queries, refusals
from mobile_sync import reference as reference_data
from mobile_sync.appliers import PUSHERS
from mobile_sync.attachment_routes import router as files
from mobile_sync.digest_routes import router as digests
from mobile_sync.fleet_routes import router as fleet
from mobile_sync.officer_routes import router as officers
from mobile_sync.protocol import PROTOCOL, Claim, Info, Receipt, StoredOutcomes
from mobile_sync.pulls import Waiting
from mobile_sync.reference import Reference

router = APIRouter(tags=["sync"])

Pusher = Annotated[Actor, allow(*PUSHERS)]
Reader = Annotated[Actor, allow(Permission.households_read)]


async def raw_body(request: Request) -> bytes:
    """The body as it came (already unpacked and bounded by the wire): the journal keeps what was really sent."""
    return await request.body()


@router.get(
    "/info",
    operation_id="read_sync_info",
    summary="Giới hạn, giờ máy chủ, phiên dữ liệu",
    responses=example(examples.INFO),
)
def read_info(request: Request, _: Reader, db: Db) -> Info:
    """What a tablet asks before it sends: limits, the server's time, the epoch. Whoever reads households."""
    limits = request.app.state.settings
    return Info(
        protocol=PROTOCOL,
        max_submissions=limits.sync_max_submissions,
        max_bytes=limits.sync_max_bytes,
        max_attachment_bytes=MOST_BYTES,
        attachment_types=list(MEDIA_TYPES),
        attachment_chunk_bytes=CHUNK_BYTES,
        server_time=clock.now(),
        epoch=epoch.epoch_of(db),
    )


@router.post(
    "/batches",
    operation_id="push_batch",
    summary="Gửi một lô phiếu từ máy tính bảng",
    response_model=Receipt,
    responses=problems("device-not-enrolled", "device-of-another-user", "device-revoked") | example(examples.RECEIPT),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": protocol.batch_schema(), "example": examples.BATCH}},
        }
    },
)
def push_batch(request: Request, body: Annotated[bytes, Depends(raw_body)], actor: Pusher, db: Db) -> Response:
    """Takes what a tablet recorded: one outcome for each submission, in the order sent; surveyors and commune officers.

    200 whenever the envelope could be read. What is acknowledged is stored: the answer leaves after the commit. Sent
    again, nothing changes and the stored outcomes come back. `Content-Encoding: gzip` is understood.
    """
    with refusals.noted(db, actor):
        batch = arrivals.read_envelope(arrivals.parse(body))
        received = intake.receive(db, actor, batch, request.app.state.settings.sync_max_submissions)
    told = {
        "batch_id": str(batch.batch_id),
        "epoch": str(epoch.epoch_of(db)),
        "server_time": clock.now().isoformat(),
        "durable_through": received.durable_through,
    }
    content = b'%b,"outcomes":%b}' % (to_json(told)[:-1], received.outcomes)
    return Response(content, media_type="application/json")


@router.get(
    "/submissions",
    operation_id="list_submissions",
    summary="Kết quả các phiếu đã gửi",
    response_model=StoredOutcomes,
    responses=problems("not-found") | example(examples.OUTCOMES),
)
def list_submissions(
    actor: Annotated[Actor, allow(*PUSHERS, Permission.fleet_read)],
    db: Db,
    device_id: UUID,
    after_seq: Annotated[int, Query(ge=-1, le=2**53, description="Only what came after this `seq`.")] = -1,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> Response:
    """The outcomes of a tablet's submissions as they are now; its own user, and who looks after the fleet there.

    Where its own user asks, what is not in force and comes after `after_seq` counts as read (`unread` of the fleet).
    What became of a record outside of the reader's areas is not told (`result` null), nor, with `version`, to who looks
    after the fleet without reading households.
    """
    return _json(queries.outcomes(db, actor, device_id, after_seq, limit))


@router.get(
    "/changes",
    operation_id="pull_changes",
    summary="Tải thay đổi về máy tính bảng",
    response_model=ChangesOut,
    responses=problems("invalid-cursor", "resync-required") | example(examples.CHANGES),
)
def pull_changes(
    actor: Reader,
    db: Db,
    limit: Limit = 500,
    cursor: Cursor = None,
    pending: Annotated[
        int | None, Query(ge=0, le=1_000_000, description="How much of its work is not sent yet.")
    ] = None,
    oldest_pending_at: Annotated[Claim | None, Query(description="Since when the oldest of it waits.")] = None,
) -> Response:
    """The changes of the caller's areas after the cursor; without one, the first sync. Whoever reads households.

    Parents come before children. Ask again while `more`; store the cursor together with the data it came with. What
    the tablet says of its outbox is shown to the officer of the fleet: its pushes may be what fails.
    """
    return _json(page_out(pulls.pull(db, actor, cursor, limit, Waiting(pending, oldest_pending_at))))


@router.get(
    "/reference",
    operation_id="read_reference",
    summary="Dữ liệu dùng chung: đơn vị, đợt rà soát, danh mục, mẫu phiếu",
    response_model=Reference,
    responses=example(examples.REFERENCE) | {304: {"description": "Không đổi / not changed"}},
)
def read_reference(
    actor: Reader,
    db: Db,
    if_none_match: Annotated[str | None, Header(max_length=1000, description="The `ETag` held already.")] = None,
) -> Response:
    """Areas, open rounds, code lists and forms of the caller's areas, with an ETag. Whoever reads households."""
    content, tag = reference_data.reference(db, actor)
    if tag in (if_none_match or ""):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(content, media_type="application/json", headers={"ETag": tag})


def _json(content: dict[str, Any]) -> Response:
    # JSON values already: a walk through a model would cost more than finding them
    return Response(to_json(content), media_type="application/json")


# after the ways of every day
router.include_router(digests)
router.include_router(fleet)
router.include_router(files)
router.include_router(officers)
