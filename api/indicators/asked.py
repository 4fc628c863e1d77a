"""What is asked of an indicator, and of which days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api import clock
from api.problems import FieldError, Invalid

_MOST_PERIODS = 60


@dataclass(frozen=True)
class Asked:
    """What is asked of an indicator. `area`: an id or a code; None: the caller's own area."""

    area: str | None = None
    as_of: date | None = None
    by: str | None = None
    first: date | None = None
    last: date | None = None
    known_at: datetime | None = None


def days_of(asked: Asked) -> list[date]:
    """The day asked for, or the last day of each month between two days, and the second of these."""
    if asked.first is None:
        return [asked.as_of or asked.last or clock.today()]
    last = asked.last or asked.as_of or clock.today()
    if last < asked.first:
        vi, en = "Ngày kết thúc trước ngày bắt đầu.", "The end lies before the beginning."
        raise Invalid(vi, en, errors=(FieldError("#query/to", "days_in_order", vi, en),))
    if (last - asked.first).days > _MOST_PERIODS * 31:
        vi, en = f"Nhiều nhất {_MOST_PERIODS} tháng một lần.", f"At most {_MOST_PERIODS} months at a time."
        raise Invalid(vi, en, errors=(FieldError("#query/from", "too_many_periods", vi, en),))
    return [day for day in month_ends(asked.first, last) if day < last] + [last]


def month_ends(first: date, last: date) -> list[date]:
    """The last days of the months from `first` on that are not after `last`."""
    ends, day = [], first
    while (end := _month_end(day)) <= last:
        ends.append(end)
        day = end + timedelta(days=1)
    return ends


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def new_year_before(day: date) -> date:
    return date(day.year - 1, 12, 31)
