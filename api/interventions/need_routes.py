"""Needs, and one household's whole, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.interventions import examples, need_queries, needs
from api.interventions.doors import AreaFilter, HouseholdFilter, HouseholdReader, NeedReader, NeedWriter
from api.interventions.need_schemas import NeedEnding, NeedIn, NeedKind, NeedOut
from api.interventions.support import ReceivedBy, support
from api.interventions.support_schemas import SupportOut
from api.interventions.tables import SupportNeedState
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Page

router = APIRouter()


@router.get(
    "/needs",
    operation_id="list_needs",
    summary="Nhu cầu hỗ trợ của các hộ",
    responses=problems("invalid-cursor") | example(examples.page(examples.NEED)),
)
def list_needs(
    actor: NeedReader,
    db: Db,
    kind: Annotated[NeedKind | None, Query(description="Only of this kind.")] = None,
    state: Annotated[SupportNeedState | None, Query(description="Only in this state.")] = None,
    area_id: AreaFilter = None,
    household_id: HouseholdFilter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[NeedOut]:
    """What the households of the caller's areas need, the newest first."""
    only = need_queries.Filters(kind, state, area_id, household_id)
    return need_queries.needs(db, actor, only, limit=limit, cursor=cursor)


@router.post(
    "/needs",
    operation_id="note_need",
    summary="Ghi nhu cầu hỗ trợ",
    status_code=201,
    responses=problems("not-found", "conflict", "already-exists", "idempotency-key-reused")
    | example(examples.NEED, 201),
)
def note_need(
    body: NeedIn, actor: NeedWriter, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> NeedOut:
    """Notes what a household, or one of its people, needs. The same need is open once."""
    need_id = needs.note_need(db, actor, body, idempotency_key)
    return tagged(response, need_queries.need(db, actor, need_id))


@router.get(
    "/needs/{need_id}",
    operation_id="read_need",
    summary="Một nhu cầu hỗ trợ",
    responses=problems("not-found") | example(examples.NEED),
)
def read_need(need_id: UUID, actor: NeedReader, db: Db, response: Response) -> NeedOut:
    """One need with its ETag."""
    return tagged(response, need_queries.need(db, actor, need_id))


@router.post(
    "/needs/{need_id}/ending",
    operation_id="end_need",
    summary="Kết thúc nhu cầu: đã đáp ứng hoặc không còn",
    responses=problems("not-found", "conflict", "stale-version")
    | example(examples.NEED | {"version": 2, "state": "met", "ended_on": "2024-06-02"}),
)
def end_need(
    need_id: UUID, body: NeedEnding, actor: NeedWriter, db: Db, response: Response, read: VersionIfGiven = None
) -> NeedOut:
    """Ends a need: it was met (by an intervention, where that is known), or is no more."""
    needs.end_need(db, actor, need_id, read, body)
    return tagged(response, need_queries.need(db, actor, need_id))


def _received_by(request: Request) -> ReceivedBy:
    found: ReceivedBy = request.app.state.received_by
    return found


@router.get(
    "/households/{household_id}/support",
    operation_id="read_household_support",
    summary="Toàn bộ hỗ trợ, nhu cầu của một hộ",
    responses=problems("not-found") | example(examples.SUPPORT),
)
def read_support(
    household_id: UUID,
    actor: HouseholdReader,
    db: Db,
    received_by: Annotated[ReceivedBy, Depends(_received_by)],
) -> SupportOut:
    """Everything on record for a household: cases about it, in what it takes part, what it needs, what it received."""
    return support(db, actor, household_id, received_by)
