"""What officers decide about submissions that could not simply be applied: conflicts, and work that waits."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.openapi import example, problems
from api.paging import Cursor, Limit
from mobile_sync import conflicts as conflict_list
from mobile_sync import corrections, examples, repairs, worklist
from mobile_sync.conflicts import ConflictOut
from mobile_sync.corrections import Correction, Refusal
from mobile_sync.protocol import Outcome
from mobile_sync.repairs import Resolution
from mobile_sync.tables import ConflictState
from mobile_sync.worklist import SubmissionOut, Waiting, WaitingPage

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


@router.get(
    "/submissions/waiting",
    operation_id="list_waiting_submissions",
    summary="Phiếu chờ cán bộ xử lý",
    responses=problems("invalid-cursor") | example({"items": [examples.WAITING], "next_cursor": None}),
)
def list_waiting_submissions(
    actor: Resolver,
    db: Db,
    outcome: Annotated[Waiting | None, Query(description="Only these; without it, all.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> WaitingPage:
    """What is held, quarantined, or was refused for want of something here, oldest first; commune officers.

    What stands in their areas now, and what came from surveyors who were there then. One whose record has left them is
    `handed_over`: shown without its problem, and decided by the officers there.
    """
    return worklist.waiting(db, actor, outcome, cursor, limit)


@router.get(
    "/submissions/{submission_id}",
    operation_id="read_submission",
    summary="Xem một phiếu đã gửi",
    responses=problems("not-found") | example(examples.SUBMISSION),
)
def read_submission(submission_id: UUID, actor: Resolver, db: Db) -> SubmissionOut:
    """One submission with the data as sent; commune officers, in their areas. The read is noted in the audit log.

    Citizen numbers are masked without `persons:id_full`. Data is null where the record has left the reader's areas.
    """
    return worklist.submission(db, actor, submission_id)


@router.post(
    "/submissions/{submission_id}/retry",
    operation_id="retry_submission",
    summary="Thử lại một phiếu đang chờ hoặc đang cách ly",
    responses=problems("not-found", "illegal-stage") | example(examples.OUTCOME),
)
def retry_submission(submission_id: UUID, actor: Resolver, db: Db) -> Outcome:
    """Tries a held or quarantined submission again, with the officer's rights; commune officers, in their areas.

    Theirs are those whose record stands in their areas now, and those of surveyors who were there then.
    """
    return Outcome.model_validate(repairs.retry(db, actor, submission_id))


@router.post(
    "/submissions/{submission_id}/repair",
    operation_id="repair_submission",
    summary="Sửa một phiếu chưa ghi nhận được rồi ghi nhận",
    responses=problems("not-found", "illegal-stage", "conflict", "already-exists", "invalid", "not-in-round")
    | example(examples.OUTCOME | {"result": {"corrected_because": "Ghi nhầm số"}}),
)
def repair_submission(submission_id: UUID, body: Correction, actor: Resolver, db: Db) -> Outcome:
    """Writes corrected data in the place of a held, quarantined or rejected submission; commune officers.

    It is the officer's own change; the history names the tablet and the submission, and the journal keeps what was
    sent. Values that do not fit are refused here, and the submission stays as it was.
    """
    return Outcome.model_validate(corrections.repair(db, actor, submission_id, body))


@router.post(
    "/submissions/{submission_id}/refusal",
    operation_id="refuse_submission",
    summary="Không nhận một phiếu đang chờ cán bộ xử lý",
    responses=problems("not-found", "illegal-stage", "conflict") | example(examples.DECLINED),
)
def refuse_submission(submission_id: UUID, body: Refusal, actor: Resolver, db: Db) -> Outcome:
    """Declines a submission that is held, quarantined or could be tried again, for a reason that the surveyor reads;
    commune officers.

    It becomes `rejected`, problem `superseded`. What was sent stays in the journal.
    """
    return Outcome.model_validate(corrections.refuse(db, actor, submission_id, body))
