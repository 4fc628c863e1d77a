"""How much of a stored outcome its reader is told: what becomes of a record outside of their areas is not theirs."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.scope import Scope
from api.households.stored import among
from api.problems import Superseded
from mobile_sync import journal, places
from mobile_sync.tables import SyncSubmission

_TYPE = ("type", "title", "titles", "status")


def sees(scope: Scope, *, own: bool) -> ColumnElement[bool]:
    """Is the reader told of the record? Of their own work also where it stands nowhere; of the work of others only
    where they could decide it."""
    return ~_away(scope) if own else and_(places.decidable(scope), ~_away(scope))


def away(session: Session, actor: Actor, submission_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the caller's own submissions whose record, or the one it hangs on where it does not stand, is outside of
    their areas by now. One statement."""
    s: Any = SyncSubmission
    reads = actor.scope_of(Permission.households_read)
    return set(session.scalars(select(s.submission_id).where(among(s.submission_id, submission_ids), _away(reads))))


def _away(scope: Scope) -> ColumnElement[bool]:
    s: Any = SyncSubmission
    stands = func.coalesce(places.standing(s.entity, s.record_id), places.named())
    return func.coalesce(~scope.covers(stands), false())


def outcome_only(row: SyncSubmission, *, replayed: bool, own: bool = True) -> dict[str, Any]:
    """That it is in force or not, and nothing of the record; the sender is also told under which version, which their
    receipts name, and of what kind the problem is."""
    hidden: dict[str, Any] = {"result": None}
    hidden |= {"problem": row.problem and _kind_of(row)} if own else {"version": None, "problem": None}
    return journal.told_stored(row, replayed=replayed) | hidden


def _kind_of(row: SyncSubmission) -> dict[str, Any]:
    problem: dict[str, Any] = row.problem or {}
    # What it was told when it came is of what was sent, and the same for a record that is nowhere: it stays. So do the
    # words of an officer who declined it: they are for the sender.
    if row.decided_at == row.received_at or problem["type"] == Superseded.uri:
        return problem
    return {name: problem[name] for name in _TYPE} | {"detail": problem["title"], "details": problem["titles"]}


def without_warnings(told: dict[str, Any]) -> dict[str, Any]:
    """For who may not know what is told of people: the warnings of a review name them and their health."""
    if "warnings" not in (told["result"] or {}):
        return told
    return told | {"result": told["result"] | {"warnings": []}}
