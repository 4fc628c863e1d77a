"""The money of a period: what was planned for its year, and what was booked on its days, as known at a moment."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session

from api.areas.scope import Scope
from api.budgets.queries import LINE, MOVEMENT
from api.plans.item_queries import FUNDING, ITEM
from api.plans.places import inside
from api.plans.tables import ItemState


def planned(session: Session, scope: Scope, area_id: UUID, year: int, day: date) -> int:
    """VND of the year's items that the chair had approved by that day and that are not cancelled today."""
    query = (
        select(func.coalesce(func.sum(FUNDING.c.amount_vnd), 0))
        .join(ITEM, ITEM.c.id == FUNDING.c.plan_item_id)
        .where(ITEM.c.year == year, ITEM.c.state == ItemState.approved, ITEM.c.approved_on <= day)
        .where(scope.touches(ITEM.c.area_id), inside(area_id, day, ITEM.c.area_id))
    )
    return int(session.scalar(query) or 0)


def booked(
    session: Session, scope: Scope, area_id: UUID, first: date, last: date, known_at: datetime
) -> dict[str, int]:
    """Kind of movement -> VND booked on these days, of whichever year's lines, as recorded up to `known_at`.

    What a reversal took back never was: it counts on the day of what it reverses.
    """
    reversed_ = MOVEMENT.alias("reversed")
    query = (
        select(MOVEMENT.c.kind, func.sum(MOVEMENT.c.amount_vnd).label("amount_vnd"))
        .join(LINE, LINE.c.id == MOVEMENT.c.budget_line_id)
        .outerjoin(reversed_, reversed_.c.id == MOVEMENT.c.reverses_id)
        .where(
            func.coalesce(reversed_.c.booked_on, MOVEMENT.c.booked_on).between(first, last),
            MOVEMENT.c.recorded_at <= known_at,
            scope.touches(LINE.c.area_id),
            inside(area_id, last, LINE.c.area_id),
        )
        .group_by(MOVEMENT.c.kind)
    )
    return {row.kind: int(row.amount_vnd) for row in session.execute(query)}
