"""Totals of hamlets on the wire."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schema import AreaId, Count, Line300, LongText, PastDay, Schema, Words

_EXAMPLE: dict[str, Any] = {
    "as_of": "2024-06-30",
    "source": "Công an xã Trực Thái",
    "sheet": "Xóm\tSố hộ\tSố nhân khẩu\nXóm 1\t312\t1.104\n14080-02\t287\t985",
}


class HamletTotalIn(Schema):
    """One hamlet."""

    hamlet_id: AreaId
    households: Count
    persons: Count


class TotalsIn(Schema):
    """The totals of hamlets on one day by one source: as a list, or as lines copied out of a sheet."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    as_of: PastDay
    source: Annotated[Line300, Field(min_length=1, description="Who counted: police, statistics office, hamlet.")]
    items: Annotated[list[HamletTotalIn], Field(default_factory=list, max_length=1000)]
    sheet: Annotated[
        LongText | None,
        Field(description="Lines of hamlet (code or name), households, persons, set apart by tabs or semicolons."),
    ] = None


class HamletTotals(Schema):
    """A hamlet with its newest totals. `state`: `old` is more than 12 months before the day. `registered_*`: how many
    the register itself holds, null for whom small counts are not told."""

    area: UUID
    area_code: str
    area_name: str
    state: Literal["missing", "old", "current"]
    as_of: date | None = None
    households: int | None = None
    persons: int | None = None
    source: str | None = None
    registered_households: int | None
    registered_persons: int | None
    warning: Words | None


class TotalsOut(Schema):
    """The hamlets of an area on a day, by code, and how many of them have no totals or old ones."""

    as_of: date
    hamlets: int
    missing: int
    old: int
    items: list[HamletTotals]
