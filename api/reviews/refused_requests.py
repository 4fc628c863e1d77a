"""A request that the commune has refused in writing (QĐ 24/2021, Điều 5): nothing more comes of it.

The letter belongs to recognitions, above this layer; what the request must know of it stands on the request, written
with the signature. It is part of a request on the wire, so that tablets learn it.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.changes import history
from api.changes.fold import Step
from api.changes.history import Announcement
from api.changes.tables import Origin
from api.households.stored import Lock, hold_households, survivors
from api.reviews.request_edits import ENTITY
from api.reviews.tables import Request

_request = Request.__table__  # type: ignore[attr-defined]


def hold_request(session: Session, request_id: UUID) -> Row[Any]:
    """The request, locked until the transaction ends: no result of Phiếu A is written down and no list is made of it
    meanwhile. Held after the books of the commune, before households."""
    return session.execute(select(_request).where(_request.c.id == request_id).with_for_update()).one()


def mark_refused(session: Session, actor: Actor, held: Row[Any], number: str, signed_on: date) -> None:
    """The next version of a request that was held by `hold_request`: refused by the letter of this number and day."""
    values = {"refused_on": signed_on, "refusal_number": number}
    version = held.version + 1
    row = update(_request).where(_request.c.id == held.id)
    session.execute(row.values(**values, version=version, updated_at=clock.now()))
    change = {"refused_on": [None, signed_on.isoformat()], "refusal_number": [None, number]}
    history.keep(session, actor, ENTITY, [Step(held.id, version, change)], Origin.web)
    history.announce(session, [Announcement(ENTITY, held.id, *_place(session, actor, held), version)])


def _place(session: Session, actor: Actor, held: Row[Any]) -> tuple[Any, UUID]:
    """The hamlet it is dealt with in today, and its group of the feed."""
    if held.household_id is None:
        return held.hamlet_id, held.id
    found = hold_households(session, actor.scope, [held.household_id], Lock.share)
    home = survivors(session, found, actor.scope, Lock.share).get(held.household_id, held.household_id)
    return found.hamlets[home], home
