"""Steps, papers and follow-ups over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.interventions import document_queries, documents, examples, follow_ups, queries, step_queries, steps
from api.interventions.doors import AreaFilter, Reader, Recorder, Stepper
from api.interventions.schemas import DocumentOut, InterventionWhole
from api.interventions.step_schemas import DocumentIn, FollowUpOut, StepIn, StepOut, Undoing
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Day, Page

router = APIRouter()


@router.get(
    "/interventions/{intervention_id}/steps",
    operation_id="list_intervention_steps",
    summary="Các bước đã làm",
    responses=problems("not-found", "invalid-cursor") | example(examples.page(examples.STEP)),
)
def list_steps(
    intervention_id: UUID,
    actor: Reader,
    db: Db,
    participant_id: Annotated[UUID | None, Query(description="Only of this participant.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[StepOut]:
    """All steps in their order, the undone ones too; those of participants where the caller may see who it is."""
    return step_queries.steps(db, actor, intervention_id, participant_id=participant_id, limit=limit, cursor=cursor)


@router.post(
    "/interventions/{intervention_id}/steps",
    operation_id="take_intervention_step",
    summary="Ghi một bước của hoạt động",
    status_code=201,
    responses=problems(
        "not-found", "illegal-stage", "conflict", "separation-of-duties", "stale-version", "already-exists",
        "idempotency-key-reused",
    )
    | example(examples.WHOLE, 201),
)  # fmt: skip
def take_step(
    intervention_id: UUID,
    body: StepIn,
    actor: Stepper,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
    idempotency_key: IdempotencyKey = None,
) -> InterventionWhole:
    """Takes a step that the stage allows, once the papers it needs are there. Some steps need another right than the
    kind, such as the chair's approval; whoever opened the intervention does not approve it."""
    steps.take_step(db, actor, intervention_id, read, body, idempotency_key)
    return tagged(response, queries.intervention(db, actor, intervention_id))


@router.post(
    "/steps/{step_id}/undoing",
    operation_id="undo_intervention_step",
    summary="Hủy bước ghi nhầm",
    responses=problems("not-found", "illegal-stage") | example(examples.WHOLE),
)
def undo_step(step_id: UUID, body: Undoing, actor: Stepper, db: Db, response: Response) -> InterventionWhole:
    """Marks the newest step as a mistake, with the reason, and puts the stage back. It stays in the record."""
    intervention_id = steps.undo_step(db, actor, step_id, body.reason)
    return tagged(response, queries.intervention(db, actor, intervention_id))


@router.get(
    "/interventions/{intervention_id}/documents",
    operation_id="list_intervention_documents",
    summary="Giấy tờ của hoạt động",
    responses=problems("not-found") | example([examples.DOCUMENT]),
)
def list_documents(intervention_id: UUID, actor: Reader, db: Db) -> list[DocumentOut]:
    """The papers of an intervention, each with its scans and whether these have arrived."""
    return document_queries.documents(db, actor, intervention_id)


@router.post(
    "/interventions/{intervention_id}/documents",
    operation_id="record_intervention_document",
    summary="Ghi một giấy tờ của hoạt động",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused") | example(examples.WHOLE, 201),
)
def record_document(
    intervention_id: UUID,
    body: DocumentIn,
    actor: Recorder,
    db: Db,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> InterventionWhole:
    """Records a paper of the checklist with its number and day; scans are declared by their hashes and sent later."""
    documents.record_document(db, actor, intervention_id, body, idempotency_key)
    return tagged(response, queries.intervention(db, actor, intervention_id))


@router.get(
    "/follow-ups",
    operation_id="list_follow_ups",
    summary="Việc theo dõi đến hạn",
    responses=problems("invalid-cursor") | example(examples.page(examples.FOLLOW_UP)),
)
def list_follow_ups(
    actor: Reader,
    db: Db,
    area_id: AreaFilter = None,
    until: Annotated[Day | None, Query(description="Due by this day; without it, within 30 days.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[FollowUpOut]:
    """The work list: results after 6, 12, 36 months, jobs that should have lasted, … which nobody has recorded yet, by
    intervention or participant; what is overdue comes first."""
    return follow_ups.follow_ups(db, actor, area_id=area_id, until=until, limit=limit, cursor=cursor)
