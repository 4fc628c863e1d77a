"""Phiếu A on the wire: from tablets, from the web, and as it is read."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.households.schemas import TextPastDay
from api.reviews.review_schemas import Answer, FormRef
from api.reviews.round_schemas import Reason
from api.schema import Label, Schema, Version

Passed = Annotated[
    bool,
    Field(strict=True, description="Does the household go on to Phiếu B? Where the form has a rule, the rule says so."),
]
Answers = Annotated[dict[Label, Answer], Field(max_length=100)]
_WHY = "Needed where no rule decides."
# Only "was it sent?" matters: a field that was not sent stays as it is, and null is judged like any other value.
_NOT_SENT: Any = None


class ScreeningIn(Schema):
    """The result of Phiếu A. Without `form` a person decides and says why: the items are not known here, or were asked
    on paper. With one the answers are checked against it, and its rule decides where it is known."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"passed": True, "reason": "Thu nhập giảm, nhà dột nát", "answers": {}, "screened_on": "2024-09-21"}
            ]
        }
    )

    form: FormRef | None = None
    passed: Passed
    reason: Annotated[Reason | None, Field(description=_WHY)] = None
    answers: Answers = Field(default_factory=dict)
    screened_on: TextPastDay


class ScreeningFields(ScreeningIn):
    """A new one: the `data` of a submission that creates it."""

    request_id: UUID


class ScreeningChange(Schema):
    """The changed fields. `request_id` is taken with the value it has."""

    request_id: UUID = _NOT_SENT
    form: FormRef | None = None
    passed: Passed = _NOT_SENT
    reason: Reason | None = None
    answers: Answers = _NOT_SENT
    screened_on: TextPastDay = _NOT_SENT


class ScreeningOut(Schema):
    """`by_rule`: the rule of the form has decided. `differs_from_device`: whoever sent it had found otherwise."""

    id: UUID
    version: Version
    request_id: UUID
    form: FormRef | None
    passed: bool
    reason: str | None
    answers: dict[str, Any] | None
    screened_on: date
    screened_by: str | None
    by_rule: bool
    differs_from_device: bool
    withheld: list[str]
    recorded_at: datetime
