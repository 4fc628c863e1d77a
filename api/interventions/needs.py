"""Notes the needs of households, and that they are met or withdrawn."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.households.homes import HOUSEHOLD, at_home
from api.households.stored import Lock
from api.idempotency import new_id
from api.interventions.need_queries import NEED, needs_of, no_such_need
from api.interventions.need_schemas import NeedEnding, NeedIn
from api.interventions.places import require_household, require_member
from api.interventions.reach import require_visible
from api.interventions.tables import SupportNeedState
from api.problems import Conflict, FieldError, Invalid
from api.procedure.records import change, new_row, reused


def note_need(session: Session, actor: Actor, body: NeedIn, key: str | None) -> UUID:
    """Notes a need. The same id or key again notes none.

    Raises NotFound (household, member), Conflict where the same need of the same household or person is open already,
    under whatever name that household had.
    """
    # held alone, so that who notes the same at the same time waits and sees it
    home, _ = require_household(session, actor.scope, body.household_id, Lock.edit)
    need_id = new_id(actor.account_id, "need", body.id, key)
    sent = body.model_dump(exclude={"id"})
    stored = session.execute(select(NEED).where(NEED.c.id == need_id)).one_or_none()
    if stored is not None:
        asked_as = {body.household_id, home}
        fixed = [n for n in sent if n != "household_id"]
        if stored.household_id not in asked_as or any(getattr(stored, n) != sent[n] for n in fixed):
            raise reused(by_key=bool(key) and body.id is None)
        return need_id
    if body.member_id is not None:
        require_member(session, home, body.member_id)
    _check_open(session, home, body)
    row = new_row(need_id, sent, state=SupportNeedState.open, recorded_by=actor.account_id)
    session.execute(insert(NEED).values(**row | {"household_id": home}))
    audit.record(session, actor, "needs.note", "household", [home], kind=body.kind)
    return need_id


def _check_open(session: Session, home: UUID, body: NeedIn) -> None:
    query: Any = at_home(select(NEED.c.id).select_from(NEED), NEED.c.household_id).where(
        HOUSEHOLD.c.id == home,
        NEED.c.kind == body.kind,
        NEED.c.member_id.is_not_distinct_from(body.member_id),
        NEED.c.state == SupportNeedState.open,
    )
    found = session.scalars(query).first()
    if found is not None:
        raise Conflict(
            "Nhu cầu này đang được ghi là chưa đáp ứng. Hãy kết thúc nhu cầu cũ trước khi ghi lại.",
            "This need is open already. End that one before it is noted again.",
            need_id=str(found),
        )


def end_need(session: Session, actor: Actor, need_id: UUID, read: int | None, body: NeedEnding) -> None:
    """Ends a need. The same ending again changes nothing. Raises NotFound, StaleVersion, Invalid, Conflict once it has
    ended otherwise."""
    query = needs_of(actor.scope).where(NEED.c.id == need_id)
    row = session.execute(query.with_for_update(of=NEED, key_share=True)).one_or_none()
    if row is None:
        raise no_such_need()
    if body.intervention_id is not None:
        require_visible(session, actor, body.intervention_id)
    _check_ending(row, body)
    asked = (body.state, body.ended_on, body.reason, body.intervention_id)
    if row.state != SupportNeedState.open:
        if (row.state, row.ended_on, row.ended_reason, row.intervention_id) == asked:
            return
        raise Conflict("Nhu cầu này đã kết thúc.", "This need has ended.")
    changes = {"state": body.state, "ended_on": body.ended_on, "ended_reason": body.reason}
    change(session, NEED, row, read, **changes, intervention_id=body.intervention_id)
    audit.record(session, actor, "needs.end", "household", [row.home], state=body.state)


def _check_ending(row: Any, body: NeedEnding) -> None:
    wrong = []
    if body.state is SupportNeedState.open:
        vi, en = "Kết thúc bằng «met» (đã đáp ứng) hoặc «withdrawn» (không còn).", "It ends as `met` or `withdrawn`."
        wrong.append(FieldError("#/state", "not_an_ending", vi, en))
    if body.ended_on < row.noted_on:
        vi = f"Ngày kết thúc trước ngày ghi nhu cầu ({row.noted_on:%d/%m/%Y})."
        en = f"It ends before it was noted ({row.noted_on})."
        wrong.append(FieldError("#/ended_on", "before_the_need", vi, en))
    if body.intervention_id is not None and body.state is not SupportNeedState.met:
        vi, en = "Chỉ nhu cầu đã đáp ứng mới nêu hoạt động.", "Only a need that is met names an intervention."
        wrong.append(FieldError("#/intervention_id", "not_met", vi, en))
    if wrong:
        raise Invalid(errors=tuple(wrong))
