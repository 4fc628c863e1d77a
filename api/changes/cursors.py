"""The opaque cursor of the feed: where a reader stands, and what it was given ahead of its place. Pure."""

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from api.problems import InvalidCursor

# (household_id, rank, record_id): the order of the first sync
Place = tuple[UUID, int, UUID]

_FORMAT = 2
# A cursor travels in an address, and addresses are bounded. Beyond this many, two marks become one that remembers
# less: the reader is then given some changes twice, and still never misses one. A page with a write before it leaves
# one: a first sync of 40,000 records in pages of 500, while others write all the time, is told nothing twice.
_MOST_BOOT_MARKS = 80
_MOST_AHEAD = 32
_LARGEST = 2**62


@dataclass(frozen=True)
class BootMark:
    """The first sync was read up to `place` (None: to its end) when the newest number was `seen`."""

    place: Place | None
    seen: int


@dataclass(frozen=True)
class Ahead:
    """Records that came in with a number in (`low`, `high`] were given as they stood at number `seen`."""

    low: int
    high: int
    seen: int


@dataclass(frozen=True)
class Cursor:
    """`after`: every change up to this number was given. `boot`: where the first sync stands; None once it is done.
    `run`: in which run of the service it was given."""

    epoch: UUID
    run: UUID
    scope: str
    after: int
    boot: Place | None = None
    booting: bool = False
    boot_marks: tuple[BootMark, ...] = ()
    ahead: tuple[Ahead, ...] = ()

    @property
    def newest(self) -> int:
        """The largest number this reader was told of."""
        return max((self.after, *(mark.seen for mark in self.boot_marks), *(a.seen for a in self.ahead)))

    def booted(self, place: Place | None, seen: int) -> "Cursor":
        """After a page of the first sync that ended at `place` (None: the last page)."""
        marks = self.boot_marks
        if marks and marks[-1].seen == seen:
            marks = marks[:-1]
        marks = (*marks, BootMark(place, seen))
        moved = replace(self, boot=place, booting=place is not None, boot_marks=_fewer_boot(marks))
        return moved if moved.booting else moved._without_spent()

    def advanced(self, after: int, seen: int) -> "Cursor":
        """After a page of changes that ended at number `after`, read when the newest number was `seen`."""
        ahead = self.ahead
        if after > self.after:
            if ahead and ahead[-1].seen == seen and ahead[-1].high == self.after:
                ahead = (*ahead[:-1], replace(ahead[-1], high=after))
            else:
                ahead = (*ahead, Ahead(self.after, after, seen))
        return replace(self, after=after, ahead=_fewer_ahead(ahead))._without_spent()

    def _without_spent(self) -> "Cursor":
        # a mark says something only about changes that are still to come
        boot = self.boot_marks if any(mark.seen > self.after for mark in self.boot_marks) else ()
        return replace(self, boot_marks=boot, ahead=tuple(a for a in self.ahead if a.seen > self.after))

    def was_given(self, place: Place, first_seq: int, seq: int) -> bool:
        """Was this put (now at `seq`) already given, on a page of the first sync or ahead of its number?"""
        for mark in self.boot_marks:
            if mark.place is None or place <= mark.place:
                if seq <= mark.seen:
                    return True
                break
        return first_seq <= self.after and any(a.low < first_seq <= a.high and seq <= a.seen for a in self.ahead)


def _fewer_boot(marks: tuple[BootMark, ...]) -> tuple[BootMark, ...]:
    if len(marks) <= _MOST_BOOT_MARKS:
        return marks
    first, second, *rest = marks
    return (BootMark(second.place, min(first.seen, second.seen)), *rest)


def _fewer_ahead(marks: tuple[Ahead, ...]) -> tuple[Ahead, ...]:
    return marks[-_MOST_AHEAD:]  # forgetting one only repeats


def encode(cursor: Cursor) -> str:
    marks = [[_placed(mark.place), mark.seen] for mark in cursor.boot_marks]
    ahead = [[a.low, a.high, a.seen] for a in cursor.ahead]
    content = [
        _FORMAT,
        cursor.epoch.hex,
        cursor.run.hex,
        cursor.scope,
        cursor.after,
        _placed(cursor.boot),
        int(cursor.booting),
        marks,
        ahead,
    ]
    packed = zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 6)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str) -> Cursor:
    """Raises InvalidCursor for what we did not make. A forged one reaches nothing: no scope is read from it."""
    try:
        packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
        unpacker = zlib.decompressobj()
        content = json.loads(unpacker.decompress(packed, 65536))
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError("cut short, or longer than it was")
        number, epoch, run, scope, after, boot, booting, marks, ahead = content
        if number != _FORMAT or not isinstance(scope, str):
            raise ValueError("another format")
        return Cursor(
            UUID(epoch),
            UUID(run),
            scope,
            _number(after),
            _place(boot),
            bool(booting),
            tuple(BootMark(_place(place), _number(seen)) for place, seen in marks),
            tuple(Ahead(_number(low), _number(high), _number(seen)) for low, high, seen in ahead),
        )
    except (ValueError, TypeError, AttributeError, RecursionError, zlib.error) as error:
        raise InvalidCursor() from error


def _placed(place: Place | None) -> list[Any] | None:
    return [place[0].hex, place[1], place[2].hex] if place else None


def _place(value: Sequence[Any] | None) -> Place | None:
    if value is None:
        return None
    household, rank, record = value
    return UUID(household), _number(rank) % 2**15, UUID(record)


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise ValueError("not a number of the feed")
    return value
