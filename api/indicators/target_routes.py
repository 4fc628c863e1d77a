"""The progress of a plan over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api import clock
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.indicators import examples, targets
from api.indicators.schemas import PlanProgress
from api.indicators.targets import By
from api.openapi import example, problems
from api.schema import Line60, PastDay

router = APIRouter(prefix="/plans", tags=["plans"])

Reader = Annotated[Actor, allow(Permission.programmes_read)]


@router.get(
    "/{plan_id}/progress",
    operation_id="read_plan_progress",
    summary="Tiến độ thực hiện các mục tiêu",
    responses=problems("not-found", "invalid") | example(examples.PROGRESS),
)
def read_plan_progress(
    plan_id: UUID,
    actor: Reader,
    db: Db,
    as_of: Annotated[PastDay | None, Query(description="The day the values are of; today if not given.")] = None,
    area: Annotated[Line60 | None, Query(description="Id or code of an area right below the plan's.")] = None,
    by: Annotated[By | None, Query(description="Also each area right below, or the end of each month.")] = None,
) -> PlanProgress:
    """Target by target: value, target, how many are missing, whether it is on track and by which rule, and the address
    of the work list of who is missing. A value that is not known is null and says why."""
    return targets.progress(db, actor, plan_id, as_of or clock.today(), area, by)
