"""Reads the items of the yearly plan. As the plan itself they are seen in their commune, below it and above it; an item
of one hamlet is not seen from the others."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, tuple_
from sqlmodel import Session

from api import paging
from api.areas.scope import Scope
from api.plans.item_schemas import Funding, ItemOut
from api.plans.places import inside
from api.plans.tables import ItemState, PlanItem, PlanItemFunding
from api.problems import NotFound
from api.schema import Page

ITEM = PlanItem.__table__  # type: ignore[attr-defined]
FUNDING = PlanItemFunding.__table__  # type: ignore[attr-defined]


def items_of(scope: Scope) -> Select[Any]:
    return select(ITEM).where(scope.touches(ITEM.c.area_id))


def item(session: Session, scope: Scope, plan_item_id: UUID) -> ItemOut:
    """One item with its funding. Raises NotFound outside of these areas."""
    row = session.execute(items_of(scope).where(ITEM.c.id == plan_item_id)).one_or_none()
    if row is None:
        raise no_such_item()
    return _outs(session, [row])[0]


def items(
    session: Session,
    scope: Scope,
    *,
    area_id: UUID | None,
    year: int | None,
    component: str | None,
    state: ItemState | None,
    limit: int,
    cursor: str | None,
) -> Page[ItemOut]:
    """The items of my areas, newest year first, by component; `area_id`: of this area and what lies under it."""
    query = items_of(scope).order_by(ITEM.c.year.desc(), ITEM.c.component, ITEM.c.id)
    for column, value in ((ITEM.c.year, year), (ITEM.c.component, component), (ITEM.c.state, state)):
        if value is not None:
            query = query.where(column == value)
    if area_id is not None:
        query = query.where(inside(area_id, scope.day, ITEM.c.area_id))
    after = paging.decode(cursor, int, str, UUID)
    if after is not None:
        query = query.where(tuple_(-ITEM.c.year, ITEM.c.component, ITEM.c.id) > tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (-row.year, row.component, str(row.id)))
    return Page[ItemOut](items=_outs(session, shown), next_cursor=next_cursor)


def no_such_item() -> NotFound:
    return NotFound("Không tìm thấy mục kế hoạch này.", "There is no such item of the plan.")


def _outs(session: Session, rows: list[Row[Any]]) -> list[ItemOut]:
    query = select(FUNDING).where(FUNDING.c.plan_item_id.in_([row.id for row in rows]))
    planned: dict[UUID, list[Funding]] = {}
    for one in session.execute(query.order_by(FUNDING.c.source, FUNDING.c.level)) if rows else ():
        planned.setdefault(one.plan_item_id, []).append(
            Funding(source=one.source, level=one.level, amount_vnd=one.amount_vnd)
        )
    return [_out(row, planned.get(row.id, [])) for row in rows]


def _out(row: Row[Any], funding: list[Funding]) -> ItemOut:
    stored = {name: getattr(row, name) for name in ItemOut.model_fields if name in row._fields}
    quantity = None if row.quantity is None else float(row.quantity)
    planned = sum(one.amount_vnd for one in funding)
    return ItemOut(**stored | {"quantity": quantity, "funding": funding, "planned_vnd": planned})
