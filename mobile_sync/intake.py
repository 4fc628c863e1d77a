"""How a batch is received: one transaction, one outcome for each submission, in the order sent."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api import clock, late_rows
from api.accounts.actor import Actor, narrowed
from api.changes import attempts
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.households.citizen_numbers import id_key
from api.problems import PermissionDenied, TooLarge
from mobile_sync import conflicts, halving, held, journal, senders, sight, turns
from mobile_sync.appliers import KINDS, Kind, unknown_kind
from mobile_sync.arrivals import Arrival, read_arrivals
from mobile_sync.journal import Entry
from mobile_sync.protocol import Envelope
from mobile_sync.senders import Contact
from mobile_sync.tables import OutcomeKind, SyncSubmission

log = logging.getLogger("giamngheo.sync")


@dataclass
class SortedOut:
    """A batch, sorted out: what is new, what came before, what came under the id of something else."""

    new: list[Arrival] = field(default_factory=list)
    stored: dict[UUID, SyncSubmission] = field(default_factory=dict)
    reused: list[Arrival] = field(default_factory=list)
    # of the stored ones those whose record stands outside of the caller's areas by now
    away: set[UUID] = field(default_factory=set)
    # one per submission sent: the arrival (of one that came twice in the batch the first), and how it is answered
    answers: list[tuple[Arrival, str]] = field(default_factory=list)
    # the tablet's smallest seq that is in no backup, as this batch leaves it
    undurable_from: int | None = None
    # somebody waits for a record that the batch creates
    awaited: bool = False
    # the outcomes as JSON, where nothing that comes later can change one
    told: bytes | None = None

    @property
    def replayed(self) -> int:
        return sum(how in ("stored", "again") for _, how in self.answers)


@dataclass(frozen=True)
class Received:
    """What the receipt tells: the outcomes as JSON, and the tablet's `seq` up to which a verified backup has all."""

    outcomes: bytes
    durable_through: int


def receive(session: Session, actor: Actor, batch: Envelope, most: int) -> Received:
    """What became of a batch. Whatever a submission holds, it is kept, and harms no other.

    Raises TooLarge (nothing stored, split it), Invalid (a submission without an id), the refusals of
    `senders.enrolled`, and what passes by itself (503: send it again).
    """
    if len(batch.submissions) > most:
        raise TooLarge(
            f"Tối đa {most} phiếu một lần gửi. Hãy chia nhỏ rồi gửi lại; chưa có gì được lưu.",
            f"At most {most} submissions at a time. Split and send again; nothing was stored.",
            max_submissions=most,
        )
    arrivals = read_arrivals(batch.submissions, id_key(session))
    device = senders.enrolled(session, actor, batch.device_id)
    try:
        with attempts.in_one_go(session, hopeful=True):
            return _received(session, actor, batch, arrivals, device)
    except Exception as error:
        if halving.passes(error):
            raise
    with attempts.in_one_go(session, hopeful=False):
        return _received(session, actor, batch, arrivals, device)


def _received(session: Session, actor: Actor, batch: Envelope, arrivals: list[Arrival], device: Row[Any]) -> Received:
    actor_at_tablet = senders.with_tablet(actor, device.id)
    sorted_out, entries = _decided(session, actor_at_tablet, batch, arrivals, device)
    if sorted_out.awaited:
        _try(session, lambda: held.release_for(session, held.came(entries), apply_all))
    if any(row.outcome == OutcomeKind.held for row in sorted_out.stored.values()):
        # what came again may have been released just now: the receipt says how it is, not how it was
        sorted_out.stored = journal.known(session, arrivals)
    if sorted_out.stored:
        sorted_out.away = sight.away(session, actor, sorted_out.stored)
    loose = senders.loose_from(session, device.id, sorted_out.stored.values())
    marked = min((seq for seq in (loose, sorted_out.undurable_from) if seq is not None), default=None)
    came = int(bool(sorted_out.new)) + int(loose is not None)
    newest = max((arrival.seq for arrival in arrivals if arrival.submission), default=0)
    _note_arrival(session, actor, batch, newest, (came, sorted_out.replayed, marked))
    outcomes = _told(sorted_out, entries) if sorted_out.told is None else sorted_out.told
    return Received(outcomes, senders.durable_through(marked, max(device.last_seq, newest)))


def _decided(
    session: Session, actor: Actor, batch: Envelope, arrivals: list[Arrival], device: Row[Any]
) -> tuple[SortedOut, list[Entry]]:
    for _ in range(2):
        try:
            with attempts.savepoint(session):
                return _journalled(session, actor, batch, arrivals, device)
        except IntegrityError as error:
            if attempts.hopeful(session):
                raise
            # another tablet stored one of these ids while we worked: it is known now, so sort the batch out again
            if "pk_sync_submission" not in str(error.orig):
                log.error("batch quarantined %s", type(error.orig).__name__)
                break
        except Exception as error:
            if attempts.hopeful(session) or halving.passes(error):
                raise
            log.error("batch quarantined %s", type(error).__name__)
            break
    # The last line of defence: what we cannot apply is kept all the same, and the tablet may let go of it.
    return _journalled(session, actor, batch, arrivals, device, quarantines=True)


def _journalled(
    session: Session,
    actor: Actor,
    batch: Envelope,
    arrivals: list[Arrival],
    device: Row[Any],
    *,
    quarantines: bool = False,
) -> tuple[SortedOut, list[Entry]]:
    sorted_out = _sort_out(session, actor, arrivals, device)
    sorted_out.undurable_from = _undurable_from(device, sorted_out.new)
    waiting: Sequence[SyncSubmission] = ()
    put = partial(journal.put, session, actor.account_id, batch, number=device.arrivals + 1)
    if quarantines:
        new = entries = [journal.entry_of(arrival, None) for arrival in sorted_out.new]
    else:
        waits = held.awaited(session, actor, batch.device_id, sorted_out.new)
        waiting, sorted_out.awaited = waits.here, waits.born
        ours = {arrival.submission_id for arrival in sorted_out.new} if waiting else ()
        waited = [journal.stored_arrival(session, row) for row in waiting]
        # what stands is written down while the next kind is decided
        entries = apply_all(session, actor, [*sorted_out.new, *waited], None if waiting else put)
        new = [entry for entry in entries if entry.arrival.submission_id in ours] if waiting else entries
    put([entry for entry in new if waiting or not entry.stands])
    with late_rows.writing(session):
        if not sorted_out.stored and not sorted_out.awaited:
            sorted_out.told = _told(sorted_out, entries)
    journal.keep_reused(session, batch.device_id, sorted_out.reused)
    conflicts.open_for(session, new)
    if waiting:
        held.settle(session, waiting, [entry for entry in entries if entry.arrival.submission_id not in ours])
    return sorted_out, entries


def _undurable_from(device: Row[Any], new: Sequence[Arrival]) -> int | None:
    known = () if device.undurable_from is None else (device.undurable_from,)
    return min((*known, *(arrival.seq for arrival in new)), default=None)


def release(session: Session, actor: Actor, device_id: UUID) -> None:
    """Applies what this tablet has waiting for a record that is there by now. Asked when a tablet only reads: the
    record may have come over the web, and nobody there knows of tablets.
    """
    _try(session, lambda: held.release_of(session, actor, device_id, apply_all))


def release_in(session: Session, actor: Actor) -> None:
    """Applies what the senders of the actor's areas have waiting for a record that is there by now."""
    _try(session, lambda: held.release_in(session, actor, apply_all))


def _try(session: Session, releases: Callable[[], None]) -> None:
    try:
        with attempts.savepoint(session):
            releases()
    except Exception as error:
        if attempts.hopeful(session) or halving.passes(error):
            raise
        # what waited goes on waiting; the batch that came is none the worse for it
        log.error("held submissions could not be tried again: %s", type(error).__name__)


def _note_arrival(
    session: Session, actor: Actor, batch: Envelope, newest: int, told: tuple[int, int, int | None]
) -> None:
    seen = Contact.of(batch, journal.skew_of(batch, clock.now()), newest)
    try:
        with attempts.savepoint(session):
            senders.note_arrival(session, actor, batch, seen, *told)
    except Exception as error:
        if attempts.hopeful(session) or halving.passes(error):
            raise
        # what the fleet's page shows of a tablet is worth no refused batch
        log.error("the contact of a tablet could not be noted: %s", type(error).__name__)
        senders.note_arrival(session, actor, batch, seen.bare, *told)


def _told(sorted_out: SortedOut, entries: Sequence[Entry]) -> bytes:
    """The outcomes as JSON, in the order sent. The values are JSON's already: a walk through a model would cost more
    than applying them."""
    decided = {id(entry.arrival): entry for entry in entries}  # by the object: an id that is a UUID is hashed in Python
    answers = []
    for arrival, how in sorted_out.answers:
        if how == "reused":
            answers.append(journal.told_reused(arrival))
        elif how == "stored":
            tell = sight.outcome_only if arrival.submission_id in sorted_out.away else journal.told_stored
            answers.append(tell(sorted_out.stored[arrival.submission_id], replayed=True))
        else:
            answers.append(journal.told(decided[id(arrival)], replayed=how == "again"))
    return orjson.dumps(answers)


def _sort_out(session: Session, actor: Actor, arrivals: Sequence[Arrival], device: Row[Any]) -> SortedOut:
    # Beyond the largest seq the tablet has sent nothing of it came before. What another tablet has sent under one of
    # these ids the journal's key refuses, and then the batch is gone through once more, and not in hope.
    ahead = attempts.hopeful(session) and all(arrival.seq > device.last_seq for arrival in arrivals)
    batch = SortedOut(stored={} if ahead else journal.known(session, arrivals))
    first: dict[UUID, Arrival] = {}
    for arrival in arrivals:
        before = batch.stored.get(arrival.submission_id) if batch.stored else None
        told = arrival
        if before is not None:
            mine = before.account_id == actor.account_id and before.digest == arrival.digest
            how = "stored" if mine else "reused"
        elif (twin := first.setdefault(arrival.submission_id, arrival)) is arrival:
            how = "new"
            batch.new.append(arrival)
        elif twin.digest == arrival.digest:
            how, told = "again", twin
        else:
            how = "reused"
        if how == "reused":
            batch.reused.append(arrival)
        batch.answers.append((told, how))
    return batch


def apply_all(
    session: Session, actor: Actor, arrivals: Sequence[Arrival], put: Callable[[list[Entry]], None] | None = None
) -> list[Entry]:
    """What becomes of these submissions, in the order of `seq` (`turns`): in a turn parents' kinds first, each kind in
    one go. `put` is given those of a kind that stand, as soon as they do."""
    entries: list[Entry] = []
    known: list[Arrival] = []
    for arrival in arrivals:
        if arrival.fault is not None:
            entries.append(journal.rejected(arrival, arrival.fault))
        elif arrival.submission is None:  # of the journal, and no key of ours opens it
            entries.append(Entry(arrival, OutcomeKind.quarantined))
        elif arrival.entity not in KINDS:
            entries.append(journal.rejected(arrival, unknown_kind()))
        else:
            known.append(arrival)
    # (record, version): what waited has become, in the turns before; as `Fold.late` has it of one turn
    became: set[tuple[UUID, int]] = set()
    for turn, some in enumerate(turns.in_turns(session, known)):
        if turn:  # the next one reads what this one wrote
            late_rows.write(session)
        for entity in sorted({arrival.entity for arrival in some}, key=lambda name: KINDS[name].rank):
            of_kind = [arrival for arrival in some if arrival.entity == entity]
            decided = _apply_kind(session, actor, KINDS[entity], of_kind, became)
            entries += decided
            if put is not None:
                put([entry for entry in decided if entry.stands])
    held.where_they_were(session, actor, entries)
    return entries


def _apply_kind(
    session: Session, actor: Actor, kind: Kind, arrivals: list[Arrival], became: set[tuple[UUID, int]]
) -> list[Entry]:
    try:
        writer = narrowed(actor, kind.permission)
    except PermissionDenied as problem:
        return [journal.rejected(arrival, problem) for arrival in arrivals]
    if kind.write is None:
        return [journal.entry_of(arrival, None) for arrival in arrivals]
    write = partial(_written, session, writer, kind)
    fates = halving.apply(session, write, [arrival.edit(actor.device_id, became) for arrival in arrivals])
    became.update(
        (arrival.record_id, fate.version)
        for arrival, fate in zip(arrivals, fates, strict=True)
        if fate is not None and fate.became and arrival.record_id and fate.version
    )
    return [journal.entry_of(arrival, fate) for arrival, fate in zip(arrivals, fates, strict=True)]


def _written(session: Session, actor: Actor, kind: Kind, edits: Sequence[Edit]) -> Any:
    assert kind.write is not None
    return kind.write(session, actor, edits, Origin.tablet)
