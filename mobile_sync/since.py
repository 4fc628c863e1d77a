"""What happened to a record since a tablet changed it: a decision about some fields must not undo others silently."""

from collections.abc import Collection, Iterable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from api.accounts.actor import Actor
from api.changes.edits import Edit
from api.changes.fold import Met, as_seen
from api.changes.merge import Values, groups, meant, same
from api.households.citizen_numbers import id_key
from api.households.stored import among
from api.problems import NotFound
from mobile_sync import payloads
from mobile_sync.appliers import KINDS
from mobile_sync.journal import IN_FORCE
from mobile_sync.places import stand_for
from mobile_sync.tables import SyncSubmission


@dataclass(frozen=True)
class Quiet:
    """The fields sent that did not clash when the conflict was opened. `take`: what the tablet changed there and nobody
    else has since, as it was sent. `clash`: what somebody else has changed since, with what means one thing with it, or
    with a field that clashed; that has to be decided as well. `record_id`: what is decided about; of a household that
    is merged away today, the one that stands for it."""

    record_id: UUID
    take: Mapping[str, Any]
    clash: Collection[str]


def quiet(
    session: Session, actor: Actor, submission: SyncSubmission, decided: Set[str], sent: Mapping[str, Any]
) -> Quiet:
    """What the tablet sent without having changed it is in neither: the record keeps what others made of it.
    `decided`: the fields that clashed.

    Compared is what the history keeps: a text in another spelling, or a number sealed twice, is the same. The record
    is held from here on, so that nobody changes it before the decision is written. Raises NotFound where it is not in
    the actor's areas.
    """
    meet = KINDS[submission.entity].meet
    assert submission.record_id is not None
    if meet is None:  # a review: it is not merged field by field
        return Quiet(submission.record_id, {}, ())
    base, opened = submission.base_version, submission.version or 0
    # with the history since the older one of the two versions that are looked at
    edit = Edit(
        submission.record_id, base and min(base, opened), sent, device_id=submission.device_id, seq=submission.seq
    )
    met = meet(session, actor, edit)
    if met is None:
        raise NotFound()
    seen = as_seen(edit, base, met.seen, met.target)
    # under a merge, then or now: two records, each with a history of its own. What the one decided about holds other
    # than the tablet saw was set by somebody there
    merged = met.target is not met.seen or "merged_into" in (submission.result or {})
    before = (seen if merged else as_seen(edit, opened, met.target, met.target)) or {}
    return _parted(met, seen, before, sent, decided)


def _parted(met: Met, seen: Values | None, before: Values, sent: Mapping[str, Any], decided: Set[str]) -> Quiet:
    """`seen`: what the tablet had before it, None where nobody knows; `before`: what the record held when the conflict
    was opened. Fields that mean one thing are taken together, or decided together: the mixture is what nobody said."""
    take: dict[str, Any] = {}
    clash: set[str] = set()
    today = met.target.values
    for group in groups(met.values, met.together):
        wanted = meant(group, seen, today, met.values)
        other = {name for name in wanted if not same(wanted[name], today.get(name))} - decided
        if decided.isdisjoint(group) and all(same(today.get(name), before.get(name)) for name in group):
            take |= {name: sent[name] for name in other & sent.keys()}
        else:
            clash |= other
    return Quiet(met.target.id, take, clash)


def last_words(session: Session, submission_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Submission -> what its tablet has said of the same record since: the newest word about each field, of later work
    that is in force as it was sent, and of a decided conflict that which no officer decided. What a surveyor has put
    right or taken back is not what they say any more, also where it changed nothing here, for the first word never came
    into force. What stands with a household into which this one was merged for a time is not said of this one. Two
    statements.
    """
    first: Any = aliased(SyncSubmission)
    s: Any = aliased(SyncSubmission)
    # of what was decided before `upheld` was kept nobody knows which word is the tablet's
    undecided = and_(s.conflict_id.is_(None), s.result["corrected_because"].is_(None))
    rows = session.execute(
        select(first.submission_id, s)
        .join(s, and_(s.device_id == first.device_id, s.record_id == first.record_id, s.seq > first.seq))
        .where(among(first.submission_id, submission_ids))
        .where(s.base_version.is_not(None), or_(s.upheld.is_not(None), and_(s.outcome.in_(IN_FORCE), undecided)))
        .order_by(s.seq)
    ).all()
    key, survivors = id_key(session), stand_for(session, {row.record_id for _, row in rows})
    said: dict[UUID, dict[str, Any]] = {}
    for submission_id, row in rows:
        alias = row.entity == "household" and "merged_into" in (row.result or {})  # a person stands whatever the home
        if alias and row.record_id not in survivors:
            continue
        with suppress(payloads.Unreadable):
            data = payloads.opened(key, row.payload, row.submission_id)["data"]
            if row.upheld is not None:
                data = {name: data[name] for name in row.upheld if name in data}
            said.setdefault(submission_id, {}).update(data)
    return said
