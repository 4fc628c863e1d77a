"""A year's money of an area at a glance: what was planned, approved, committed, paid out, settled, and what is left.
Three statements, however many items and lines there are."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlmodel import Session

from api.areas.scope import Scope
from api.areas.tables import Area, Level
from api.budgets.queries import LINE
from api.budgets.rules import Key, Money, added, total
from api.budgets.schemas import BudgetOut, BudgetRow, ComponentSums, HamletSums, SourceSums, Sums
from api.plans.item_queries import FUNDING, ITEM
from api.plans.places import inside
from api.plans.tables import ItemState
from api.problems import NotFound

_AREA = Area.__table__  # type: ignore[attr-defined]
_HAMLET = case((_AREA.c.level == Level.hamlet, _AREA.c.id))


def overview(session: Session, scope: Scope, area_id: UUID, year: int) -> BudgetOut:
    """The sums of an area and what lies under it, as it stood at the end of the year. Raises NotFound."""
    if session.execute(select(_AREA.c.id).where(_AREA.c.id == area_id, scope.touches(_AREA.c.id))).first() is None:
        raise NotFound("Không tìm thấy đơn vị này.", "There is no such area.")
    day = min(scope.day, date(year, 12, 31))
    rows = [*_planned(session, scope, area_id, year, day), *_booked(session, scope, area_id, year, day)]
    finest = added(sorted(rows, key=_order), by=lambda key: key).items()
    return BudgetOut(
        area_id=area_id,
        year=year,
        total=Sums(**_sums(total(finest))),
        by_component=[
            ComponentSums(component=component, **_sums(money))
            for component, money in added(finest, by=lambda key: key.component).items()
        ],
        by_source=[
            SourceSums.model_validate({"source": source, "level": level, **_sums(money)})
            for (source, level), money in added(finest, by=lambda key: (key.source, key.level)).items()
        ],
        by_hamlet=[
            HamletSums(hamlet_id=hamlet, **_sums(money))
            for hamlet, money in added(finest, by=lambda key: key.hamlet).items()
        ],
        rows=[BudgetRow.model_validate(_named(key) | _sums(money)) for key, money in finest],
    )


def _planned(session: Session, scope: Scope, area_id: UUID, year: int, day: date) -> list[tuple[Key, Money]]:
    of_state = {
        state: func.coalesce(func.sum(FUNDING.c.amount_vnd).filter(ITEM.c.state == state), 0)
        for state in (ItemState.approved, ItemState.draft)
    }
    key = (ITEM.c.component, FUNDING.c.source, FUNDING.c.level, _HAMLET)
    query = (
        select(*key, *of_state.values())
        .join(ITEM, ITEM.c.id == FUNDING.c.plan_item_id)
        .join(_AREA, _AREA.c.id == ITEM.c.area_id)
        .where(ITEM.c.year == year, ITEM.c.state != ItemState.cancelled)
        .where(scope.touches(ITEM.c.area_id), inside(area_id, day, ITEM.c.area_id))
        .group_by(*key)
    )
    return [(Key(*row[:4]), Money(planned=int(row[4]), draft=int(row[5]))) for row in session.execute(query)]


def _booked(session: Session, scope: Scope, area_id: UUID, year: int, day: date) -> list[tuple[Key, Money]]:
    sums = [LINE.c.approved_vnd, LINE.c.committed_vnd, LINE.c.disbursed_vnd, LINE.c.settled_vnd]
    key = (LINE.c.component, LINE.c.source, LINE.c.level, _HAMLET)
    query = (
        select(*key, *(func.sum(one) for one in sums))
        .join(_AREA, _AREA.c.id == LINE.c.area_id)
        .where(LINE.c.year == year, scope.touches(LINE.c.area_id), inside(area_id, day, LINE.c.area_id))
        .group_by(*key)
    )
    return [(Key(*row[:4]), Money(0, 0, *(int(one) for one in row[4:]))) for row in session.execute(query)]


def _order(row: tuple[Key, Money]) -> tuple[str, ...]:
    key, _ = row
    return key.component or "", key.source, key.level, str(key.hamlet or "")


def _named(key: Key) -> dict[str, Any]:
    return {"component": key.component, "source": key.source, "level": key.level, "hamlet_id": key.hamlet}


def _sums(money: Money) -> dict[str, int]:
    names = ("planned", "draft", "approved", "committed", "disbursed", "settled", "remaining")
    return {f"{name}_vnd": getattr(money, name) for name in names}
