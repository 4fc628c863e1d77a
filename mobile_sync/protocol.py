"""The wire of the sync protocol, version 1: what is sent and what is answered."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from api.schema import Line60, Schema

PROTOCOL = 1


def _claim(value: Any) -> datetime:
    # Any moment a broken clock can show is a claim worth keeping; what is no time at all is a fault of the app.
    if not isinstance(value, str) or len(value) > 40:
        raise PydanticCustomError("datetime_type", "must be a time")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("datetime_parsing", "must be a time") from error
    if moment.tzinfo is None:
        raise PydanticCustomError("moment_without_offset", "has no offset from UTC, such as +07:00")
    return moment


def _whole(value: Any) -> Any:
    # true and 1.0 are equal to 1 in Python, and not the version of a protocol
    return value if type(value) is int else None


Claim = Annotated[
    datetime, BeforeValidator(_claim), Field(description="By the tablet's clock: a claim, never an order.")
]
Seq = Annotated[
    int, Field(strict=True, ge=0, le=2**53, description="Rises by device; submissions apply in this order.")
]
BaseVersion = Annotated[
    int | None,
    Field(
        strict=True, ge=1, le=2_000_000_000, description="Null creates; a number is the version the change was made on."
    ),
]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]


class Submission(Schema):
    """One thing done on a tablet. It never changes: a later edit is another submission."""

    submission_id: UUID
    seq: Seq
    entity: Annotated[str, Field(min_length=1, max_length=40)]
    id: UUID
    base_version: BaseVersion
    recorded_at: Claim
    data: dict[str, Any]


class Envelope(Schema):
    """What surrounds the submissions. What is optional is shown to the officer of the fleet: how many submissions the
    tablet still holds beside these (`pending`), since when (`oldest_pending_at`), its app, and the newest form it has.
    """

    protocol: Annotated[Literal[1], BeforeValidator(_whole)]
    batch_id: UUID
    device_id: UUID
    sent_at: Claim
    pending: Count | None = None
    oldest_pending_at: Claim | None = None
    app_version: Line60 | None = None
    form_version: Line60 | None = None
    submissions: list[Any]


class Batch(Envelope):
    """The body of a push."""

    submissions: list[Submission]


def batch_schema() -> dict[str, Any]:
    """The body of a push for the OpenAPI page: the route reads the bytes itself, so nobody else describes it."""
    schema = Batch.model_json_schema()
    submission = schema.pop("$defs")["Submission"]
    schema["properties"]["submissions"]["items"] = submission
    return schema


class Outcome(Schema):
    """What became of a submission, as it is now."""

    submission_id: UUID
    outcome: Literal["applied", "merged", "conflict", "held", "rejected", "quarantined"]
    entity: str
    id: UUID | None
    version: int | None
    replayed: bool
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    conflict_id: UUID | None
    waiting_for: UUID | None


class Receipt(Schema):
    """The answer to a push: one outcome for each submission, in the order sent. It leaves after the commit.

    `durable_through`: everything of this tablet up to that `seq` is in a verified backup. Until then a tablet keeps
    what was acknowledged, and offers it again when the `epoch` has changed. Only the newest told counts: it may fall.
    """

    batch_id: UUID
    epoch: UUID
    server_time: datetime
    durable_through: int
    outcomes: list[Outcome]


class Info(Schema):
    """What a tablet has to know before it sends."""

    protocol: int
    max_submissions: int
    max_bytes: int
    max_attachment_bytes: int
    attachment_types: list[str]
    attachment_chunk_bytes: int
    server_time: datetime
    epoch: UUID


class StoredOutcome(Outcome):
    """An outcome asked for again later."""

    seq: int
    received_at: datetime
    decided_at: datetime


class StoredOutcomes(Schema):
    """Outcomes by `seq`; `after_seq` is where the next question goes on, null when these were the last.

    `epoch` and `durable_through`: as in a receipt.
    """

    epoch: UUID
    durable_through: int
    items: list[StoredOutcome]
    after_seq: int | None
