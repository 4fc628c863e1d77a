"""Areas over HTTP: everybody who is signed in reads them; administrators change them; communes record totals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from api import clock
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.areas import commands, examples, queries
from api.areas.schemas import (
    AreaDetail,
    AreaFilter,
    AreaOut,
    AreaPatch,
    AreaTree,
    HamletIn,
    StatisticFilter,
    StatisticIn,
    StatisticOut,
    TreeFilter,
)
from api.db import Db
from api.openapi import example, problems
from api.schema import Day, Page

router = APIRouter(prefix="/areas", tags=["areas"])

Reader = Annotated[Actor, allow(Permission.areas_read)]
Writer = Annotated[Actor, allow(Permission.areas_write)]
Counter = Annotated[Actor, allow(Permission.statistics_write)]
IfMatch = Annotated[str | None, Header(max_length=1000, description="The `ETag` that was read.")]


@router.get(
    "",
    operation_id="list_areas",
    summary="Danh sách đơn vị của một ngày",
    responses=problems("invalid-cursor") | example(examples.PAGE),
)
def list_areas(asked: Annotated[AreaFilter, Query()], _: Reader, db: Db) -> Page[AreaOut]:
    """The provinces, districts, communes and hamlets of a day, by code. Everybody who is signed in may read them."""
    return queries.areas(db, asked)


@router.get(
    "/tree",
    operation_id="read_area_tree",
    summary="Cây đơn vị của một ngày",
    responses=problems("not-found") | example(examples.TREE),
)
def read_tree(asked: Annotated[TreeFilter, Query()], _: Reader, db: Db) -> AreaTree:
    """What hangs under what on a day, nested. Everybody who is signed in may read it."""
    return queries.tree(db, asked.as_of or clock.today(), asked.root_id)


@router.post(
    "",
    operation_id="add_hamlet",
    summary="Thêm xóm",
    status_code=201,
    responses=problems("not-found", "already-exists", "conflict") | example(examples.AREA, 201),
)
def add_hamlet(given: HamletIn, actor: Writer, db: Db, response: Response) -> AreaDetail:
    """Adds a hamlet to a commune; administrators only. The same one sent again is answered with what is stored."""
    return _tagged(response, commands.add_hamlet(db, actor, given))


@router.get(
    "/{area_id}",
    operation_id="read_area",
    summary="Một đơn vị, cấp trên và các đơn vị trước, sau",
    responses=problems("not-found") | example(examples.AREA),
)
def read_area(
    area_id: UUID,
    _: Reader,
    db: Db,
    response: Response,
    as_of: Annotated[Day | None, Query(description="As of which day; default: today, or its last day.")] = None,
) -> AreaDetail:
    """One unit with those above it, what became it and what it became. Everybody who is signed in may read it."""
    return _tagged(response, queries.area(db, area_id, as_of))


@router.patch(
    "/{area_id}",
    operation_id="change_area",
    summary="Sửa tên hoặc loại của một đơn vị",
    responses=problems("not-found", "stale-version", "version-required") | example(examples.AREA),
)
def change_area(
    area_id: UUID, patch: AreaPatch, actor: Writer, db: Db, response: Response, if_match: IfMatch = None
) -> AreaDetail:
    """Puts a name or a kind right; administrators only. Needs `If-Match` with the `ETag` that was read."""
    return _tagged(response, commands.change_area(db, actor, area_id, patch, if_match))


@router.get(
    "/{area_id}/statistics",
    operation_id="list_statistics",
    summary="Tổng số hộ, số nhân khẩu của xóm",
    responses=problems("not-found", "invalid-cursor") | example(examples.STATISTICS),
)
def list_statistics(area_id: UUID, asked: Annotated[StatisticFilter, Query()], _: Reader, db: Db) -> Page[StatisticOut]:
    """How many households and persons live in a hamlet, newest day first: the divisor of every rate.

    Everybody who is signed in may read it. Of several rows for one day the newest counts; `history` shows all.
    """
    return queries.statistics(db, area_id, asked)


@router.post(
    "/{area_id}/statistics",
    operation_id="record_statistic",
    summary="Ghi tổng số hộ, số nhân khẩu của xóm",
    status_code=201,
    responses=problems("not-found", "already-exists") | example(examples.STATISTIC, 201),
)
def record_statistic(area_id: UUID, given: StatisticIn, actor: Counter, db: Db) -> StatisticOut:
    """Records the totals of a hamlet on a day; the commune's officer, for the hamlets of the commune.

    A correction is a new row for the same day; nothing is overwritten.
    """
    return commands.record_statistic(db, actor, area_id, given)


def _tagged(response: Response, area: AreaDetail) -> AreaDetail:
    response.headers["ETag"] = area.etag()
    return area
