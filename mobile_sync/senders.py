"""Whose tablet this is, and on whose behalf its work is applied."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select, text, update
from sqlmodel import Session

from api import clock, sql
from api.accounts.actor import Actor, Grant
from api.accounts.permissions import Permission, Role, holds
from api.accounts.tables import Account, AccountGrant, Device, SignIn
from api.areas.scope import Scope, valid_on
from api.problems import DeviceNotEnrolled, DeviceOfAnotherUser, DeviceRevoked
from mobile_sync.arrivals import storable
from mobile_sync.protocol import Envelope
from mobile_sync.tables import SyncSubmission


@dataclass(frozen=True)
class Contact:
    """What a batch tells of the tablet that sent it. `skew_seconds`: positive where its clock is fast."""

    skew_seconds: int
    last_seq: int
    pending: int | None
    oldest_pending_at: datetime | None
    app_version: str | None
    form_version: str | None

    @property
    def bare(self) -> "Contact":
        """That the tablet was heard of, without what it said of itself and of its work."""
        return Contact(self.skew_seconds, 0, None, None, None, None)

    @classmethod
    def of(cls, batch: Envelope, skew_seconds: int, last_seq: int) -> "Contact":
        oldest = storable(batch.oldest_pending_at) if batch.oldest_pending_at else None
        return cls(skew_seconds, last_seq, batch.pending, oldest, batch.app_version, batch.form_version)


def durable_through(undurable_from: int | None, last_seq: int) -> int:
    """The `seq` up to which all that a tablet sent is in a verified backup; -1 where even 0 is not."""
    return last_seq if undurable_from is None else undurable_from - 1


# NO KEY: the journal's foreign keys to the tablet need not wait
_HELD = text(
    "SELECT id, account_id, revoked_at, arrivals, last_seq, undurable_from FROM device WHERE id = :device "
    "FOR NO KEY UPDATE"
)


def enrolled(session: Session, actor: Actor, device_id: UUID) -> Row[Any]:
    """The caller's tablet, locked until the end of the transaction: two batches of one tablet never run side by side.

    Raises DeviceNotEnrolled, DeviceOfAnotherUser or DeviceRevoked.
    """
    found = sql.fetch(session, _HELD, device=device_id)
    if not found:
        raise DeviceNotEnrolled(
            "Máy này chưa được đăng ký. Hãy xin cán bộ xã mã đăng ký; phiếu chưa gửi vẫn còn trên máy.",
            "This tablet is not enrolled. Ask the commune officer for an enrolment code; keep what you have not sent.",
        )
    device: Row[Any] = found[0]
    if device.account_id != actor.account_id:
        raise DeviceOfAnotherUser(
            "Máy này được cấp cho người khác. Hãy đăng nhập bằng tài khoản đã đăng ký máy.",
            "This tablet belongs to another user. Sign in as the user who enrolled it.",
        )
    if device.revoked_at is not None:
        raise DeviceRevoked()
    return device


def loose_from(session: Session, device_id: UUID, stored: Collection[SyncSubmission]) -> int | None:
    """The smallest `seq` of what came again and is in no backup, of what another tablet had sent before (the outbox of
    a lost one, taken over): backups count that one's arrivals, so its mark holds for this tablet too."""
    other = {row.device_id for row in stored if row.device_id != device_id}
    marks: dict[UUID, int] = {}
    if other:
        d: Any = Device
        rows = session.execute(select(d.id, d.undurable_from).where(d.id.in_(other), d.undurable_from.is_not(None)))
        marks = {row.id: row.undurable_from for row in rows}
    return min((row.seq for row in stored if row.device_id in marks and row.seq >= marks[row.device_id]), default=None)


def with_tablet(actor: Actor, device_id: UUID) -> Actor:
    """The same caller, at this tablet: the audit log and the history name it."""
    return replace(actor, device_id=device_id)


def authors(session: Session, account_ids: Collection[UUID]) -> dict[UUID, Actor]:
    """The accounts that sent something earlier, with the grants they have today; without those that were disabled."""
    rows = session.execute(
        select(Account, AccountGrant)
        .outerjoin(
            AccountGrant,
            and_(AccountGrant.account_id == Account.id, valid_on(AccountGrant, clock.today())),  # type: ignore[arg-type]
        )
        .where(Account.id.in_(account_ids), Account.disabled_at.is_(None))  # type: ignore[attr-defined,union-attr]
    ).all()
    grants: dict[UUID, list[Grant]] = {}
    for account, grant in rows:
        held = grants.setdefault(account.id, [])
        if grant is not None:
            held.append(Grant(Role(grant.role), grant.area_id, grant.head))
    people = {account.id: account for account, _ in rows}
    return {
        account_id: Actor(
            account_id, people[account_id].username, people[account_id].full_name, None, None, tuple(held), Scope.of(())
        )
        for account_id, held in grants.items()
    }


def former(session: Session, account_id: UUID, permissions: Collection[Permission]) -> Scope:
    """The areas in which the account once had one of these rights by a grant that has ended."""
    g: Any = AccountGrant
    ended = session.execute(
        select(g.role, g.head, g.area_id).where(g.account_id == account_id, g.valid_to < clock.today())
    )
    return Scope.of(row.area_id for row in ended if any(holds(Role(row.role), row.head, p) for p in permissions))


def note_asked(session: Session, device_id: UUID, after_seq: int) -> None:
    """The tablet asks what became of its work after this `seq`: what is not in force counts as read from now on.

    Only where all of it that is new lies beyond `after_seq`: who asks for the newest work alone is not told. So the
    first page counts, and the later ones change nothing.
    """
    statement = sql.load("mobile_sync/sql/note_asked.sql")
    sql.fetch(session, statement, device=device_id, after_seq=after_seq, now=clock.now())


def note_arrival(
    session: Session, actor: Actor, batch: Envelope, seen: Contact, came: int, replayed: int, undurable_from: int | None
) -> None:
    """The batch arrived, and the tablet was heard of: what the officer of the fleet sees. `came`: how many arrivals it
    counts as, one where it brought something new, and one more where it sent again what is loose of another tablet: no
    backup that was dumped before can have that. The session is bound to the tablet from now on.
    """
    now = clock.now()
    sql.fetch(
        session,
        sql.load("mobile_sync/sql/note_arrival.sql"),
        device=batch.device_id, came=came, undurable_from=undurable_from, now=now, skew=seen.skew_seconds,
        newest=seen.last_seq, pending=seen.pending, oldest_pending_at=seen.oldest_pending_at,
        app_version=seen.app_version or None, form_version=seen.form_version or None, account=actor.account_id,
        batch=batch.batch_id, protocol=batch.protocol, sent_at=storable(batch.sent_at) or now,
        submissions=len(batch.submissions), replayed=replayed,
    )  # fmt: skip
    if actor.session_id is not None and actor.device_id != batch.device_id:
        session.execute(
            update(SignIn).where(SignIn.id == actor.session_id).values(device_id=batch.device_id)  # type: ignore[arg-type]
        )
