"""Conflicts: opened with the batch, decided by the officers of the area where the record stands now.

Those of the area where it stood when the conflict was opened see that it was handed over, without anybody's values."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session

from api import audit, clock, sql
from api.accounts.actor import Actor
from api.areas.scope import Scope
from api.keys import mask
from api.problems import NotFound
from api.reviews.review_rows import in_force_beside
from api.schema import Schema
from mobile_sync import since
from mobile_sync.appliers import KINDS
from mobile_sync.journal import Entry
from mobile_sync.places import moved_on, stand_for, standing
from mobile_sync.tables import ConflictState, SyncConflict, SyncSubmission


class ConflictOut(Schema):
    """Two values for one field: the base both started from, the server's and the tablet's.

    `handed_over`: the record has left the reader's areas; the officers there decide. Values, choice, reason: null.
    Of an open one `record_id` is the record that is decided about: of a household merged away meanwhile the survivor.
    """

    id: UUID
    entity: str
    record_id: UUID
    submission_id: UUID
    fields: dict[str, Any]
    handed_over: bool
    state: Literal["open", "resolved"]
    opened_at: datetime
    resolved_at: datetime | None
    choice: str | None
    reason: str | None


def open_for(session: Session, entries: Sequence[Entry]) -> None:
    """Opens what these entries call a conflict, each in the hamlet where its record stands now."""
    new = [entry for entry in entries if entry.conflict_id is not None]
    if not new:
        return
    places = _places(session, new)
    rows = [
        {
            "id": str(entry.conflict_id),
            "submission_id": str(entry.arrival.submission_id),
            "entity": entry.arrival.entity,
            "record_id": str(entry.arrival.record_id),
            "area_id": str(places[entry.arrival.record_id]),
            "fields": entry.clashes or {},
        }
        for entry in new
    ]
    parameters = {"rows": sql.rows(rows), "now": clock.now()}
    session.execute(sql.load("mobile_sync/sql/open_conflicts.sql"), parameters)


def _places(session: Session, entries: Sequence[Entry]) -> dict[UUID | None, UUID]:
    by_kind: dict[str, set[UUID | None]] = {}
    for entry in entries:
        by_kind.setdefault(entry.arrival.entity, set()).add(entry.arrival.record_id)
    places: dict[UUID | None, UUID] = {}
    for entity, ids in by_kind.items():
        place = KINDS[entity].place
        assert place is not None
        record = place.selected_columns[0]
        places |= {row[0]: row[1] for row in session.execute(place.where(record.in_(ids)))}
    return places


def conflicts(session: Session, actor: Actor, state: ConflictState, limit: int) -> list[ConflictOut]:
    """The oldest first: whose record stands in the actor's areas, or stood there when they were opened."""
    c: Any = SyncConflict
    rows = session.execute(
        select(SyncConflict, _mine(actor.scope).label("mine"))
        .where(c.state == state, or_(_mine(actor.scope), actor.scope.covers(c.area_id)))
        .order_by(c.opened_at, c.id)
        .limit(limit)
    ).all()
    audit.record(session, actor, "conflicts.read", "conflict", [conflict.record_id for conflict, _ in rows])
    open_ones = [conflict for conflict, mine in rows if mine and conflict.state == ConflictState.open]
    survivors = stand_for(session, {one.record_id for one in open_ones if one.entity == "household"})
    records = {one.id: survivors.get(one.record_id, one.record_id) for one in open_ones}
    today = _today(session, actor, [(one.entity, records[one.id]) for one in open_ones])
    said = since.last_words(session, [one.submission_id for one in open_ones])
    return [
        _shown(conflict, bool(mine), records.get(conflict.id), today, said.get(conflict.submission_id, {}))
        for conflict, mine in rows
    ]


def _today(session: Session, actor: Actor, records: Sequence[tuple[str, UUID]]) -> dict[UUID, dict[str, Any]]:
    """The records as they are now: another decision may have changed the value that "server" stands for.

    Of a review it is the other one that stands on the server's side: the one in force.
    """
    by_kind: dict[str, set[UUID]] = {}
    for entity, record_id in records:
        by_kind.setdefault(entity, set()).add(record_id)
    found: dict[UUID, dict[str, Any]] = {}
    for entity, ids in by_kind.items():
        load = KINDS[entity].load
        if entity == "review":
            found |= in_force_beside(session, actor.scope, ids)
        elif load is not None:
            found |= {record_id: data for record_id, (_, data) in load(session, actor, list(ids)).items()}
    return found


def locked(session: Session, scope: Scope, conflict_id: UUID) -> tuple[SyncConflict, SyncSubmission]:
    """The conflict and its submission, locked. Raises NotFound, also for one of another area, and Conflict for one
    whose record has left the caller's areas."""
    c: Any = SyncConflict
    row = session.execute(
        select(SyncConflict, SyncSubmission, _mine(scope))
        .join(SyncSubmission, SyncSubmission.submission_id == c.submission_id)
        .where(c.id == conflict_id, or_(_mine(scope), scope.covers(c.area_id)))
        .with_for_update(of=[SyncConflict, SyncSubmission])
    ).first()
    if row is None:
        raise NotFound("Không tìm thấy mâu thuẫn này.", "There is no such conflict.")
    if not row[2]:
        raise moved_on()
    return row[0], row[1]


def _mine(scope: Scope) -> ColumnElement[bool]:
    c: Any = SyncConflict
    return scope.covers(func.coalesce(standing(c.entity, c.record_id), c.area_id))


def _shown(
    conflict: SyncConflict,
    mine: bool,
    decided_on: UUID | None,
    today: Mapping[UUID, Mapping[str, Any]],
    said: Mapping[str, Any],
) -> ConflictOut:
    """`decided_on`: the record that an open conflict is about today; None for the others. `said`: what its tablet has
    said since."""
    names = ConflictOut.model_fields.keys() - {"handed_over", "fields", "record_id"}
    fields: dict[str, Any] = dict(conflict.fields) if mine else dict.fromkeys(conflict.fields)
    record = today.get(decided_on, {}) if decided_on else {}
    for side, known in (("server", record), ("device", said)):
        for name in fields.keys() & known.keys():
            # a citizen number is masked here, and compared by its masked form
            fields[name] = {**fields[name], side: _masked(known[name]) if name == "personal_id" else known[name]}
    told = {name: getattr(conflict, name) for name in names}
    if not mine:
        told |= {"choice": None, "reason": None}
    record_id = decided_on or conflict.record_id
    return ConflictOut.model_validate(told | {"record_id": record_id, "handed_over": not mine, "fields": fields})


def _masked(number: str | None) -> str | None:
    return number and mask(number[-4:])
