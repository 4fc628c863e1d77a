"""The fleet as its officer sees it: which tablets are silent or stuck, and what waits for a person."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Integer, Select, case, cast, func, null, select, true, tuple_
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts import devices, queries
from api.accounts.actor import Actor
from api.accounts.tables import Account, Device
from api.schema import Page, Schema
from mobile_sync import fleet_state
from mobile_sync.fleet_state import WRONG_CLOCK_SECONDS, Patience
from mobile_sync.tables import OutcomeKind, StuckBecause, SyncSubmission, TabletState

_account = Account.__table__  # type: ignore[attr-defined]
_device = Device.__table__  # type: ignore[attr-defined]
_sent = SyncSubmission.__table__  # type: ignore[attr-defined]

UNFINISHED = (OutcomeKind.held, OutcomeKind.quarantined, OutcomeKind.conflict)


class DeviceOut(Schema):
    """A tablet as the officer of the fleet sees it."""

    id: UUID
    name: str
    user_id: UUID
    username: str
    full_name: str
    state: TabletState
    stuck_because: list[StuckBecause]
    app_version: str | None
    form_version: Annotated[str | None, Field(description="The newest form it has.")]
    enrolled_at: datetime
    revoked_at: datetime | None
    last_contact_at: datetime | None
    silent_days: Annotated[int, Field(description="Whole days since it was heard of, or enrolled.")]
    last_seq: int
    pending: Annotated[int | None, Field(description="Unsent submissions, as it said at its last contact.")]
    oldest_pending_at: Annotated[datetime | None, Field(description="Since when, by its own clock.")]
    unsent_days: Annotated[int | None, Field(description="Whole days the oldest of them waits, by our clock.")]
    refused_at: datetime | None
    refused_with: Annotated[str | None, Field(description="The problem its newest push was refused with.")]
    first_sync_at: Annotated[datetime | None, Field(description="When it last started from the beginning.")]
    clock_skew_seconds: Annotated[int | None, Field(description="Positive: its clock is fast.")]
    clock_wrong: Annotated[bool, Field(description="By more than five minutes.")]
    held: Annotated[int, Field(description="Submissions that wait for a record or a hand-over.")]
    quarantined: Annotated[int, Field(description="Submissions that the server failed on.")]
    in_conflict: Annotated[int, Field(description="Submissions that wait for a decision.")]
    unread: Annotated[int, Field(description="Submissions not in force whose outcome it did not ask for in days.")]


DevicePage = Page[DeviceOut]


def devices_of(
    session: Session,
    actor: Actor,
    patience: Patience,
    *,
    state: TabletState | None = None,
    limit: int = 1000,
    cursor: str | None = None,
) -> DevicePage:
    """The tablets whose owners hold a grant in the areas of the caller's fleet:read, by user and name."""
    wanted = _tablets(patience).where(queries.placed_in(_device.c.account_id, actor.scope))
    if state is not None:
        wanted = wanted.where(fleet_state.state(clock.now(), patience) == state.value)
    order = (_account.c.username, _device.c.name, _device.c.id)
    after = paging.decode(cursor, str, str, UUID)
    if after is not None:
        wanted = wanted.where(tuple_(*order) > tuple_(*after))
    rows = session.execute(_with_work(wanted.order_by(*order).limit(limit + 1), patience)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.username, row.name, str(row.id)))
    audit.record(session, actor, "devices.list", "device", [row.id for row in shown])
    return DevicePage(items=[_out(row) for row in shown], next_cursor=next_cursor)


def revoke(session: Session, actor: Actor, device_id: UUID, patience: Patience) -> DeviceOut:
    """Ends the tablet's access. Raises what `devices.revoke_device` raises."""
    devices.revoke_device(session, actor, device_id)
    return _out(session.execute(_with_work(_tablets(patience).where(_device.c.id == device_id), patience)).one())


def _tablets(patience: Patience) -> Select[Any]:
    now, since = clock.now(), fleet_state.unsent_since()
    # counted here and not in Python: what a broken clock claims may be no date there
    days = cast(func.greatest(0, func.floor(func.extract("epoch", now - since) / 86400)), Integer)
    return select(
        _device,
        _account.c.username,
        _account.c.full_name,
        fleet_state.state(now, patience).label("state"),
        *(
            condition.label(f"because_{reason.value}")
            for reason, condition in fleet_state.reasons(now, patience).items()
        ),
        case((since.is_(None), null()), else_=days).label("unsent_days"),
    ).join_from(_device, _account, _account.c.id == _device.c.account_id)


def _with_work(wanted: Select[Any], patience: Patience) -> Select[Any]:
    # the page first: what is counted is the work of its tablets only, from indexes without what is in force
    page = wanted.subquery("page")
    outcome = _sent.c.outcome
    counts = [func.count().filter(outcome == kind.value).label(kind.value) for kind in UNFINISHED]
    unfinished = (_sent.c.device_id == page.c.id) & outcome.in_([kind.value for kind in UNFINISHED])
    work = select(*counts).where(unfinished).lateral("work")
    unread = select(func.count().label("unread")).where(fleet_state.unread(page.c, patience)).lateral("not_asked_for")
    shown = select(page, *work.c, *unread.c).select_from(page.join(work, true()).join(unread, true()))
    return shown.order_by(page.c.username, page.c.name, page.c.id)


def _out(row: Any) -> DeviceOut:
    told = {name: getattr(row, name) for name in DeviceOut.model_fields if hasattr(row, name)}
    heard = max(row.enrolled_at, row.last_contact_at or row.enrolled_at)
    stuck = row.state == TabletState.stuck
    return DeviceOut(
        **told,
        user_id=row.account_id,
        stuck_because=[reason for reason in StuckBecause if stuck and getattr(row, f"because_{reason.value}")],
        silent_days=max(0, (clock.now() - heard).days),
        clock_wrong=abs(row.clock_skew_seconds or 0) > WRONG_CLOCK_SECONDS,
        in_conflict=row.conflict,
    )
