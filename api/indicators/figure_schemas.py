"""Figures of communes on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.indicators.figure_kinds import FigureUnit
from api.indicators.tables import FigureKind
from api.schema import Line300, PastDay, Schema, VndOrNothing, Words

_EXAMPLE: dict[str, Any] = {
    "kind": "poverty_officers",
    "as_of": "2024-03-01",
    "value": 14,
    "source": "Quyết định số 21/QĐ-UBND ngày 01/3/2024 của UBND xã",
}


class FigureIn(Schema):
    """A number that the commune has from a paper. GET /figure-kinds says what each kind means."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: Annotated[UUID | None, Field(description="Made by the client, so that a repeated request records once.")] = None
    kind: FigureKind
    as_of: Annotated[PastDay, Field(description="The day that the paper speaks of.")]
    value: Annotated[VndOrNothing, Field(description="Whole, in the unit of the kind: persons, or VND.")]
    source: Annotated[Line300, Field(min_length=1, description="The paper or decision: its number, day and issuer.")]


class FigureOut(Schema):
    """A figure. `current`: the newest word on that day; false: corrected by a later row."""

    id: UUID
    area_id: UUID
    kind: FigureKind
    as_of: date
    value: int
    source: str
    recorded_at: datetime
    recorded_by: UUID | None
    current: bool


class FigureKindOut(Schema):
    """A kind of figure. `of_year`: it adds up since 1 January and says nothing of the next year; otherwise the newest
    one holds until the next. `needed_by`: the indicators that are not known without it."""

    kind: FigureKind
    label: Words
    meaning: Words
    unit: FigureUnit
    of_year: bool
    needed_by: list[str]


class FigureKindList(Schema):
    items: list[FigureKindOut] = Field(description="Every kind.")
