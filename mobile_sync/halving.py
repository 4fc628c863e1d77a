"""Writes a list in one go; where the database or a bug refuses, finds the one to blame, and spares the rest.

A clean list costs one savepoint. Where it is refused, it is the list that is gone through once more, and not the batch:
a record whose row the database names is tried apart from the rest, which then is written in one more go. Any other is
found by halving: about 2 log2(n) smaller attempts, not n.
"""

import logging
from collections.abc import Callable, Sequence

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from api import sql
from api.changes import attempts
from api.changes.edits import Edit, Written
from api.errors import from_database
from api.problems import Problem, Unavailable

log = logging.getLogger("giamngheo.sync")

# The server failed on this one: None instead of a Written.
Fate = Written | None


def apply(session: Session, write: Callable[[Sequence[Edit]], list[Written]], edits: Sequence[Edit]) -> list[Fate]:
    """What became of each edit, in order; None for one on which the server failed (it is to be quarantined).

    Raises what another try may cure (a lost connection, a deadlock): then the whole batch is to be sent again.
    """
    if not edits:
        return []
    if attempts.hopeful(session):
        return _hoped(session, write, edits)
    suspects = attempts.suspects(session)
    named = [edit.record_id in suspects for edit in edits] if suspects else ()
    if any(named) and not all(named):
        rest = iter(apply(session, write, [edit for edit, apart in zip(edits, named, strict=True) if not apart]))
        bad = iter(apply(session, write, [edit for edit, apart in zip(edits, named, strict=True) if apart]))
        return [next(bad if apart else rest) for apart in named]
    try:
        with session.begin_nested():
            return _written(write, edits)
    except Exception as error:
        if passes(error):
            raise
        if len(edits) == 1:
            return [_fate(error, edits[0])]
        refused = sql.refused_id(error)
        if refused and refused not in suspects and len(suspects) < _MOST:
            suspects.add(refused)
            return apply(session, write, edits)
        middle = len(edits) // 2
        return apply(session, write, edits[:middle]) + apply(session, write, edits[middle:])


def _hoped(session: Session, write: Callable[[Sequence[Edit]], list[Written]], edits: Sequence[Edit]) -> list[Fate]:
    """The first go, with a mark instead of savepoints."""
    attempts.mark(session)
    try:
        return _written(write, edits)
    except Exception as error:
        if passes(error):
            raise
        refused = sql.refused_id(error)
    attempts.back(session)
    if refused:
        attempts.suspects(session).add(refused)
    with attempts.carefully(session):
        return apply(session, write, edits)


def _written(write: Callable[[Sequence[Edit]], list[Written]], edits: Sequence[Edit]) -> list[Fate]:
    written = write(edits)
    if len(written) != len(edits):
        raise RuntimeError(f"{len(edits)} edits, {len(written)} outcomes")  # a bug, halved like one
    return list(written)


# Each costs the rest one more go. Where more are bad than these, halving is the shorter way.
_MOST = 5


def passes(error: Exception) -> bool:
    """Will it pass by itself? Then nothing is stored, and the tablet is told to come again."""
    if isinstance(error, PoolTimeout | Unavailable):
        return True
    return isinstance(error, DBAPIError) and isinstance(from_database(error), Unavailable)


def _fate(error: Exception, edit: Edit) -> Fate:
    problem = from_database(error) if isinstance(error, DBAPIError) else error
    if isinstance(problem, Problem):
        return Written(outcome="rejected", problem=problem)
    # a database error carries the values, and values are people: the log gets the kind of the failure only
    hidden = isinstance(error, DBAPIError)
    kind = type(getattr(error, "orig", error)).__name__
    log.error("quarantined submission=%s %s", edit.submission_id, kind, exc_info=None if hidden else error)
    return None
