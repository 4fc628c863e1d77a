"""Complaints over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.procedure import complaint_queries, examples, re_verification
from api.procedure import complaints as commands
from api.procedure.complaint_schemas import ComplaintCreate, ComplaintDecision, ComplaintOut, ReVerification
from api.procedure.doors import (
    ComplaintReader,
    ComplaintTaker,
    Decider,
    HamletFilter,
    ReVerifier,
    RoundFilter,
)
from api.procedure.tables import ComplaintState
from api.schema import Page

router = APIRouter(tags=["procedure"])

_CHECKED = {"version": 2, "state": "re_verified", "re_verified_on": "2024-10-18", "finding": "Kết quả không đổi."}
_DECIDED = {"version": 3, "state": "decided", "outcome": "dismissed", "decided_on": "2024-10-21"}


@router.get(
    "/complaints",
    operation_id="list_complaints",
    summary="Danh sách kiến nghị",
    responses=problems("invalid-cursor") | example({"items": [examples.COMPLAINT], "next_cursor": None}),
)
def list_complaints(
    actor: ComplaintReader,
    db: Db,
    round_id: RoundFilter = None,
    hamlet_id: HamletFilter = None,
    household_id: Annotated[UUID | None, Query(description="Only about this household.")] = None,
    state: Annotated[ComplaintState | None, Query(description="Only in this state.")] = None,
    holds: Annotated[bool | None, Query(description="Only those that hold a household back, or do not.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ComplaintOut]:
    """The complaints (khiếu nại, phản ánh) of the caller's areas, the last one first.

    Who complained and what they said is withheld from those without `households:read`.
    """
    return complaint_queries.complaints(
        db,
        actor,
        round_id=round_id,
        hamlet_id=hamlet_id,
        household_id=household_id,
        state=state,
        holds=holds,
        limit=limit,
        cursor=cursor,
    )


@router.post(
    "/complaints",
    operation_id="register_complaint",
    summary="Nhận kiến nghị về hộ đã niêm yết",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "illegal-stage")
    | example(examples.COMPLAINT, 201),
)
def register_complaint(
    body: ComplaintCreate, actor: ComplaintTaker, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> ComplaintOut:
    """Registers a complaint about a household of a posted list; officers, surveyors, the Fatherland Front.

    Received by the last day of the posting it holds that household back (`holds`); a later one is kept and answered
    with a `warning`.
    """
    complaint_id = commands.register_complaint(db, actor, body, idempotency_key)
    return tagged(response, complaint_queries.complaint(db, actor, complaint_id))


@router.get(
    "/complaints/{complaint_id}",
    operation_id="read_complaint",
    summary="Một kiến nghị",
    responses=problems("not-found") | example(examples.COMPLAINT),
)
def read_complaint(complaint_id: UUID, actor: ComplaintReader, db: Db, response: Response) -> ComplaintOut:
    """One complaint with its ETag; what people said is withheld from those without `households:read`."""
    return tagged(response, complaint_queries.complaint(db, actor, complaint_id))


@router.post(
    "/complaints/{complaint_id}/re-verification",
    operation_id="re_verify_complaint",
    summary="Ghi kết quả phúc tra",
    responses=problems("not-found", "stale-version", "illegal-stage", "separation-of-duties")
    | example(examples.COMPLAINT | _CHECKED),
)
def re_verify_complaint(
    complaint_id: UUID, body: ReVerification, actor: ReVerifier, db: Db, response: Response, version: VersionIfGiven
) -> ComplaintOut:
    """Records the re-verification (phúc tra) of a household that is held back, by somebody who did not survey it."""
    re_verification.re_verify(db, actor, complaint_id, version, body)
    return tagged(response, complaint_queries.complaint(db, actor, complaint_id))


@router.post(
    "/complaints/{complaint_id}/decision",
    operation_id="decide_complaint",
    summary="Kết luận kiến nghị",
    responses=problems("not-found", "stale-version", "illegal-stage", "conflict", "separation-of-duties")
    | example(examples.COMPLAINT | _CHECKED | _DECIDED),
)
def decide_complaint(
    complaint_id: UUID, body: ComplaintDecision, actor: Decider, db: Db, response: Response, version: VersionIfGiven
) -> ComplaintOut:
    """The chair concludes: upheld, the re-verified result counts; dismissed, the one before. It is posted again."""
    re_verification.decide(db, actor, complaint_id, version, body)
    return tagged(response, complaint_queries.complaint(db, actor, complaint_id))
