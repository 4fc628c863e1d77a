"""The wire of the tablets themselves: enrolment codes, enrolment, the fleet."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import select
from sqlmodel import Session

from api.accounts import devices
from api.accounts.actor import Actor
from api.areas import names
from api.areas.tables import Area, Level, LocalKind
from api.schema import AreaId, Label, Line60, Schema
from mobile_sync import examples


class EnrolmentIn(Schema):
    """For whom the code is good: whoever works in the hamlet, or one user, or (neither) any user."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"hamlet_id": examples.HAMLET_ID}]})

    hamlet_id: AreaId | None = None
    username: Line60 | None = None


class EnrolmentOut(Schema):
    """A code for one tablet, told this once."""

    enrolment_code: str
    expires_at: datetime


class DeviceIn(Schema):
    """A tablet that wants to be enrolled by the user who is signed in on it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ENROL]})

    device_id: Annotated[UUID, Field(description="Made on the tablet, once.")]
    name: Label
    enrolment_code: Annotated[str, Field(min_length=1, max_length=60)]
    app_version: Line60 | None = None


class WorkArea(Schema):
    """An area the user works in."""

    id: UUID
    code: str
    level: Level
    name: str


class Enrolled(Schema):
    device_id: UUID
    user: str
    areas: list[WorkArea]


def create_enrolment(session: Session, actor: Actor, wanted: EnrolmentIn) -> EnrolmentOut:
    """Raises what `devices.create_enrolment` raises."""
    made = devices.create_enrolment(session, actor, wanted.hamlet_id, wanted.username)
    return EnrolmentOut(enrolment_code=made.code, expires_at=made.expires_at)


def enrol(session: Session, actor: Actor, given: DeviceIn) -> Enrolled:
    """Raises what `devices.enrol_device` raises."""
    device = devices.enrol_device(session, actor, given.device_id, given.name, given.enrolment_code, given.app_version)
    area: Any = Area  # its columns as SQL, not as values
    mine = session.scalars(select(Area).where(area.id.in_({g.area_id for g in actor.grants})).order_by(area.code))
    areas = [
        WorkArea(id=a.id, code=a.code, level=a.level, name=names.full_name(LocalKind(a.local_kind), a.name))
        for a in mine
    ]
    return Enrolled(device_id=device.id, user=actor.username, areas=areas)
