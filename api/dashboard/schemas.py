"""What the dashboard shows, on the wire."""

from datetime import date, datetime
from uuid import UUID

from api.indicators.schemas import Point, TargetProgress
from api.reviews.tables import CaseStage
from api.schema import Schema, Words


class Lines(Schema):
    """An indicator with its points: over time, by area, or one of many beside each other."""

    code: str
    name: Words
    unit: str
    points: list[Point]


class RoundPart(Schema):
    """How far the review has come in an area: households by stage, and how many were surveyed of all on the list.
    Null, and no stages, where the number is small and the caller is not told small numbers."""

    area: UUID
    area_code: str
    area_name: str
    total: int | None
    surveyed: int | None
    by_stage: dict[CaseStage, int]


class RoundOfYear(Schema):
    """The newest periodic round that had begun: in progress, or `closed` everywhere. `total` is 0 where its list was
    never kept here, as for rounds from before the service was used."""

    year: int
    closes_on: date
    closed: bool
    total: int | None
    surveyed: int | None
    parts: list[RoundPart]


class MoneyOfYear(Schema):
    """A year's money in VND, as in `GET /budget`; null for whoever may not see money."""

    year: int
    planned_vnd: int
    approved_vnd: int
    committed_vnd: int
    disbursed_vnd: int
    settled_vnd: int


class QuietTablet(Schema):
    """A tablet that is silent or stuck."""

    name: str
    user: str
    state: str
    silent_days: int
    pending: int | None


class Tablets(Schema):
    """The fleet of the area; null for whoever may not see it."""

    total: int
    fine: int
    quiet: list[QuietTablet]


class PlaceOut(Schema):
    """An area to choose."""

    area: UUID
    area_name: str


class Dashboard(Schema):
    """Everything the page shows of an area on a day; each number can be followed to its records by its indicator."""

    area: UUID
    area_code: str
    area_name: str
    level: str
    as_of: date
    known_at: datetime
    plan_id: UUID | None
    plan_number: str | None
    over_time: list[Lines]
    by_area: list[Lines]
    deprivations: list[Lines]
    targets: list[TargetProgress]
    round: RoundOfYear | None
    money: MoneyOfYear | None
    tablets: Tablets | None
