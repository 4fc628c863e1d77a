"""How a body becomes submissions: parsed once, each with the text that is kept and the digest it is known by.

The envelope is checked as a whole (a broken one is 422 with pointers); every submission is checked by itself, so that
a fault in one never touches its neighbours.
"""

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from api import field_errors
from api.changes.edits import Edit
from api.keys import IdKey
from api.problems import FieldError, Invalid, NotJson
from mobile_sync.protocol import Envelope, Submission

# Python refuses to read longer numbers (the time grows with the square). Such a one is kept as text: no field takes it.
_LONGEST_NUMBER = 4000


@dataclass(slots=True)
class Arrival:
    """A submission as it came: its text, its digest, and either its parts or what is wrong with it. `waited`: it is
    one of the journal that was held until now. `base`: the version it names, of one with a fault: an officer may yet
    write other data on it.

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
    base: int | None = None

    @property
    def creates(self) -> bool:
        """Does it bring a new record?"""
        return self.submission is not None and self.submission.base_version is None

    def edit(self, device_id: UUID | None, became: Container[tuple[UUID, int]]) -> Edit:
        """What is written of it. `became`: (record, version) that this tablet's waiting work has just become; the
        tablet showed it when this was made, and could not know the number."""
        sent = self.submission
        assert sent is not None
        base = sent.base_version
        while base is not None and (sent.id, base + 1) in became:
            base += 1
        return Edit(sent.id, base, sent.data, sent.submission_id, device_id, self.waited, sent.seq)


def parse(body: bytes) -> Any:
    """The JSON of a body. Raises NotJson for what is none, for NaN and infinities, and for absurd nesting."""
    try:
        # Two thirds of json's time. It takes less (no half of a surrogate pair, no deep nesting, only UTF-8), and reads
        # what it takes alike.
        return from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        return _parsed(body)


def _parsed(body: bytes) -> Any:
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


# a fifth less than `model_validate`, which is written in Python around it
_read = TypeAdapter(Submission).validator.validate_python


def _arrival(raw: Any, key: IdKey) -> Arrival | None:
    try:
        read: Submission = _read(raw)
    except ValidationError as error:
        submission_id = uuid_in(raw.get("submission_id")) if isinstance(raw, dict) else None
        return _faulty(submission_id, raw, key, _invalid(error)) if submission_id else None
    payload = canonical(raw)
    digest = key.fingerprint(payload)
    return Arrival(read.submission_id, payload, digest, read, None, read.seq, _entity(read.entity), read.id)


def _faulty(submission_id: UUID, raw: dict[str, Any], key: IdKey, fault: Invalid) -> Arrival:
    payload = canonical(raw)
    digest = key.fingerprint(payload)
    seq = raw.get("seq")
    seq = seq if type(seq) is int and 0 <= seq <= 2**53 else 0
    base = raw.get("base_version")
    base = base if type(base) is int and 1 <= base <= 2_000_000_000 else None
    entity, record_id = _entity(raw.get("entity")), uuid_in(raw.get("id"))
    return Arrival(submission_id, payload, digest, None, fault, seq, entity, record_id, base=base)


_compact = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_escaped = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def canonical(raw: Any) -> bytes:
    """The text that is kept, the same for the same content however it was spaced or ordered."""
    try:
        if isinstance(raw, dict) and not _holds_fraction(raw.values()):  # almost every submission
            return orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, RecursionError):  # half a surrogate pair, more than 64 bits, deep nesting
        pass
    try:
        try:
            return _compact(raw).encode()
        except UnicodeEncodeError:  # half a surrogate pair has no bytes, but its escape has
            return _escaped(raw).encode()
    except RecursionError as error:
        raise NotJson() from error


_HOLDERS = (dict, list)


def _holds_fraction(values: Iterable[Any]) -> bool:
    """Fractions are what the two writers write each in its own way: 1e-7 is 1e-07 in the other."""
    kinds = set(map(type, values))
    if float in kinds or kinds.isdisjoint(_HOLDERS):
        return float in kinds
    for one in values:
        kind = type(one)
        if kind is dict and one and _holds_fraction(one.values()):
            return True
        if kind is list and one and _holds_fraction(one):
            return True
    return False


def storable(moment: datetime) -> datetime | None:
    """The moment in UTC; None where no calendar here holds it (the raw text is kept in any case)."""
    try:
        utc = moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    # a day of room at both ends: the driver reads it back in the time zone of Viet Nam
    return utc if 1 < utc.year < 9999 else None


def _entity(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= 40 and _plain(value) else ""


@lru_cache(maxsize=100)
def _plain(word: str) -> bool:
    return word.isascii() and word.replace("_", "").isalnum()


def uuid_in(value: Any) -> UUID | None:
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
