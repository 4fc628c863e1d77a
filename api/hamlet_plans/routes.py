"""Plans of hamlets over HTTP (the commune's plan, section VI.6)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.etag import ReadVersion, VersionIfGiven, tagged
from api.hamlet_plans import commands, queries
from api.hamlet_plans.schemas import HamletPlanIn, HamletPlanOut, HamletPlanPatch, Remark
from api.hamlet_plans.tables import HamletPlanState
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Page, Year

router = APIRouter(prefix="/hamlet-plans", tags=["hamlet plans"])

Reader = Annotated[Actor, allow(Permission.programmes_read)]
Writer = Annotated[Actor, allow(Permission.hamlet_plans_write)]
Commune = Annotated[Actor, allow(Permission.hamlet_plans_accept)]

_PLAN: dict[str, Any] = {
    "id": "7c6b5a49-3827-4165-9483-a2b1c0d9e8f7",
    "version": 1,
    "hamlet_id": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11",
    "year": 2024,
    "summary": "Xóm phấn đấu giảm 2 hộ nghèo; vận động 3 doanh nghiệp nhận 5 lao động.",
    "state": "draft",
    "submitted_on": None,
    "decided_on": None,
    "remark": None,
    "promises": [
        {
            "kind": "job_pledge",
            "label": {"vi": "Cam kết nhận lao động", "en": "Job pledge"},
            "stages": {"pledged": 3},
            "suppressed": False,
        }
    ],
    "created_at": "2024-04-10T09:00:00+07:00",
    "updated_at": "2024-04-10T09:00:00+07:00",
}
_STEP = problems("not-found", "stale-version", "illegal-stage") | example(_PLAN)


@router.get(
    "",
    operation_id="list_hamlet_plans",
    summary="Kế hoạch của các xóm",
    responses=problems("invalid-cursor") | example({"items": [_PLAN], "next_cursor": None}),
)
def list_hamlet_plans(
    actor: Reader,
    db: Db,
    year: Annotated[Year | None, Query(description="Only of this year.")] = None,
    area_id: Annotated[UUID | None, Query(description="Only below this area.")] = None,
    state: Annotated[HamletPlanState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[HamletPlanOut]:
    """The plans of the hamlets in the caller's areas with what they promise in numbers, newest year first."""
    return queries.hamlet_plans(db, actor, year=year, area_id=area_id, state=state, limit=limit, cursor=cursor)


@router.post(
    "",
    operation_id="draft_hamlet_plan",
    summary="Lập kế hoạch của xóm",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "conflict") | example(_PLAN, 201),
)
def draft_hamlet_plan(
    body: HamletPlanIn, actor: Writer, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> HamletPlanOut:
    """The head of a hamlet drafts its plan for a year; what it promises are interventions of its own kinds."""
    return tagged(response, queries.hamlet_plan(db, actor, commands.draft(db, actor, body, idempotency_key)))


@router.get(
    "/{hamlet_plan_id}",
    operation_id="read_hamlet_plan",
    summary="Kế hoạch của một xóm",
    responses=problems("not-found") | example(_PLAN),
)
def read_hamlet_plan(hamlet_plan_id: UUID, actor: Reader, db: Db, response: Response) -> HamletPlanOut:
    """One plan of a hamlet with its ETag."""
    return tagged(response, queries.hamlet_plan(db, actor, hamlet_plan_id))


@router.patch(
    "/{hamlet_plan_id}",
    operation_id="rewrite_hamlet_plan",
    summary="Sửa kế hoạch của xóm",
    responses=problems("version-required") | _STEP,
)
def rewrite_hamlet_plan(
    hamlet_plan_id: UUID, body: HamletPlanPatch, actor: Writer, db: Db, response: Response, version: ReadVersion
) -> HamletPlanOut:
    """Another text, while the plan is a draft or was returned."""
    commands.rewrite(db, actor, hamlet_plan_id, version, body)
    return tagged(response, queries.hamlet_plan(db, actor, hamlet_plan_id))


@router.post(
    "/{hamlet_plan_id}/submission",
    operation_id="submit_hamlet_plan",
    summary="Gửi kế hoạch lên xã",
    responses=_STEP,
)
def submit_hamlet_plan(
    hamlet_plan_id: UUID, actor: Writer, db: Db, response: Response, version: VersionIfGiven
) -> HamletPlanOut:
    """Hands the plan in to the commune."""
    commands.submit(db, actor, hamlet_plan_id, version)
    return tagged(response, queries.hamlet_plan(db, actor, hamlet_plan_id))


@router.post(
    "/{hamlet_plan_id}/acceptance",
    operation_id="accept_hamlet_plan",
    summary="Xã chấp nhận kế hoạch của xóm",
    responses=_STEP,
)
def accept_hamlet_plan(
    hamlet_plan_id: UUID, actor: Commune, db: Db, response: Response, version: VersionIfGiven
) -> HamletPlanOut:
    """The commune accepts a plan that was handed in."""
    commands.decide(db, actor, hamlet_plan_id, version, None)
    return tagged(response, queries.hamlet_plan(db, actor, hamlet_plan_id))


@router.post(
    "/{hamlet_plan_id}/return",
    operation_id="return_hamlet_plan",
    summary="Xã trả lại kế hoạch của xóm",
    responses=_STEP,
)
def return_hamlet_plan(
    hamlet_plan_id: UUID, body: Remark, actor: Commune, db: Db, response: Response, version: VersionIfGiven
) -> HamletPlanOut:
    """The commune returns a plan with a remark; the hamlet puts it right and hands it in again."""
    commands.decide(db, actor, hamlet_plan_id, version, body.remark)
    return tagged(response, queries.hamlet_plan(db, actor, hamlet_plan_id))
