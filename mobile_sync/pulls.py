"""A tablet that asks for changes was heard of, also when it has nothing to send."""

from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from api import clock
from api.accounts.actor import Actor
from api.accounts.tables import Device
from api.changes import feed
from api.changes.feed import FeedPage
from mobile_sync import intake
from mobile_sync.appliers import LOADERS

# A first sync is many pages: the officer of the fleet needs no finer time than this.
_FRESH = timedelta(minutes=1)


def pull(session: Session, actor: Actor, cursor: str | None, limit: int) -> FeedPage:
    """A page of the feed (raises what `feed.read` raises); notes the contact of the tablet the session is bound to."""
    page = feed.read(session, actor, LOADERS, cursor, limit)
    if actor.device_id is not None:
        _note(session, actor)
        intake.release(session, actor, actor.device_id)
    return page


def _note(session: Session, actor: Actor) -> None:
    now = clock.now()
    # a batch of the same tablet holds the row, and notes the contact itself: nobody waits for it here
    due = select(col(Device.id)).where(
        col(Device.id) == actor.device_id,
        col(Device.account_id) == actor.account_id,
        or_(col(Device.last_contact_at).is_(None), col(Device.last_contact_at) < now - _FRESH),
    )
    free = due.with_for_update(key_share=True, skip_locked=True)
    session.execute(update(Device).where(col(Device.id).in_(free)).values(last_contact_at=now))
