"""Reads who takes part: only those whom the reader may see, with the class on the day of joining."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, case, func, true, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.households.stored import among
from api.households.wire_records import HOUSEHOLD, MEMBER
from api.interventions import fields
from api.interventions.doors import RECORDING
from api.interventions.heads import class_group
from api.interventions.names import ORGANISATION, PARTICIPANT_NAME
from api.interventions.participant_schemas import ParticipantOut
from api.interventions.participants_reach import (
    PARTICIPANT,
    PARTICIPANT_HOME,
    THEN,
    hamlet_shown_to,
    participants_of,
    seen_by,
)
from api.interventions.reach import INTERVENTION, kind_of, require_visible
from api.interventions.tables import ParticipantState
from api.problems import NotFound
from api.programmes.definition import Kind
from api.schema import Page

_DERIVED = ("household_id", "hamlet_id", "name", "sex", "class_on_joining", "outsider", "fields", "withheld")
_STORED = [name for name in ParticipantOut.model_fields if name not in _DERIVED]


def participants(
    session: Session,
    actor: Actor,
    intervention_id: UUID,
    *,
    role: str | None,
    state: ParticipantState | None,
    limit: int,
    cursor: str | None,
) -> Page[ParticipantOut]:
    """Who takes part and whom I may see, in the order of enrolment. Raises NotFound for an intervention I do not see.

    The numbers of the intervention count everybody.
    """
    intervention = require_visible(session, actor, intervention_id)
    query = _shown_to(actor, PARTICIPANT.c.intervention_id == intervention_id)
    for column, value in ((PARTICIPANT.c.role, role), (PARTICIPANT.c.state, state)):
        if value is not None:
            query = query.where(column == value)
    place = PARTICIPANT.c.joined_on, PARTICIPANT.c.id
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(*place) > tuple_(*after))
    rows = session.execute(query.order_by(*place).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.joined_on.isoformat(), str(row.id)))
    _recorded(session, actor, shown)
    kind = kind_of(intervention)
    return Page[ParticipantOut](items=[_out(kind, row) for row in shown], next_cursor=next_cursor)


def participants_by_id(session: Session, actor: Actor, kind: Kind, ids: Collection[UUID]) -> list[ParticipantOut]:
    """Participants in the order of their ids as given. Raises NotFound where the caller may not see one of them."""
    rows = session.execute(_shown_to(actor, among(PARTICIPANT.c.id, ids))).all()
    _recorded(session, actor, rows)
    found = {row.id: _out(kind, row) for row in rows}
    if not set(ids) <= found.keys():
        raise no_such_participant()
    return [found[one] for one in ids]


def no_such_participant() -> NotFound:
    return NotFound("Không tìm thấy người tham gia này.", "There is no such participant.")


def _shown_to(actor: Actor, condition: Any) -> Select[Any]:
    place = func.coalesce(HOUSEHOLD.c.hamlet_id, INTERVENTION.c.area_id)
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(place)
    # somebody from outside of the register is known to who may read people there, or works with the intervention
    knows = actor.scope_of(Permission.households_read, *RECORDING).covers(INTERVENTION.c.area_id)
    # a group is one class of a school: of whom its numbers are not told, they are not found from those of the whole
    whole = actor.tells_all(Permission.programmes_read).touches(INTERVENTION.c.area_id)
    class_then = case((HOUSEHOLD.c.id.is_not(None), class_group))
    columns = (
        PARTICIPANT, PARTICIPANT_HOME, hamlet_shown_to(actor), PARTICIPANT_NAME, class_then.label("class_on_joining"),
        func.coalesce(MEMBER.c.sex, PARTICIPANT.c.outsider["sex"].astext).label("sex"),
        sensitive.label("sees_sensitive"), knows.label("knows_outsiders"), whole.label("tells_all"),
    )  # fmt: skip
    query = seen_by(actor, participants_of(condition, *columns))
    query = query.join(INTERVENTION, INTERVENTION.c.id == PARTICIPANT.c.intervention_id)
    query = query.outerjoin(MEMBER, MEMBER.c.id == PARTICIPANT.c.member_id)
    query = query.outerjoin(ORGANISATION, ORGANISATION.c.id == PARTICIPANT.c.organisation_id)
    return query.outerjoin(THEN, true())


def _out(kind: Kind, row: Row[Any]) -> ParticipantOut:
    role = kind.role(row.role)
    stored = {name: getattr(row, name) for name in _STORED}
    known = fields.shown(role.fields if role else (), row.fields, row.sees_sensitive)
    hidden = row.outsider is not None and not row.knows_outsiders
    if hidden:
        known["withheld"] = [*known["withheld"], "outsider"]
    if row.headcount is not None and not row.tells_all:
        stored["headcount"] = None
        known["withheld"] = [*known["withheld"], "headcount"]
    if row.home is not None and not row.sees_sensitive:
        # why somebody left is mostly an illness
        stored["ended_reason"] = None
        known["withheld"] = [*known["withheld"], "ended_reason"]
    return ParticipantOut(
        **stored,
        **known,
        household_id=row.home,
        hamlet_id=row.hamlet_id,
        name=None if hidden else row.name,
        sex=row.sex,
        class_on_joining=row.class_on_joining,
        outsider=None if hidden else row.outsider,
    )


def _recorded(session: Session, actor: Actor, rows: Collection[Row[Any]]) -> None:
    homes = dict.fromkeys(row.home for row in rows if row.home)
    audit.record(session, actor, "participants.read", "household", homes)
