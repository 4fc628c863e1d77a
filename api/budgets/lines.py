"""Writes lines of the budget, and the money that is allocated to them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.areas.places import require_level
from api.areas.scope import Scope
from api.areas.tables import Level
from api.budgets import queries
from api.budgets.booking import (
    book,
    booked_before,
    booking,
    hold_line_of_item,
    require_approved,
    require_left,
    require_open,
)
from api.budgets.days import require_after_approval
from api.budgets.queries import LINE
from api.budgets.schemas import AllocationIn, Booking, LineIn, LineOut
from api.budgets.tables import MovementKind
from api.idempotency import new_id
from api.plans.item_queries import FUNDING, items_of, no_such_item
from api.plans.items import require_component, require_money_level
from api.plans.tables import ItemState, PlanItem
from api.plans.years import require_in_time
from api.problems import FieldError, IllegalStage, Invalid, NotFound
from api.procedure.records import reused

_ITEM = PlanItem.__table__  # type: ignore[attr-defined]


def open_line(session: Session, actor: Actor, body: LineIn, key: str | None) -> LineOut:
    """Stores a line without money. The same id or key with the same content again gives what is stored.

    Raises NotFound (an area or item that is not the caller's), Invalid (an unknown component, a level without the
    state's budget, another place than the item's), IllegalStage for a cancelled item.
    """
    line_id = new_id(actor.account_id, "budget_line", body.id, key)
    require_level(session, actor.scope, body.area_id, Level.commune, Level.hamlet)
    require_money_level(body.source, body.level, "#/level")
    asked = body.model_dump(exclude={"id"}) | {"component": _component(session, actor.scope, body)}
    now = clock.now()
    made = session.execute(
        upsert(LINE)
        .values(id=line_id, **asked, approved_vnd=0, committed_vnd=0, disbursed_vnd=0, settled_vnd=0, version=1,
                recorded_by=actor.account_id, created_at=now, updated_at=now)
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(LINE.c.id)
    ).one_or_none()  # fmt: skip
    by_key = bool(key) and body.id is None
    if made is None:
        booked_before(session, line_id, asked, by_key=by_key, table=LINE)
    else:
        audit.record(session, actor, "money.line", "budget_line", [line_id], year=body.year, source=body.source)
    try:
        return queries.line(session, actor.scope, line_id)
    except NotFound:
        raise reused(by_key) from None


def _component(session: Session, scope: Scope, body: LineIn) -> str | None:
    """Of the item, where the line is for one. Raises as `open_line`."""
    if body.component is not None:
        require_component(body.component)
    if body.plan_item_id is None:
        return body.component
    item = session.execute(items_of(scope).where(_ITEM.c.id == body.plan_item_id)).one_or_none()
    if item is None:
        raise no_such_item()
    if item.state == ItemState.cancelled:
        raise IllegalStage("Mục kế hoạch này đã hủy.", "This item of the plan is cancelled.")
    theirs: dict[str, Any] = {
        "area_id": item.area_id,
        "year": item.year,
        "component": body.component and item.component,
    }
    for name, value in theirs.items():
        if getattr(body, name) != value:
            vi = "Dòng ngân sách của một mục kế hoạch phải cùng đơn vị, năm và hợp phần với mục đó."
            en = "A line for an item of the plan has the item's area, year and component."
            raise Invalid(vi, en, errors=(FieldError(f"#/{name}", "not_of_the_item", vi, en),))
    component: str = item.component
    return component


def allocate(session: Session, actor: Actor, budget_line_id: UUID, body: AllocationIn, key: str | None) -> Booking:
    """Books money that was allocated to a line. For an item of the plan: not more than it has from this source.

    Raises NotFound, IllegalStage (a closed line, an item that is not approved), AboveApproved, Invalid for a day before
    the item was approved or the year prepared.
    """
    movement_id = new_id(actor.account_id, "allocation", body.id, key)
    asked = {"budget_line_id": budget_line_id, "kind": MovementKind.allocation, **body.model_dump(exclude={"id"})}
    line, item = hold_line_of_item(session, actor.scope, budget_line_id, share=False)
    if not booked_before(session, movement_id, asked, by_key=bool(key) and body.id is None):
        require_open(line)
        require_planned(session, line, item, body.amount_vnd)
        require_in_time(line.year, body.booked_on, "#/booked_on")
        require_after_approval(item, body.booked_on, "#/booked_on")
        book(session, actor, movement_id, asked)
    return booking(session, actor.scope, movement_id)


def require_planned(session: Session, line: Row[Any], item: Row[Any] | None, amount: int) -> None:
    """Raises IllegalStage, or AboveApproved where the lines of the (held) item would have more from this source than
    the chair approved for it."""
    if item is None:
        return
    require_approved(item)
    planned = select(func.coalesce(func.sum(FUNDING.c.amount_vnd), 0)).where(
        FUNDING.c.plan_item_id == item.id, FUNDING.c.source == line.source, FUNDING.c.level == line.level
    )
    allocated = select(func.coalesce(func.sum(LINE.c.approved_vnd), 0)).where(
        LINE.c.plan_item_id == item.id, LINE.c.source == line.source, LINE.c.level == line.level
    )
    available = int(session.scalar(planned) or 0) - int(session.scalar(allocated) or 0)
    require_left(available, amount, "trong mục kế hoạch từ nguồn này", "of the item of the plan from this source")
