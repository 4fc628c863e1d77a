"""Indicators over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api import clock
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.indicators import examples, queries
from api.indicators import records as behind
from api.indicators.asked import Asked
from api.indicators.definition import Breakdown
from api.indicators.records import Behind, Part
from api.indicators.schemas import IndicatorList, RecordOut, Series
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Line60, Line120, Page, PastDay, PastMoment

router = APIRouter(prefix="/indicators", tags=["indicators"])

Reader = Annotated[Actor, allow(Permission.indicators_read)]
Code = Annotated[str, Path(examples=["poor_households"], description="Code of an indicator: `poor_households`.")]
AreaAsked = Annotated[Line60 | None, Query(alias="area", description="Id or code of an area; your own if not given.")]
DayAsked = Annotated[PastDay | None, Query(description="The day the numbers are of; today if not given.")]
KnownAsked = Annotated[
    PastMoment | None,
    Query(
        description="Only what was recorded before this moment, as `known_at` of an earlier answer; now if not given."
    ),
]
_WRONG = problems("unknown-indicator", "not-found", "invalid")


@router.get(
    "", operation_id="list_indicators", summary="Danh mục chỉ tiêu", responses=example({"items": [examples.INDICATOR]})
)
def list_indicators(_: Reader) -> IndicatorList:
    """The catalogue: code, names, definition, unit, breakdowns and source of each indicator, in the plan's order."""
    return queries.catalogue()


@router.get(
    "/{code}",
    operation_id="read_indicator",
    summary="Giá trị của một chỉ tiêu",
    responses=_WRONG | example(examples.SERIES),
)
def read_indicator(
    code: Code,
    actor: Reader,
    db: Db,
    area: AreaAsked = None,
    as_of: DayAsked = None,
    by: Annotated[Breakdown | None, Query(description="Split by this; `area`: by the areas right below.")] = None,
    first: Annotated[
        PastDay | None, Query(alias="from", description="The last day of each month from this day on.")
    ] = None,
    last: Annotated[
        PastDay | None, Query(alias="to", description="... up to this day, which is the last point.")
    ] = None,
    known_at: KnownAsked = None,
) -> Series:
    """The values of an indicator as of a day, with numerator and denominator, so that anybody can check the division.

    A rate whose denominator nobody recorded is null and says why; it is never 100 %.
    """
    return queries.series(db, actor, code, Asked(area, as_of, by, first, last, known_at))


@router.get(
    "/{code}/records",
    operation_id="list_indicator_records",
    summary="Hồ sơ đứng sau một con số",
    responses=_WRONG
    | problems("permission-denied", "invalid-cursor")
    | example({"items": [examples.RECORD], "next_cursor": None}),
)
def list_indicator_records(
    code: Code,
    actor: Reader,
    db: Db,
    area: AreaAsked = None,
    as_of: DayAsked = None,
    part: Annotated[
        Part, Query(description="Whose records; `missing`: counted below the line but not above it.")
    ] = "numerator",
    by: Annotated[Breakdown | None, Query(description="With `value`: only of this part of a breakdown.")] = None,
    value: Annotated[Line120 | None, Query(description="The part, as `by` of a point.")] = None,
    known_at: KnownAsked = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[RecordOut]:
    """The households, persons or interventions behind a number: as many as it says."""
    asked = Behind(area, as_of or clock.today(), part, by, value, known_at)
    return behind.records(db, actor, code, asked, limit, cursor)
