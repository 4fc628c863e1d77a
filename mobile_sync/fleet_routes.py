"""The addresses of the tablets themselves: codes, enrolment, the fleet, revocation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from api import paging
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.openapi import example, problems
from mobile_sync import examples, fleet, fleet_list, fleet_state
from mobile_sync.appliers import PUSHERS
from mobile_sync.fleet import DeviceIn, Enrolled, EnrolmentIn, EnrolmentOut
from mobile_sync.fleet_list import DeviceOut, DevicePage
from mobile_sync.tables import TabletState

router = APIRouter(tags=["sync"])

Pusher = Annotated[Actor, allow(*PUSHERS)]


def patience_of(request: Request) -> fleet_state.Patience:
    settings = request.app.state.settings
    return fleet_state.Patience(settings.tablet_silent_days, settings.tablet_stuck_days)


Patience = Annotated[fleet_state.Patience, Depends(patience_of)]


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
    patience: Patience,
    state: Annotated[TabletState | None, Query(description="Only those that are so.")] = None,
    limit: paging.Limit = 1000,
    cursor: paging.Cursor = None,
) -> DevicePage:
    """The tablets of the caller's areas: are they silent or stuck and why, their unsent work, their clock, what of
    theirs waits for a person. Who reads the fleet."""
    return fleet_list.devices_of(db, actor, patience, state=state, limit=limit, cursor=cursor)


@router.post(
    "/devices/{device_id}/revoke",
    operation_id="revoke_device",
    summary="Thu hồi máy tính bảng",
    responses=problems("not-found") | example(examples.DEVICE),
)
def revoke_device(
    device_id: UUID, actor: Annotated[Actor, allow(Permission.tablets_revoke)], db: Db, patience: Patience
) -> DeviceOut:
    """Ends a tablet's access at its next request, for good; commune officers and administrators, in their areas."""
    return fleet_list.revoke(db, actor, device_id, patience)
