"""Plans of hamlets on the wire."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict

from api.hamlet_plans.tables import HamletPlanState
from api.schema import AreaId, Count, LongText, Schema, Version, Words, Year

_PLAN: dict[str, Any] = {
    "hamlet_id": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11",
    "year": 2024,
    "summary": "Xóm phấn đấu giảm 2 hộ nghèo; vận động 3 doanh nghiệp nhận 5 lao động.",
}


class HamletPlanIn(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [_PLAN]})

    id: UUID | None = None
    hamlet_id: AreaId
    year: Year
    summary: LongText


class HamletPlanPatch(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"summary": _PLAN["summary"]}]})

    summary: LongText


class Remark(Schema):
    """Why it is returned: what has to be put right."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"remark": "Bổ sung danh sách hộ đăng ký thoát nghèo."}]})

    remark: LongText


class Promised(Schema):
    """How many of a kind the plan holds, by stage (kinds of the plan's section VI.6). `suppressed`: small counts of
    households are null for this reader (docs/permissions.md)."""

    kind: str
    label: Words
    stages: dict[str, Count | None]
    suppressed: bool


class HamletPlanOut(Schema):
    """`promises`: job pledges, production groups, helpers, households registered to escape of this hamlet and year."""

    id: UUID
    version: Version
    hamlet_id: AreaId
    year: int
    summary: str
    state: HamletPlanState
    submitted_on: date | None
    decided_on: date | None
    remark: str | None
    promises: list[Promised]
    created_at: datetime
    updated_at: datetime
