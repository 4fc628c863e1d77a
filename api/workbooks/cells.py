"""PURE: what stands in one cell. A cell is text, a number, True or False, or `["d", "2024-12-31"]`: stored as JSON.

Everything here gives None for what it cannot read; whoever asks has looked whether the cell is empty.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

# Nothing that a cell of such a list says is longer.
_MOST = 500
_SPACES = re.compile(r"\s+")
_DMY = re.compile(r"([0-9]{1,2})\s*[/.-]\s*([0-9]{1,2})\s*[/.-]\s*([0-9]{4})")
_YMD = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?(?:\.0+)?)?")
_YEAR = re.compile(r"[0-9]{4}")
_MASKED = re.compile(r"\*+([0-9]{4})")
_WHOLE = re.compile(r"[0-9]{1,9}")
# Days as a spreadsheet counts them where a cell has lost its format: from 1927 to 2064.
_DAY_ZERO = date(1899, 12, 30)
_SERIALS = range(10_000, 60_001)
_YEARS = range(1900, 2101)


def stored(value: Any) -> Any:
    """A cell as a library of workbooks reads it, as it is kept. None for an empty one."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, int):
        return value if abs(value) < 10**15 else str(value)[:_MOST]
    if isinstance(value, time | timedelta):
        return str(value)
    return _clean(str(value)) or None


def _clean(value: str) -> str:
    whole = unicodedata.normalize("NFC", value[:_MOST]).encode("utf-8", "ignore").decode()
    return _SPACES.sub(" ", whole.replace("\x00", "").replace("\ufeff", "")).strip()


def text(value: Any) -> str | None:
    """The cell as words."""
    if value is None or value == "":
        return None
    if isinstance(value, list):
        return f"{date.fromisoformat(value[1]):%d/%m/%Y}"
    if isinstance(value, bool):
        return "x" if value else None
    return str(value)


@dataclass(frozen=True, slots=True)
class Birth:
    """A day, or only a year. `counted`: the cell held the number of a day."""

    day: date | None
    year: int
    counted: bool = False


def birth(value: Any) -> Birth | None:
    """`12/5/1980`, `12-05-1980`, `1980-05-12`, a cell with a date, a year, or the number of a day."""
    if isinstance(value, int) and not isinstance(value, bool):
        if value in _YEARS:
            return Birth(None, value)
        if value in _SERIALS:
            day = _DAY_ZERO + timedelta(days=value)
            return Birth(day, day.year, counted=True)
        return None
    said = text(value)
    if said is None:
        return None
    if _YEAR.fullmatch(said):
        return Birth(None, int(said)) if int(said) in _YEARS else None
    found = _day(said)
    return None if found is None else Birth(found, found.year)


def day(value: Any) -> date | None:
    """A whole day."""
    read = birth(value)
    return read.day if read else None


def _day(said: str) -> date | None:
    for pattern, places in ((_DMY, (3, 2, 1)), (_YMD, (1, 2, 3))):
        found = pattern.fullmatch(said)
        if found:
            year, month, number = (int(found[place]) for place in places)
            try:
                return date(year, month, number) if year in _YEARS else None
            except ValueError:
                return None
    return None


@dataclass(frozen=True, slots=True)
class Number:
    """A citizen number, or the last four digits of one that is masked. `padded`: zeros were put before it that the
    cell had lost, for it held a number and not text."""

    digits: str | None
    last4: str
    padded: bool = False


# digits in a cell that holds a number -> digits of the number: 12 (the first may be zeros: 001 to 096), or the old 9
_LENGTHS = {8: 9, 9: 9, 10: 12, 11: 12, 12: 12}


def number(value: Any) -> Number | None:
    """Text is taken as it stands; a number gets back the zeros that a spreadsheet takes away."""
    if isinstance(value, int) and not isinstance(value, bool):
        said = str(value)
        length = _LENGTHS.get(len(said)) if value > 0 else None
        if length is None:
            return None
        whole = said.zfill(length)
        return Number(whole, whole[-4:], padded=whole != said)
    said = re.sub(r"[\s.'’-]", "", text(value) or "")
    masked = _MASKED.fullmatch(said)
    if masked:
        return Number(None, masked[1])
    if said.isascii() and said.isdigit() and len(said) <= 12:
        return Number(said, said[-4:])
    return None


def whole(value: Any) -> int | None:
    """A number of points or of persons."""
    said = text(value)
    return int(said) if said is not None and _WHOLE.fullmatch(said) else None
