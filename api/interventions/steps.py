"""Takes the steps of interventions, and takes a mistaken one back."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, insert, or_, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.idempotency import new_id
from api.interventions import fields, kinds, queries
from api.interventions.document_queries import DOCUMENT
from api.interventions.participants_reach import PARTICIPANT, participants_of, seen_by
from api.interventions.reach import INTERVENTION, hold, kind_of, require_visible
from api.interventions.references import named_by
from api.interventions.step_days import check_day
from api.interventions.step_queries import STEP
from api.interventions.step_refusals import (
    participant_fault,
    prepared_it_oneself,
    step_refused,
    taken_already,
    unknown_step,
)
from api.interventions.step_schemas import StepIn
from api.interventions.tables import ParticipantState
from api.problems import IllegalStage, Invalid, NotFound
from api.procedure.records import change, reused
from api.programmes.definition import Kind, Step
from api.reviews.rounds import expect_version

_SENT = ("step", "taken_on", "participant_id", "document_no", "note", "fields")


def take_step(
    session: Session, actor: Actor, intervention_id: UUID, read: int | None, body: StepIn, key: str | None
) -> None:
    """Takes a step. The same id or key again takes none.

    Raises NotFound (also for what a field names), PermissionDenied without the right of the step, Invalid (also a day
    before what the step rests on), IllegalStage (`allowed`, `missing`) where the stage or the papers do not allow it,
    Conflict for what is done once and is done, SeparationOfDuties where whoever opened it would approve it.
    """
    kind = kind_of(require_visible(session, actor, intervention_id))
    step = kind.step(body.step)
    if step is None:
        raise Invalid(errors=(unknown_step(kind),))
    right = kinds.right_of(kind, step)
    row = hold(session, actor, intervention_id, right)
    found = fields.checked(step.fields, body.fields, "#/fields")
    if isinstance(found, tuple):
        raise Invalid(errors=found)
    sent = {name: getattr(body, name) for name in _SENT} | {"fields": found}
    step_id = new_id(actor.account_id, f"step:{intervention_id}", body.id, key)
    stored = session.execute(select(STEP).where(STEP.c.id == step_id)).one_or_none()
    if stored is not None:
        if stored.intervention_id != row.id or any(getattr(stored, name) != value for name, value in sent.items()):
            raise reused(by_key=bool(key) and body.id is None)
        return
    expect_version(row, read)
    joined_on = _joined_on(session, actor, step, row, body.participant_id)
    _check_stage(session, kind, step, row)
    if right in kinds.APPROVALS and row.recorded_by == actor.account_id:
        raise prepared_it_oneself()
    taken = _taken(session, row.id)
    _check_repeats(step, row, body.participant_id, taken)
    check_day(kind, step, row, body.taken_on, joined_on, taken)
    derived = {"due_on": _due_on(session, step, body, taken), "refers_to": named_by(session, actor, step, found)}
    _store(session, actor, row, step, {"id": step_id, "position": len(taken) + 1, **derived, **sent})


def _store(session: Session, actor: Actor, row: Row[Any], step: Step, values: dict[str, Any]) -> None:
    stages = {"stage_before": row.stage, "stage_after": step.after or row.stage}
    told = {"recorded_by": actor.account_id, "recorded_at": clock.now()}
    session.execute(insert(STEP).values(intervention_id=row.id, **values, **stages, **told))
    change(session, INTERVENTION, row, None, stage=stages["stage_after"])
    _audited(session, actor, row, "interventions.step", step=step.code, stage=stages["stage_after"])


def undo_step(session: Session, actor: Actor, step_id: UUID, reason: str) -> UUID:
    """Marks a step as a mistake and puts the stage back, for whoever may take it. The intervention.

    Raises NotFound, PermissionDenied, IllegalStage where later steps rest on it.
    """
    stored = session.execute(select(STEP).where(STEP.c.id == step_id)).one_or_none()
    if stored is None:
        raise no_such_step()
    try:
        kind = kind_of(require_visible(session, actor, stored.intervention_id))
    except NotFound as problem:
        raise no_such_step() from problem
    step = kind.step(stored.step)
    row = hold(session, actor, stored.intervention_id, kinds.right_of(kind, step) if step else None)
    # under the lock: whoever undid it meanwhile, or took another step, has done so now
    stored = session.execute(select(STEP).where(STEP.c.id == step_id)).one()
    if stored.undone_at is not None:
        return UUID(str(row.id))
    _check_newest(session, kind, row, stored)
    session.execute(
        update(STEP)
        .where(STEP.c.id == step_id)
        .values(undone_at=clock.now(), undone_by=actor.account_id, undone_reason=reason)
    )
    went_on = stored.stage_after != stored.stage_before
    change(session, INTERVENTION, row, None, stage=stored.stage_before if went_on else row.stage)
    _audited(session, actor, row, "interventions.undo", step=stored.step)
    return UUID(str(row.id))


def no_such_step() -> NotFound:
    return NotFound("Không tìm thấy bước này.", "There is no such step.")


def _joined_on(session: Session, actor: Actor, step: Step, row: Row[Any], participant_id: UUID | None) -> date | None:
    """Since when the participant of the step takes part; None for a step of the whole. Raises Invalid, NotFound,
    IllegalStage."""
    if step.of_participant != (participant_id is not None):
        raise Invalid(errors=(participant_fault(step),))
    if participant_id is None:
        return None
    theirs = and_(PARTICIPANT.c.id == participant_id, PARTICIPANT.c.intervention_id == row.id)
    query = seen_by(actor, participants_of(theirs, PARTICIPANT.c.state, PARTICIPANT.c.joined_on))
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("Không tìm thấy người tham gia này.", "There is no such participant.")
    if found.state == ParticipantState.left:
        raise IllegalStage(
            "Người tham gia này đã ra khỏi hoạt động, không ghi thêm bước được.",
            "This participant has left; no more steps are taken for them.",
            stage=row.stage,
            missing=[],
            allowed=[],
        )
    joined_on: date = found.joined_on
    return joined_on


def _check_stage(session: Session, kind: Kind, step: Step, row: Row[Any]) -> None:
    papers = select(DOCUMENT.c.code).where(DOCUMENT.c.intervention_id == row.id)
    there = set(session.scalars(papers)) if step.needs else set()
    missing = kinds.missing_papers(step, there)
    if missing or row.stage not in step.before:
        raise step_refused(kind, step, row.stage, missing)


def _taken(session: Session, intervention_id: UUID) -> Sequence[Row[Any]]:
    """All steps that were ever taken, the undone ones too, in their order."""
    stages = STEP.c.stage_before, STEP.c.stage_after
    columns = STEP.c.step, STEP.c.participant_id, STEP.c.taken_on, STEP.c.undone_at, *stages
    query = select(*columns).where(STEP.c.intervention_id == intervention_id)
    return session.execute(query.order_by(STEP.c.position)).all()


def _check_repeats(step: Step, row: Row[Any], participant_id: UUID | None, taken: Sequence[Row[Any]]) -> None:
    if kinds.taken_once(step, row.stage):
        before = [one for one in taken if one.step == step.code and one.participant_id == participant_id]
        if any(one.undone_at is None for one in before):
            raise taken_already(step)


def _due_on(session: Session, step: Step, body: StepIn, taken: Sequence[Row[Any]]) -> Any:
    """When this step was due, where it is a follow-up of one that was taken."""
    mine = (None, body.participant_id)
    bases = [t for t in taken if t.step == step.due_after and t.undone_at is None and t.participant_id in mine]
    if not bases:
        return None
    return session.scalar(select(func.date(bases[-1].taken_on + func.make_interval(0, step.due_months))))


def _check_newest(session: Session, kind: Kind, row: Row[Any], stored: Row[Any]) -> None:
    """What led to another stage is undone before all that came after it; what did not, after what concerns the same
    participant (or the whole) and after what led on from there."""
    led_on = STEP.c.stage_after != STEP.c.stage_before
    later = and_(STEP.c.intervention_id == row.id, STEP.c.position > stored.position, STEP.c.undone_at.is_(None))
    if stored.stage_after == stored.stage_before:
        later = and_(later, or_(led_on, STEP.c.participant_id.is_not_distinct_from(stored.participant_id)))
    newest = session.execute(select(STEP).where(later).order_by(STEP.c.position.desc()).limit(1)).first()
    if newest is None:
        return
    step = kind.step(newest.step)
    vi, en = (step.label.vi, step.label.en) if step else (newest.step, newest.step)
    raise IllegalStage(
        f"Chỉ hủy được bước mới nhất. Sau bước này còn bước «{vi}»; hãy hủy bước đó trước.",
        f"Only the newest step is undone. «{en}» came after it: undo that one first.",
        stage=row.stage,
        missing=[],
        allowed=[],
        newest_step_id=str(newest.id),
    )


def _audited(session: Session, actor: Actor, row: Row[Any], action: str, **detail: Any) -> None:
    audit.record(session, actor, action, *queries.subject(row), **detail)
