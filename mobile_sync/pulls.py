"""A tablet that asks for changes was heard of, also when it has nothing to send, or cannot send it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, or_, select, update
from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.accounts.tables import Device
from api.changes import feed
from api.changes.feed import FeedPage
from mobile_sync import intake
from mobile_sync.appliers import LOADERS
from mobile_sync.arrivals import storable

_device = Device.__table__  # type: ignore[attr-defined]

# A first sync is many pages: the officer of the fleet needs no finer time than this.
_FRESH = timedelta(minutes=1)
# The first page is asked for again when its answer was lost on the road: that is one first sync, not two.
_SAME_FIRST_SYNC = timedelta(minutes=5)


@dataclass(frozen=True)
class Waiting:
    """What a tablet says of its outbox while it pulls: how much is unsent, and since when by its own clock."""

    pending: int | None = None
    oldest_pending_at: datetime | None = None


def pull(session: Session, actor: Actor, cursor: str | None, limit: int, waiting: Waiting) -> FeedPage:
    """A page of the feed (raises what `feed.read` raises); notes the contact of the tablet the session is bound to."""
    page = feed.read(session, actor, LOADERS, cursor, limit)
    if actor.device_id is not None:
        _note(session, actor, waiting, first_sync=cursor is None)
        intake.release(session, actor, actor.device_id)
    return page


def _note(session: Session, actor: Actor, waiting: Waiting, *, first_sync: bool) -> None:
    device, now = _device.c, clock.now()
    due = [device.last_contact_at.is_(None), device.last_contact_at < now - _FRESH]
    values: dict[str, Any] = {"last_contact_at": now}
    if waiting.pending is not None:
        said = {"pending": waiting.pending, "oldest_pending_at": _since(waiting)}
        due += [device[name].is_distinct_from(value) for name, value in said.items()]
        values |= said
    if first_sync:
        began = device.first_sync_at
        new = or_(began.is_(None), began < now - _SAME_FIRST_SYNC)
        due.append(new)
        values |= {
            "first_syncs": device.first_syncs + case((new, 1), else_=0),
            "first_sync_before_at": case((new, began), else_=device.first_sync_before_at),
            "first_sync_at": case((new, now), else_=began),
        }
    # a batch of the same tablet holds the row, and notes the contact itself: nobody waits for it here
    mine = and_(device.id == actor.device_id, device.account_id == actor.account_id)
    free = select(device.id).where(mine, or_(*due)).with_for_update(key_share=True, skip_locked=True)
    session.execute(update(_device).where(device.id.in_(free)).values(values))


def _since(waiting: Waiting) -> datetime | None:
    return storable(waiting.oldest_pending_at) if waiting.pending and waiting.oldest_pending_at else None
