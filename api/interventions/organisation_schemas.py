"""Organisations on the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.interventions.tables import LedBy, OrganisationKind
from api.schema import AreaId, Day, Label, Line60, Line120, PersonName, Schema, Version

_EXAMPLE: dict[str, Any] = {
    "area_id": "9d0b1f4e-52a5-5a86-9b0b-7a7a4d0f1c22",
    "kind": "cooperative",
    "name": "Hợp tác xã chăn nuôi Trực Thái",
    "registration_no": "0701234567",
    "representative": "Trần Thị Hoà",
    "led_by": ["woman"],
}
_LedBy = Annotated[
    list[LedBy], Field(max_length=10, description="Whose lead makes it one to prefer (the plan, IV.2.1).")
]


class OrganisationIn(Schema):
    """An organisation that leads, supplies, employs, teaches or gives."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: UUID | None = None
    area_id: AreaId
    kind: OrganisationKind
    name: Label
    registration_no: Line60 | None = None
    representative: PersonName | None = None
    phone: Line60 | None = None
    led_by: _LedBy = []  # noqa: RUF012  # pydantic copies it


class OrganisationPatch(Schema):
    """The fields that are sent. `ended_on`: since when it works with the commune no more; null opens it again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ended_on": "2024-12-31"}]})

    kind: OrganisationKind = OrganisationKind.other
    name: Label = ""
    registration_no: Line60 | None = None
    representative: PersonName | None = None
    phone: Line60 | None = None
    led_by: _LedBy = []  # noqa: RUF012
    ended_on: Day | None = None


class OrganisationOut(Schema):
    id: UUID
    version: Version
    area_id: AreaId
    kind: OrganisationKind
    name: Line120
    registration_no: str | None
    representative: str | None
    phone: str | None
    led_by: list[LedBy]
    ended_on: date | None
    created_at: datetime
    updated_at: datetime
