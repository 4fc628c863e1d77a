"""What happened to a record since a tablet changed it: a decision about some fields must not undo others silently."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.changes.tables import RecordVersion
from mobile_sync.appliers import KINDS
from mobile_sync.tables import SyncConflict, SyncSubmission


@dataclass(frozen=True)
class Quiet:
    """The fields sent that did not clash when the conflict was opened. `take`: what the tablet changed there and nobody
    else has since. `clash`: what somebody else has changed since; that has to be decided as well."""

    take: Mapping[str, Any]
    clash: Collection[str]


def quiet(
    session: Session,
    actor: Actor,
    conflict: SyncConflict,
    record_id: UUID,
    submission: SyncSubmission,
    sent: Mapping[str, Any],
) -> Quiet:
    """What the tablet sent without having changed it is in neither: the record keeps what others made of it.

    `record_id`: what is decided about. Another one than the conflict's where that was merged into it since.
    """
    names = sent.keys() - conflict.fields.keys()
    if not names:  # a review: it is not merged field by field
        return Quiet({}, ())
    if submission.base_version is None:  # the same record was made twice: what did not clash was the same in both
        today = _of(session, actor, submission.entity, record_id)
        return Quiet({}, {name for name in names if name not in today or today[name] != sent[name]})
    seen = _seen(session, actor, submission)
    mine = {name: sent[name] for name in names if name not in seen or seen[name] != sent[name]}
    if record_id != conflict.record_id:
        return _against(mine, seen, _of(session, actor, submission.entity, record_id))
    later = _changes(session, conflict.record_id, submission.version or 0)
    clash = {name for name in mine if name in later and later[name][-1] != sent[name]}
    return Quiet({name: value for name, value in mine.items() if name not in later}, clash)


def _against(mine: Mapping[str, Any], seen: Mapping[str, Any], today: Mapping[str, Any]) -> Quiet:
    """The survivor has a history of its own: what it holds other than the tablet saw was set by somebody there."""
    other = {name: value for name, value in mine.items() if name not in today or today[name] != value}
    clash = {name for name in other if name not in today or name not in seen or today[name] != seen[name]}
    return Quiet({name: value for name, value in other.items() if name not in clash}, clash)


def _seen(session: Session, actor: Actor, submission: SyncSubmission) -> dict[str, Any]:
    """The values the tablet had before it: today's, with what came later taken back."""
    assert submission.record_id is not None
    today = _of(session, actor, submission.entity, submission.record_id)
    later = _changes(session, submission.record_id, submission.base_version or 0)
    return today | {name: values[0] for name, values in later.items()}


def _of(session: Session, actor: Actor, entity: str, record_id: UUID) -> dict[str, Any]:
    """A record as it is now; empty where it does not stand in the actor's areas."""
    load = KINDS[entity].load
    assert load is not None
    found = load(session, actor, [record_id]).get(record_id)
    return dict(found[1]) if found else {}


def _changes(session: Session, record_id: Any, version: int) -> dict[str, list[Any]]:
    """Each field that was changed after that version: its value then, and all it became."""
    v: Any = RecordVersion
    rows = session.scalars(
        select(v.change).where(v.record_id == record_id, v.version > version, v.change.is_not(None)).order_by(v.version)
    )
    found: dict[str, list[Any]] = {}
    for change in rows:
        for name, (old, new) in change.items():
            found.setdefault(name, [old]).append(new)
    return found
