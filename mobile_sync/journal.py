"""The journal: every submission as it came, and its one current outcome. Written once per batch, with the outcome."""

import base64
import json
import logging
import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlmodel import Session

from api import clock, late_rows, sql
from api.changes.edits import Written
from api.households.citizen_numbers import id_key
from api.households.stored import among
from api.keys import IdKey
from api.problems import Problem, SubmissionIdReused
from mobile_sync import payloads
from mobile_sync.arrivals import Arrival, read_arrivals, storable, uuid_in
from mobile_sync.halving import Fate
from mobile_sync.protocol import Envelope
from mobile_sync.tables import OutcomeKind, SyncSubmission

log = logging.getLogger("giamngheo.sync")

_LARGEST_SKEW = 2**31 - 1


@dataclass(slots=True)
class Entry:
    """A submission and what became of it."""

    arrival: Arrival
    outcome: OutcomeKind
    version: int | None = None
    result: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None
    conflict_id: UUID | None = None
    waiting_for: UUID | None = None
    clashes: dict[str, Any] | None = None

    @property
    def stands(self) -> bool:
        """Is it in force?"""
        return self.outcome in IN_FORCE


IN_FORCE = (OutcomeKind.applied, OutcomeKind.merged)
_OUTCOMES = {kind.value: kind for kind in OutcomeKind}


def entry_of(arrival: Arrival, fate: Fate) -> Entry:
    """The journal's line for what a writer answered; without an answer (the server failed) it is quarantined."""
    if fate is None:
        return Entry(arrival, OutcomeKind.quarantined, waiting_for=_named(arrival))
    conflict_id = uuid4() if fate.outcome == "conflict" else None
    problem = _storable(fate.problem.body("vi")) if fate.problem else None
    return Entry(
        arrival,
        _OUTCOMES[fate.outcome],
        fate.version,
        fate.result,
        problem,
        conflict_id,
        _named(arrival) if fate.outcome == "rejected" else fate.waiting_for,
        _storable(fate.clashes) if fate.clashes else None,
    )


def _named(arrival: Arrival) -> UUID | None:
    """Where a new record that does not stand is to stand: its household or paper, or its hamlet. That says whose it is
    (places.decidable). Of one that had waited the journal knows already."""
    if not arrival.creates or arrival.waited:
        return None
    assert arrival.submission is not None
    data = arrival.submission.data
    return next((found for name in _PARENTS if (found := uuid_in(data.get(name)))), None)


_PARENTS = ("household_id", "request_id", "hamlet_id")


def rejected(arrival: Arrival, problem: Problem) -> Entry:
    return entry_of(arrival, Written(outcome="rejected", problem=problem))


_KNOWN = text("SELECT submission_id FROM sync_submission WHERE submission_id = ANY(CAST(:ids AS uuid[]))")


def known(session: Session, arrivals: Iterable[Arrival]) -> dict[UUID, SyncSubmission]:
    """What is stored already under the ids of these arrivals; as a rule nothing, and whole rows are asked for late."""
    ids = [row[0] for row in sql.fetch(session, _KNOWN, ids=sql.id_list(a.submission_id for a in arrivals))]
    if not ids:
        return {}
    wanted = select(SyncSubmission).where(among(SyncSubmission.submission_id, ids))
    found = session.scalars(wanted.execution_options(populate_existing=True))
    return {row.submission_id: row for row in found}


def skew_of(batch: Envelope, now: datetime) -> int:
    """The skew of the tablet's clock in seconds (positive: it is fast)."""
    return int(max(-_LARGEST_SKEW, min(_LARGEST_SKEW, (batch.sent_at - now).total_seconds())))


_COLUMNS = (
    sql.ID, sql.ID, sql.ID, sql.ID, "int8", "text", sql.ID, "int4", sql.MOMENT, sql.MOMENT, "bytea", "bytea",
    "text", "int4", sql.JSON, sql.JSON, sql.ID, sql.ID, sql.MOMENT, "int4", "int8",
)  # fmt: skip


def put(session: Session, account_id: UUID, batch: Envelope, entries: Iterable[Entry], number: int) -> None:
    """The batch's new submissions, which make it the tablet's arrival of this number: sealed now, and written with the
    late rows."""
    key, now = id_key(session), sql.moment_bytes(clock.now())
    device_id, account, batch_id = batch.device_id.bytes, account_id.bytes, batch.batch_id.bytes
    rows = [
        (
            arrival.submission_id.bytes, device_id, account, batch_id, arrival.seq, arrival.entity,
            arrival.record_id and arrival.record_id.bytes, sent.base_version if sent else arrival.base,
            sent and _moment(sent.recorded_at), now, arrival.digest,
            payloads.sealed(key, arrival.payload, arrival.submission_id), entry.outcome, entry.version,
            sql.json_bytes(entry.result), sql.json_bytes(entry.problem), entry.conflict_id and entry.conflict_id.bytes,
            entry.waiting_for and entry.waiting_for.bytes, now, 1, number,
        )
        for entry in entries
        for arrival in (entry.arrival,)
        for sent in (arrival.submission,)
    ]  # fmt: skip
    if rows:
        late_rows.put(session, _write, rows)


def _write(session: Session, rows: Sequence[Any]) -> AbstractContextManager[None]:
    return sql.copying(session, "mobile_sync/sql/write_journal.sql", _COLUMNS, rows)


def _moment(value: datetime) -> bytes | None:
    if 2 < value.year < 9998:  # so it is in UTC too
        return sql.moment_bytes(value)
    kept = storable(value)
    return None if kept is None else sql.moment_bytes(kept)


def revise(session: Session, entries: Sequence[Entry]) -> None:
    """The submissions were tried again: their outcomes as they are now."""
    rows = [{"submission_id": e.arrival.submission_id, **_decision(e)} for e in entries]
    if rows:
        parameters = {"rows": sql.rows(rows), "now": clock.now()}
        session.execute(sql.load("mobile_sync/sql/revise_journal.sql"), parameters)


def keep_reused(session: Session, device_id: UUID, arrivals: Sequence[Arrival]) -> None:
    """Other content under an id that was used before: kept beside the first one."""
    key = id_key(session)
    rows = [{"submission_id": a.submission_id, "digest": a.digest.hex(), "payload": _sealed(key, a)} for a in arrivals]
    if rows:
        parameters = {"rows": sql.rows(rows), "device": device_id, "now": clock.now()}
        session.execute(sql.load("mobile_sync/sql/keep_reused.sql"), parameters)


def told(entry: Entry, *, replayed: bool = False) -> dict[str, Any]:
    """The outcome on the wire."""
    return _outcome(entry, entry.arrival, replayed)


def told_stored(row: SyncSubmission, *, replayed: bool) -> dict[str, Any]:
    """The outcome of a submission that came earlier, as it is now."""
    return _outcome(row, row, replayed)


def told_reused(arrival: Arrival) -> dict[str, Any]:
    """Says nothing about the first one: it may be another user's."""
    return told(rejected(arrival, SubmissionIdReused()))


def stored_arrival(session: Session, row: SyncSubmission) -> Arrival:
    """A submission of the journal, as it was when it came; without parts and fault where our key does not open it."""
    key = id_key(session)
    try:
        arrival = read_arrivals([payloads.opened(key, row.payload, row.submission_id)], key)[0]
        arrival.waited = row.outcome == OutcomeKind.held
        return arrival
    except payloads.Unreadable:
        log.error("no key opens submission=%s", row.submission_id)
        return Arrival(row.submission_id, b"", row.digest, None, None, row.seq, row.entity, row.record_id)


def _sealed(key: IdKey, arrival: Arrival) -> str:
    return base64.b64encode(payloads.sealed(key, arrival.payload, arrival.submission_id)).decode()


def _outcome(source: Entry | SyncSubmission, of: Arrival | SyncSubmission, replayed: bool) -> dict[str, Any]:
    # ids as they are: whoever writes the answer writes 500 of them faster than we make text of them
    return {
        "submission_id": of.submission_id,
        "outcome": source.outcome,
        "entity": of.entity,
        "id": of.record_id,
        "version": source.version,
        "replayed": replayed,
        "result": source.result,
        "problem": source.problem,
        "conflict_id": source.conflict_id,
        "waiting_for": source.waiting_for if source.outcome == OutcomeKind.held else None,
    }


def _decision(entry: Entry) -> dict[str, Any]:
    return {
        "outcome": entry.outcome,
        "version": entry.version,
        "result": entry.result,
        "problem": entry.problem,
        "conflict_id": entry.conflict_id,
        "waiting_for": entry.waiting_for,
    }


def _storable(content: dict[str, Any]) -> dict[str, Any]:
    # A problem may name a field that a tablet made up, and names can hold what jsonb cannot (NUL, half a surrogate).
    text = json.dumps(content, ensure_ascii=False, default=str).encode("utf-8", "replace").decode()
    cleaned: dict[str, Any] = json.loads(_NUL.sub(r"\1�", text))
    return cleaned


# NUL as JSON writes it, and not the six characters \u0000 that somebody has sent: their backslash is written twice
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
