"""Labour records on the wire."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.households.tables import Disability, LabourStatus, Qualification, Schooling, Sex
from api.interventions.tables import ParticipantState
from api.schema import AreaId, Schema, Words


class SeekerOut(Schema):
    """The newest case of looking for work. `stage`: as of the day."""

    intervention_id: UUID
    stage: str
    stage_label: Words
    wants: str | None


class ServiceOut(Schema):
    """A service of employment: a delivery, or a referral or placement by a step. `service`: code list `service_kind`.
    `at`: the vacancy or employer, where there is one."""

    service: str
    on: date
    at: str | None
    intervention_id: UUID


class JobOut(Schema):
    """The newest placement. `after_6_months`, `after_12_months`: still in the job; null while nobody recorded it."""

    intervention_id: UUID
    placed_on: date
    employer: str | None
    contract: bool | None
    lost_on: date | None
    after_6_months: bool | None
    after_12_months: bool | None


class CourseOut(Schema):
    """A course that somebody took part in. `works_after_6_months`: null while nobody has recorded it."""

    intervention_id: UUID
    title: str
    trade: str | None
    state: ParticipantState
    joined_on: date
    ended_on: date | None
    certificate_no: str | None
    certified_on: date | None
    works_after_6_months: bool | None


class LabourRecord(Schema):
    """Somebody of working age, as of the day. `poverty_class`: of the household; `withheld`: what this reader may not
    see of them. `needs`: open ones for work or training, of the person."""

    member_id: UUID
    full_name: str
    birth_date: date | None
    birth_year: int | None
    sex: Sex
    ethnicity: str | None
    disability: Disability | None
    household_id: UUID
    household_no: str | None
    hamlet_id: AreaId
    poverty_class: Literal["poor", "near_poor"] | None
    newly_escaped: bool
    low_income_worker: bool
    labour_status: LabourStatus | None
    labour_contract: bool | None
    occupation: str | None
    schooling: Schooling | None
    qualification: Qualification | None
    needs: list[str]
    seeker: SeekerOut | None
    services: list[ServiceOut]
    job: JobOut | None
    courses: list[CourseOut]
    withheld: list[str] = Field(description="Fields that are null because this reader may not see them.")
