"""Interventions over HTTP: opened, listed, read as a whole, changed. The routes of their parts stand beside this."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.interventions import examples, opening, queries
from api.interventions.doors import AreaFilter, HouseholdFilter, Reader, Recorder
from api.interventions.need_routes import router as needs
from api.interventions.organisation_routes import router as organisations
from api.interventions.participant_routes import router as participants
from api.interventions.schemas import InterventionIn, InterventionOut, InterventionPatch, InterventionWhole
from api.interventions.step_routes import router as steps
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.programmes.parameters import ComponentFilter, KindFilter, StageFilter
from api.schema import Page, Year

router = APIRouter(tags=["interventions"])


@router.get(
    "/interventions",
    operation_id="list_interventions",
    summary="Danh sách hoạt động của chương trình",
    responses=problems("invalid-cursor") | example(examples.page(examples.INTERVENTION)),
)
def list_interventions(
    actor: Reader,
    db: Db,
    kind: KindFilter = None,
    component: ComponentFilter = None,
    area_id: AreaFilter = None,
    year: Annotated[Year | None, Query(description="Only of this year.")] = None,
    stage: StageFilter = None,
    household_id: HouseholdFilter = None,
    parent_id: Annotated[UUID | None, Query(description="Only what hangs under this one.")] = None,
    plan_item_id: Annotated[UUID | None, Query(description="Only for this item of the plan.")] = None,
    due: Annotated[Literal["overdue"] | None, Query(description="Only those with an overdue follow-up.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[InterventionOut]:
    """The interventions the caller may see, the newest first. One that is about a household is seen where that
    household stands, by whoever may read its kind."""
    only = queries.Filters(kind, component, area_id, year, stage, household_id, parent_id, plan_item_id, due)
    return queries.interventions(db, actor, only, limit=limit, cursor=cursor)


@router.post(
    "/interventions",
    operation_id="open_intervention",
    summary="Mở một hoạt động",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused") | example(examples.WHOLE, 201),
)
def open_intervention(
    body: InterventionIn, actor: Recorder, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> InterventionWhole:
    """Opens a project, a course, a case, … at the first stage of its kind. The kind says which right that needs (403
    names it), whom it may be about, and which fields it has."""
    intervention_id = opening.open_intervention(db, actor, body, idempotency_key)
    return tagged(response, queries.intervention(db, actor, intervention_id))


@router.get(
    "/interventions/{intervention_id}",
    operation_id="read_intervention",
    summary="Một hoạt động: các bước, giấy tờ, người tham gia, việc tiếp theo",
    responses=problems("not-found") | example(examples.WHOLE),
)
def read_intervention(intervention_id: UUID, actor: Reader, db: Db, response: Response) -> InterventionWhole:
    """One intervention with its ETag: what was done, which papers are missing, who takes part by class and sex, what
    can be done next and by whom, and which follow-ups are due."""
    return tagged(response, queries.intervention(db, actor, intervention_id))


@router.patch(
    "/interventions/{intervention_id}",
    operation_id="change_intervention",
    summary="Sửa thông tin một hoạt động",
    responses=problems("not-found", "illegal-stage", "stale-version") | example(examples.WHOLE | {"version": 3}),
)
def change_intervention(
    intervention_id: UUID,
    body: InterventionPatch,
    actor: Recorder,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> InterventionWhole:
    """Changes title, days and fields until it has ended. Stages change by steps only."""
    opening.change_intervention(db, actor, intervention_id, read, body)
    return tagged(response, queries.intervention(db, actor, intervention_id))


for part in (steps, participants, organisations, needs):
    router.include_router(part)
