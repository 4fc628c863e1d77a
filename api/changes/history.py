"""The history of records, and the queue of the feed: both are written with the change, one statement each."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import Session

from api import clock, late_rows, sql
from api.areas.scope import Scope
from api.audit import Acting
from api.changes.edits import Edit
from api.changes.fold import Record, Step
from api.changes.tables import ChangeFeed, ChangePending, Op, Origin, RemoveReason


class Announcement(NamedTuple):
    """A change the feed shall tell the readers of `area_id`; `household_id` is the group the record belongs to."""

    entity: str
    record_id: UUID
    area_id: Any
    household_id: Any
    version: int
    op: Op = Op.put
    reason: RemoveReason | None = None
    into_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Went:
    """A household that went from one area to another; what hangs on it follows."""

    household_id: UUID
    from_id: Any
    to_id: Any


def keep(session: Session, actor: Acting, entity: str, steps: Sequence[Step], origin: Origin) -> None:
    """Writes the new versions into the history."""
    if not steps:
        return
    now, account, tablet = sql.moment_bytes(clock.now()), _id(actor.account_id), _id(actor.device_id)
    rows = [
        (step.record_id.bytes, step.version, entity, sql.json_bytes(step.change), origin, now,
         account, tablet if step.device_id in (actor.device_id, None) else _id(step.device_id), _id(step.submission_id))
        for step in steps
    ]  # fmt: skip
    late_rows.put(session, _write_versions, rows)


def _write_versions(session: Session, rows: Sequence[Any]) -> AbstractContextManager[None]:
    return sql.copying(session, "api/changes/sql/record_versions.sql", _VERSION_TYPES, rows)


_VERSION_TYPES = (sql.ID, "int4", "text", sql.JSON, "text", sql.MOMENT, sql.ID, sql.ID, sql.ID)


def _id(value: UUID | None) -> bytes | None:
    return None if value is None else value.bytes


def announce(session: Session, announcements: Sequence[Announcement]) -> None:
    """Puts changes into the queue of the feed."""
    if not announcements:
        return
    rows = [
        (
            a.entity,
            a.record_id.bytes,
            sql.id_bytes(a.area_id),
            sql.id_bytes(a.household_id),
            a.version,
            a.op,
            a.reason,
            a.into_id and a.into_id.bytes,
        )
        for a in announcements
    ]
    late_rows.put(session, _write_announced, rows)


def _write_announced(session: Session, rows: Sequence[Any]) -> AbstractContextManager[None]:
    return sql.copying(session, "api/changes/sql/announce.sql", _ANNOUNCED_TYPES, rows, record=1)


_ANNOUNCED_TYPES = ("text", sql.ID, sql.ID, sql.ID, "int4", "text", "text", sql.ID)


def follow(session: Session, went: Sequence[Went]) -> None:
    """Members, requests and whatever else the feed knows of these households leave the old area for the new one."""
    if not went:
        return
    late_rows.write(session)  # what hangs on them may have been announced just now
    rows = [{"household_id": w.household_id, "from_id": w.from_id, "to_id": w.to_id} for w in went]
    sql.fetch(session, sql.load("api/changes/sql/follow.sql"), rows=sql.rows(rows))


_PAST = text(
    """
    SELECT v.record_id, v.version, v.entity, v.change, s.device_id, s.seq, s.record_id,
        -- of what an officer wrote in the place of a submission its tablet knew only what no officer decided
        CASE WHEN v.origin <> 'tablet' THEN coalesce(s.upheld, '{}') END
    FROM jsonb_to_recordset(CAST(:wanted AS jsonb)) AS w (record_id uuid, oldest integer)
    JOIN record_version v ON v.record_id = w.record_id AND v.version > w.oldest
    LEFT JOIN sync_submission s ON s.submission_id = v.submission_id
    ORDER BY v.record_id, v.version
    """
)


def load_past(session: Session, entity: str, records: dict[UUID, Record], oldest: dict[UUID, int]) -> set[UUID]:
    """Gives the records their history since the version named; returns ids that belong to another kind of record."""
    if not oldest:
        return set()
    foreign: set[UUID] = set()
    if any(UUID(bytes=row[0]) in oldest for row in late_rows.waiting(session, _write_versions)):
        late_rows.write(session)
    wanted = [{"record_id": record_id, "oldest": version} for record_id, version in oldest.items()]
    for record_id, version, kind, change, *maker in sql.fetch(session, _PAST, wanted=sql.rows(wanted)):
        if kind != entity:
            foreign.add(record_id)
        elif record_id in records:
            records[record_id].past.append((version, change))
            records[record_id].note(version, *maker)
    return foreign


def left_areas(session: Session, scope: Scope, record_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the records, none of which stands in these areas today, that once did: they have left, or what they were
    merged into has."""
    return _told(session, scope, record_ids, Op.remove, (RemoveReason.left_area, RemoveReason.merged))


def in_areas(session: Session, scope: Scope, record_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the records, of whatever kind, that readers of these areas are told of."""
    return _told(session, scope, record_ids, Op.put, ())


def mistaken(session: Session, scope: Scope, edits: Iterable[Edit], foreign: set[UUID]) -> set[UUID]:
    """Ids to be changed as one kind of record that name another kind (`foreign`) in the caller's areas.

    One outside of them is not told apart from one that is not there yet: the edit waits, and nobody learns of it.
    """
    return in_areas(session, scope, foreign & {edit.record_id for edit in edits if edit.base_version is not None})


def _told(
    session: Session, scope: Scope, record_ids: Iterable[UUID], op: Op, reasons: Sequence[RemoveReason]
) -> set[UUID]:
    ids = list(record_ids)
    found: set[UUID] = set()
    if ids:
        late_rows.write(session)
    for table in (ChangeFeed, ChangePending) if ids else ():
        of_table: Any = table
        wanted = select(of_table.record_id).where(of_table.record_id.in_(ids), of_table.op == op)
        if reasons:
            wanted = wanted.where(of_table.reason.in_(reasons))
        found.update(session.execute(wanted.where(scope.covers(of_table.area_id))).scalars())
    return found
