"""Conflicts: opened with the batch, listed to the officers of the area where the record stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api import audit, clock, sql
from api.accounts.actor import Actor
from api.areas.scope import Scope
from api.problems import NotFound
from api.schema import Schema
from mobile_sync.appliers import KINDS
from mobile_sync.journal import Entry
from mobile_sync.tables import ConflictState, SyncConflict, SyncSubmission


class ConflictOut(Schema):
    """Two values for one field: the base both started from, the server's and the tablet's."""

    id: UUID
    entity: str
    record_id: UUID
    submission_id: UUID
    fields: dict[str, Any]
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
            "record_id": str(_record(entry)),
            "area_id": str(places[_record(entry)]),
            "fields": entry.clashes or {},
        }
        for entry in new
    ]
    parameters = {"rows": sql.rows(rows), "now": clock.now()}
    session.execute(sql.load("mobile_sync/sql/open_conflicts.sql"), parameters)


def _record(entry: Entry) -> UUID:
    # an edit to an absorbed household clashes with the survivor
    followed = (entry.result or {}).get("merged_into")
    record_id = UUID(followed) if followed else entry.arrival.record_id
    assert record_id is not None
    return record_id


def _places(session: Session, entries: Sequence[Entry]) -> dict[UUID, UUID]:
    by_kind: dict[str, set[UUID]] = {}
    for entry in entries:
        by_kind.setdefault(entry.arrival.entity, set()).add(_record(entry))
    places: dict[UUID, UUID] = {}
    for entity, ids in by_kind.items():
        place = KINDS[entity].place
        assert place is not None
        record = place.selected_columns[0]
        places |= {row[0]: row[1] for row in session.execute(place.where(record.in_(ids)))}
    return places


def conflicts(session: Session, actor: Actor, state: ConflictState, limit: int) -> list[SyncConflict]:
    """The oldest first, of the actor's areas."""
    found = session.scalars(
        select(SyncConflict)
        .where(SyncConflict.state == state, actor.scope.covers(SyncConflict.area_id))  # type: ignore[arg-type]
        .order_by(SyncConflict.opened_at, SyncConflict.id)  # type: ignore[arg-type]
        .limit(limit)
    ).all()
    audit.record(session, actor, "conflicts.read", "conflict", [conflict.record_id for conflict in found])
    return list(found)


def locked(session: Session, scope: Scope, conflict_id: UUID) -> tuple[SyncConflict, SyncSubmission]:
    """The conflict and its submission, locked. Raises NotFound, also for one of another area."""
    row = session.execute(
        select(SyncConflict, SyncSubmission)
        .join(SyncSubmission, SyncSubmission.submission_id == SyncConflict.submission_id)  # type: ignore[arg-type]
        .where(SyncConflict.id == conflict_id, scope.covers(SyncConflict.area_id))  # type: ignore[arg-type]
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound("Không tìm thấy mâu thuẫn này.", "There is no such conflict.")
    return row[0], row[1]
