"""Deadlines, and what may be done now, on the wire."""

from datetime import date
from typing import Literal
from uuid import UUID

from api.reviews.tables import CaseStage, RoundStage
from api.schema import AreaId, Count, Schema

Kind = Literal[
    "round_to_open",
    "round_to_decide",
    "posting_to_end",
    "complaint_to_re_verify",
    "complaint_to_decide",
    "opinion_to_give",
]


class Who(Schema):
    permission: str
    roles: list[str]


class Deadline(Schema):
    """A term of law that is near or missed. `days_left`: calendar days, negative where it is missed.

    `subject_id`: the round, posting, complaint or opinion; of a round that is not opened yet, the commune.
    `reason_given`: the round says why it is late.
    """

    kind: Kind
    due_on: date
    days_left: int
    overdue: bool
    reason_given: bool
    round_id: UUID | None
    area_id: AreaId
    hamlet_id: AreaId | None
    subject_id: UUID
    who: Who
    vi: str
    en: str


class StepNow(Schema):
    """A step that follows from where it stands. `missing`: what must hold besides and does not (see `vi` and `en` of
    the refusal, 409 `illegal-stage`)."""

    action: str
    permission: str
    roles: list[str]
    vi: str
    en: str
    missing: list[str]


class CasesAt(Schema):
    """The households of a round at one stage, and what follows for them. `households`: null where it is small and not
    told to this reader (docs/permissions.md)."""

    stage: CaseStage
    households: Count | None
    steps: list[StepNow]


class RoundSteps(Schema):
    round_id: UUID
    stage: RoundStage
    steps: list[StepNow]
    cases: list[CasesAt]
    suppressed: bool
