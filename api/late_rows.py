"""Rows that every kind of record writes and nothing reads meanwhile: history, queue of the feed, log. A batch collects
them and writes them in one go for all its kinds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from math import inf
from time import monotonic
from typing import Any, TypeVar

from sqlmodel import Session

from api import sql

# Writes rows of one table, in the order given; what is done in the block is done while the database takes them in.
Write = Callable[[Session, Sequence[Any]], AbstractContextManager[None]]

Kept = dict[Write, list[Any]]
Done = TypeVar("Done")

_COLLECTED = "rows to be written late"

# The sessions of this process that collect now.
_COLLECTING: set[int] = set()


@contextmanager
def collected(session: Session) -> Iterator[None]:
    """What is `put` inside the block is written at its end; not where the block fails. In a block that collects already
    it is part of that."""
    if _COLLECTED in session.info:
        yield
        return
    session.info[_COLLECTED] = {}
    _COLLECTING.add(id(session))
    try:
        yield
        write(session)
    finally:
        _COLLECTING.discard(id(session))
        del session.info[_COLLECTED]


def put(session: Session, into: Write, rows: Sequence[Any]) -> None:
    """Rows for one table: written now, or with all others at the end of the block that collects them."""
    waiting = session.info.get(_COLLECTED)
    if waiting is None:
        with into(session, rows):
            pass
    else:
        waiting.setdefault(into, []).extend(rows)


def waiting(session: Session, into: Write) -> Sequence[Any]:
    """The rows that are not written yet: whoever reads their table looks whether it concerns them."""
    found: Sequence[Any] = session.info.get(_COLLECTED, {}).get(into, ())
    return found


def write(session: Session) -> None:
    """Writes what is collected so far."""
    with writing(session):
        pass


@contextmanager
def writing(session: Session) -> Iterator[None]:
    """Writes what is collected so far; the block is done while the database takes in the last table's, which is the one
    that was `put` first."""
    with _sender(session) as send:
        while send():
            pass
        yield


def meanwhile(session: Session, do: Callable[..., Done], *items: Iterable[Any]) -> list[Done]:
    """What `map` gives, for work that asks the database nothing. Between the items, whenever the database has nothing
    to do, it is given the next table of what is collected so far; not where other batches are at work in this process:
    they keep the database busy, and each table costs less in one go for all kinds."""
    with _sender(session) as send:
        done, look = [], 0.0
        for one in zip(*items, strict=True):
            done.append(do(*one))
            if monotonic() > look:
                busy = sql.landing(session) or (len(_COLLECTING) == 1 and send())
                look = monotonic() + _PAUSE if busy else inf
        return done


# Seconds between two looks at what the database is doing: one costs 2 microseconds, an item of work 5 to 150.
_PAUSE = 0.0002


@contextmanager
def _sender(session: Session) -> Iterator[Callable[[], bool]]:
    """What sends the rows of one more table, if there are any, once those of the one before have been taken in. At the
    end of the block the last ones have been."""
    rows_of = session.info.get(_COLLECTED)
    with ExitStack() as under_way:

        def send() -> bool:
            if not rows_of:
                return False
            into, rows = rows_of.popitem()
            under_way.close()
            under_way.enter_context(into(session, rows))
            return True

        yield send


def kept(session: Session) -> Kept:
    """What waits now, for `keep` to come back to."""
    return {into: list(rows) for into, rows in session.info.get(_COLLECTED, {}).items()}


def keep(session: Session, waiting: Kept) -> None:
    """What waits is what waited then: the database has been taken back to that moment."""
    session.info[_COLLECTED] = waiting


@contextmanager
def at_once(session: Session) -> Iterator[None]:
    """Inside the block nothing waits; what waited before is written first."""
    write(session)
    collecting = session.info.pop(_COLLECTED, None) is not None
    try:
        yield
    finally:
        if collecting:
            session.info[_COLLECTED] = {}
