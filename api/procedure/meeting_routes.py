"""Hamlet meetings over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.db import Db
from api.etag import ReadVersion, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.procedure import examples, meeting_queries, meetings
from api.procedure.doors import (
    Follower,
    HamletFilter,
    MeetingGuest,
    MeetingObserver,
    MeetingWriter,
    RoundFilter,
)
from api.procedure.meeting_schemas import MeetingCreate, MeetingOut, MeetingSheet, Observation
from api.schema import Page

router = APIRouter(tags=["procedure"])


@router.get(
    "/meetings",
    operation_id="list_meetings",
    summary="Danh sách cuộc họp dân",
    responses=problems("invalid-cursor") | example({"items": [examples.MEETING], "next_cursor": None}),
)
def list_meetings(
    actor: Follower,
    db: Db,
    round_id: RoundFilter = None,
    hamlet_id: HamletFilter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[MeetingOut]:
    """The hamlet meetings (họp dân) of the caller's areas with their votes, the last one first."""
    return meeting_queries.meetings(db, actor, round_id=round_id, hamlet_id=hamlet_id, limit=limit, cursor=cursor)


@router.post(
    "/meetings",
    operation_id="record_meeting",
    summary="Ghi biên bản họp dân",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "illegal-stage")
    | example(examples.MEETING, 201),
)
def record_meeting(
    body: MeetingCreate, actor: MeetingWriter, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> MeetingOut:
    """Records a meeting on all households of a hamlet that are surveyed by that day; officers and hamlet heads.

    One vote is on the list, further ones on contested households; each passes with half of those present (QĐ 24/2021,
    Điều 4.3). The vote on the list fails: all are surveyed again. Households whose class cannot be told are named in
    `household_ids` of the 409: survey them to the end, or let them wait by `except_household_ids`.
    """
    meeting_id = meetings.record_meeting(db, actor, body, idempotency_key)
    return tagged(response, meeting_queries.meeting(db, actor, meeting_id))


@router.get(
    "/meetings/{meeting_id}",
    operation_id="read_meeting",
    summary="Một cuộc họp dân",
    responses=problems("not-found") | example(examples.MEETING),
)
def read_meeting(meeting_id: UUID, actor: Follower, db: Db, response: Response) -> MeetingOut:
    """One hamlet meeting with its votes and its ETag."""
    return tagged(response, meeting_queries.meeting(db, actor, meeting_id))


@router.post(
    "/meetings/{meeting_id}/observation",
    operation_id="observe_meeting",
    summary="Ghi ý kiến giám sát của Mặt trận",
    responses=problems("not-found", "stale-version", "version-required") | example(examples.MEETING | {"version": 2}),
)
def observe_meeting(
    meeting_id: UUID, body: Observation, actor: MeetingObserver, db: Db, response: Response, version: ReadVersion
) -> MeetingOut:
    """The Fatherland Front writes what it saw at a meeting, on the version named by `If-Match`."""
    meetings.observe(db, actor, meeting_id, version, body.observation)
    return tagged(response, meeting_queries.meeting(db, actor, meeting_id))


@router.get(
    "/rounds/{round_id}/hamlets/{hamlet_id}/meeting-sheet",
    operation_id="read_meeting_sheet",
    summary="Bảng kết quả đưa ra họp dân",
    responses=problems("not-found") | example(examples.SHEET),
)
def read_meeting_sheet(round_id: UUID, hamlet_id: UUID, actor: MeetingGuest, db: Db) -> MeetingSheet:
    """The households of a hamlet that wait for its meeting, with B1, B2 and the proposed class (domain.md 10.9)."""
    return meeting_queries.sheet(db, actor, round_id, hamlet_id)
