"""The money of a period: what was planned for its year, and what was booked on its days, as known at a moment."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Text, and_, case, cast, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session

from api.areas.scope import Scope
from api.budgets.queries import LINE, MOVEMENT
from api.plans.item_queries import FUNDING, ITEM
from api.plans.places import inside
from api.plans.tables import ItemState


def planned(session: Session, scope: Scope, area_id: UUID, year: int, day: date, known: datetime | None) -> int:
    """VND of the year's items that the chair had approved by that day, and that were not cancelled by then.

    `known`: only what was recorded before that moment (None: everything).
    """
    then = true() if known is None else ITEM.c.created_at < known
    query = (
        select(func.coalesce(func.sum(FUNDING.c.amount_vnd), 0))
        .join(ITEM, ITEM.c.id == FUNDING.c.plan_item_id)
        .where(ITEM.c.year == year, then, _in_force(day, known))
        .where(scope.touches(ITEM.c.area_id), inside(area_id, day, ITEM.c.area_id))
    )
    return int(session.scalar(query) or 0)


def _in_force(day: date, known: datetime | None) -> ColumnElement[bool]:
    """Was the item approved by the day, and not cancelled by then? An approved item is only ever cancelled."""
    kept = ITEM.c.approved_on.is_not(None) & (ITEM.c.approved_on <= day)
    if known is None:
        return and_(kept, ITEM.c.cancelled_on.is_(None) | (ITEM.c.cancelled_on > day))
    before = func.earlier_state_at(ITEM.c.id, known, type_=JSONB)
    state = func.coalesce(before["state"].astext, cast(ITEM.c.state, Text))
    gone = case((before.is_(None), ITEM.c.cancelled_on), else_=cast(before["cancelled_on"].astext, Date))
    return and_(kept, state != ItemState.draft, gone.is_(None) | (gone > day))


def booked(
    session: Session, scope: Scope, area_id: UUID, first: date, last: date, known: datetime | None
) -> dict[str, int]:
    """Kind of movement -> VND booked on these days, of whichever year's lines, as recorded before `known`.

    What a reversal took back never was: it counts on the day of what it reverses.
    """
    reversed_ = MOVEMENT.alias("reversed")
    query = (
        select(MOVEMENT.c.kind, func.sum(MOVEMENT.c.amount_vnd).label("amount_vnd"))
        .join(LINE, LINE.c.id == MOVEMENT.c.budget_line_id)
        .outerjoin(reversed_, reversed_.c.id == MOVEMENT.c.reverses_id)
        .where(
            func.coalesce(reversed_.c.booked_on, MOVEMENT.c.booked_on).between(first, last),
            true() if known is None else MOVEMENT.c.recorded_at < known,
            scope.touches(LINE.c.area_id),
            inside(area_id, last, LINE.c.area_id),
        )
        .group_by(MOVEMENT.c.kind)
    )
    return {row.kind: int(row.amount_vnd) for row in session.execute(query)}
