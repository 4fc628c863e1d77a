"""Writes the plan of a hamlet: drafted by its head, handed in, returned with a remark or accepted by the commune."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.areas.places import require_level
from api.areas.tables import Level
from api.hamlet_plans.queries import PLAN, no_such_plan
from api.hamlet_plans.schemas import HamletPlanIn, HamletPlanPatch
from api.hamlet_plans.tables import HamletPlanState
from api.idempotency import new_id
from api.problems import Conflict
from api.procedure import records
from api.reviews.rounds import expect_version

_SENT = ("hamlet_id", "year", "summary")
_OPEN = (HamletPlanState.draft, HamletPlanState.returned)


def draft(session: Session, actor: Actor, body: HamletPlanIn, key: str | None) -> UUID:
    """A first draft. The same id or key again gives what is stored. Raises NotFound for a hamlet that is none of the
    actor's, Conflict where the hamlet has a plan for that year."""
    require_level(session, actor.scope, body.hamlet_id, Level.hamlet)
    plan_id = new_id(actor.account_id, "hamlet_plan", body.id, key)
    sent = {name: getattr(body, name) for name in _SENT}
    if records.made_before(session, PLAN, plan_id, sent, by_key=bool(key) and body.id is None) is not None:
        return plan_id
    same_year = (PLAN.c.hamlet_id == body.hamlet_id, PLAN.c.year == body.year)
    if session.scalar(select(PLAN.c.id).where(*same_year)) is not None:
        raise Conflict("Xóm đã có kế hoạch của năm này.", "The hamlet has a plan for this year.")
    more = {"state": HamletPlanState.draft, "written_by": actor.account_id}
    session.execute(insert(PLAN).values(**records.new_row(plan_id, sent, **more)))
    audit.record(session, actor, "hamlet_plans.draft", "hamlet_plan", [plan_id])
    return plan_id


def rewrite(session: Session, actor: Actor, plan_id: UUID, version: int, body: HamletPlanPatch) -> None:
    """Another summary, while it is a draft or was returned. Raises NotFound, StaleVersion, IllegalStage."""
    row = _hold(session, actor, plan_id)
    expect_version(row, version)
    _at(row, *_OPEN)
    _change(session, actor, row, "rewrite", summary=body.summary)


def submit(session: Session, actor: Actor, plan_id: UUID, version: int | None) -> None:
    """Hands the plan in to the commune. Raises NotFound, StaleVersion, IllegalStage."""
    row = _hold(session, actor, plan_id)
    expect_version(row, version)
    _at(row, *_OPEN)
    _change(session, actor, row, "submit", state=HamletPlanState.submitted, submitted_on=clock.today(), remark=None)


def decide(session: Session, actor: Actor, plan_id: UUID, version: int | None, remark: str | None) -> None:
    """The commune accepts it, or returns it with a remark. Raises NotFound, StaleVersion, IllegalStage."""
    row = _hold(session, actor, plan_id)
    expect_version(row, version)
    _at(row, HamletPlanState.submitted)
    state = HamletPlanState.accepted if remark is None else HamletPlanState.returned
    said = {"remark": remark, "decided_on": clock.today(), "decided_by": actor.account_id}
    _change(session, actor, row, "accept" if remark is None else "return", state=state, **said)


def _hold(session: Session, actor: Actor, plan_id: UUID) -> Row[Any]:
    query = select(PLAN).where(PLAN.c.id == plan_id, actor.scope.covers(PLAN.c.hamlet_id))
    row = session.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise no_such_plan()
    return row


def _at(row: Row[Any], *states: HamletPlanState) -> None:
    records.expect_state(row, "Kế hoạch của xóm đang ở bước khác.", "The hamlet's plan is at another step.", *states)


def _change(session: Session, actor: Actor, row: Row[Any], action: str, **changes: Any) -> None:
    records.change(session, PLAN, row, None, **changes)
    audit.record(session, actor, f"hamlet_plans.{action}", "hamlet_plan", [row.id])
