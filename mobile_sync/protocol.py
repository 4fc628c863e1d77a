"""The wire of the sync protocol, version 1: what is sent, what is answered, and how a body becomes submissions.

A body is parsed once. The envelope is checked as a whole (a broken one is 422 with pointers); every submission is
checked by itself, so that a fault in one never touches its neighbours.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import NoneType
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError, to_json

from api import field_errors
from api.keys import IdKey
from api.problems import FieldError, Invalid, NotJson
from api.schema import Line60, Schema

PROTOCOL = 1
# Python refuses to read longer numbers (the time grows with the square). Such a one is kept as text: no field takes it.
_LONGEST_NUMBER = 4000


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


@dataclass(slots=True)
class Arrival:
    """A submission as it came: its text, its digest, and either its parts or what is wrong with it. `waited`: it is
    one of the journal that was held until now.

    Neither parts nor fault: it is one of the journal that our key does not open.
    """

    submission_id: UUID
    payload: bytes
    digest: bytes
    submission: Submission | None
    fault: Invalid | None
    seq: int
    entity: str
    record_id: UUID | None
    waited: bool = False

    @property
    def recorded_at(self) -> datetime | None:
        return storable(self.submission.recorded_at) if self.submission else None


def parse(body: bytes) -> Any:
    """The JSON of a body. Raises NotJson for what is none, for NaN and infinities, and for absurd nesting."""
    try:
        try:
            return json.loads(body, parse_constant=_refuse)
        except json.JSONDecodeError:
            raise
        except ValueError:  # also a number of thousands of digits: read again, slower, keeping it as text
            return json.loads(body, parse_constant=_refuse, parse_int=_bounded_int)
    except (ValueError, RecursionError) as error:
        raise NotJson() from error


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _bounded_int(digits: str) -> int | str:
    return int(digits) if len(digits) < _LONGEST_NUMBER else digits


def read_envelope(content: Any) -> Envelope:
    """Raises Invalid with JSON pointers for a broken envelope."""
    try:
        return Envelope.model_validate(content)
    except ValidationError as error:
        raise _invalid(error) from error


def read_arrivals(raws: Sequence[Any], key: IdKey) -> list[Arrival]:
    """Every submission by itself. Raises Invalid where one has no readable id: nobody could be told about it."""
    arrivals = []
    faults = []
    for position, raw in enumerate(raws):
        arrival = _arrival(raw, key)
        if arrival is None:
            faults.append(_nameless(position))
        else:
            arrivals.append(arrival)
    if faults:
        raise Invalid(errors=tuple(faults[:100]))
    return arrivals


def _arrival(raw: Any, key: IdKey) -> Arrival | None:
    try:
        read = Submission.model_validate(raw)
    except ValidationError as error:
        submission_id = _uuid(raw.get("submission_id")) if isinstance(raw, dict) else None
        return _faulty(submission_id, raw, key, _invalid(error)) if submission_id else None
    payload = canonical(raw)
    digest = key.fingerprint(payload)
    return Arrival(read.submission_id, payload, digest, read, None, read.seq, _entity(read.entity), read.id)


def _faulty(submission_id: UUID, raw: dict[str, Any], key: IdKey, fault: Invalid) -> Arrival:
    payload = canonical(raw)
    digest = key.fingerprint(payload)
    seq = raw.get("seq")
    seq = seq if type(seq) is int and 0 <= seq <= 2**53 else 0
    return Arrival(submission_id, payload, digest, None, fault, seq, _entity(raw.get("entity")), _uuid(raw.get("id")))


_ALIKE = {str, int, bool, NoneType}


def _in_order(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in sorted(data)}


_compact = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_escaped = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def canonical(raw: Any) -> bytes:
    """The text that is kept, the same for the same content however it was spaced or ordered."""
    if isinstance(raw, dict) and isinstance(data := raw.get("data"), dict):
        # almost every submission: on both levels only what both writers write alike, which fractions are not
        inner, outer = _in_order(data), _in_order(raw)
        outer["data"] = None
        if _ALIKE.issuperset(map(type, (*outer.values(), *inner.values()))):
            outer["data"] = inner
            with suppress(ValueError):  # half a surrogate pair
                return to_json(outer)
    try:
        try:
            return _compact(raw).encode()
        except UnicodeEncodeError:  # half a surrogate pair has no bytes, but its escape has
            return _escaped(raw).encode()
    except RecursionError as error:
        raise NotJson() from error


def storable(moment: datetime) -> datetime | None:
    """The moment in UTC; None where no calendar here holds it (the raw text is kept in any case)."""
    try:
        utc = moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    # a day of room at both ends: the driver reads it back in the time zone of Viet Nam
    return utc if 1 < utc.year < 9999 else None


def _entity(value: Any) -> str:
    plain = isinstance(value, str) and len(value) <= 40 and value.isascii() and value.replace("_", "").isalnum()
    return value if plain else ""


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _invalid(error: ValidationError) -> Invalid:
    return Invalid(errors=field_errors.told(error))


def _nameless(position: int) -> FieldError:
    return FieldError(
        f"#/submissions/{position}/submission_id",
        "missing",
        "Mỗi phiếu gửi cần một mã submission_id (UUID).",
        "Every submission needs a submission_id (UUID).",
    )
