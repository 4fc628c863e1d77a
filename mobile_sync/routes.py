"""The sync protocol, version 1 (docs/sync-protocol.md): one call per endpoint."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse

from api import clock, paging
from api.accounts import devices
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.accounts.schemas import DeviceOut, DevicePage
from api.changes import epoch
from api.changes.routes import Cursor, Limit
from api.changes.schemas import ChangesOut, page_out
from api.db import Db
from api.openapi import example, problems
from mobile_sync import conflicts as conflict_list
from mobile_sync import examples, fleet, intake, protocol, pulls, queries, repairs
from mobile_sync import reference as reference_data
from mobile_sync.appliers import PUSHERS
from mobile_sync.conflicts import ConflictOut
from mobile_sync.fleet import DeviceIn, Enrolled, EnrolmentIn, EnrolmentOut
from mobile_sync.protocol import PROTOCOL, Info, Outcome, Receipt, StoredOutcomes
from mobile_sync.reference import Reference
from mobile_sync.repairs import Resolution
from mobile_sync.tables import ConflictState

router = APIRouter(tags=["sync"])

Pusher = Annotated[Actor, allow(*PUSHERS)]
Reader = Annotated[Actor, allow(Permission.households_read)]
Resolver = Annotated[Actor, allow(Permission.conflicts_resolve)]


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
    batch = protocol.read_envelope(protocol.parse(body))
    outcomes = intake.receive(db, actor, batch, request.app.state.settings.sync_max_submissions)
    return _json(
        {
            "batch_id": str(batch.batch_id),
            "epoch": str(epoch.epoch_of(db)),
            "server_time": clock.now().isoformat(),
            "outcomes": outcomes,
        }
    )


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
) -> JSONResponse:
    """The outcomes of a tablet's submissions as they are now; its own user, and who looks after the fleet there."""
    return JSONResponse(queries.outcomes(db, actor, device_id, after_seq, limit))


@router.get(
    "/changes",
    operation_id="pull_changes",
    summary="Tải thay đổi về máy tính bảng",
    response_model=ChangesOut,
    responses=problems("invalid-cursor", "resync-required") | example(examples.CHANGES),
)
def pull_changes(actor: Reader, db: Db, limit: Limit = 500, cursor: Cursor = None) -> Response:
    """The changes of the caller's areas after the cursor; without one, the first sync. Whoever reads households.

    Parents come before children. Ask again while `more`; store the cursor together with the data it came with.
    """
    return _json(page_out(pulls.pull(db, actor, cursor, limit)))


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


@router.post(
    "/enrolments",
    operation_id="create_enrolment",
    summary="Cấp mã đăng ký máy tính bảng",
    status_code=201,
    responses=problems("not-found") | example(examples.ENROLMENT, 201),
)
def create_enrolment(
    body: EnrolmentIn, actor: Annotated[Actor, allow(Permission.tablets_enrol)], db: Db
) -> EnrolmentOut:
    """A one-time code for a tablet of a hamlet, of a user, or of anybody; commune officers, in their areas.

    It takes no `Idempotency-Key`: a code is told once and only its hash is kept, so that nobody can tell it again. Ask
    for another one; the first expires unused.
    """
    return fleet.create_enrolment(db, actor, body)


@router.post(
    "/devices",
    operation_id="enrol_device",
    summary="Đăng ký máy tính bảng",
    status_code=201,
    responses=problems("device-of-another-user", "device-revoked", "too-many-attempts")
    | example(examples.ENROLLED, 201),
)
def enrol_device(body: DeviceIn, actor: Pusher, db: Db) -> Enrolled:
    """Binds a tablet to the user who is signed in on it, with a code of a commune officer; whoever may send work."""
    return fleet.enrol(db, actor, body)


@router.get(
    "/devices",
    operation_id="list_devices",
    summary="Các máy tính bảng",
    responses=problems("invalid-cursor") | example({"items": [examples.DEVICE], "next_cursor": None}),
)
def list_devices(
    actor: Annotated[Actor, allow(Permission.fleet_read)],
    db: Db,
    limit: paging.Limit = 1000,
    cursor: paging.Cursor = None,
) -> DevicePage:
    """The tablets of the caller's areas: last contact, unsent work, clock, app version. Who reads the fleet."""
    return devices.devices(db, actor, limit=limit, cursor=cursor)


@router.post(
    "/devices/{device_id}/revoke",
    operation_id="revoke_device",
    summary="Thu hồi máy tính bảng",
    responses=problems("not-found") | example(examples.DEVICE),
)
def revoke_device(device_id: UUID, actor: Annotated[Actor, allow(Permission.tablets_revoke)], db: Db) -> DeviceOut:
    """Ends a tablet's access at its next request, for good; commune officers and administrators, in their areas."""
    return devices.revoke_device(db, actor, device_id)


@router.get(
    "/conflicts",
    operation_id="list_conflicts",
    summary="Mâu thuẫn chờ quyết định",
    responses=example([examples.CONFLICT]),
)
def list_conflicts(
    actor: Resolver,
    db: Db,
    state: Annotated[ConflictState, Query(description="Open ones, or decided ones.")] = ConflictState.open,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[ConflictOut]:
    """Where two people changed one field to different values, oldest first; commune officers, in their areas.

    One whose record has left them since is `handed_over`: shown without values, and decided by the officers there.
    """
    return conflict_list.conflicts(db, actor, state, limit)


@router.post(
    "/conflicts/{conflict_id}/resolution",
    operation_id="resolve_conflict",
    summary="Quyết định một mâu thuẫn",
    responses=problems("not-found", "illegal-stage", "conflict", "already-exists") | example(examples.RESOLVED),
)
def resolve_conflict(conflict_id: UUID, body: Resolution, actor: Resolver, db: Db) -> dict[str, Any]:
    """Decides for the server's value, the tablet's, or another one; commune officers. Answers with the record.

    The decision is a change like any other and reaches the tablets; the submission becomes `merged`, or `rejected`
    (superseded) where nothing of it remains.
    """
    return repairs.resolve(db, actor, conflict_id, body)


@router.post(
    "/submissions/{submission_id}/retry",
    operation_id="retry_submission",
    summary="Thử lại một phiếu đang chờ hoặc đang cách ly",
    responses=problems("not-found", "illegal-stage") | example(examples.OUTCOME),
)
def retry_submission(submission_id: UUID, actor: Resolver, db: Db) -> Outcome:
    """Tries a held or quarantined submission again, with the officer's rights; commune officers, in their areas.

    Theirs are the submissions of their own surveyors, and those of others whose record stands in their areas now.
    """
    return Outcome.model_validate(repairs.retry(db, actor, submission_id))


def _json(content: dict[str, Any]) -> Response:
    # the outcomes are JSON values already: a second walk through a model would cost more than applying them
    return Response(json.dumps(content, ensure_ascii=False, separators=(",", ":")), media_type="application/json")
