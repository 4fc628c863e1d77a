"""Reviews over HTTP: typed back from paper, read, explained, overridden; and the dry run under another standard."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.etag import ReadVersion, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.reviews import examples, rescoring, review_commands, review_queries
from api.reviews.review_queries import Filters
from api.reviews.review_schemas import ExplanationOut, Override, RescoringOut, ReviewCreate, ReviewOut
from api.schema import Page

router = APIRouter(tags=["reviews"])

Reader = Annotated[Actor, allow(Permission.households_read)]
Reviewer = Annotated[Actor, allow(Permission.reviews_write)]
Overrider = Annotated[Actor, allow(Permission.reviews_override)]


@router.get(
    "/reviews",
    operation_id="list_reviews",
    summary="Danh sách phiếu rà soát",
    responses=problems("invalid-cursor") | example({"items": [examples.REVIEW], "next_cursor": None}),
)
def list_reviews(
    actor: Reader,
    db: Db,
    round_id: Annotated[UUID | None, Query(description="Only of this round.")] = None,
    household_id: Annotated[UUID | None, Query(description="Only of this household.")] = None,
    in_force: Annotated[bool | None, Query(description="Only those in force, or only those replaced.")] = None,
    differs_from_device: Annotated[bool | None, Query(description="The tablet computed something else.")] = None,
    undetermined: Annotated[bool | None, Query(description="Something cannot be told yet.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ReviewOut]:
    """The reviews of the caller's areas, the latest survey first. A result is a proposal, never a class."""
    only = Filters(round_id, household_id, in_force, differs_from_device, undetermined)
    return review_queries.reviews(db, actor, only, limit=limit, cursor=cursor)


@router.post(
    "/reviews",
    operation_id="create_review",
    summary="Nhập phiếu rà soát",
    status_code=201,
    responses=problems(
        "not-found",
        "not-in-round",
        "illegal-stage",
        "review-exists",
        "unknown-form-version",
        "already-exists",
        "idempotency-key-reused",
    )
    | example(examples.REVIEW, 201),
)
def create_review(
    body: ReviewCreate, actor: Reviewer, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> ReviewOut:
    """Stores a review, mostly typed back from its paper (`paper_no`, the scan among `attachments`); the paper stays the
    legal original. Surveyors and the officer, in their areas.

    A second review of a household in a round is refused; whoever holds `reviews:override` may send it with `replaces`
    and a reason, before the meeting.
    """
    return tagged(response, review_commands.create_review(db, actor, body, idempotency_key))


@router.get(
    "/reviews/{review_id}",
    operation_id="read_review",
    summary="Một phiếu rà soát",
    responses=problems("not-found") | example(examples.REVIEW),
)
def read_review(review_id: UUID, actor: Reader, db: Db, response: Response) -> ReviewOut:
    """One review with the server's result. Answers and facts of people are withheld without `persons:sensitive`."""
    return tagged(response, review_queries.review(db, actor, review_id))


@router.get(
    "/reviews/{review_id}/explanation",
    operation_id="explain_review",
    summary="Giải thích điểm và phân loại đề xuất",
    responses=problems("not-found") | example(examples.EXPLANATION),
)
def explain_review(review_id: UUID, actor: Reader, db: Db) -> ExplanationOut:
    """Each point and each deprivation with the answer, the people and the article it comes from; it adds up."""
    return review_queries.explanation(db, actor, review_id)


@router.post(
    "/reviews/{review_id}/override",
    operation_id="override_review",
    summary="Sửa phân loại đề xuất, có lý do",
    responses=problems("not-found", "illegal-stage", "stale-version", "version-required")
    | example(examples.OVERRIDDEN),
)
def override_review(
    review_id: UUID, body: Override, actor: Overrider, db: Db, response: Response, version: ReadVersion
) -> ReviewOut:
    """Another class than the rules propose, by a person with a reason, before the meeting. The commune officer."""
    return tagged(response, review_commands.override(db, actor, review_id, version, body))


@router.get(
    "/rounds/{round_id}/rescoring",
    operation_id="rescore_round",
    summary="Chấm thử đợt rà soát theo bộ chuẩn khác",
    responses=problems("not-found") | example(examples.RESCORING),
)
def rescore_round(
    round_id: UUID,
    actor: Overrider,
    db: Db,
    standard: Annotated[
        str | None,
        Query(
            pattern=r"^[a-z0-9][a-z0-9-]{0,59}@[0-9]{1,5}$",
            description="`code@version`; without it the standard of the round.",
        ),
    ] = None,
) -> RescoringOut:
    """Whose proposed class would be another one under a standard, and why; nothing is written."""
    return rescoring.rescoring(db, actor, round_id, standard)
