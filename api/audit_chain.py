"""Walks the chain of the audit log and says where it is broken first."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Connection, Engine, Select, cast, select
from sqlalchemy import Text as SqlText

from api.audit import AuditEntry, AuditPending, AuditSeal
from api.problems import Text

_entry = AuditEntry.__table__  # type: ignore[attr-defined]
_seal = AuditSeal.__table__  # type: ignore[attr-defined]
_pending = AuditPending.__table__  # type: ignore[attr-defined]

# What stands before the first link.
FIRST = bytes(32)

# An entry as `link` reads it. A tablet's batch names five hundred records: the driver reads texts in a fifth of the
# time of ids.
ENTRY = tuple(
    cast(column, ARRAY(SqlText)).label(column.name) if column is _entry.c.subject_ids else column for column in _entry.c
)
LAST = select(_seal.c.seq, _seal.c.hash).order_by(_seal.c.seq.desc()).limit(1)

_ROWS_AT_ONCE = 1000


class Fault(StrEnum):
    changed = "changed"
    missing = "missing"
    reordered = "reordered"
    unsealed = "unsealed"
    head = "head"


_WORDS = {
    Fault.changed: Text(
        "Dòng này hoặc dấu niêm của nó đã bị sửa sau khi niêm phong.",
        "This entry, or its seal, was changed after it was sealed.",
    ),
    Fault.missing: Text("Dòng này đã bị xoá.", "This entry was deleted."),
    Fault.reordered: Text("Các dòng đã bị đổi thứ tự từ đây.", "Entries were put into another order from here on."),
    Fault.unsealed: Text(
        "Dòng này không có dấu niêm và cũng không chờ niêm: dấu của nó đã bị gỡ.",
        "This entry has no seal and waits for none: its seal was taken away.",
    ),
    Fault.head: Text(
        "Chuỗi không còn mắt xích đã ghi ra giấy: phần cuối đã bị cắt hoặc cả chuỗi bị viết lại.",
        "The chain no longer has the link noted on paper: its end was cut off, or all of it was written anew.",
    ),
}


@dataclass(frozen=True)
class Broken:
    """The first broken place: `number` counts the links from 1 (None: outside of the chain)."""

    fault: Fault
    number: int | None
    entry_id: int | None = None
    at: datetime | None = None
    actor: str | None = None
    action: str | None = None

    @property
    def words(self) -> Text:
        return _WORDS[self.fault]


@dataclass(frozen=True)
class Head:
    """The last link: written on paper, it proves later that everything up to it is still the same."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Raises ValueError for a text that is no head."""
        number, _, digest = text.strip().partition(":")
        head = cls(int(number), bytes.fromhex(digest))
        if head.number < 1 or len(head.hash) != 32:
            raise ValueError("not a head")
        return head


def link(before: bytes, row: Any) -> bytes:
    """The hash of a link: SHA-256 over the link before and the entry (a row of `ENTRY`) in its one canonical form."""
    at: datetime = row.at
    said = {
        "id": row.id,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor_id": _text(row.actor_id),
        "actor": row.actor,
        "device_id": _text(row.device_id),
        "action": row.action,
        "subject": row.subject,
        "subject_ids": row.subject_ids,
        "detail": row.detail,
    }
    canonical = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(before + canonical.encode()).digest()


def head(engine: Engine) -> Head | None:
    """The last link, None for an empty chain."""
    with engine.connect() as connection:
        row = connection.execute(LAST).one_or_none()
    return Head(row.seq, row.hash) if row else None


def verify(engine: Engine, expected: Head | None = None) -> Broken | None:
    """The first broken place of the chain, or None where every link holds (and `expected` is one of them).

    Reads one snapshot in the order of the chain, a thousand links at a time, however long the log is.
    """
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        return _in_chain(connection, expected) or _outside(connection)


def _in_chain(connection: Connection, expected: Head | None) -> Broken | None:
    before = FIRST
    with connection.execute(_links()) as links:
        for number, row in enumerate(links, start=1):
            if row.seq != number or row.id is None:
                return Broken(Fault.missing, number, None if row.seq != number else row.entry_id)
            before_this, before = before, link(before, row)
            if before != row.hash:
                fault = Fault.reordered if _stands_elsewhere(connection, before_this, row) else Fault.changed
                return _broken(fault, number, row)
            if expected is not None and number == expected.number:
                if before != expected.hash:
                    return _broken(Fault.head, number, row)
                expected = None
    return Broken(Fault.head, expected.number) if expected is not None else None


def _links() -> Select[Any]:
    # a cursor on the server: the log may be longer than the memory
    return (
        select(_seal.c.seq, _seal.c.hash, _seal.c.entry_id, *ENTRY)
        .select_from(_seal.outerjoin(_entry, _entry.c.id == _seal.c.entry_id))
        .order_by(_seal.c.seq)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )


def _stands_elsewhere(connection: Connection, before: bytes, broken: Any) -> bool:
    """Is there another entry that fits here? Then nothing was changed: links changed places."""
    with connection.execute(_links()) as links:
        return any(
            row.id is not None and row.seq != broken.seq and link(before, row) in (broken.hash, row.hash)
            for row in links
        )


def _outside(connection: Connection) -> Broken | None:
    row = connection.execute(
        select(_entry)
        .outerjoin(_seal, _seal.c.entry_id == _entry.c.id)
        .outerjoin(_pending, _pending.c.entry_id == _entry.c.id)
        .where(_seal.c.seq.is_(None), _pending.c.entry_id.is_(None))
        .order_by(_entry.c.id)
        .limit(1)
    ).one_or_none()
    return _broken(Fault.unsealed, None, row) if row else None


def _broken(fault: Fault, number: int | None, row: Any) -> Broken:
    return Broken(fault, number, row.id, row.at, row.actor, row.action)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
