"""PURE: days on which offices work, counted as the law counts terms: the day one counts from is not counted."""

from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Holidays:
    """Which days are free. Bộ luật Lao động 2019, Điều 112, and the notices of the years.

    `off`: free days of the years in `listed`. `works`: Saturdays on which offices work instead of another day.
    `every_year`: (month, day) of the holidays with a fixed date, for years that are not listed.
    `announced`: the years whose notice is known; in any other year a count is approximate.
    """

    off: frozenset[date]
    works: frozenset[date]
    every_year: frozenset[tuple[int, int]]
    listed: frozenset[int]
    announced: frozenset[int]


def is_working_day(day: date, holidays: Holidays) -> bool:
    """Do offices work on this day?"""
    if day in holidays.works:
        return True
    if day.weekday() >= _SATURDAY or day in holidays.off:
        return False
    return day.year in holidays.listed or (day.month, day.day) not in holidays.every_year


def add_working_days(day: date, number: int, holidays: Holidays) -> date:
    """The `number`th working day after `day`; `day` itself for 0, whether offices work on it or not."""
    if number < 0:
        raise ValueError("terms run forwards")
    for _ in range(number):
        day += timedelta(days=1)
        while not is_working_day(day, holidays):
            day += timedelta(days=1)
    return day


def is_approximate(first: date, last: date, holidays: Holidays) -> bool:
    """Does a term from `first` to `last` touch a year whose holidays are not announced?"""
    return any(year not in holidays.announced for year in range(first.year, last.year + 1))
