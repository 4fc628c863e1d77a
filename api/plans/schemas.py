"""Plans on the wire."""

from datetime import date
from uuid import UUID

from api.plans.tables import Comparison
from api.schema import Schema


class PlanOut(Schema):
    """A plan as published, without its targets."""

    id: UUID
    area_id: UUID
    year: int
    number: str
    title: str
    signed_on: date
    signatory: str


class Target(Schema):
    """One promise of a plan. `value` is null where the plan gives no number (`comparison` is then `strive`)."""

    code: str
    position: int
    section: str
    title_vi: str
    title_en: str
    comparison: Comparison
    value: float | None
    unit: str


class PlanWithTargets(PlanOut):
    targets: list[Target]
