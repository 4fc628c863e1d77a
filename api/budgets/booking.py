"""What every booking of money has in common: the locks, meeting its own repetition, the journal, and the refusal.

Whoever books holds the item of the plan (where there is one), the line, the commitment and the intervention, in this
order; so the sums that a command looks at are those that its movement changes (docs/money.md).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.areas.scope import Scope
from api.budgets import queries
from api.budgets.queries import COMMITMENT, LINE, MOVEMENT
from api.budgets.schemas import Booking
from api.budgets.tables import MovementKind
from api.interventions.tables import Intervention
from api.money import dong
from api.plans.items import hold_item
from api.plans.tables import ItemState
from api.problems import AboveApproved, IllegalStage
from api.procedure.records import reused

INTERVENTION = Intervention.__table__  # type: ignore[attr-defined]


def hold_line(session: Session, scope: Scope, budget_line_id: UUID) -> Row[Any]:
    """The line under lock: nothing else is booked on it meanwhile. Raises NotFound."""
    query = queries.lines_of(scope).where(LINE.c.id == budget_line_id)
    row = session.execute(query.with_for_update(of=LINE, key_share=True)).one_or_none()
    if row is None:
        raise queries.no_such_line()
    return row


def hold_commitment(session: Session, scope: Scope, commitment_id: UUID) -> tuple[Row[Any], Row[Any]]:
    """A commitment and its line under lock. Raises NotFound."""
    line = hold_line(session, scope, queries.commitment_row(session, scope, commitment_id).budget_line_id)
    query = select(COMMITMENT).where(COMMITMENT.c.id == commitment_id)
    return session.execute(query.with_for_update(key_share=True)).one(), line


def hold_intervention(session: Session, intervention_id: UUID | None) -> Row[Any] | None:
    """The sums of an intervention under lock, after its line and commitment."""
    query = select(INTERVENTION).where(INTERVENTION.c.id == intervention_id)
    return session.execute(query.with_for_update(key_share=True)).one() if intervention_id else None


def hold_line_of_item(
    session: Session, scope: Scope, budget_line_id: UUID, *, share: bool
) -> tuple[Row[Any], Row[Any] | None]:
    """The line and, before it, the item of the plan it is for. `share`: the item only must not be cancelled meanwhile;
    without, nobody else may book on any of its lines. Raises NotFound."""
    item_id = queries.line_row(session, scope, budget_line_id).plan_item_id
    item = hold_item(session, scope, item_id, share=share) if item_id else None
    return hold_line(session, scope, budget_line_id), item


def require_approved(item: Row[Any] | None) -> None:
    """Raises IllegalStage for a line whose item of the plan the chair has not approved, or has cancelled."""
    if item is not None and item.state != ItemState.approved:
        raise IllegalStage(
            "Mục kế hoạch của dòng ngân sách này chưa được phê duyệt hoặc đã hủy.",
            "The item of the plan behind this line is not approved, or cancelled.",
            plan_item_id=str(item.id),
        )


def require_open(line: Row[Any]) -> None:
    """Raises IllegalStage for a line whose year is closed: only reversals are booked on it."""
    if line.closed_on is not None:
        raise IllegalStage(
            f"Dòng ngân sách đã khoá sổ ngày {line.closed_on:%d/%m/%Y}; chỉ còn ghi được bút toán hoàn.",
            f"The line was closed on {line.closed_on}; only reversals are booked.",
            closed_on=line.closed_on.isoformat(),
        )


def require_left(available: int, asked: int, vi: str, en: str) -> None:
    """Raises AboveApproved with both numbers where more is asked than is left; `vi` and `en` say left of what."""
    if asked > available:
        raise AboveApproved(
            f"Chỉ còn {dong(available)} {vi}, không đủ cho {dong(asked)}.",
            f"Only {available} VND are left {en}, not {asked}.",
            available_vnd=available,
            asked_vnd=asked,
        )


def booked_before(
    session: Session, movement_id: UUID, asked: Mapping[str, Any], *, by_key: bool, table: Any = MOVEMENT
) -> bool:
    """Does the record (a movement; or a row of `table`) stand there with this content? Raises AlreadyExists or
    IdempotencyKeyReused for other content. Ask while holding the line."""
    stored = session.execute(select(table).where(table.c.id == movement_id)).one_or_none()
    if stored is None:
        return False
    if any(getattr(stored, name) != value for name, value in asked.items()):
        raise reused(by_key)
    return True


def book(session: Session, actor: Actor, movement_id: UUID, values: Mapping[str, Any]) -> None:
    """One movement into the journal; triggers change the sums, constraints hold them."""
    stamped = {"id": movement_id, "reversed_vnd": 0, "recorded_by": actor.account_id, "recorded_at": clock.now()}
    session.execute(insert(MOVEMENT).values(**values, **stamped))
    kind = MovementKind(values["kind"])
    audit.record(session, actor, f"money.{kind}", "budget_line", [values["budget_line_id"]], movement=str(movement_id),
                 amount_vnd=values["amount_vnd"])  # fmt: skip


def booking(session: Session, scope: Scope, movement_id: UUID) -> Booking:
    """The movement with the sums as they are now."""
    movement = queries.movement_row(session, scope, movement_id)
    held = movement.commitment_id
    return Booking(
        movement=queries.movement_out(movement),
        line=queries.line(session, scope, movement.budget_line_id),
        commitment=queries.commitment(session, scope, held) if held else None,
    )
