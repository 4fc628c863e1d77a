"""What a household gets, on the wire: everything that was done for it and its people in one place."""

from datetime import date
from uuid import UUID

from api.interventions.need_schemas import NeedOut
from api.interventions.participant_schemas import ClassThen
from api.interventions.schemas import InterventionOut
from api.interventions.tables import ParticipantState
from api.schema import AreaId, Schema, Words


class TakesPart(Schema):
    """That the household, or one of its people, takes part in an intervention."""

    intervention_id: UUID
    kind: str
    kind_label: Words
    component: str | None
    year: int
    title: str
    stage: str
    participant_id: UUID
    role: str
    member_id: UUID | None
    state: ParticipantState
    joined_on: date
    ended_on: date | None
    class_on_joining: ClassThen


class Received(Schema):
    """Something that was delivered to the household or one of its people; `reversed`: it was taken back."""

    id: UUID
    intervention_id: UUID
    member_id: UUID | None
    form: str | None
    service: str | None
    delivered_on: date
    quantity: float | None
    unit: str | None
    amount_vnd: int | None
    outcome: str
    received_by: str
    reversed: bool


class SupportOut(Schema):
    """All of it: what is about the household, in what it takes part, what it needs, what it received. The newest of
    each, at most 500."""

    household_id: UUID
    hamlet_id: AreaId
    about: list[InterventionOut]
    takes_part: list[TakesPart]
    needs: list[NeedOut]
    received: list[Received]
