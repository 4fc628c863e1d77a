"""Participants over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.interventions import examples, participant_queries, participants
from api.interventions.doors import Reader, Recorder
from api.interventions.participant_schemas import EnrolledOut, ParticipantOut, ParticipantPatch, ParticipantsIn
from api.interventions.tables import ParticipantState
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Line60, Page

router = APIRouter()


@router.get(
    "/interventions/{intervention_id}/participants",
    operation_id="list_participants",
    summary="Danh sách tham gia hoạt động",
    responses=problems("not-found", "invalid-cursor") | example(examples.page(examples.PARTICIPANT)),
)
def list_participants(
    intervention_id: UUID,
    actor: Reader,
    db: Db,
    role: Annotated[Line60 | None, Query(description="Only in this role.")] = None,
    state: Annotated[ParticipantState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ParticipantOut]:
    """Who takes part, with the class on the day of joining: households and people only where the caller may list that
    household. The numbers by class (GET of the intervention) count everybody."""
    return participant_queries.participants(
        db, actor, intervention_id, role=role, state=state, limit=limit, cursor=cursor
    )


@router.post(
    "/interventions/{intervention_id}/participants",
    operation_id="enrol_participants",
    summary="Ghi người, hộ, tổ chức tham gia",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "conflict", "illegal-stage")
    | example({"items": [examples.PARTICIPANT]}, 201),
)
def enrol_participants(
    intervention_id: UUID,
    body: ParticipantsIn,
    actor: Recorder,
    db: Db,
    idempotency_key: IdempotencyKey = None,
) -> EnrolledOut:
    """Enrols up to 500 at once, all or none. Nobody takes part twice in a role as long as they have not left, also
    where their household was merged meanwhile."""
    made = participants.enrol(db, actor, intervention_id, body.participants, idempotency_key)
    return EnrolledOut(items=participant_queries.participants_by_id(db, actor, made.kind, made.ids))


@router.patch(
    "/interventions/{intervention_id}/participants/{participant_id}",
    operation_id="change_participant",
    summary="Ghi kết quả, kết thúc tham gia",
    responses=problems("not-found", "conflict", "stale-version") | example(examples.PARTICIPANT | {"version": 2}),
)
def change_participant(
    intervention_id: UUID,
    participant_id: UUID,
    body: ParticipantPatch,
    actor: Recorder,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> ParticipantOut:
    """Changes the fields of the role, and says that somebody has finished or left, with the day and why."""
    kind = participants.change_participant(db, actor, intervention_id, participant_id, read, body)
    found = participant_queries.participants_by_id(db, actor, kind, [participant_id])[0]
    return tagged(response, found)
