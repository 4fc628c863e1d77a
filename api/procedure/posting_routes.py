"""Postings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.procedure import examples, posting_queries
from api.procedure import postings as commands
from api.procedure.doors import Follower, HamletFilter, Poster, RoundFilter
from api.procedure.posting_schemas import PostedList, PostingCreate, PostingOut
from api.procedure.tables import PostingKind
from api.schema import Page

router = APIRouter(tags=["procedure"])


@router.get(
    "/postings",
    operation_id="list_postings",
    summary="Danh sách các lần niêm yết",
    responses=problems("invalid-cursor") | example({"items": [examples.POSTING], "next_cursor": None}),
)
def list_postings(
    actor: Follower,
    db: Db,
    round_id: RoundFilter = None,
    hamlet_id: HamletFilter = None,
    kind: Annotated[PostingKind | None, Query(description="Only of this kind.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[PostingOut]:
    """The postings (niêm yết) of the caller's areas, the last one first; without names."""
    return posting_queries.postings(
        db, actor, round_id=round_id, hamlet_id=hamlet_id, kind=kind, limit=limit, cursor=cursor
    )


@router.post(
    "/postings",
    operation_id="post_list",
    summary="Ghi việc niêm yết danh sách",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "illegal-stage")
    | example(examples.POSTING, 201),
)
def post_list(
    body: PostingCreate, actor: Poster, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> PostingOut:
    """Posts all households of a hamlet that its meetings agreed on by that day, or whose complaints are decided.

    `last_day` comes from the procedure of the round, in working days after `posted_on` (QĐ 24/2021, Điều 4.4).
    """
    return tagged(response, posting_queries.posting(db, actor, commands.post_list(db, actor, body, idempotency_key)))


@router.get(
    "/postings/{posting_id}",
    operation_id="read_posting",
    summary="Một lần niêm yết",
    responses=problems("not-found") | example(examples.POSTING),
)
def read_posting(posting_id: UUID, actor: Follower, db: Db, response: Response) -> PostingOut:
    """One posting with its ETag; without names."""
    return tagged(response, posting_queries.posting(db, actor, posting_id))


@router.get(
    "/postings/{posting_id}/list",
    operation_id="read_posted_list",
    summary="Danh sách đã niêm yết",
    responses=problems("not-found") | example(examples.POSTED_LIST),
)
def read_posted_list(posting_id: UUID, actor: Follower, db: Db) -> PostedList:
    """What hung on the board: name of the head, hamlet, class; points only where the procedure says so."""
    return posting_queries.posted_list(db, actor, posting_id)


@router.post(
    "/postings/{posting_id}/ending",
    operation_id="end_posting",
    summary="Ghi kết thúc niêm yết",
    responses=problems("not-found", "stale-version", "illegal-stage")
    | example(examples.POSTING | {"version": 2, "ended_on": "2024-10-18"}),
)
def end_posting(posting_id: UUID, actor: Poster, db: Db, response: Response, version: VersionIfGiven) -> PostingOut:
    """After the last day: the households without a complaint that holds them back are cleared for the decision."""
    commands.end_posting(db, actor, posting_id, version)
    return tagged(response, posting_queries.posting(db, actor, posting_id))
