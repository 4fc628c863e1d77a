"""What officers decide about submissions that could not simply be applied: conflicts, and work that waits."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.openapi import example, problems
from mobile_sync import conflicts as conflict_list
from mobile_sync import examples, repairs
from mobile_sync.conflicts import ConflictOut
from mobile_sync.protocol import Outcome
from mobile_sync.repairs import Resolution
from mobile_sync.tables import ConflictState

router = APIRouter(tags=["sync"])

Resolver = Annotated[Actor, allow(Permission.conflicts_resolve)]


@router.get(
    "/conflicts",
    operation_id="list_conflicts",
    summary="Mâu thuẫn chờ quyết định",
    responses=example([examples.CONFLICT]),
)
def list_conflicts(
    actor: Resolver,
    db: Db,
    state: Annotated[ConflictState, Query(description="Open ones, or decided ones.")] = ConflictState.open,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[ConflictOut]:
    """Where two people changed one field to different values, oldest first; commune officers, in their areas.

    One whose record has left them since is `handed_over`: shown without values, and decided by the officers there.
    """
    return conflict_list.conflicts(db, actor, state, limit)


@router.post(
    "/conflicts/{conflict_id}/resolution",
    operation_id="resolve_conflict",
    summary="Quyết định một mâu thuẫn",
    responses=problems("not-found", "illegal-stage", "conflict", "already-exists") | example(examples.RESOLVED),
)
def resolve_conflict(conflict_id: UUID, body: Resolution, actor: Resolver, db: Db) -> dict[str, Any]:
    """Decides for the server's value, the tablet's, or another one; commune officers. Answers with the record.

    The decision is a change like any other and reaches the tablets; the submission becomes `merged`, or `rejected`
    (superseded) where nothing of it remains.
    """
    return repairs.resolve(db, actor, conflict_id, body)


@router.post(
    "/submissions/{submission_id}/retry",
    operation_id="retry_submission",
    summary="Thử lại một phiếu đang chờ hoặc đang cách ly",
    responses=problems("not-found", "illegal-stage") | example(examples.OUTCOME),
)
def retry_submission(submission_id: UUID, actor: Resolver, db: Db) -> Outcome:
    """Tries a held or quarantined submission again, with the officer's rights; commune officers, in their areas.

    Theirs are the submissions of their own surveyors, and those of others whose record stands in their areas now.
    """
    return Outcome.model_validate(repairs.retry(db, actor, submission_id))
