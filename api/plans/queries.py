"""Reads plans. A plan is published: it is seen in its commune, below it (a hamlet's surveyor) and above it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlmodel import Session

from api import paging
from api.areas.scope import Scope
from api.plans.schemas import PlanOut, PlanWithTargets, Target
from api.plans.tables import Plan, PlanTarget
from api.problems import NotFound
from api.schema import Page

_plan = Plan.__table__  # type: ignore[attr-defined]
_target = PlanTarget.__table__  # type: ignore[attr-defined]


def plans(
    session: Session, scope: Scope, *, year: int | None, area_id: UUID | None, limit: int, cursor: str | None
) -> Page[PlanOut]:
    """The plans of my areas, newest year first."""
    query = _visible(scope).order_by(_plan.c.year.desc(), _plan.c.id)
    if year is not None:
        query = query.where(_plan.c.year == year)
    if area_id is not None:
        query = query.where(_plan.c.area_id == area_id)
    after = paging.decode(cursor, int, UUID)
    if after is not None:
        query = query.where(tuple_(-_plan.c.year, _plan.c.id) > tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (-row.year, str(row.id)))
    return Page[PlanOut](items=[_out(row) for row in shown], next_cursor=next_cursor)


def plan(session: Session, scope: Scope, plan_id: UUID) -> PlanWithTargets:
    """One plan with its targets in the plan's own order. Raises NotFound outside of my areas."""
    row = session.execute(_visible(scope).where(_plan.c.id == plan_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy kế hoạch này.", "There is no such plan.")
    return _with_targets(session, row)


def newest_plan(session: Session, area_id: UUID, year: int) -> PlanWithTargets | None:
    """The plan of an area for a year, or the newest one before it; None where there is none. The caller has checked
    that the area is one they may see."""
    row = session.execute(
        select(_plan)
        .where(_plan.c.area_id == area_id, _plan.c.year <= year)
        .order_by(_plan.c.year.desc(), _plan.c.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else _with_targets(session, row)


def _with_targets(session: Session, row: Any) -> PlanWithTargets:
    targets = session.execute(select(_target).where(_target.c.plan_id == row.id).order_by(_target.c.position)).all()
    return PlanWithTargets(**_out(row).model_dump(), targets=[_target_out(t) for t in targets])


def _visible(scope: Scope) -> Select[Any]:
    return select(_plan).where(scope.touches(_plan.c.area_id))


def _out(row: Any) -> PlanOut:
    return PlanOut(
        id=row.id,
        area_id=row.area_id,
        year=row.year,
        number=row.number,
        title=row.title,
        signed_on=row.signed_on,
        signatory=row.signatory,
    )


def _target_out(row: Any) -> Target:
    return Target(
        code=row.code,
        position=row.position,
        section=row.section,
        title_vi=row.title_vi,
        title_en=row.title_en,
        comparison=row.comparison,
        value=None if row.value is None else float(row.value),
        unit=row.unit,
    )
