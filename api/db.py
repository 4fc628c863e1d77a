"""The engine, the naming of constraints, and the one transaction of a request."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, Request
from psycopg import OperationalError
from sqlalchemy import CheckConstraint, Engine, QueuePool, create_engine
from sqlalchemy.exc import IllegalStateChangeError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel

# Every constraint has a name, so that the database's refusal can be turned into a sentence (problems.py)
# and a migration can drop it.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# As quiet as the library's own pools, whose name ours does not bear: they tell every step, errors with values too.
logging.getLogger(f"{__name__}._Pool").setLevel(logging.WARNING)

# A statement that runs longer than this is a mistake of ours; a lock that is waited for longer than this
# is better answered with "try again" than with a tablet that hangs.
_SESSION_SETTINGS = (
    "-c statement_timeout=60000 -c lock_timeout=20000 -c idle_in_transaction_session_timeout=120000 "
    "-c timezone=Asia/Ho_Chi_Minh -c datestyle=ISO,YMD -c application_name=giamngheo"
)


def make_engine(url: str, pool_size: int = 10) -> Engine:
    """An engine whose pool is as large as the number of requests at work: nobody queues inside the pool."""
    return create_engine(
        url,
        poolclass=_Pool,
        pool_size=pool_size,
        max_overflow=4,
        pool_timeout=20,
        pool_pre_ping=True,
        connect_args={"options": _SESSION_SETTINGS, "connect_timeout": 10},
    )


def close(engine: Engine, seconds: float = 10) -> None:
    """The end of an engine: the database stops what is still at work there, whose transaction it rolls back, and every
    connection is closed. Waits for that, `seconds` at most; a connection that comes back later is closed then."""
    pool = engine.pool
    assert isinstance(pool, _Pool)
    pool.dispose()  # and not engine.dispose(): that would put a new pool in its place
    pool.stop_work(seconds)


class _Pool(QueuePool):
    """Keeps nothing once it was disposed of. The library's own puts a connection that comes back later, from a request
    that outlived its server, where nobody ever closes it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._at_work: set[ConnectionPoolEntry] = set()
        self._less = threading.Condition()
        self._disposed = False

    def dispose(self) -> None:
        self._disposed = True
        super().dispose()

    def stop_work(self, seconds: float) -> None:
        """Cancels the statement of every connection that is lent, and waits until all are back."""
        with self._less:
            lent = list(self._at_work)
        for entry in lent:
            if entry.driver_connection is not None:
                with suppress(OperationalError):  # closed meanwhile, or the database is gone
                    entry.driver_connection.cancel_safe(timeout=seconds)
        with self._less:
            self._less.wait_for(lambda: not self._at_work, seconds)

    def _do_get(self) -> ConnectionPoolEntry:
        entry = super()._do_get()
        with self._less:
            self._at_work.add(entry)
        return entry

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        super()._do_return_conn(record)
        if self._disposed:  # looked at only now: the end may come at any moment
            super().dispose()
        with self._less:
            self._at_work.discard(record)
            self._less.notify_all()


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Text + CHECK instead of a native enum: a new value is then a one-line migration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def unit_of_work(request: Request) -> Iterator[Session]:
    """One request, one transaction. It ends before the answer leaves: acknowledged means stored."""
    state = request.app.state
    # The key of citizen numbers travels with the session: commands know no request, and no key lives in a global.
    # Closed, it stays closed: a request that is cancelled leaves its thread at work, which would begin anew with it.
    session = Session(state.engine, expire_on_commit=False, close_resets_only=False, info={"id_key": state.id_key})
    try:
        with session.begin():
            yield session
    finally:
        _close(session)


def _close(session: Session, tries: int = 200) -> None:
    """Ends it, also where the thread that a cancelled request left behind is in the middle of it: what it waits for is
    stopped in a moment (`close`), and until then the session refuses."""
    while True:
        try:
            session.close()
        except IllegalStateChangeError:
            tries -= 1
            if not tries:
                raise
            time.sleep(0.05)
        else:
            return


# For the one kind of request that reads its body slowly, piece by piece: several short transactions, none of which is
# open while the line is waited for (docs/decisions/0012).
short_unit_of_work = contextmanager(unit_of_work)

# scope="function" commits before the response is sent; FastAPI's default would commit after it, and a
# failing commit would still be answered with 200.
Db = Annotated[Session, Depends(unit_of_work, scope="function")]
