"""Commitments: the officer prepares one, the chair approves or refuses it. Approval is what binds the money."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.budgets import queries
from api.budgets.booking import (
    INTERVENTION,
    book,
    booked_before,
    booking,
    hold_commitment,
    hold_line_of_item,
    require_approved,
    require_left,
    require_open,
)
from api.budgets.days import require_there
from api.budgets.queries import COMMITMENT
from api.budgets.schemas import Booking, CommitmentApprovalIn, CommitmentIn, CommitmentOut, CommitmentRefusalIn
from api.budgets.tables import CommitmentState, MovementKind
from api.idempotency import new_id
from api.interventions.organisation_queries import organisation
from api.interventions.reach import require_visible
from api.plans.places import serves
from api.plans.years import require_in_time
from api.problems import Conflict, IllegalStage, SeparationOfDuties
from api.reviews.rounds import expect_version

_LEFT = "chưa cam kết trong dòng ngân sách", "of the line"


def prepare(session: Session, actor: Actor, body: CommitmentIn, key: str | None) -> CommitmentOut:
    """Prepares a commitment; no money is bound yet. The same id or key with the same content gives what is stored.

    Raises NotFound (line, intervention or organisation that is not the caller's), IllegalStage (a closed line, an item
    that is not approved), AboveApproved, Conflict (an intervention of another component or place than the line).
    """
    commitment_id = new_id(actor.account_id, "commitment", body.id, key)
    asked = body.model_dump(exclude={"id"})
    line, item = hold_line_of_item(session, actor.scope, body.budget_line_id, share=True)
    by_key = bool(key) and body.id is None
    if not booked_before(session, commitment_id, asked, by_key=by_key, table=COMMITMENT):
        require_open(line)
        require_approved(item)
        _require_intervention(session, actor, line, body.intervention_id)
        if body.organisation_id is not None:
            organisation(session, actor.scope, body.organisation_id)
        require_left(line.approved_vnd - line.committed_vnd, body.amount_vnd, *_LEFT)
        now = clock.now()
        empty = dict.fromkeys(("committed_vnd", "disbursed_vnd", "settled_vnd"), 0)
        stamps = {"prepared_by": actor.account_id, "version": 1, "created_at": now, "updated_at": now}
        values = asked | empty | stamps | {"id": commitment_id, "state": CommitmentState.prepared}
        session.execute(insert(COMMITMENT).values(**values))
        audit.record(session, actor, "commitments.prepare", "commitment", [commitment_id], amount_vnd=body.amount_vnd)
    return queries.commitment(session, actor.scope, commitment_id)


def approve(
    session: Session, actor: Actor, commitment_id: UUID, read: int | None, body: CommitmentApprovalIn, key: str | None
) -> Booking:
    """Approves a commitment and binds its money. Repeated with the same key it gives what was booked.

    Raises NotFound, StaleVersion, IllegalStage, SeparationOfDuties for whoever prepared it, AboveApproved, Invalid for
    a day on which the line did not have the money yet.
    """
    found = queries.commitment_row(session, actor.scope, commitment_id)
    _, item = hold_line_of_item(session, actor.scope, found.budget_line_id, share=True)
    row, line = hold_commitment(session, actor.scope, commitment_id)
    movement_id = new_id(actor.account_id, "commitment_approval", None, key)
    asked = {
        "budget_line_id": line.id,
        "commitment_id": row.id,
        "kind": MovementKind.commitment,
        "amount_vnd": row.amount_vnd,
        "booked_on": body.decided_on,
        "document_no": row.document_no,
    }
    if not booked_before(session, movement_id, asked, by_key=True):
        _decide(session, actor, row, read, CommitmentState.approved, body.decided_on)
        require_open(line)
        require_approved(item)
        require_left(line.approved_vnd - line.committed_vnd, row.amount_vnd, *_LEFT)
        require_there(session, MovementKind.commitment, line, row.amount_vnd, body.decided_on, "#/decided_on")
        book(session, actor, movement_id, asked)
        _fund(session, row.intervention_id)
    return booking(session, actor.scope, movement_id)


def refuse(
    session: Session, actor: Actor, commitment_id: UUID, read: int | None, body: CommitmentRefusalIn
) -> CommitmentOut:
    """Refuses a commitment with a reason; no money was bound. Raises as `approve`."""
    row, line = hold_commitment(session, actor.scope, commitment_id)
    require_in_time(line.year, body.decided_on, "#/decided_on")
    _decide(session, actor, row, read, CommitmentState.refused, body.decided_on, decision_reason=body.reason)
    audit.record(session, actor, "commitments.refuse", "commitment", [row.id])
    return queries.commitment(session, actor.scope, row.id)


def _decide(
    session: Session, actor: Actor, row: Row[Any], read: int | None, state: CommitmentState, day: Any, **more: Any
) -> None:
    expect_version(row, read)
    if row.state != CommitmentState.prepared:
        raise IllegalStage(
            "Cam kết này đã được phê duyệt hoặc từ chối.",
            "The commitment is approved or refused already.",
            state=row.state,
        )
    if row.prepared_by == actor.account_id:
        raise SeparationOfDuties(
            "Người lập cam kết không được tự phê duyệt hoặc từ chối; người khác phải quyết định.",
            "Who prepared a commitment does not decide on it; somebody else has to.",
        )
    decision = {"state": state, "decided_by": actor.account_id, "decided_on": day, **more}
    session.execute(
        update(COMMITMENT)
        .where(COMMITMENT.c.id == row.id)
        .values(**decision, version=row.version + 1, updated_at=clock.now())
    )


def _fund(session: Session, intervention_id: UUID | None) -> None:
    # From now on people receive no more than was committed. What they received before (a gift, say) may be worth more
    # than a first, partial commitment: then the bound waits for the commitment that covers it.
    session.execute(
        update(INTERVENTION)
        .where(INTERVENTION.c.id == intervention_id, ~INTERVENTION.c.funded)
        .where(INTERVENTION.c.delivered_vnd <= INTERVENTION.c.committed_vnd)
        .values(funded=True)
    )


def _require_intervention(session: Session, actor: Actor, line: Row[Any], intervention_id: UUID | None) -> None:
    if intervention_id is None:
        return
    row = require_visible(session, actor, intervention_id)
    inside = select(INTERVENTION.c.id).where(
        INTERVENTION.c.id == intervention_id, serves(line.area_id, actor.scope.day, INTERVENTION.c.area_id)
    )
    components = {row.component, line.component} - {None}
    if session.execute(inside).first() is None:
        raise Conflict(
            "Hoạt động này ở đơn vị khác với dòng ngân sách.", "The intervention lies in another area than the line."
        )
    if len(components) > 1:
        raise Conflict(
            "Hoạt động này thuộc hợp phần khác với dòng ngân sách.",
            "The intervention belongs to another component than the line.",
        )
