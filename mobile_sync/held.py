"""Submissions that wait for a record they name: applied as soon as it is there, for the person who sent them.

What a tablet sends and what it has waiting are decided together, in the order of its `seq`: a change that came early
must not be overtaken by one that was made after it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, text
from sqlalchemy.orm import aliased
from sqlmodel import Session

from api import sql
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.queries import placed_in
from api.areas.tables import Area
from api.households.stored import among
from api.problems import NotFound, PermissionDenied, Problem
from mobile_sync import conflicts, journal, senders
from mobile_sync.appliers import KINDS, PUSHERS
from mobile_sync.arrivals import Arrival
from mobile_sync.journal import Entry
from mobile_sync.places import waits_at
from mobile_sync.tables import OutcomeKind, SyncSubmission

Decide = Callable[[Session, Actor, Sequence[Arrival]], list[Entry]]

# A household brings its papers, they bring their Phiếu A, and that what was changed in it: deeper nothing hangs.
_DEEPEST = 4
# How many of the officers' list are looked at when somebody reads it
_AT_ONCE = 500

_ANY = text("SELECT EXISTS (SELECT FROM sync_submission WHERE outcome = 'held')")
_WAITING = text(
    """
    SELECT coalesce(bool_or(device_id = :device), false),
        coalesce(bool_or(waiting_for = ANY(CAST(:born AS uuid[]))), false)
    FROM sync_submission
    WHERE outcome = 'held' AND (device_id = :device OR waiting_for = ANY(CAST(:born AS uuid[])))
    """
)
_OF_SENDER = text(
    """
    SELECT EXISTS (
        SELECT FROM sync_submission WHERE outcome = 'held' AND (device_id = :device OR account_id = :account)
    )
    """
)


@dataclass(frozen=True)
class Awaited:
    """What waits when a batch comes: of its own tablet (`here`), to be decided with it; and does anybody (`born`)
    wait for a record that it creates?"""

    here: Sequence[SyncSubmission] = ()
    born: bool = False


def awaited(session: Session, actor: Actor, device_id: UUID, arrivals: Sequence[Arrival]) -> Awaited:
    """One statement where nobody's work waits, which is as good as always."""
    if not sql.fetch(session, _ANY)[0][0]:
        return Awaited()
    born = _born(arrivals)
    here, elsewhere = sql.fetch(session, _WAITING, device=device_id, born=sql.id_list(born))[0]
    return Awaited(_due(session, _of_tablet(actor, device_id, born)) if here else (), elsewhere)


def _of_tablet(actor: Actor, device_id: UUID, born: set[UUID]) -> ColumnElement[bool]:
    """What waits for a record that is there or comes now, and what waits for a record that will come with that: in one
    go, so that nothing new overtakes it."""
    s: Any = SyncSubmission
    own = and_(s.device_id == device_id, s.account_id == actor.account_id)

    def comes(named: Any, deep: int) -> ColumnElement[bool]:
        if deep == 0:
            return or_(among(named, born), reaches(actor, named))
        parent: Any = aliased(SyncSubmission)
        unborn = select(parent.record_id).where(
            parent.device_id == device_id, parent.outcome == OutcomeKind.held, parent.base_version.is_(None),
            comes(parent.waiting_for, deep - 1),
        )  # fmt: skip
        found: ColumnElement[bool] = named.in_(unborn)
        return found

    return and_(own, or_(*(comes(s.waiting_for, deep) for deep in range(_DEEPEST - 1))))


def _born(arrivals: Sequence[Arrival]) -> set[UUID]:
    return {a.record_id for a in arrivals if a.creates and a.record_id}


def came(entries: Iterable[Entry]) -> set[UUID]:
    """The records that these entries brought into being."""
    return {e.arrival.record_id for e in entries if e.stands and e.arrival.record_id and e.arrival.creates}


def release_of(session: Session, actor: Actor, device_id: UUID, decide: Decide) -> None:
    """Tries again what this tablet has waiting for a record that is in the actor's areas by now, and what others of
    the actor have: the work of one that was lost, which this one sends again, waits under its name."""
    if sql.fetch(session, _OF_SENDER, device=device_id, account=actor.account_id)[0][0]:
        s: Any = SyncSubmission
        theirs = or_(s.device_id == device_id, s.account_id == actor.account_id)
        _release(session, and_(theirs, reaches(actor, s.waiting_for)), decide)


def release_in(session: Session, actor: Actor, decide: Decide) -> None:
    """Tries again what senders of the actor's areas have waiting for a record that is there by now: their tablet may
    never ask again, and the record may have come over the web."""
    s: Any = SyncSubmission
    theirs = and_(placed_in(s.account_id, actor.scope), actor.scope.covers(waits_at(s.waiting_for)))
    _release(session, theirs, decide, limit=_AT_ONCE)


def release_for(session: Session, records: set[UUID], decide: Decide) -> None:
    """Tries again what waits for these records, from whatever tablet, and then what waited for that."""
    if records:
        s: Any = SyncSubmission
        _release(session, among(s.waiting_for, records), decide)


def _release(session: Session, which: ColumnElement[bool], decide: Decide, limit: int | None = None) -> None:
    s: Any = SyncSubmission
    for _ in range(_DEEPEST):
        # what another transaction holds is being decided there; nobody waits for it here
        waiting = _due(session, which, skip_locked=True, limit=limit)
        records = came(_decided(session, waiting, decide))
        if not records:
            return
        which, limit = among(s.waiting_for, records), None


def _decided(session: Session, waiting: Sequence[SyncSubmission], decide: Decide) -> list[Entry]:
    if not waiting:
        return []
    people = senders.authors(session, {row.account_id for row in waiting})
    by_sender: dict[tuple[UUID, UUID], list[Arrival]] = {}
    for row in waiting:
        by_sender.setdefault((row.account_id, row.device_id), []).append(journal.stored_arrival(session, row))
    entries: list[Entry] = []
    for (account_id, sender), arrivals in by_sender.items():
        if account_id in people:  # work of a disabled account goes on waiting, for a person
            entries += decide(session, senders.with_tablet(people[account_id], sender), arrivals)
    settle(session, waiting, entries)
    return entries


def settle(session: Session, waiting: Sequence[SyncSubmission], entries: Sequence[Entry]) -> None:
    """Writes down what became of submissions that waited.

    What waits on is left as it was: a fresh `decided_at` would tell that the record exists, outside one's areas. So is
    the work of somebody whose right has ended since: a person decides, it is not refused behind their back.
    """
    still = {row.submission_id: row.waiting_for for row in waiting}
    decided = [entry for entry in entries if not _waits_on(entry, still[entry.arrival.submission_id])]
    journal.revise(session, decided)
    conflicts.open_for(session, decided)


def _waits_on(entry: Entry, named: UUID | None) -> bool:
    return (entry.outcome is OutcomeKind.held and entry.waiting_for == named) or _refused_as(entry, PermissionDenied)


def _due(
    session: Session, which: ColumnElement[bool], *, skip_locked: bool = False, limit: int | None = None
) -> Sequence[SyncSubmission]:
    s: Any = SyncSubmission
    wanted: Select[Any] = select(s).where(s.outcome == OutcomeKind.held, which)
    wanted = wanted.order_by(s.device_id, s.seq, s.submission_id).limit(limit)
    wanted = wanted.with_for_update(skip_locked=skip_locked)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def where_they_were(session: Session, actor: Actor, entries: Sequence[Entry]) -> None:
    """New households of a surveyor who was sent elsewhere before the tablet had a line: they are of a hamlet that was
    theirs when they were there. They wait for an officer of there, and are not refused as unknown.
    """
    refused = [e for e in entries if e.problem is not None]
    named = {e.arrival.record_id: _hamlet_named(e.arrival) for e in refused if not_found(e) and e.arrival.creates}
    wanted = {hamlet for hamlet in named.values() if hamlet is not None}
    if not wanted:
        return
    before = senders.former(session, actor.account_id, PUSHERS)
    area: Any = Area
    theirs = set(session.scalars(select(area.id).where(area.id.in_(wanted), before.covers(area.id))))
    for entry in refused:
        if not_found(entry) and named.get(entry.arrival.record_id) in theirs:
            entry.outcome, entry.problem, entry.waiting_for = OutcomeKind.held, None, entry.arrival.record_id


def _hamlet_named(arrival: Arrival) -> UUID | None:
    sent = arrival.submission
    # read already: what is no id was refused as invalid
    return UUID(sent.data["hamlet_id"]) if sent is not None and sent.entity == "household" else None


def not_found(entry: Entry) -> bool:
    """Refused because it names nothing that its writer reaches."""
    return _refused_as(entry, NotFound)


def _refused_as(entry: Entry, kind: type[Problem]) -> bool:
    return entry.problem is not None and entry.problem["type"] == kind.uri


def reaches(actor: Actor, named: Any) -> ColumnElement[bool]:
    """Does the record of that id stand in the actor's areas? A household merged away: does its survivor?"""
    scope = actor.scope_of(Permission.households_write)
    found = []
    for kind in KINDS.values():
        if kind.place is not None:
            record_id, hamlet_id = kind.place.subquery().c
            found.append(exists().where(record_id == named, scope.covers(hamlet_id)))
    return or_(*found)
