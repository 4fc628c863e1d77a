"""Postings on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.procedure.tables import PostingKind
from api.schema import AreaId, PastDay, Schema, Version
from api.standards.tables import PovertyClass

Place = Literal["hamlet_house", "commune_office", "other"]

_EXAMPLE: dict[str, Any] = {
    "id": "2b6c1f0a-9d4e-4c3b-8a2f-1e0d9c8b7a6f",
    "round_id": "8f1d2c3b-4a59-5867-9786-a5b4c3d2e1f0",
    "hamlet_id": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11",
    "kind": "list",
    "posted_on": "2024-10-14",
    "places": ["hamlet_house", "commune_office"],
    "announced": True,
}


class PostingCreate(Schema):
    """A list that hangs since `posted_on`: at the hamlet's house and at the commune office (QĐ 24/2021, Điều 4.4)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: UUID | None = None
    round_id: UUID
    hamlet_id: UUID
    kind: Annotated[
        Literal["list", "re_verification"],
        Field(description="The list that a meeting agreed on, or the outcome of re-verifications."),
    ]
    posted_on: PastDay
    places: Annotated[list[Place], Field(min_length=1, max_length=10, description="Codes of posting_place.")]
    announced: Annotated[bool, Field(description="It was also announced by the commune's loudspeakers.")]


class PostingOut(Schema):
    """`last_day`: the last day on which a complaint counts. `last_day_approximate`: counted over a year whose holidays
    are not announced yet. `households`: how many are on the list."""

    id: UUID
    version: Version
    round_id: UUID | None
    area_id: AreaId
    hamlet_id: AreaId | None
    kind: PostingKind
    posted_on: date
    last_day: date
    last_day_approximate: bool
    places: list[str]
    announced: bool
    households: int
    ended_on: date | None
    created_at: datetime
    updated_at: datetime


class PostedLine(Schema):
    """What hangs on the board of one household. The points only where the procedure's setting says so."""

    household_id: UUID
    head_name: str | None
    hamlet_id: AreaId | None
    poverty_class: PovertyClass | None
    b1: int | None
    b2: int | None


class PostedList(Schema):
    """What hung on the board; of a `training` round it means nothing."""

    posting_id: UUID
    training: bool
    items: list[PostedLine]
