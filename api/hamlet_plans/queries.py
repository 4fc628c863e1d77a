"""Reads the plans of hamlets with what they promise. Numbers only: the records behind are interventions."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlmodel import Session

from api import clock, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.hamlet_plans.schemas import HamletPlanOut, Promised
from api.hamlet_plans.tables import HamletPlan, HamletPlanState
from api.households.wire_records import HOUSEHOLD
from api.interventions.reach import INTERVENTION, interventions_of
from api.problems import NotFound
from api.programmes.catalogue import catalogue
from api.programmes.definition import Kind
from api.reviews.queries import under
from api.schema import Page, Words
from api.suppression import least_told, suppress

PLAN = HamletPlan.__table__  # type: ignore[attr-defined]
_SECTION = "VI.6"


def hamlet_plan(session: Session, actor: Actor, hamlet_plan_id: UUID) -> HamletPlanOut:
    """One plan. Raises NotFound outside of the actor's areas."""
    row = session.execute(_mine(actor, PLAN.c.id == hamlet_plan_id)).one_or_none()
    if row is None:
        raise no_such_plan()
    return _out(row, _promised(session, [row]))


def hamlet_plans(
    session: Session,
    actor: Actor,
    *,
    year: int | None,
    area_id: UUID | None,
    state: HamletPlanState | None,
    limit: int,
    cursor: str | None,
) -> Page[HamletPlanOut]:
    """The plans of the hamlets in my areas, the newest year first."""
    query = _mine(actor).order_by(PLAN.c.year.desc(), PLAN.c.id)
    for column, value in ((PLAN.c.year, year), (PLAN.c.state, state)):
        if value is not None:
            query = query.where(column == value)
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, PLAN.c.hamlet_id))
    after = paging.decode(cursor, int, UUID)
    if after is not None:
        query = query.where(tuple_(-PLAN.c.year, PLAN.c.id) > tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (-row.year, str(row.id)))
    promised = _promised(session, shown)
    return Page[HamletPlanOut](items=[_out(row, promised) for row in shown], next_cursor=next_cursor)


def no_such_plan() -> NotFound:
    return NotFound("Không tìm thấy kế hoạch của xóm.", "There is no such plan of a hamlet.")


def _mine(actor: Actor, *where: ColumnElement[bool]) -> Select[Any]:
    whole = actor.tells_all(Permission.programmes_read).covers(PLAN.c.hamlet_id).label("tells_all")
    return select(PLAN, whole).where(actor.scope.covers(PLAN.c.hamlet_id), *where)


def _promised(session: Session, plans: Any) -> dict[tuple[UUID, int], dict[str, dict[str, int]]]:
    """(hamlet, year) -> kind -> stage -> how many; what is about a household is counted where that lives today."""
    if not plans:
        return {}
    kinds = [kind.code for kind in catalogue().kinds.values() if kind.section == _SECTION]
    place = func.coalesce(HOUSEHOLD.c.hamlet_id, INTERVENTION.c.area_id)
    asked = or_(*(and_(place == plan.hamlet_id, INTERVENTION.c.year == plan.year) for plan in plans))
    counted = (place.label("place"), INTERVENTION.c.year, INTERVENTION.c.kind, INTERVENTION.c.stage)
    query = interventions_of(and_(INTERVENTION.c.kind.in_(kinds), asked), *counted, func.count().label("number"))
    found: dict[tuple[UUID, int], dict[str, dict[str, int]]] = {}
    for row in session.execute(query.group_by(*counted)):
        found.setdefault((row.place, row.year), {}).setdefault(row.kind, {})[row.stage] = row.number
    return found


def _out(row: Any, promised: dict[tuple[UUID, int], dict[str, dict[str, int]]]) -> HamletPlanOut:
    here = promised.get((row.hamlet_id, row.year), {})
    promises = [
        _promise(kind, here.get(kind.code, {}), row.tells_all)
        for kind in catalogue().kinds.values()
        if kind.section == _SECTION
    ]
    plain = {name: getattr(row, name) for name in HamletPlanOut.model_fields if name != "promises"}
    return HamletPlanOut(**plain, promises=promises)


def _promise(kind: Kind, stages: dict[str, int], tells_all: bool) -> Promised:
    """A job pledge or a group is no household; who is helped and who registers to escape is one."""
    told_all = tells_all or not {"household", "member"} & set(kind.about)
    hidden = frozenset() if told_all else suppress(stages, least=least_told(clock.today()))
    return Promised(
        kind=kind.code,
        label=Words(vi=kind.label.vi, en=kind.label.en),
        stages={stage: None if stage in hidden else count for stage, count in stages.items()},
        suppressed=bool(hidden),
    )
