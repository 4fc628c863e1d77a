"""Submissions that wait for a record they name: applied as soon as it is there, for the person who sent them."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select, text
from sqlmodel import Session

from api import sql
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.scope import Scope
from api.areas.tables import Area
from api.households.stored import among
from api.problems import NotFound
from mobile_sync import conflicts, journal, senders
from mobile_sync.appliers import KINDS, PUSHERS
from mobile_sync.journal import Entry
from mobile_sync.protocol import Arrival
from mobile_sync.tables import OutcomeKind, SyncSubmission

Decide = Callable[[Session, Actor, Sequence[Arrival]], list[Entry]]


_MAY_BE_DUE = text(
    """
    SELECT EXISTS (
        SELECT 1 FROM sync_submission WHERE outcome = 'held' AND (device_id = :device OR waiting_for = ANY(:came))
    )
    """
).bindparams(bindparam("came", type_=sql.Ids()))


def release(session: Session, actor: Actor, device_id: UUID, entries: Sequence[Entry], decide: Decide) -> None:
    """Tries again what waits for a household that came with this batch (from whatever tablet), and what this tablet
    has waiting for one that came by another way, or came back into its areas. One statement where nothing waits.
    """
    came = {e.arrival.record_id for e in entries if e.stands and e.version == 1 and e.arrival.record_id}
    # hardly ever does anything wait: asked first, without the areas, for a tenth of what `_due` costs
    if not session.scalar(_MAY_BE_DUE, {"device": device_id, "came": came}):
        return
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
    # what waits on is left as it was: a fresh `decided_at` would tell that the record exists, outside one's areas
    still = {row.submission_id: row.waiting_for for row in waiting}
    decided = [entry for entry in decided if not _waits_on(entry, still[entry.arrival.submission_id])]
    journal.revise(session, decided)
    conflicts.open_for(session, decided)


def _waits_on(entry: Entry, named: UUID | None) -> bool:
    return entry.outcome is OutcomeKind.held and entry.waiting_for == named


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


def where_they_were(session: Session, actor: Actor, entries: Sequence[Entry]) -> None:
    """Work of a surveyor who was sent elsewhere before the tablet had a line: it is of areas that were theirs when
    they did it. It waits for an officer of there, and is not refused as unknown.
    """
    lost = [entry for entry in entries if not_found(entry) and entry.arrival.submission is not None]
    if not lost:
        return
    before = senders.former(session, actor.account_id, PUSHERS)
    if not before.area_ids:
        return
    theirs = _standing_in(session, before, lost) | _meant_for(session, before, lost)
    for entry in lost:
        if entry.arrival.record_id in theirs:
            entry.outcome, entry.problem, entry.waiting_for = OutcomeKind.held, None, entry.arrival.record_id


def _standing_in(session: Session, before: Scope, entries: Sequence[Entry]) -> set[UUID | None]:
    by_kind: dict[str, set[UUID | None]] = {}
    for entry in entries:
        by_kind.setdefault(entry.arrival.entity, set()).add(entry.arrival.record_id)
    found: set[UUID | None] = set()
    for entity, ids in by_kind.items():
        place = KINDS[entity].place
        assert place is not None
        record_id, hamlet_id = place.selected_columns
        found.update(session.scalars(place.where(record_id.in_(ids), before.covers(hamlet_id))))
    return found


def _meant_for(session: Session, before: Scope, entries: Sequence[Entry]) -> set[UUID | None]:
    """New households that name a hamlet of there: nobody else has them."""
    named: dict[UUID | None, UUID] = {}
    for entry in entries:
        sent = entry.arrival.submission
        if sent is not None and sent.base_version is None and sent.entity == "household":
            named[sent.id] = UUID(sent.data["hamlet_id"])  # read already: what is no id was refused as invalid
    area: Any = Area
    theirs = set(session.scalars(select(area.id).where(area.id.in_(named.values()), before.covers(area.id))))
    return {record_id for record_id, hamlet_id in named.items() if hamlet_id in theirs}


_UNDECIDED = (OutcomeKind.held, OutcomeKind.quarantined)


def not_found(entry: Entry) -> bool:
    """Refused because it names nothing that its writer reaches."""
    return entry.problem is not None and entry.problem["type"] == f"/problems/{NotFound.slug}"


def _names_nothing(entry: Entry) -> bool:
    sent = entry.arrival.submission
    return not_found(entry) and sent is not None and sent.base_version is not None


def _due(session: Session, actor: Actor, device_id: UUID, came: set[UUID]) -> Sequence[SyncSubmission]:
    s: Any = SyncSubmission
    mine_again = and_(s.device_id == device_id, _reaches(actor, s.waiting_for))
    return session.scalars(
        select(s)
        .where(s.outcome == OutcomeKind.held, or_(among(s.waiting_for, came), mine_again))
        .order_by(s.device_id, s.seq, s.submission_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _reaches(actor: Actor, named: Any) -> ColumnElement[bool]:
    """Does the record of that id stand in the actor's areas? A household merged away: does its survivor?"""
    scope = actor.scope_of(Permission.households_write)
    found = []
    for kind in KINDS.values():
        if kind.place is not None:
            record_id, hamlet_id = kind.place.subquery().c
            found.append(exists().where(record_id == named, scope.covers(hamlet_id)))
    return or_(*found)
