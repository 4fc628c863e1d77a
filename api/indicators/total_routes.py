"""Totals of hamlets over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.indicators import examples, totals
from api.indicators.total_schemas import TotalsIn, TotalsOut
from api.openapi import example, problems
from api.schema import PastDay

router = APIRouter(prefix="/areas", tags=["areas"])

Reader = Annotated[Actor, allow(Permission.indicators_read)]
Counter = Annotated[Actor, allow(Permission.statistics_write)]


@router.get(
    "/{area_id}/hamlet-totals",
    operation_id="read_hamlet_totals",
    summary="Tổng số hộ, nhân khẩu của các xóm: xóm nào chưa có, xóm nào đã cũ",
    responses=problems("not-found") | example(examples.TOTALS),
)
def read_hamlet_totals(
    area_id: UUID,
    actor: Reader,
    db: Db,
    as_of: Annotated[PastDay | None, Query(description="The newest totals up to this day; today if not given.")] = None,
) -> TotalsOut:
    """The hamlets under an area with the totals that every rate divides by, those without any and those with old ones.

    Totals smaller than what the register itself holds are pointed out by `warning`.
    """
    return totals.totals(db, actor, area_id, as_of)


@router.post(
    "/{area_id}/hamlet-totals",
    operation_id="record_hamlet_totals",
    summary="Ghi tổng số hộ, nhân khẩu của nhiều xóm một lần",
    responses=problems("not-found", "invalid") | example(examples.TOTALS),
)
def record_hamlet_totals(area_id: UUID, body: TotalsIn, actor: Counter, db: Db) -> TotalsOut:
    """Records the totals of the hamlets of a commune on a day, all or none, as a list or as lines of a sheet.

    The same again changes nothing; a correction is a new row for the same day. Answers all hamlets as they stand.
    """
    return totals.record(db, actor, area_id, body)
