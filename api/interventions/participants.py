"""Enrols participants, one or hundreds at once, and says what has become of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.idempotency import new_id
from api.interventions import fields, kinds
from api.interventions.enrolment import LISTING, check, homes_of
from api.interventions.opening import require_under_way
from api.interventions.participant_queries import no_such_participant
from api.interventions.participant_schemas import ParticipantIn, ParticipantPatch
from api.interventions.participants_reach import PARTICIPANT, PARTICIPANT_HOME, participants_of, seen_by
from api.interventions.reach import hold, kind_of, require_visible
from api.interventions.step_queries import STEP
from api.interventions.tables import ParticipantState
from api.problems import Conflict, FieldError, Invalid
from api.procedure.records import change, new_row, reused
from api.programmes.definition import Kind

_SENT = ("role", "member_id", "organisation_id", "outsider", "headcount", "joined_on", "fields")


@dataclass(frozen=True)
class Enrolled:
    """The kind of the intervention, and the participants in the order of the list that was sent."""

    kind: Kind
    ids: list[UUID]


def enrol(
    session: Session, actor: Actor, intervention_id: UUID, sent: Sequence[ParticipantIn], key: str | None
) -> Enrolled:
    """Enrols all of them or none, in a fixed number of statements. The same ids or key again enrol nobody twice.

    Raises NotFound, PermissionDenied (also for naming households without the right to list them, as the culture officer
    would), IllegalStage once it has ended, Invalid (roles, fields, who a role takes),
    Conflict for whoever takes part in that role already, under whatever name their household had.
    """
    kind = kind_of(require_visible(session, actor, intervention_id))
    mine = narrowed(actor, Permission(kind.right))
    # households before interventions, as whoever delivers to them holds them
    homes = homes_of(session, mine, actor.scope_of(*LISTING), sent)
    row = hold(session, actor, intervention_id)
    ids = [new_id(actor.account_id, f"participant:{intervention_id}:{n}", one.id, key) for n, one in enumerate(sent)]
    stored = {one.id: one for one in session.execute(select(PARTICIPANT).where(PARTICIPANT.c.id.in_(ids)))}
    new = [n for n, one in enumerate(ids) if one not in stored]
    values = check(kind, sent, homes)
    for n, one in enumerate(ids):
        if one in stored:
            _check_same(stored[one], row.id, values[n], sent[n], by_key=bool(key) and sent[n].id is None)
    if not new:
        return Enrolled(kind, ids)
    _check_ended(session, kind, row, [values[n]["joined_on"] for n in new])
    _check_once(session, row.id, [(n, values[n]) for n in new])
    rows = [
        new_row(
            ids[n], values[n], intervention_id=row.id, state=ParticipantState.enrolled, recorded_by=actor.account_id
        )
        for n in new
    ]
    session.execute(insert(PARTICIPANT), rows)
    audit.record(session, actor, "participants.enrol", "household", dict.fromkeys(homes.today.values()))
    return Enrolled(kind, ids)


def _check_ended(session: Session, kind: Kind, row: Row[Any], joined: Sequence[date]) -> None:
    """Once it has ended, only whoever joined before may still be put down: lists of those who came are typed later."""
    if not kinds.has_ended(kind, row.stage):
        return
    last = session.scalar(
        select(func.max(STEP.c.taken_on)).where(STEP.c.intervention_id == row.id, STEP.c.undone_at.is_(None))
    )
    if last is None or max(joined) > last:
        require_under_way(row)


def change_participant(
    session: Session,
    actor: Actor,
    intervention_id: UUID,
    participant_id: UUID,
    read: int | None,
    body: ParticipantPatch,
) -> Kind:
    """Changes fields and state. Raises NotFound, PermissionDenied, StaleVersion, Invalid, Conflict."""
    intervention = hold(session, actor, intervention_id)
    kind = kind_of(intervention)
    theirs = PARTICIPANT.c.id == participant_id
    query = seen_by(actor, participants_of(theirs, PARTICIPANT, PARTICIPANT_HOME))
    query = query.where(PARTICIPANT.c.intervention_id == intervention_id)
    row = session.execute(query.with_for_update(of=PARTICIPANT, key_share=True)).one_or_none()
    if row is None:
        raise no_such_participant()
    sent = body.model_dump(exclude_unset=True)
    changes = _state(row, body, sent) if {"state", "ended_on", "ended_reason"} & sent.keys() else {}
    if "fields" in sent:
        role = kind.role(row.role)
        found = fields.checked(role.fields if role else (), fields.changed(row.fields, sent["fields"]), "#/fields")
        if isinstance(found, tuple):
            raise Invalid(errors=found)
        changes["fields"] = found
    if row.state == ParticipantState.left and changes.get("state", row.state) != ParticipantState.left:
        again = {"role": row.role, "household_id": row.home, "member_id": row.member_id}
        _check_once(session, intervention_id, [(None, again)])
    change(session, PARTICIPANT, row, read, **changes)
    told = ("household", [row.home]) if row.home else ("intervention", [intervention_id])
    audit.record(session, actor, "participants.change", *told, fields=sorted(sent))
    return kind


def _state(row: Row[Any], body: ParticipantPatch, sent: dict[str, Any]) -> dict[str, Any]:
    state = body.state if "state" in sent else ParticipantState(row.state)
    if state is ParticipantState.enrolled:
        if body.ended_on is not None or body.ended_reason is not None:
            vi, en = "Chỉ ghi ngày ra khi đã xong hoặc đã rời.", "Only who has finished or left has such a day."
            raise Invalid(errors=(FieldError("#/ended_on", "not_ended", vi, en),))
        return {"state": state, "ended_on": None, "ended_reason": None}
    ended_on = sent.get("ended_on", row.ended_on)
    reason = sent.get("ended_reason", row.ended_reason)
    wrong = []
    if ended_on is None:
        vi, en = "Cần ngày xong hoặc ngày rời.", "The day of finishing or leaving is missing."
        wrong.append(FieldError("#/ended_on", "missing", vi, en))
    elif ended_on < row.joined_on:
        vi = f"Ngày này trước ngày tham gia ({row.joined_on:%d/%m/%Y})."
        wrong.append(FieldError("#/ended_on", "before_joining", vi, f"Before the day of joining ({row.joined_on})."))
    if state is ParticipantState.left and not reason:
        vi, en = "Cần lý do rời hoạt động.", "Why they left is missing."
        wrong.append(FieldError("#/ended_reason", "missing", vi, en))
    if wrong:
        raise Invalid(errors=tuple(wrong))
    return {"state": state, "ended_on": ended_on, "ended_reason": reason}


def _check_same(
    stored: Row[Any], intervention_id: UUID, values: dict[str, Any], sent: ParticipantIn, by_key: bool
) -> None:
    """Raises AlreadyExists (IdempotencyKeyReused) where the id stands for somebody else."""
    names = _SENT if stored.version == 1 else tuple(name for name in _SENT if name != "fields")
    same = stored.intervention_id == intervention_id and all(getattr(stored, n) == values[n] for n in names)
    if not same or stored.household_id not in {sent.household_id, values["household_id"]}:
        raise reused(by_key)


def _check_once(session: Session, intervention_id: UUID, new: Sequence[tuple[int | None, dict[str, Any]]]) -> None:
    """Raises Conflict for a household or person that takes part in the same role; by the household of today."""
    theirs = (PARTICIPANT.c.intervention_id == intervention_id) & (PARTICIPANT.c.state != ParticipantState.left)
    query = participants_of(theirs, PARTICIPANT.c.role, PARTICIPANT_HOME, PARTICIPANT.c.member_id)
    there = {tuple(row) for row in session.execute(query.where(PARTICIPANT.c.household_id.is_not(None)))}
    wrong = []
    for n, values in new:
        who = (values["role"], values["household_id"], values["member_id"])
        if values["household_id"] is not None and who in there:
            place = "#" if n is None else f"#/participants/{n}"
            vi, en = "Đã tham gia với vai trò này rồi.", "Takes part in this role already."
            wrong.append(FieldError(place, "takes_part_already", vi, en))
        there.add(who)
    if wrong:
        raise Conflict(
            "Có hộ hoặc người đã tham gia hoạt động này với cùng vai trò.",
            "A household or person takes part in this role already.",
            errors=tuple(wrong),
        )
