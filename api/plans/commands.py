"""Writes plans: today only by loading one that stands as data."""

from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from sqlalchemy import insert, select
from sqlmodel import Session

from api import audit, clock
from api.areas.scope import valid_on
from api.areas.tables import Area
from api.plans.tables import Comparison, Plan, PlanTarget
from api.problems import NotFound


def load_plan(session: Session, actor: audit.Acting, document: dict[str, Any]) -> UUID:
    """Stores the plan of a TOML document (api/plans/data) with its targets, and returns its id.

    A plan is published once: loading the same number, year and commune again changes nothing. Raises NotFound for an
    area that does not exist on the day of signature, ValueError for a target without number that is not `strive`.
    """
    plan = document["plan"]
    area_id = session.execute(
        select(Area.id).where(Area.code == plan["area"], valid_on(Area, plan["signed_on"]))  # type: ignore[call-overload]
    ).scalar_one_or_none()
    if area_id is None:
        raise NotFound(f"Không có đơn vị mã {plan['area']}.", f"There is no area with the code {plan['area']}.")
    plan_id = uuid5(NAMESPACE_DNS, f"plan:{plan['area']}:{plan['year']}:{plan['number']}")
    if session.get(Plan, plan_id) is not None:
        return plan_id
    fields = {name: plan[name] for name in ("year", "number", "title", "signed_on", "signatory")}
    session.execute(insert(Plan).values(id=plan_id, area_id=area_id, created_at=clock.now(), **fields))
    session.execute(insert(PlanTarget), [_target(plan_id, n, t) for n, t in enumerate(document["target"], start=1)])
    audit.record(session, actor, "plans.load", "plan", [plan_id], number=plan["number"], year=plan["year"])
    return plan_id


def _target(plan_id: UUID, position: int, target: dict[str, Any]) -> dict[str, Any]:
    comparison = Comparison(target["comparison"])
    value = target.get("value")
    if (value is None) != (comparison is Comparison.strive):
        raise ValueError(f"target {target['code']}: a number belongs to every comparison but strive")
    return {
        "plan_id": plan_id,
        "code": target["code"],
        "position": position,
        "title_vi": target["vi"],
        "title_en": target["en"],
        "comparison": comparison.value,
        "value": value,
        "unit": target["unit"],
        "section": target["section"],
    }
