"""By which day a report is due (data/deadlines.toml): shown, and never a reason to refuse one."""

from datetime import date, timedelta
from typing import Any

from api.areas.tables import Level
from api.reports.definition import data
from api.reports.periods import PERIOD
from api.reviews.procedure_law import holidays
from api.reviews.working_days import add_working_days


def due_on(period: str, level: Level, *, monitoring: bool = False, preliminary: bool = False) -> date | None:
    """The last day on time for a period; None where no deadline is known, as for the register of a day.

    `preliminary`: of the result of a year's review that is not closed yet, which is due before the official one.
    """
    found = PERIOD.fullmatch(period)
    if found is None or found[4]:
        return None
    year, half, month = int(found[1]), found[2], found[3]
    if monitoring or half:
        return _monitoring(year, half, level)
    if month:
        return _monthly(year, int(month))
    return _before(year, _rule("preliminary" if preliminary else "official")["before"])


def _monitoring(year: int, half: str | None, level: Level) -> date:
    if level is Level.province and half != "2":
        return _before(year, _rule("half" if half else "year")["before"])
    end = date(year, 6, 30) if half == "1" else date(year, 12, 31)
    return add_working_days(end, _rule("monitoring")["working_days"], holidays())


def _monthly(year: int, month: int) -> date | None:
    """The regular round from the 15th of a month is reported in the month after it."""
    year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    rule = _rule("month")
    return date(year, month, rule["day"]) if month in rule["months"] else None


def _before(year: int, month_day: str) -> date:
    month, day = month_day.split("-")
    return date(year, int(month), int(day)) - timedelta(days=1)


def _rule(period: str) -> Any:
    return next(one for one in data("deadlines")["deadlines"] if one["period"] == period)
