"""What is stored about a tablet's submissions, as it is now."""

from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.queries import placed_in
from api.accounts.tables import Device
from api.problems import NotFound
from mobile_sync import journal
from mobile_sync.tables import SyncSubmission


def outcomes(session: Session, actor: Actor, device_id: UUID, after_seq: int, limit: int) -> dict[str, Any]:
    """The outcomes of a tablet by `seq`: of one's own, or of one of the areas whose fleet one looks after.

    Submissions with the same `seq` are never torn apart, so a page may be a little longer than `limit`.
    Raises NotFound for any other tablet.
    """
    _require_visible(session, actor, device_id)
    s: Any = SyncSubmission
    rows = session.scalars(
        select(SyncSubmission)
        .where(s.device_id == device_id, s.seq > after_seq)
        .order_by(s.seq)
        .fetch(limit, with_ties=True)
    ).all()
    items = [
        journal.told_stored(row, replayed=False)
        | {"seq": row.seq, "received_at": row.received_at.isoformat(), "decided_at": row.decided_at.isoformat()}
        for row in rows
    ]
    return {"items": items, "after_seq": rows[-1].seq if len(rows) >= limit else None}


def _require_visible(session: Session, actor: Actor, device_id: UUID) -> None:
    device: Any = Device
    mine = device.account_id == actor.account_id
    fleet = placed_in(device.account_id, actor.scope_of(Permission.fleet_read))
    if not session.scalar(select(exists().where(device.id == device_id, mine | fleet))):
        raise NotFound("Không tìm thấy máy tính bảng này.", "There is no such tablet.")
