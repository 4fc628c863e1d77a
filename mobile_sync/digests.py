"""Does a tablet hold what the server holds? Digests of what a first sync would bring, per area and bucket, so that only
what differs travels (docs/sync-protocol.md, "Convergence"; docs/decisions/0013).

They are reckoned from the feed alone (ids and versions), never from the records: the same rows as the first sync, in
one statement. What is written must therefore be announced with its version; `tests/mobile_sync/test_digests.py` holds
the two against each other.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text, cast, exists, func, literal, select, true, tuple_
from sqlalchemy.dialects.postgresql import BIT
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.areas.tables import Area
from api.changes import cursors, epoch, feed
from api.changes.cursors import Cursor
from api.changes.feed import Change
from api.changes.schemas import change_out
from api.changes.tables import ChangeFeed, FeedEpoch, Op
from api.problems import NotFound
from mobile_sync.appliers import LOADERS

_f: Any = ChangeFeed  # its columns as SQL, not as values


def _bucket() -> Any:
    # ids are UUIDv7: the first bytes are the time, the last one is random
    return func.get_byte(func.uuid_send(_f.record_id), 15)


def _digest() -> Any:
    """XOR of the first eight bytes of SHA-256 over "entity:id:version" (ASCII), as 16 hexadecimal digits."""
    named = func.concat(_f.entity, ":", cast(_f.record_id, Text), ":", cast(_f.version, Text))
    hashed = func.left(func.encode(func.sha256(func.convert_to(named, "UTF8")), "hex"), 16)
    number = cast(cast(func.concat("x", hashed), BIT(64)), BigInteger)
    return func.lpad(func.to_hex(func.bit_xor(number)), 16, "0")


def areas(session: Session, actor: Actor, cursor: str | None) -> dict[str, Any]:
    """Count and digest of each area of the actor that holds anything; `behind`: pull first, there are changes.

    Raises InvalidCursor, and ResyncRequired as the feed does.
    """
    where = _where(session, actor, cursor)
    e: Any = FeedEpoch
    behind: Any = literal(True)
    if where is not None and not where.booting:
        behind = exists().where(actor.scope.covers(_f.area_id), _f.seq > where.after)
    counted = (
        select(_f.area_id, func.count().label("records"), _digest().label("digest"))
        .where(_f.op == Op.put, actor.scope.covers(_f.area_id))
        .group_by(_f.area_id)
        .subquery("counted")
    )
    life = select(e.epoch, behind.label("behind")).order_by(e.started_at.desc(), e.epoch).limit(1).subquery("life")
    # one statement, one snapshot: a digest from before a change and a `behind` from after it would contradict
    both = select(life, counted).select_from(life.outerjoin(counted, true())).order_by(counted.c.area_id)
    rows = session.execute(both).all()
    told = [
        {"area_id": str(row.area_id), "count": row.records, "digest": row.digest}
        for row in rows
        if row.area_id is not None
    ]
    return {"epoch": str(rows[0].epoch), "behind": rows[0].behind, "areas": told}


def buckets(session: Session, actor: Actor, area_id: UUID, cursor: str | None) -> dict[str, Any]:
    """Count and digest of the buckets of an area that hold anything. Raises what `areas` raises, and NotFound."""
    _refuse_foreign(session, actor, area_id)
    _where(session, actor, cursor)
    rows = session.execute(
        select(_bucket().label("bucket"), func.count().label("records"), _digest().label("digest"))
        .where(_f.op == Op.put, _f.area_id == area_id, actor.scope.covers(_f.area_id))
        .group_by("bucket")
        .order_by("bucket")
    )
    told = [{"bucket": row.bucket, "count": row.records, "digest": row.digest} for row in rows]
    return {"epoch": str(epoch.epoch_of(session)), "buckets": told}


def records(
    session: Session, actor: Actor, area_id: UUID, bucket: int, cursor: str | None, after: str | None, limit: int
) -> dict[str, Any]:
    """The records of a bucket as changes of the feed, parents first; on the first page also the ids of all of them.

    A record that changed a moment ago is named among the ids and comes with the next pull. Raises what `buckets`
    raises.
    """
    _refuse_foreign(session, actor, area_id)
    _where(session, actor, cursor)
    here = (_f.op == Op.put, _f.area_id == area_id, _bucket() == bucket, actor.scope.covers(_f.area_id))
    wanted = select(_f).where(*here).order_by(_f.rank, _f.record_id)
    place = paging.decode(after, _rank, UUID)
    if place is not None:
        wanted = wanted.where(tuple_(_f.rank, _f.record_id) > tuple_(*map(literal, place)))
    found = session.scalars(wanted.limit(limit + 1)).all()
    shown, following = paging.page(found, limit, lambda row: (row.rank, str(row.record_id)))
    ids = None
    if place is None:
        # of the same moment or later than the records: whatever is told above is among them
        ids = [
            str(record_id) for record_id in session.scalars(select(_f.record_id).where(*here).order_by(_f.record_id))
        ]
    told = _loaded(session, actor, shown)
    audit.record(session, actor, "changes.read", "change", [change.id for change in told])
    return {
        "epoch": str(epoch.epoch_of(session)),
        "changes": [change_out(change) for change in told],
        "ids": ids,
        "after": following,
    }


def _where(session: Session, actor: Actor, cursor: str | None) -> Cursor | None:
    """Where the reader stands; everything committed has its number then, as when the feed is read."""
    where = cursors.decode(cursor) if cursor is not None else None
    mark = feed.scope_mark(session, actor)
    feed.number_waiting(session)
    life = epoch.epoch_of(session)
    if where is not None:
        feed.check_life(session, where, life, mark)
    return where


def _refuse_foreign(session: Session, actor: Actor, area_id: UUID) -> None:
    area: Any = Area
    if session.scalar(select(area.id).where(area.id == area_id, actor.scope.covers(area.id))) is None:
        raise NotFound("Không tìm thấy địa bàn này.", "There is no such area.")


def _loaded(session: Session, actor: Actor, rows: Sequence[ChangeFeed]) -> list[Change]:
    wanted: dict[str, list[UUID]] = {}
    for row in rows:
        wanted.setdefault(row.entity, []).append(row.record_id)
    live: dict[UUID, tuple[int, dict[str, Any]]] = {}
    for entity, ids in wanted.items():
        if entity in LOADERS:
            live |= LOADERS[entity](session, actor, ids)
    return [
        Change(row.entity, row.record_id, row.version, Op.put, live[row.record_id][1], area_id=row.area_id)
        for row in rows
        if live.get(row.record_id, (0,))[0] == row.version
    ]


def _rank(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**15:
        raise ValueError("not a rank")
    return value
