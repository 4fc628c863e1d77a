"""Areas on the wire. They are public to everybody who is signed in: no person is named here."""

import hashlib
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, field_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from api.areas.tables import AreaType, Level, LocalKind, SuccessionKind, area_id
from api.schema import AreaId, Count, Day, Label, Line20, Line60, Line300, PastDay, Schema

HamletKind = Literal[LocalKind.xom, LocalKind.thon, LocalKind.to_dan_pho]

# What a unit of a level may be called.
KINDS: dict[Level, tuple[LocalKind, ...]] = {
    Level.province: (LocalKind.tinh, LocalKind.thanh_pho),
    Level.district: (LocalKind.huyen, LocalKind.quan, LocalKind.thi_xa, LocalKind.thanh_pho),
    Level.commune: (LocalKind.xa, LocalKind.phuong, LocalKind.thi_tran),
    Level.hamlet: (LocalKind.xom, LocalKind.thon, LocalKind.to_dan_pho),
}

_Code = Annotated[str, Field(description="Official code; a hamlet's is its commune's and a number: `14080-03`.")]
_Source = Annotated[Line300, Field(min_length=1)]
_Cursor = Annotated[str | None, Field(max_length=2000, description="`next_cursor` of the page before.")]
_Limit = Annotated[int, Field(ge=1, le=1000, description="How many items at most.")]
_AsOf = Annotated[Day | None, Field(description="The tree of which day; default: today in Viet Nam.")]


class AreaFilter(Schema):
    """Which areas of a day."""

    level: Level | None = None
    as_of: _AsOf = None
    parent_id: Annotated[UUID | None, Field(description="Only those directly under this one.")] = None
    code: Line20 | None = Field(default=None, description="Only the holder of this code.")
    q: Line60 | None = Field(default=None, description="Part of the name; tone marks may be left out.")
    limit: _Limit = 100
    cursor: _Cursor = None


class TreeFilter(Schema):
    as_of: _AsOf = None
    root_id: Annotated[UUID | None, Field(description="Only this area and what is under it.")] = None


class StatisticFilter(Schema):
    history: Annotated[bool, Field(description="Also the rows that a later one corrected.")] = False
    limit: _Limit = 100
    cursor: _Cursor = None


class AreaOut(Schema):
    """A unit, and what it hangs under on the day that was asked for."""

    id: AreaId
    code: _Code
    level: Level
    name: str
    full_name: Annotated[str, Field(description="With its kind, as on a form: `xã Trực Thái`.")]
    local_kind: LocalKind
    area_type: AreaType | None
    region: str | None
    parent_id: UUID | None
    valid_from: date
    valid_to: Annotated[date | None, Field(description="The last day; null: still there.")]

    def etag(self) -> str:
        """Of the unit's own fields: it changes when they do, not when another day is asked for.

        A hash and no counter, because units come from files and from law, not only from people at a screen.
        """
        own = self.model_dump_json(exclude={"parent_id"}, include=set(AreaOut.model_fields))
        return f'"{hashlib.sha256(own.encode()).hexdigest()[:20]}"'


class AreaBrief(Schema):
    id: AreaId
    code: _Code
    level: Level
    full_name: str
    valid_from: date
    valid_to: date | None


class SuccessionOut(Schema):
    """The other unit, what happened, from which day on, and by which law."""

    area: AreaBrief
    kind: SuccessionKind
    on_day: date
    source: str


class AreaDetail(AreaOut):
    """A unit with those above it (nearest first), those that became it, and what became of it."""

    as_of: date
    source: str
    ancestors: list[AreaBrief]
    predecessors: list[SuccessionOut]
    successors: list[SuccessionOut]


class AreaNode(Schema):
    """A unit with what hangs under it."""

    id: AreaId
    code: _Code
    level: Level
    full_name: str
    children: list["AreaNode"]


class AreaTree(Schema):
    as_of: date
    items: list[AreaNode]


class HamletIn(Schema):
    """A new hamlet. Communes and what is above them are made by law, and come as files (`giamngheo areas`)."""

    id: Annotated[UUID | None, Field(description="Made by the client, or left out: derived from the code.")] = None
    code: Annotated[str, Field(pattern=r"^\d{5}-\d{2,3}$", max_length=9, description="Begins with the commune's.")]
    name: Label
    local_kind: HamletKind
    parent_id: AreaId
    valid_from: Day
    source: _Source = Field(description="Decision or convention.")

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "14080-09",
                "name": "Xóm 9",
                "local_kind": "xom",
                "parent_id": str(area_id("14080")),
                "valid_from": "2024-06-01",
                "source": "Nghị quyết HĐND xã số 12/NQ-HĐND",
            }
        }
    )


class AreaPatch(Schema):
    """What may be put right about a unit. What is left out stays."""

    name: Label | SkipJsonSchema[None] = None
    local_kind: LocalKind | SkipJsonSchema[None] = None

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Xóm Đông"}})

    @field_validator("*")
    @classmethod
    def _not_null(cls, value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("string_type", "must be text; leave the field out to keep what is there")
        return value


class StatisticIn(Schema):
    """How many households and persons live in a hamlet: everybody, not only those in the register."""

    id: Annotated[UUID | None, Field(description="Made by the client, so that a repeated request records once.")] = None
    as_of: PastDay
    households: Count
    persons: Count
    source: _Source = Field(description="Who counted: police, statistics office, hamlet.")

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"as_of": "2024-06-30", "households": 312, "persons": 1104, "source": "Công an xã Trực Thái"}
        }
    )


class StatisticOut(Schema):
    id: UUID
    area_id: AreaId
    as_of: date
    households: int
    persons: int
    source: str
    recorded_at: datetime
    recorded_by: UUID | None
    current: Annotated[bool, Field(description="The newest word on that day; false: corrected by a later row.")]
