"""Cancels items of the plan: here and not in api/plans, because it depends on what was committed for them."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.budgets.days import require_after_approval
from api.budgets.queries import LINE
from api.money import dong
from api.plans import item_queries
from api.plans.item_queries import ITEM
from api.plans.item_schemas import ItemCancellationIn, ItemOut
from api.plans.items import hold_item
from api.plans.tables import ItemState
from api.plans.years import require_in_time
from api.problems import Conflict, IllegalStage
from api.reviews.rounds import expect_version


def cancel(session: Session, actor: Actor, plan_item_id: UUID, read: int | None, body: ItemCancellationIn) -> ItemOut:
    """Cancels a draft, or an approved item for which no money is committed.

    Raises NotFound, StaleVersion, IllegalStage (cancelled already), Invalid (a day before it was approved), Conflict
    (money is committed).
    """
    row = hold_item(session, actor.scope, plan_item_id)
    expect_version(row, read)
    if row.state == ItemState.cancelled:
        raise IllegalStage("Mục kế hoạch này đã hủy.", "This item of the plan is cancelled already.", state=row.state)
    require_in_time(row.year, body.cancelled_on, "#/cancelled_on")
    require_after_approval(row, body.cancelled_on, "#/cancelled_on")
    query = select(func.coalesce(func.sum(LINE.c.committed_vnd), 0)).where(LINE.c.plan_item_id == row.id)
    committed = int(session.scalar(query) or 0)
    if committed:
        raise Conflict(
            f"Đã cam kết {dong(committed)} cho mục kế hoạch này. Hãy hoàn các cam kết trước khi hủy.",
            f"{committed} VND are committed for this item. Reverse the commitments before cancelling it.",
            committed_vnd=committed,
        )
    session.execute(
        update(ITEM)
        .where(ITEM.c.id == row.id)
        .values(state=ItemState.cancelled, cancelled_by=actor.account_id, cancelled_on=body.cancelled_on,
                cancel_reason=body.reason, version=row.version + 1, updated_at=clock.now())
    )  # fmt: skip
    audit.record(session, actor, "plan_items.cancel", "plan_item", [row.id])
    return item_queries.item(session, actor.scope, row.id)
