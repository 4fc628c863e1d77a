"""Writing a list in savepoints: a race with another writer, or one guilty edit, costs its neighbours nothing."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api.changes.edits import Edit, Written, rejected
from api.problems import Problem

# (edits, thorough) -> outcomes. `thorough`: look also for what is hardly ever there; asked for at a second attempt.
Write = Callable[[Sequence[Edit], bool], list[Written]]


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
    try:
        with session.begin_nested():
            return write(edits, False)
    except IntegrityError:
        pass
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
        *in_savepoints(session, edits[:half], write, refusals),
        *in_savepoints(session, edits[half:], write, refusals),
    ]
