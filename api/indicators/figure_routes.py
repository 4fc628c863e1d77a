"""Figures of communes over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.idempotency import IdempotencyKey
from api.indicators import examples, figures
from api.indicators.figure_schemas import FigureIn, FigureKindList, FigureOut
from api.indicators.tables import FigureKind
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Page

router = APIRouter(tags=["areas"])

Reader = Annotated[Actor, allow(Permission.indicators_read)]
Counter = Annotated[Actor, allow(Permission.statistics_write)]


@router.get(
    "/figure-kinds",
    operation_id="list_figure_kinds",
    summary="Các loại số liệu xã ghi từ giấy tờ",
    responses=example({"items": [examples.FIGURE_KIND]}),
)
def list_figure_kinds(_: Reader) -> FigureKindList:
    """What a commune can write down from a paper: what each figure means, its unit, and which indicators need it."""
    return figures.kinds()


@router.get(
    "/areas/{area_id}/figures",
    operation_id="list_figures",
    summary="Số liệu xã đã ghi từ giấy tờ",
    responses=problems("not-found", "invalid-cursor") | example({"items": [examples.FIGURE], "next_cursor": None}),
)
def list_figures(
    area_id: UUID,
    actor: Reader,
    db: Db,
    kind: FigureKind | None = None,
    history: Annotated[bool, Query(description="Also the rows that a later one corrected.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[FigureOut]:
    """The figures of a commune, newest day first, each with the paper it comes from.

    Of several rows of a kind for one day the newest counts; `history` shows all.
    """
    return figures.figures(db, actor, area_id, kind, history, limit, cursor)


@router.post(
    "/areas/{area_id}/figures",
    operation_id="record_figure",
    summary="Ghi một số liệu của xã từ giấy tờ",
    status_code=201,
    responses=problems("not-found", "already-exists", "invalid") | example(examples.FIGURE, 201),
)
def record_figure(
    area_id: UUID, given: FigureIn, actor: Counter, db: Db, idempotency_key: IdempotencyKey = None
) -> FigureOut:
    """Records a figure of the commune on a day, with the paper it comes from; the commune's officer.

    A correction is a new row for the same day; nothing is overwritten.
    """
    return figures.record(db, actor, area_id, given, idempotency_key)
