"""Writing a list in savepoints: a race with another writer, or one guilty edit, costs its neighbours nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api import late_rows
from api.changes.edits import Edit, Written, rejected
from api.problems import Problem

# (edits, thorough) -> outcomes. `thorough`: look also for what is hardly ever there; asked for at a second attempt.
Write = Callable[[Sequence[Edit], bool], list[Written]]


_ONE_GO = "writes in one go"
_SUSPECTS = "records that the database refused"
_WAITING = "late rows at the mark"


@contextmanager
def in_one_go(session: Session, hopeful: bool) -> Iterator[None]:
    """Work of many lists. `hopeful`: under one savepoint, the caller's, and the lists take none of their own: whatever
    is refused breaks the whole, and the caller comes again without hope; a list that is able to go back to its `mark`
    does that, and goes on `carefully`. Of a batch that nothing refuses, that is every batch but a few, sixteen
    statements are saved, and its late rows are written in one go.
    """
    session.info[_ONE_GO] = hopeful
    try:
        if hopeful:
            with _to_come_back_to(session), late_rows.collected(session):
                yield
        else:
            yield
    finally:
        del session.info[_ONE_GO]


@contextmanager
def _to_come_back_to(session: Session) -> Iterator[None]:
    """A savepoint that costs a third of `begin_nested`, for the session knows nothing of it, and the commit lets go of
    it. So nothing may be flushed inside."""
    connection = session.connection()
    connection.exec_driver_sql("SAVEPOINT batch")
    try:
        yield
    except Exception:
        if not connection.invalidated:  # a lost connection has taken everything back
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT batch")
            session.expire_all()
        raise


def mark(session: Session) -> None:
    """Where `back` goes back to, within what is hoped for: one more savepoint like the caller's."""
    session.info[_WAITING] = late_rows.kept(session)
    session.connection().exec_driver_sql("SAVEPOINT list")


def back(session: Session) -> None:
    """Nothing has happened since the last `mark`."""
    session.connection().exec_driver_sql("ROLLBACK TO SAVEPOINT list")
    late_rows.keep(session, session.info.pop(_WAITING))


@contextmanager
def carefully(session: Session) -> Iterator[None]:
    """Within what is hoped for, a list that has been refused: it takes savepoints of its own, and what it writes is
    written with it, for a savepoint takes back only what is."""
    session.info[_ONE_GO] = False
    try:
        with late_rows.at_once(session):
            yield
    finally:
        session.info[_ONE_GO] = True


def suspects(session: Session) -> set[UUID]:
    """Records to be tried apart from the rest: the database has refused a row of each."""
    found: set[UUID] = session.info.setdefault(_SUSPECTS, set())
    return found


def hopeful(session: Session) -> bool:
    """Does the caller's savepoint stand for all, so that whatever is refused has to be raised?"""
    return session.info.get(_ONE_GO) is True


def savepoint(session: Session) -> AbstractContextManager[object]:
    """One of its own, where the caller has none for all."""
    return nullcontext() if hopeful(session) else session.begin_nested()


def in_savepoints(
    session: Session, edits: Sequence[Edit], write: Write, refusals: Mapping[str, Callable[[], Problem]]
) -> list[Written]:
    """The outcomes of `write`. `refusals`: what the breaking of a constraint means.

    Another transaction may commit the same id or number between our look and our insert: then the list is folded
    again on what is there now. What still breaks a constraint is halved until the guilty edit stands alone.
    Raises IntegrityError where a single edit breaks a constraint that no input should be able to break.
    """
    if not edits:
        return []
    if hopeful(session):
        return write(edits, False)
    if _untried(session, edits):
        try:
            with session.begin_nested():
                return write(edits, False)
        except IntegrityError:
            pass
    return _thorough(session, edits, write, refusals)


def _untried(session: Session, edits: Sequence[Edit]) -> bool:
    """Has this list not been refused yet? The rest of one whose bad record stands apart has not."""
    refused = suspects(session)
    return refused.isdisjoint(edit.record_id for edit in edits) if refused else _ONE_GO not in session.info


def _thorough(
    session: Session, edits: Sequence[Edit], write: Write, refusals: Mapping[str, Callable[[], Problem]]
) -> list[Written]:
    try:
        with session.begin_nested():
            return write(edits, True)
    except IntegrityError as error:
        if len(edits) == 1:
            name = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
            if name not in refusals:
                raise
            return [rejected(refusals[name]())]
    half = len(edits) // 2
    return [
        *_thorough(session, edits[:half], write, refusals),
        *_thorough(session, edits[half:], write, refusals),
    ]
