"""The periods of reports: how they are written, from which day to which, and which days belong to one."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from api import clock
from api.problems import FieldError, Invalid

# 2024, 2024-H1, 2024-09 (the regular round of a month), 2024-12-31 (the register of a day)
PERIOD = re.compile(r"([0-9]{4})(?:-H([12])|-([0-9]{2})(?:-([0-9]{2}))?)?")
_FIRST_YEAR = 2000
_WRITTEN = (
    "Kỳ báo cáo viết 2024, 2024-H1, 2024-09 hoặc 2024-12-31, từ năm 2000 đến hết năm sau.",
    "A period is written 2024, 2024-H1, 2024-09 or 2024-12-31, from 2000 to the next year.",
)


@dataclass(frozen=True, slots=True)
class Period:
    """`code` as it was asked for; both days belong to it."""

    code: str
    first: date
    last: date


def read(code: str, where: str) -> Period:
    """The days of a period. `where`: what the field stands in, `#/query/`. Raises Invalid."""
    found = PERIOD.fullmatch(code)
    try:
        if found is None or not _FIRST_YEAR <= int(found[1]) <= clock.today().year + 1:
            raise ValueError(code)
        return _days(code, int(found[1]), *found.groups()[1:])
    except ValueError:
        raise wrong(*_WRITTEN, where) from None


def _days(code: str, year: int, half: str | None, month: str | None, day: str | None) -> Period:
    """Raises ValueError for a day that there is not."""
    if half:
        return Period(code, date(year, 1, 1), date(year, 6, 30)) if half == "1" else (
            Period(code, date(year, 7, 1), date(year, 12, 31)))  # fmt: skip
    if month is None:
        return Period(code, date(year, 1, 1), date(year, 12, 31))
    if day:
        return Period(code, *[date(year, int(month), int(day))] * 2)
    first = date(year, int(month), 1)
    return Period(code, first, first.replace(day=monthrange(year, int(month))[1]))


def require_day(period: Period, day: date | None, where: str) -> None:
    """Numbers of a day stand under a period that the day lies in, and a period has some once it has begun.

    Raises Invalid.
    """
    if day is not None and not period.first <= day <= period.last:
        raise wrong(
            f"Ngày lấy số liệu {day:%d/%m/%Y} không thuộc kỳ {period.code}: chọn ngày trong kỳ, hoặc bỏ trống.",
            f"{day} does not lie in {period.code}: choose a day of the period, or none.",
            where,
            ("as_of", "not_of_the_period"),
        )
    if period.first > clock.today():
        raise wrong(f"Kỳ {period.code} chưa bắt đầu.", f"{period.code} has not begun.", where, ("period", "not_begun"))


def half_or_year(code: str | None, kind: Literal["half", "year"], day: date | None, where: str) -> Period:
    """A half year or a year: without one that of the day, and without a day the one that ended last. Raises Invalid."""
    if code is None:
        today = clock.today()
        ended = day or (date(today.year - 1, 12, 31) if kind == "year" or today.month <= 6 else date(today.year, 6, 30))
        code = str(ended.year) if kind == "year" else f"{ended.year}-H{1 if ended.month <= 6 else 2}"
        return read(code, where)
    found = PERIOD.fullmatch(code)
    if found is None or found[3] or (found[2] is not None) != (kind == "half"):
        vi, en = ("2024-H1 hoặc 2024-H2", "2024-H1 or 2024-H2") if kind == "half" else ("2024", "2024")
        raise wrong(f"Kỳ của báo cáo này viết {vi}.", f"A period of this report is written {en}.", where)
    return read(code, where)


def wrong(vi: str, en: str, where: str, what: tuple[str, str] = ("period", "no_such_period")) -> Invalid:
    """`what`: the field, and the code of what is wrong with it."""
    return Invalid(vi, en, errors=(FieldError(f"{where}{what[0]}", what[1], vi, en),))
