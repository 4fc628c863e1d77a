"""Money that leaves a commitment: paid out, then settled. Never more than the step before."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from api.accounts.actor import Actor
from api.budgets.booking import book, booked_before, booking, hold_commitment, require_left, require_open
from api.budgets.days import require_there
from api.budgets.schemas import Booking, PaymentIn
from api.budgets.tables import CommitmentState, MovementKind
from api.idempotency import new_id
from api.problems import IllegalStage


def disburse(session: Session, actor: Actor, commitment_id: UUID, body: PaymentIn, key: str | None) -> Booking:
    """Books a payment out of a commitment. Raises NotFound, IllegalStage, AboveApproved, Invalid for a day before the
    money was bound."""
    return _pay(session, actor, commitment_id, body, key, MovementKind.disbursement)


def settle(session: Session, actor: Actor, commitment_id: UUID, body: PaymentIn, key: str | None) -> Booking:
    """Books what was accounted for of the money paid out. Raises NotFound, IllegalStage, AboveApproved, Invalid for a
    day before it was paid out."""
    return _pay(session, actor, commitment_id, body, key, MovementKind.settlement)


def _pay(
    session: Session, actor: Actor, commitment_id: UUID, body: PaymentIn, key: str | None, kind: MovementKind
) -> Booking:
    row, line = hold_commitment(session, actor.scope, commitment_id)
    movement_id = new_id(actor.account_id, kind, body.id, key)
    asked = {"budget_line_id": line.id, "commitment_id": row.id, "kind": kind, **body.model_dump(exclude={"id"})}
    if not booked_before(session, movement_id, asked, by_key=bool(key) and body.id is None):
        _require_approved(row)
        require_open(line)
        if kind is MovementKind.disbursement:
            left = row.committed_vnd - row.disbursed_vnd
            require_left(left, body.amount_vnd, "đã cam kết mà chưa chi", "committed and not paid out")
        else:
            left = row.disbursed_vnd - row.settled_vnd
            require_left(left, body.amount_vnd, "đã chi mà chưa quyết toán", "paid out and not settled")
        require_there(session, kind, row, body.amount_vnd, body.booked_on)
        book(session, actor, movement_id, asked)
    return booking(session, actor.scope, movement_id)


def _require_approved(row: Row[Any]) -> None:
    if row.state != CommitmentState.approved:
        raise IllegalStage(
            "Cam kết này chưa được phê duyệt, hoặc đã bị từ chối.",
            "The commitment is not approved (yet), or was refused.",
            state=row.state,
        )
