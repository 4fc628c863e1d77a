"""Opinions of the level above, deadlines, and the steps that follow, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.procedure import deadlines as due
from api.procedure import examples, opinion_queries, round_steps
from api.procedure import opinions as commands
from api.procedure.deadline_schemas import Deadline, RoundSteps
from api.procedure.doors import Follower, HamletFilter, OpinionAsker, OpinionGiver, OpinionReader, RoundFilter
from api.procedure.opinion_schemas import OpinionAnswer, OpinionCreate, OpinionOut
from api.schema import Page

router = APIRouter(tags=["procedure"])

_ANSWERED = {"version": 2, "letter_number": "210/UBND", "answered_on": "2024-11-26", "verdict": "agree"}


@router.get(
    "/opinions",
    operation_id="list_opinions",
    summary="Danh sách văn bản xin ý kiến",
    responses=problems("invalid-cursor") | example({"items": [examples.OPINION], "next_cursor": None}),
)
def list_opinions(
    actor: OpinionReader,
    db: Db,
    round_id: RoundFilter = None,
    waiting: Annotated[bool | None, Query(description="Only those without, or with, an answer.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[OpinionOut]:
    """The reports to the level above (xin ý kiến) with their totals and answers, the last one first."""
    return opinion_queries.opinions(db, actor, round_id=round_id, open_=waiting, limit=limit, cursor=cursor)


@router.post(
    "/opinions",
    operation_id="ask_opinion",
    summary="Chủ tịch xã xin ý kiến cấp trên",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "illegal-stage")
    | example(examples.OPINION, 201),
)
def ask_opinion(
    body: OpinionCreate, actor: OpinionAsker, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> OpinionOut:
    """The chair reports a consolidated round to the level that the round has fixed; the totals are computed."""
    return tagged(response, opinion_queries.opinion(db, actor, commands.ask_opinion(db, actor, body, idempotency_key)))


@router.get(
    "/opinions/{opinion_id}",
    operation_id="read_opinion",
    summary="Một văn bản xin ý kiến",
    responses=problems("not-found") | example(examples.OPINION),
)
def read_opinion(opinion_id: UUID, actor: OpinionReader, db: Db, response: Response) -> OpinionOut:
    """One report to the level above with its answer and its ETag."""
    return tagged(response, opinion_queries.opinion(db, actor, opinion_id))


@router.post(
    "/opinions/{opinion_id}/answer",
    operation_id="answer_opinion",
    summary="Cấp trên trả lời ý kiến",
    responses=problems("not-found", "stale-version", "illegal-stage", "conflict", "separation-of-duties")
    | example(examples.OPINION | _ANSWERED),
)
def answer_opinion(
    opinion_id: UUID, body: OpinionAnswer, actor: OpinionGiver, db: Db, response: Response, version: VersionIfGiven
) -> OpinionOut:
    """The level above agrees, or asks for a check: then the officer opens the round again before it is decided."""
    commands.answer(db, actor, opinion_id, version, body)
    return tagged(response, opinion_queries.opinion(db, actor, opinion_id))


@router.get(
    "/deadlines",
    operation_id="list_deadlines",
    summary="Thời hạn sắp đến và đã quá",
    responses=problems("invalid-cursor") | example({"items": [examples.DEADLINE], "next_cursor": None}),
)
def list_deadlines(
    actor: Follower,
    db: Db,
    within_days: Annotated[int, Query(ge=0, le=366, description="Due by so many days from today.")] = 7,
    overdue: Annotated[bool | None, Query(description="Only missed ones, or only those still open.")] = None,
    round_id: RoundFilter = None,
    hamlet_id: HamletFilter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Deadline]:
    """The terms of law that are near or missed in the caller's areas, the most urgent first. No personal data."""
    return due.deadlines(
        db,
        actor.scope,
        within_days=within_days,
        overdue=overdue,
        round_id=round_id,
        hamlet_id=hamlet_id,
        limit=limit,
        cursor=cursor,
    )


@router.get(
    "/rounds/{round_id}/steps",
    operation_id="read_round_steps",
    summary="Các bước có thể làm bây giờ",
    responses=problems("not-found") | example(examples.STEPS),
)
def read_round_steps(round_id: UUID, actor: Follower, db: Db) -> RoundSteps:
    """What may be done with a round and its households now, who may do it, and what is missing. No personal data."""
    return round_steps.steps_now(db, actor, round_id)
