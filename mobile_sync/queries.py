"""What is stored about a tablet's submissions, as it is now."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.queries import placed_in
from api.accounts.tables import Device
from api.changes import epoch
from api.problems import DeviceRevoked, NotFound
from mobile_sync import intake, journal, senders, sight
from mobile_sync.tables import SyncSubmission


def outcomes(session: Session, actor: Actor, device_id: UUID, after_seq: int, limit: int) -> dict[str, Any]:
    """The outcomes of a tablet by `seq`: of one's own, or of one of the areas whose fleet one looks after. Who looks
    after the fleet reads what became of a record only with the right to read it there.

    Submissions with the same `seq` are never torn apart, so a page may be a little longer than `limit`.
    Raises NotFound for any other tablet, DeviceRevoked for a revoked one of one's own.
    """
    found = _visible(session, actor, device_id)
    intake.release(session, senders.with_tablet(actor, device_id), device_id)
    if found.mine:
        senders.note_asked(session, device_id, after_seq)
    s: Any = SyncSubmission
    sees, sees_people = (
        sight.sees(actor.scope_of(right), own=found.mine)
        for right in (Permission.households_read, Permission.persons_sensitive)
    )
    rows = session.execute(
        select(SyncSubmission, sees, sees_people)
        .where(s.device_id == device_id, s.seq > after_seq)
        .order_by(s.seq)
        .fetch(limit, with_ties=True)
    ).all()
    items = [
        _told(row, reads, knows, own=found.mine)
        | {"seq": row.seq, "received_at": row.received_at.isoformat(), "decided_at": row.decided_at.isoformat()}
        for row, reads, knows in rows
    ]
    return {
        "epoch": str(epoch.epoch_of(session)),
        "durable_through": senders.durable_through(found.undurable_from, found.last_seq),
        "items": items,
        "after_seq": rows[-1][0].seq if len(rows) >= limit else None,
    }


def _told(row: SyncSubmission, reads: bool, knows: bool, *, own: bool) -> dict[str, Any]:
    if not reads:
        return sight.outcome_only(row, replayed=False, own=own)
    told = journal.told_stored(row, replayed=False)
    return told if knows else sight.without_warnings(told)


def _visible(session: Session, actor: Actor, device_id: UUID) -> Row[Any]:
    device: Any = Device
    mine = device.account_id == actor.account_id
    fleet = placed_in(device.account_id, actor.scope_of(Permission.fleet_read))
    found = session.execute(
        select(
            device.revoked_at, device.undurable_from, device.last_seq, fleet.label("fleet"), mine.label("mine")
        ).where(device.id == device_id, mine | fleet)
    ).one_or_none()
    if found is None:
        raise NotFound("Không tìm thấy máy tính bảng này.", "There is no such tablet.")
    # A session that is bound to a revoked tablet was refused at the door. One that is not may still speak for it (a
    # sign-in without client_id), and is refused where it names the tablet: here, and in a batch. What names no tablet
    # (a pull) stays open: the lost tablet is out, the person is not. They read the same in the web, and they must be
    # able to enrol the next tablet. Who distrusts the person as well resets the password or disables the account.
    if found.revoked_at is not None and not found.fleet:
        raise DeviceRevoked()
    return found
