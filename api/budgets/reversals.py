"""How a mistake is corrected: a movement is taken back, whole or in part, by another one that says why."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.budgets import queries
from api.budgets.booking import (
    book,
    booked_before,
    booking,
    hold_commitment,
    hold_intervention,
    hold_line,
    require_left,
)
from api.budgets.schemas import Booking, ReversalIn
from api.budgets.tables import MovementKind
from api.idempotency import new_id
from api.problems import Conflict, FieldError, Invalid

# Who booked a kind takes it back; what the chair bound, the chair sets free.
RIGHT = {
    MovementKind.allocation: Permission.budget_write,
    MovementKind.commitment: Permission.commitments_approve,
    MovementKind.disbursement: Permission.disbursements_write,
    MovementKind.settlement: Permission.settlements_write,
}


def reverse(session: Session, actor: Actor, movement_id: UUID, body: ReversalIn, key: str | None) -> Booking:
    """Takes a movement back; without an amount what is left of it. Also on a closed line.

    Raises NotFound, PermissionDenied without the right of its kind, Conflict for a reversal (book anew instead),
    AboveApproved for more than is left of it, or than was not used further on, Invalid for a day before it.
    """
    found = queries.movement_row(session, actor.scope, movement_id)
    scope = narrowed(actor, RIGHT[MovementKind(found.kind)]).scope
    commitment = None
    if found.commitment_id:
        commitment, line = hold_commitment(session, scope, found.commitment_id)
    else:
        line = hold_line(session, scope, found.budget_line_id)
    movement = queries.movement_row(session, scope, movement_id)  # as it is under the lock
    reversal_id = new_id(actor.account_id, "reversal", body.id, key)
    asked: dict[str, Any] = {
        "budget_line_id": line.id,
        "commitment_id": movement.commitment_id,
        "kind": movement.kind,
        "reverses_id": movement.id,
        **body.model_dump(exclude={"id", "amount_vnd"}),
    }
    if body.amount_vnd is not None:
        asked["amount_vnd"] = -body.amount_vnd
    if not booked_before(session, reversal_id, asked, by_key=bool(key) and body.id is None):
        amount = _amount(movement, body.amount_vnd)
        _require_later(movement, body)
        left = _not_used(session, line, commitment, MovementKind(movement.kind))
        require_left(left, amount, "chưa dùng ở bước sau, có thể hoàn", "that no later step has used")
        book(session, actor, reversal_id, asked | {"amount_vnd": -amount})
    return booking(session, scope, reversal_id)


def _amount(movement: Row[Any], asked: int | None) -> int:
    if movement.reverses_id is not None:
        raise Conflict(
            "Bút toán hoàn không hoàn lại được; hãy ghi bút toán mới.",
            "A reversal is not reversed; book a new movement.",
        )
    left: int = movement.amount_vnd - movement.reversed_vnd
    if left == 0:
        raise Conflict("Bút toán này đã được hoàn hết.", "The whole movement has been reversed already.")
    require_left(left, asked or left, "của bút toán này chưa hoàn", "of this movement")
    return asked or left


def _require_later(movement: Row[Any], body: ReversalIn) -> None:
    if body.booked_on < movement.booked_on:
        vi = f"Ngày hoàn trước ngày ghi bút toán ({movement.booked_on:%d/%m/%Y})."
        en = f"The reversal lies before the movement ({movement.booked_on})."
        raise Invalid(vi, en, errors=(FieldError("#/booked_on", "before_the_movement", vi, en),))


def _not_used(session: Session, line: Row[Any], commitment: Row[Any] | None, kind: MovementKind) -> int:
    """How much can be taken back without leaving a later step (a payment, a delivery) without its money."""
    if commitment is None:
        return int(line.approved_vnd - line.committed_vnd)
    if kind is MovementKind.settlement:
        return int(commitment.settled_vnd)
    if kind is MovementKind.disbursement:
        return int(commitment.disbursed_vnd - commitment.settled_vnd)
    left = int(commitment.committed_vnd - commitment.disbursed_vnd)
    served = hold_intervention(session, commitment.intervention_id)
    if served is not None and served.funded:
        left = min(left, int(served.committed_vnd - served.delivered_vnd))
    return left
