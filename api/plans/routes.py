"""Plans and their targets over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.plans import queries
from api.plans.schemas import PlanOut, PlanWithTargets
from api.schema import Page, Year

router = APIRouter(prefix="/plans", tags=["plans"])

Reader = Annotated[Actor, allow(Permission.programmes_read)]

_PLAN = {
    "id": "0f8e7c7a-5d0e-5a3e-9a56-0d3f0f5d1c11",
    "area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
    "year": 2024,
    "number": "16/KH-UBND",
    "title": "Kế hoạch thực hiện Chương trình mục tiêu quốc gia giảm nghèo bền vững năm 2024 trên địa bàn xã Trực Thái",
    "signed_on": "2024-04-02",
    "signatory": "Chủ tịch UBND xã",
}
_TARGET = {
    "code": "clean_water",
    "position": 13,
    "section": "II.2.2",
    "title_vi": "Trên 95% hộ nghèo, hộ cận nghèo sử dụng nước sinh hoạt hợp vệ sinh",
    "title_en": "Poor and near-poor households with hygienic domestic water",
    "comparison": "more_than",
    "value": 95.0,
    "unit": "percent",
}


@router.get(
    "",
    operation_id="list_plans",
    summary="Danh sách kế hoạch",
    responses=problems("invalid-cursor") | example({"items": [_PLAN], "next_cursor": None}),
)
def list_plans(
    actor: Reader,
    db: Db,
    year: Annotated[Year | None, Query(description="Only plans of this year.")] = None,
    area_id: Annotated[UUID | None, Query(description="Only plans of this area.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[PlanOut]:
    """The published plans of the caller's areas and of the commune they lie in, newest year first."""
    return queries.plans(db, actor.scope, year=year, area_id=area_id, limit=limit, cursor=cursor)


@router.get(
    "/{plan_id}",
    operation_id="read_plan",
    summary="Một kế hoạch và các mục tiêu",
    responses=problems("not-found") | example(_PLAN | {"targets": [_TARGET]}),
)
def read_plan(plan_id: UUID, actor: Reader, db: Db) -> PlanWithTargets:
    """One plan with its targets, each in the plan's own words, with the section that says it."""
    return queries.plan(db, actor.scope, plan_id)
