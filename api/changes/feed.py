"""The feed: gives committed changes their numbers, and reads pages of it for one caller's areas.

Writers only insert into change_pending. Whoever reads next numbers what is committed by then, so that a number is
never older than a commit, and a reader who has passed a number has passed everything below it (docs/decisions/0002).
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    Engine,
    Row,
    Select,
    Text,
    and_,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased
from sqlmodel import Session

from api import audit, sql
from api.areas.scope import Scope
from api.areas.tables import Area
from api.changes import cursors, epoch
from api.changes.cursors import Cursor
from api.changes.tables import ChangeFeed, ChangePending, FeedEpoch, FeedRun, Op, RemoveReason
from api.problems import ResyncRequired


class Reader(audit.Acting, Protocol):
    """Who reads: `scope` says which areas' changes, `grants` in which roles (accounts' Actor has both)."""

    @property
    def scope(self) -> Scope: ...

    @property
    def grants(self) -> Sequence[Any]: ...


# The live data of records: {id: (version, data)}, without those the reader may not see.
Loader = Callable[[Session, Any, Collection[UUID]], dict[UUID, tuple[int, dict[str, Any]]]]
Loaders = Mapping[str, Loader]

# Numbering takes a connection beside the reader's own: one at a time in a process, so that many readers who come at
# once do not wait for each other's connections. Most of them find everything numbered when their turn comes.
_NUMBERING = threading.Lock()
_ALONE = text("SELECT pg_advisory_xact_lock(:lock), set_config('statement_timeout', '0', true)")
_WAITING: Any = select(select(ChangePending).exists())

# Reading meets a record that changed since the numbering a moment ago: number again, and read again, this often.
_TRIES = 3


@dataclass(frozen=True)
class Change:
    """One change: `put` with the record as it is now and the area it stands in, or `remove` with its reason."""

    entity: str
    id: UUID
    version: int
    op: Op
    data: dict[str, Any] | None = None
    reason: str | None = None
    into: UUID | None = None
    area_id: UUID | None = None


@dataclass(frozen=True)
class FeedPage:
    epoch: UUID
    cursor: str
    more: bool
    changes: list[Change]


def number(engine: Engine) -> int:
    """Numbers what is committed; how many changes that were. In a transaction of its own, one at a time.

    Short, but where nobody has read for long: then it takes the time it takes. Stopped at the time limit of a request
    it would be begun anew by every reader, with ever more to number, and nobody would ever read again.
    """
    with Session(engine) as session, session.begin():
        session.execute(_ALONE, {"lock": epoch.FEED_LOCK})
        if epoch.current(session) is None:
            epoch.ensured(session)
        return session.execute(sql.load("api/changes/sql/number.sql")).rowcount  # type: ignore[attr-defined,no-any-return]


def read(session: Session, actor: Reader, loaders: Loaders, cursor: str | None, limit: int) -> FeedPage:
    """The changes of the actor's areas after `cursor`; without one, the first page of everything there is.

    Raises InvalidCursor, and ResyncRequired where the cursor is of another epoch or of other areas.
    """
    where = cursors.decode(cursor) if cursor is not None else None
    areas = scope_mark(session, actor)
    page = None
    for _ in range(_TRIES):
        number_waiting(session)
        page = _page(session, actor, loaders, where, areas, limit)
        if page.changes or not page.more:
            break
    assert page is not None
    if page.changes:
        audit.record(session, actor, "changes.read", "change", [change.id for change in page.changes])
    return page


def scope_mark(session: Session, actor: Reader) -> str:
    """Sixteen characters that change when what an actor sees changes: the areas, or the roles that mask fields there.

    Worked out here at every question and never by the reader: the same grants always give the same mark, so that
    nobody starts again and again.
    """
    area: Any = Area
    listed = func.array_agg(aggregate_order_by(area.id, area.id))
    roles = sorted({f"{grant.role}:{grant.area_id}" for grant in actor.grants})
    seen = func.concat(cast(listed, Text), " ".join(roles))
    mark = session.scalar(select(func.md5(seen)).where(actor.scope.covers(area.id)))
    return (mark or "")[:16]


def number_waiting(session: Session) -> None:
    """Numbers what is committed by now, where there is anything; beside the caller's own transaction."""
    if not session.scalar(_WAITING):
        return
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    with _NUMBERING:
        if session.scalar(_WAITING):
            number(engine)


def _page(session: Session, actor: Reader, loaders: Loaders, where: Cursor | None, areas: str, limit: int) -> FeedPage:
    booting = where is None or where.booting
    rows = session.execute(_boot_rows(actor, where, limit) if booting else _rows(actor, where, limit)).all()
    if not rows:  # no epoch yet: nothing was ever numbered here
        epoch.epoch_of(session)
        return _page(session, actor, loaders, where, areas, limit)
    life, seen = rows[0].epoch, rows[0].last_seq
    if where is not None:
        check_life(session, where, life, areas)
    run = rows[0].run
    where = replace(where, run=run) if where is not None else Cursor(life, run, areas, seen, booting=True)
    found = [row for row in rows if row.record_id is not None]
    more = len(found) > limit
    changes, last = _given(where, found[:limit], _live(session, actor, loaders, where, found[:limit]))
    more = more or last < len(found)
    reached = found[last - 1] if last else None
    after = _boot_after(where, reached, more, seen) if booting else _after(where, reached, more, seen)
    # at the end of the first sync, what changed meanwhile is still to come
    return FeedPage(life, cursors.encode(after), more or after.after < seen, changes)


def check_life(session: Session, where: Cursor, life: UUID, areas: str) -> None:
    """Raises ResyncRequired for a cursor of another epoch, of other areas (`areas`: the mark of today), or of a time
    that was rolled back."""
    end = epoch.end_of_run(session, where.run)
    if (where.epoch, where.scope) != (life, areas) or end is None or where.newest > end:
        raise ResyncRequired(
            "Dữ liệu máy chủ hoặc địa bàn của bạn đã thay đổi. Hãy tải lại từ đầu; phiếu chưa gửi vẫn giữ nguyên.",
            "The server's data or your areas have changed. Start without a cursor; keep what you have not sent.",
        )


def _boot_after(where: Cursor, reached: Row[Any] | None, more: bool, seen: int) -> Cursor:
    if not more:
        return where.booted(None, seen)
    return where.booted(_place(reached), seen) if reached is not None else where


def _after(where: Cursor, reached: Row[Any] | None, more: bool, seen: int) -> Cursor:
    if not more:
        return where.advanced(seen, seen)
    return where.advanced(reached.ahead, seen) if reached is not None else where


def _given(
    where: Cursor, rows: Sequence[Row[Any]], live: Mapping[UUID, tuple[int, dict[str, Any]]]
) -> tuple[list[Change], int]:
    """What of `rows` the reader gets, and how many rows were dealt with.

    A record that changed since it was numbered is left out: its newer change has a later number and is coming. Only a
    household that the reader does not know yet may not be left out, for its members would come before it: there the
    page ends.
    """
    changes: list[Change] = []
    for position, row in enumerate(rows):
        if row.op == Op.remove:
            changes.append(_removed(row))
            continue
        if not where.booting and where.was_given(_place(row), row.first_seq, row.seq):
            continue
        version, data = live.get(row.record_id, (0, {}))
        if version == row.version:
            changes.append(Change(row.entity, row.record_id, version, Op.put, data, area_id=row.area_id))
        elif version > row.version and row.rank == 0 and (where.booting or row.first_seq > where.after):
            return changes, position
    return changes, len(rows)


def _removed(row: Row[Any]) -> Change:
    """Merged into a record that the reader does not see: for them it has left their areas, and that is all."""
    hidden = row.into_id is not None and not row.into_seen
    reason, into = (RemoveReason.left_area, None) if hidden else (row.reason, row.into_id)
    return Change(row.entity, row.record_id, row.version, Op.remove, None, reason, into)


def _live(
    session: Session, actor: Reader, loaders: Loaders, where: Cursor, rows: Sequence[Row[Any]]
) -> dict[UUID, tuple[int, dict[str, Any]]]:
    """The data as it is now, parents first: what is read later can only be newer, which `_given` notices."""
    wanted: dict[tuple[int, str], list[UUID]] = {}
    for row in rows:
        given = not where.booting and where.was_given(_place(row), row.first_seq, row.seq)
        if row.op == Op.put and not given:
            wanted.setdefault((row.rank, row.entity), []).append(row.record_id)
    live: dict[UUID, tuple[int, dict[str, Any]]] = {}
    for _, entity in sorted(wanted):
        if entity in loaders:
            live |= loaders[entity](session, actor, wanted[_, entity])
    return live


def _place(row: Row[Any] | None) -> cursors.Place:
    assert row is not None
    return (row.household_id, row.rank, row.record_id)


# The newest number is read in the statement that reads the rows: one snapshot, or a change could fall between the two.
def _with_epoch(rows: Any, order: Sequence[Any]) -> Select[Any]:
    e: Any = FeedEpoch
    r: Any = FeedRun
    run = select(r.run).order_by(r.place.desc()).limit(1).scalar_subquery().label("run")
    life = select(e.epoch, e.last_seq, run).order_by(e.started_at.desc(), e.epoch).limit(1).subquery("life")
    return select(life, rows).select_from(life.outerjoin(rows, true())).order_by(*order)


def _boot_rows(actor: Reader, where: Cursor | None, limit: int) -> Select[Any]:
    f: Any = ChangeFeed  # its columns as SQL, not as values
    key = tuple_(f.household_id, f.rank, f.record_id)
    wanted = (
        select(f).where(f.op == Op.put, actor.scope.covers(f.area_id)).order_by(f.household_id, f.rank, f.record_id)
    )
    if where is not None and where.boot is not None:
        wanted = wanted.where(key > where.boot)
    rows = wanted.limit(limit + 1).subquery("rows")
    return _with_epoch(rows, (rows.c.household_id, rows.c.rank, rows.c.record_id))


def _rows(actor: Reader, where: Cursor | None, limit: int) -> Select[Any]:
    """What is new to the reader, at the number it came in with, and what it knows, at the number of the change."""
    assert where is not None
    f: Any = ChangeFeed
    elsewhere: Any = aliased(ChangeFeed)
    after = where.after
    mine = actor.scope.covers(f.area_id)
    new = and_(f.op == Op.put, f.first_seq > after)
    entered = (
        select(f, false().label("into_seen"), f.first_seq.label("ahead"))
        .where(mine, new)
        .order_by(f.first_seq)
        .limit(limit + 1)
    )
    in_sight = and_(elsewhere.op == Op.put, actor.scope.covers(elsewhere.area_id))
    still_mine = exists().where(elsewhere.record_id == f.record_id, in_sight)
    known = or_(and_(f.op == Op.put, f.first_seq <= after), and_(f.op == Op.remove, ~still_mine))
    # also one that was merged away itself: it stood here, and its own removal tells where it went
    stood_here = and_(elsewhere.reason == RemoveReason.merged, actor.scope.covers(elsewhere.area_id))
    into_seen = exists().where(elsewhere.record_id == f.into_id, or_(in_sight, stood_here)).label("into_seen")
    changed = (
        select(f, into_seen, f.seq.label("ahead")).where(mine, f.seq > after, known).order_by(f.seq).limit(limit + 1)
    )
    both = union_all(entered.subquery().select(), changed.subquery().select()).subquery("rows")
    return _with_epoch(both, (both.c.ahead,)).limit(limit + 1)
