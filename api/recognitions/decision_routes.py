"""Decisions (Mẫu 02) over HTTP: prepared by the officer, signed by the chair."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.etag import ReadVersion, VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.recognitions import decision_queries as queries
from api.recognitions import examples, preparing, signing
from api.recognitions.decision_schemas import DecisionIn, DecisionOut, LineOut, PreparedOut, SignatureIn
from api.recognitions.tables import DecisionKind, DecisionState, Movement
from api.schema import Page
from api.standards.tables import PovertyClass

router = APIRouter(tags=["recognitions"])

ClassReader = Annotated[Actor, allow(Permission.households_list)]
Preparer = Annotated[Actor, allow(Permission.recognitions_prepare)]
Signer = Annotated[Actor, allow(Permission.recognitions_sign)]


@router.get(
    "/recognition-decisions",
    operation_id="list_decisions",
    summary="Danh sách quyết định công nhận",
    responses=problems("invalid-cursor") | example(examples.page(examples.DECISION)),
)
def list_decisions(
    actor: ClassReader,
    db: Db,
    round_id: Annotated[UUID | None, Query(description="Only of this round.")] = None,
    kind: Annotated[DecisionKind | None, Query(description="Only of this kind.")] = None,
    state: Annotated[DecisionState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[DecisionOut]:
    """The decisions of the caller's commune with their numbers, newest first. One that waits for its signature is a
    proposal: for those who read households."""
    return queries.decisions(db, actor, round_id=round_id, kind=kind, state=state, limit=limit, cursor=cursor)


@router.post(
    "/recognition-decisions",
    operation_id="prepare_decision",
    summary="Trình quyết định công nhận",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "conflict", "illegal-stage")
    | example(examples.PREPARED, 201),
)
def prepare_decision(
    body: DecisionIn, actor: Preparer, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> PreparedOut:
    """Collects the cleared households of a round with their class and movement, and says who is left out and why.

    With kind `living_standard`: cleared cases of the third path. One decision of a round waits for its signature at a
    time; with an `id` of your own or an `Idempotency-Key` a repeated call prepares once.
    """
    return tagged(response, preparing.prepare(db, actor, body, idempotency_key))


@router.get(
    "/recognition-decisions/{decision_id}",
    operation_id="read_decision",
    summary="Một quyết định công nhận",
    responses=problems("not-found") | example(examples.DECISION),
)
def read_decision(decision_id: UUID, actor: ClassReader, db: Db, response: Response) -> DecisionOut:
    """One decision with its numbers and its ETag; the households stand under `/households`."""
    return tagged(response, queries.decision(db, actor, decision_id))


@router.delete(
    "/recognition-decisions/{decision_id}",
    operation_id="discard_decision",
    summary="Hủy bản trình quyết định chưa ký",
    status_code=204,
    responses=problems("not-found", "conflict", "stale-version"),
)
def discard_decision(decision_id: UUID, actor: Preparer, db: Db, read: VersionIfGiven = None) -> None:
    """Takes a prepared decision back, so that it can be prepared anew. A signed one stays."""
    preparing.discard(db, actor, decision_id, read)


@router.get(
    "/recognition-decisions/{decision_id}/households",
    operation_id="list_decision_households",
    summary="Danh sách hộ trong quyết định",
    responses=problems("not-found", "invalid-cursor") | example(examples.page(examples.LINE)),
)
def list_decision_households(
    decision_id: UUID,
    actor: ClassReader,
    db: Db,
    hamlet_id: Annotated[UUID | None, Query(description="Only decided in this hamlet.")] = None,
    poverty_class: Annotated[PovertyClass | None, Query(alias="class", description="Only of this class.")] = None,
    movement: Annotated[Movement | None, Query(description="Only with this movement.")] = None,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Page[LineOut]:
    """The households of a decision in the caller's areas: class before and after, movement, number of persons. Each
    answer is written into the audit log."""
    return queries.lines(
        db,
        actor,
        decision_id,
        hamlet_id=hamlet_id,
        poverty_class=poverty_class,
        movement=movement,
        limit=limit,
        cursor=cursor,
    )


@router.post(
    "/recognition-decisions/{decision_id}/signature",
    operation_id="sign_decision",
    summary="Ký quyết định công nhận",
    responses=problems(
        "not-found",
        "already-exists",
        "conflict",
        "illegal-stage",
        "separation-of-duties",
        "stale-version",
        "version-required",
    )
    | example(examples.DECISION),
)
def sign_decision(
    decision_id: UUID, body: SignatureIn, actor: Signer, db: Db, response: Response, read: ReadVersion
) -> DecisionOut:
    """The chair signs: number (unique in the commune and year), day, signatory. From that day the households have
    their classes. The preparer cannot sign; what changed since it was prepared is refused, and prepared anew."""
    return tagged(response, signing.sign(db, actor, decision_id, read, body))
