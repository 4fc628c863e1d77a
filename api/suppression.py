"""Small counts are not told to whoever only watches over the work: which cells of a table have to be hidden.

PURE. A count of one to four people points at somebody in a hamlet where everybody knows everybody. It is not told, and
neither is what would let it be computed: where one part of a sum is hidden, the next smallest part is hidden too. Zero
stays zero. From which number on a count may be told is dated data (data/small_counts.toml).
"""

import tomllib
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Line(Generic[K]):
    """Cells that add up: `parts` to `total`. `total` None: it is no cell, but known or easily found."""

    parts: tuple[K, ...]
    total: K | None = None


def suppress(
    cells: Mapping[K, int], lines: Iterable[Line[K]] = (), *, least: int, hidden: Collection[K] = ()
) -> frozenset[K]:
    """The cells that are not to be told: those from 1 to `least` - 1, and as many more as it takes.

    Of no line exactly one cell is hidden, and the hidden parts of a total that is told leave open what each of them
    is: 1 + 1 of a known 2 is no secret, nor is 4 + 4 of a known 8. `hidden`: cells that are hidden for another reason.
    Without `lines` no cell can be computed from others.
    """
    found = {key for key, count in cells.items() if 0 < count < least} | set(hidden)
    waiting = True
    known = list(lines)
    while waiting:
        waiting = False
        for line in known:
            while more := _next(cells, line, found, least):
                found |= more
                waiting = True
    return frozenset(found)


def _next(cells: Mapping[K, int], line: Line[K], hidden: set[K], least: int) -> set[K]:
    """What more of the line has to be hidden: the smallest part, after all parts the total; nothing where it is safe.
    Of parts that are equal all: which of them was chosen would tell something."""
    parts = [key for key in line.parts if key in hidden]
    total_told = line.total is None or line.total not in hidden
    if not parts and total_told:
        return set()
    unknown = len(parts) + (not total_told)
    if unknown > 1 and (not total_told or _ambiguous([cells[key] for key in parts], least)):
        return set()
    # a zero protects nothing: everybody knows that zeros are told
    left = {key for key in line.parts if key not in hidden and cells[key] > 0}
    if left:
        smallest = min(cells[key] for key in left)
        return {key for key in left if cells[key] == smallest}
    return {line.total} if total_told and line.total is not None and cells[line.total] > 0 else set()


def _ambiguous(parts: list[int], least: int) -> bool:
    """Does their sum leave open what each of them is? Not where all can only be 1, or only be `least` - 1."""
    return sum(parts) >= least and set(parts) not in ({1}, {least - 1})


def least_told(day: date) -> int:
    """The smallest count other than zero that is told to everybody on that day. Raises LookupError before the first."""
    held = [told for valid_from, told in _thresholds() if valid_from <= day]
    if not held:
        raise LookupError(f"no threshold of small counts holds on {day}")
    return held[-1]


@cache
def _thresholds() -> tuple[tuple[date, int], ...]:
    read = tomllib.loads(files("api").joinpath("data/small_counts.toml").read_text(encoding="utf-8"))
    return tuple(sorted((one["valid_from"], one["least_told"]) for one in read["thresholds"]))
