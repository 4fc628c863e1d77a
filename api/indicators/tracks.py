"""Is a target on track, and how many are missing to reach it. PURE: numbers in, numbers out.

Everything is reckoned in fractions: 95 % of 80 households is 76, and not 75.99999.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor

# how a value is held against its target (api/plans/tables.py: Comparison)
_FALL, _MORE = "decrease_by", "more_than"


@dataclass(frozen=True)
class Stand:
    """Where a target is at one place and day. `value` is what is compared with it (for a fall: the change since the
    new year, negative where it fell); `start` what it was when the plan's year began."""

    value: float | None
    numerator: int | None
    denominator: int | None
    start: float | None


def track(
    comparison: str, target: float | None, stand: Stand, day: date, year: int
) -> tuple[float | None, bool | None]:
    """(what the line from the start to the target says of this day, whether the value has come so far).

    Null where the plan gives no number, or the value is not known.
    """
    if target is None:
        return None, None
    first, last = date(year - 1, 12, 31), date(year, 12, 31)
    share = min(max(Fraction((day - first).days, (last - first).days), Fraction(0)), Fraction(1))
    if comparison == _FALL:
        expected = round(float(-_exact(target) * share), 4)
        return expected, None if stand.value is None else stand.value <= expected
    start = min(_exact(stand.start or 0), _exact(target))
    expected = round(float(start + (_exact(target) - start) * share), 4)
    if stand.value is None:
        return expected, None
    return expected, stand.value > expected if comparison == _MORE and share == 1 else stand.value >= expected


def gap(comparison: str, target: float | None, stand: Stand, *, share: bool) -> int | None:
    """How many more have to come into the numerator (for a fall: out of it) until the target is reached; 0: it is.

    `share`: the target is in percent of the denominator. Null where the plan gives no number, or it is not known.
    """
    if target is None or stand.numerator is None:
        return None
    if not share:
        return max(ceil(_exact(target)) - stand.numerator, 0)
    if not stand.denominator or stand.numerator > stand.denominator:  # of which one is wrong
        return None
    if comparison == _FALL:
        if stand.start is None:
            return None
        allowed = (_exact(stand.start) - _exact(target)) * stand.denominator / 100
        return max(stand.numerator - floor(allowed + Fraction(1, 1000)), 0)  # `start` is rounded to 4 places
    needed = _exact(target) * stand.denominator / 100
    least = floor(needed) + 1 if comparison == _MORE else ceil(needed)
    return max(min(least, stand.denominator) - stand.numerator, 0)


def _exact(number: float) -> Fraction:
    return Fraction(str(number))
