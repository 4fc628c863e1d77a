"""Recognitions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.recognitions import examples, queries
from api.recognitions.certificate_routes import router as certificates
from api.recognitions.decision_routes import router as decisions
from api.recognitions.letter_routes import router as letters
from api.recognitions.living_standard_routes import router as living_standard
from api.recognitions.movement_routes import router as movements
from api.recognitions.refusal_routes import router as refusals
from api.recognitions.schemas import RecognitionOut, Status
from api.schema import Day, Page

router = APIRouter()
for part in (decisions, movements, certificates, letters, refusals, living_standard):
    router.include_router(part)

ClassReader = Annotated[Actor, allow(Permission.households_list)]
AreaFilter = Annotated[UUID | None, Query(description="Only below this area.")]
HouseholdFilter = Annotated[UUID | None, Query(description="Only of this household.")]


@router.get(
    "/recognitions",
    tags=["reviews"],
    operation_id="list_recognitions",
    summary="Phân loại hộ theo quyết định",
    responses=problems("invalid-cursor") | example({"items": [examples.RECOGNITION], "next_cursor": None}),
)
def list_recognitions(
    actor: ClassReader,
    db: Db,
    household_id: HouseholdFilter = None,
    area_id: AreaFilter = None,
    as_of: Annotated[Day | None, Query(description="Only what is in force on this day.")] = None,
    status: Annotated[Status | None, Query(description="On `as_of`, or today.")] = None,
    since: Annotated[
        Day | None, Query(description="With relapsed, new, escaped: by decisions from this day; else of that year.")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[RecognitionOut]:
    """Which class a household had from when to when, by which decision and movement; for those who may see classes.

    With `status`: who is poor, near-poor or newly escaped (36 months) on a day, or who relapsed, came new or escaped
    up to that day."""
    return queries.recognitions(
        db,
        actor,
        household_id=household_id,
        area_id=area_id,
        as_of=as_of,
        status=status,
        since=since,
        limit=limit,
        cursor=cursor,
    )
