"""Submissions that wait for a household: applied as soon as it is there, for the person who sent them."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.households.tables import Household
from api.problems import NotFound
from mobile_sync import conflicts, journal, senders
from mobile_sync.journal import Entry
from mobile_sync.protocol import Arrival
from mobile_sync.tables import OutcomeKind, SyncSubmission

Decide = Callable[[Session, Actor, Sequence[Arrival]], list[Entry]]


def release(session: Session, actor: Actor, device_id: UUID, entries: Sequence[Entry], decide: Decide) -> None:
    """Tries again what waits for a household that came with this batch (from whatever tablet), and what this tablet
    has waiting for one that came by another way, or came back into its areas. One statement where nothing waits.
    """
    came = {e.arrival.record_id for e in entries if e.stands and e.version == 1 and e.arrival.record_id}
    waiting = _due(session, actor, device_id, came)
    if not waiting:
        return
    people = senders.authors(session, {row.account_id for row in waiting})
    by_sender: dict[tuple[UUID, UUID], list[Arrival]] = {}
    for row in waiting:
        by_sender.setdefault((row.account_id, row.device_id), []).append(journal.stored_arrival(session, row))
    decided: list[Entry] = []
    for (account_id, sender), arrivals in by_sender.items():
        if account_id in people:  # work of a disabled account goes on waiting, for a person
            decided += decide(session, senders.with_tablet(people[account_id], sender), arrivals)
    journal.revise(session, decided)
    conflicts.open_for(session, decided)


def behind(session: Session, actor: Actor, entries: Sequence[Entry]) -> None:
    """A change of a record that is itself still held or quarantined waits behind it, and is not refused as unknown."""
    orphans = [entry for entry in entries if _names_nothing(entry)]
    if not orphans:
        return
    s: Any = SyncSubmission
    stored = session.execute(
        select(s.record_id, s.waiting_for).where(
            s.record_id.in_({entry.arrival.record_id for entry in orphans}),
            s.account_id == actor.account_id,
            s.base_version.is_(None),
            s.outcome.in_(_UNDECIDED),
            s.submission_id.not_in([entry.arrival.submission_id for entry in entries]),
        )
    )
    unborn: dict[UUID | None, UUID | None] = {row.record_id: row.waiting_for for row in stored}
    for entry in entries:
        if entry.outcome in _UNDECIDED and entry.arrival.submission and entry.arrival.submission.base_version is None:
            unborn[entry.arrival.record_id] = entry.waiting_for
    for entry in orphans:
        if entry.arrival.record_id in unborn:
            entry.outcome, entry.problem = OutcomeKind.held, None
            entry.waiting_for = unborn[entry.arrival.record_id] or entry.arrival.record_id


_UNDECIDED = (OutcomeKind.held, OutcomeKind.quarantined)


def _names_nothing(entry: Entry) -> bool:
    sent = entry.arrival.submission
    unknown = entry.problem is not None and entry.problem["type"] == f"/problems/{NotFound.slug}"
    return unknown and sent is not None and sent.base_version is not None


def _due(session: Session, actor: Actor, device_id: UUID, came: set[UUID]) -> Sequence[SyncSubmission]:
    s: Any = SyncSubmission
    household: Any = Household
    reachable = exists().where(
        household.id == s.waiting_for,
        actor.scope_of(Permission.households_write).covers(household.hamlet_id),
    )
    mine_again = and_(s.device_id == device_id, reachable)
    return session.scalars(
        select(s)
        .where(s.outcome == OutcomeKind.held, or_(s.waiting_for.in_(came), mine_again))
        .order_by(s.device_id, s.seq, s.submission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
