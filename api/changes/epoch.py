"""Which life of the database this is. A restored, copied or promoted database starts a new one: its counter may run
again over numbers that tablets have seen, so every cursor of the life before is refused (410 resync-required).

A data folder rolled back to an older snapshot looks like the same life. It is known by its runs: every start of the
service writes one, with the number it begins at, and a cursor says in which run it was given."""

import logging
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from api import clock, sql
from api.changes.tables import FeedEpoch, FeedRun
from api.errors import from_database
from api.problems import Unavailable

log = logging.getLogger("giamngheo.feed")

# One lock for numbering and for starting an epoch: both write the counter. Any constant will do.
FEED_LOCK = 7_140_81

_UNREADABLE = ("unreadable", 0)

# The database's own oid is part of the identity: a dump restored into a new database of the same server has the
# same system identifier and timeline, and is another life all the same. The timeline is the one that is written now:
# pg_control tells that of the last checkpoint, and for minutes after a promotion that is the one before it.
_IDENTITY = text(
    """
    SELECT s.system_identifier || '/' || d.oid,
           CAST(CAST('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS bit(32)) AS integer)
    FROM pg_control_system() s, pg_database d
    WHERE d.datname = current_database()
    """
)


_NEWEST = text("SELECT epoch FROM feed_epoch ORDER BY started_at DESC, epoch LIMIT 1")


def current(session: Session) -> FeedEpoch | None:
    """The epoch in force: the one started last. None in a database that was never guarded."""
    e: Any = FeedEpoch  # its columns as SQL, not as values
    return session.scalars(select(FeedEpoch).order_by(e.started_at.desc(), e.epoch).limit(1)).first()


def epoch_of(session: Session) -> UUID:
    """The epoch in force; one is started where there is none yet (a database no service was started on)."""
    newest = sql.fetch(session, _NEWEST)
    if newest:
        known: UUID = newest[0].epoch
        return known
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": FEED_LOCK})
    return ensured(session)


def await_epoch(engine: Engine, patience: float = 20) -> UUID:
    """`guard_epoch`, by a worker that may start while the database does: it waits up to `patience` seconds for it."""
    deadline, pause = time.monotonic() + patience, 0.2
    while True:
        try:
            return guard_epoch(engine)
        except DBAPIError as error:
            if not isinstance(from_database(error), Unavailable) or time.monotonic() > deadline:
                raise
            log.warning("the database does not answer yet, trying again: %s", str(error.orig).strip())
        time.sleep(pause)
        pause = min(pause * 2, 2)


def guard_epoch(engine: Engine) -> UUID:
    """Called at start: the epoch of this database, a new one where it is not the database that the last one knew.
    A new run begins.

    A role that may not read pg_control still starts; it then keeps the epoch it finds (docs/operations.md: after a
    restore by such a role, start a new epoch by hand).
    """
    with Session(engine) as session, session.begin():
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": FEED_LOCK})
        epoch = ensured(session)
        newest = current(session)
        assert newest is not None
        _start_run(session, newest.last_seq)
        return epoch


def begin_again(engine: Engine) -> UUID:
    """After a restore: a new epoch, also where this role may not read which server it is."""
    with Session(engine) as session, session.begin():
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": FEED_LOCK})
        return start_epoch(session, _identity(session), current(session))


def end_of_run(session: Session, run: UUID) -> int | None:
    """The last number that can have been given in this run; None for a run that this database never saw."""
    r: Any = FeedRun
    place = session.scalar(select(r.place).where(r.run == run))
    if place is None:
        return None
    e: Any = FeedEpoch
    newest = select(e.last_seq).order_by(e.started_at.desc(), e.epoch).limit(1).scalar_subquery()
    following = select(func.min(r.first_seq)).where(r.place > place).scalar_subquery()
    end: int = session.scalar(select(func.coalesce(following, newest))) or 0
    return end


def _start_run(session: Session, first_seq: int) -> None:
    session.add(FeedRun(run=uuid4(), started_at=clock.now(), first_seq=first_seq))
    session.flush()


def ensured(session: Session) -> UUID:
    """The same inside a transaction that holds FEED_LOCK."""
    identity = _identity(session)
    newest = current(session)
    if newest is not None and identity in (_UNREADABLE, (newest.system_identifier, newest.timeline)):
        return newest.epoch
    return start_epoch(session, identity, newest)


def start_epoch(session: Session, identity: tuple[str, int], before: FeedEpoch | None) -> UUID:
    """A new life; numbers go on where the last one stopped. The caller holds FEED_LOCK."""
    # the newest one is in force, also on a machine whose clock lies behind that of the life before
    now = clock.now()
    began = FeedEpoch(
        epoch=uuid4(),
        system_identifier=identity[0],
        timeline=identity[1],
        started_at=max(now, before.started_at + timedelta(microseconds=1)) if before else now,
        last_seq=before.last_seq if before else 0,
    )
    session.add(began)
    _start_run(session, began.last_seq)
    log.warning("feed epoch %s starts (before: %s)", began.epoch, before.epoch if before else None)
    return began.epoch


def _identity(session: Session) -> tuple[str, int]:
    try:
        with session.begin_nested():
            row = session.execute(_IDENTITY).one()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        log.warning("pg_control cannot be read: a restore of this database will not be noticed")
        return _UNREADABLE
    return str(row[0]), int(row[1])
