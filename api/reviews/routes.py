"""Requests and rounds over HTTP."""

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
from api.reviews import commands, examples, queries, screening
from api.reviews.schemas import RequestChange, RequestCreate, RequestOut, RoundOut
from api.reviews.screening_schemas import ScreeningIn, ScreeningOut
from api.reviews.tables import RequestKind, RoundState
from api.schema import Page, Year

router = APIRouter()

Reader = Annotated[Actor, allow(Permission.households_read)]
Writer = Annotated[Actor, allow(Permission.requests_write)]
Reviewer = Annotated[Actor, allow(Permission.reviews_write)]
RoundReader = Annotated[Actor, allow(Permission.areas_read)]
AreaFilter = Annotated[UUID | None, Query(description="Only below this area.")]
HouseholdFilter = Annotated[UUID | None, Query(description="Only of this household.")]


@router.get(
    "/requests",
    tags=["requests"],
    operation_id="list_requests",
    summary="Danh sách giấy đề nghị",
    responses=problems("invalid-cursor") | example({"items": [examples.REQUEST], "next_cursor": None}),
)
def list_requests(
    actor: Reader,
    db: Db,
    kind: Annotated[RequestKind | None, Query(description="Only of this kind.")] = None,
    household_id: HouseholdFilter = None,
    area_id: AreaFilter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[RequestOut]:
    """The requests (Mẫu 01, Mẫu 04) of the caller's areas, newest paper first; for those who read households."""
    return queries.requests(
        db, actor, kind=kind, household_id=household_id, area_id=area_id, limit=limit, cursor=cursor
    )


@router.post(
    "/requests",
    tags=["requests"],
    operation_id="create_request",
    summary="Nhận giấy đề nghị",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused") | example(examples.REQUEST, 201),
)
def create_request(
    body: RequestCreate, actor: Writer, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> RequestOut:
    """Registers a paper handed in by a household; commune officers and hamlet surveyors, in their areas.

    With an `id` of your own or an `Idempotency-Key` a repeated call creates once. Without `household_id` (a household
    not registered yet) somebody with several hamlets names the hamlet.
    """
    return tagged(response, commands.create_request(db, actor, body, idempotency_key))


@router.get(
    "/requests/{request_id}",
    tags=["requests"],
    operation_id="read_request",
    summary="Một giấy đề nghị",
    responses=problems("not-found") | example(examples.REQUEST),
)
def read_request(request_id: UUID, actor: Reader, db: Db, response: Response) -> RequestOut:
    """One request of the caller's areas, with its ETag; for those who read households."""
    return tagged(response, queries.request(db, actor, request_id))


@router.patch(
    "/requests/{request_id}",
    tags=["requests"],
    operation_id="change_request",
    summary="Sửa giấy đề nghị",
    responses=problems("not-found", "stale-version", "version-required") | example(examples.REQUEST | {"version": 2}),
)
def change_request(
    request_id: UUID, body: RequestChange, actor: Writer, db: Db, response: Response, version: ReadVersion
) -> RequestOut:
    """Changes the fields that are sent, on the version named by `If-Match`; commune officers and hamlet surveyors."""
    return tagged(response, commands.change_request(db, actor, request_id, version, body))


@router.post(
    "/requests/{request_id}/screening",
    tags=["requests"],
    operation_id="screen_request",
    summary="Ghi kết quả Phiếu A",
    responses=problems("not-found", "conflict", "illegal-stage", "unknown-form-version") | example(examples.SCREENING),
)
def screen_request(request_id: UUID, body: ScreeningIn, actor: Reviewer, db: Db) -> ScreeningOut:
    """Whether the household goes on to Phiếu B. Surveyors and the officer.

    The answers to the `form` decide where its rule is known; else a person does, with a reason. Only for Mẫu 01. May be
    corrected until the household stands on a list by this request.
    """
    return screening.screen(db, actor, request_id, body)


@router.get(
    "/requests/{request_id}/screening",
    tags=["requests"],
    operation_id="read_screening",
    summary="Kết quả Phiếu A",
    responses=problems("not-found") | example(examples.SCREENING),
)
def read_screening(request_id: UUID, actor: Reader, db: Db) -> ScreeningOut:
    """The result of Phiếu A; the reason and answers are withheld without `persons:sensitive`."""
    return screening.screening(db, actor, request_id)


@router.get(
    "/rounds",
    tags=["reviews"],
    operation_id="list_rounds",
    summary="Danh sách đợt rà soát",
    responses=problems("invalid-cursor") | example({"items": [examples.ROUND], "next_cursor": None}),
)
def list_rounds(
    actor: RoundReader,
    db: Db,
    year: Annotated[Year | None, Query(description="Only of this year.")] = None,
    state: Annotated[RoundState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[RoundOut]:
    """The review rounds of the caller's areas and of the commune they lie in, newest first. No personal data."""
    return queries.rounds(db, actor.scope, year=year, state=state, limit=limit, cursor=cursor)


@router.get(
    "/rounds/{round_id}",
    tags=["reviews"],
    operation_id="read_round",
    summary="Một đợt rà soát",
    responses=problems("not-found") | example(examples.ROUND),
)
def read_round(round_id: UUID, actor: RoundReader, db: Db, response: Response) -> RoundOut:
    """One review round, with its ETag. No personal data."""
    return tagged(response, queries.round_(db, actor.scope, round_id))
