"""PURE: on which days a round may run (QĐ 24/2021/QĐ-TTg, Điều 3 and 5). The days are the procedure's data."""

from datetime import date, timedelta

from api.problems import FieldError
from api.reviews.procedure_law import Procedure
from api.reviews.tables import RoundKind

_TRAINING_DAYS = 30


def days_of(
    kind: RoundKind, year: int, opens_on: date | None, closes_on: date | None, law: Procedure
) -> tuple[date, date]:
    """The days of a round, filled up where they follow from its kind. Raises WrongDays with what is wrong.

    Periodic: within the window of the year. Regular: from its day of a month, so many days. Training: any days.
    """
    if opens_on is None and kind is not RoundKind.periodic:
        raise WrongDays(_fault("opens_on", "missing", "Cần ngày bắt đầu của đợt.", "Say on which day it opens."))
    first, last = _window(kind, year, opens_on, law)
    opens, closes = opens_on or first, closes_on or last
    faults = _order(year, opens, closes)
    if kind is RoundKind.regular and opens.day != law.regular_opens_day:
        day = law.regular_opens_day
        faults.append(_fault("opens_on", "wrong_day", f"Rà soát thường xuyên bắt đầu ngày {day} ({law.source}).",
                             f"A regular review opens on day {day} of a month ({law.source})."))  # fmt: skip
    if kind is not RoundKind.training and (opens < first or closes > last):
        field = "opens_on" if opens < first else "closes_on"
        faults.append(_fault(field, "outside_of_period",
                             f"Đợt này chỉ trong thời gian {first:%d/%m} đến {last:%d/%m/%Y} ({law.source}).",
                             f"This round runs from {first} to {last} ({law.source})."))  # fmt: skip
    if faults:
        raise WrongDays(*faults)
    return opens, closes


def _window(kind: RoundKind, year: int, opens_on: date | None, law: Procedure) -> tuple[date, date]:
    if kind is RoundKind.periodic or opens_on is None:
        return law.periodic_window(year)
    if kind is RoundKind.regular:
        return opens_on, opens_on + timedelta(days=law.regular_length_days - 1)
    return opens_on, opens_on + timedelta(days=_TRAINING_DAYS - 1)


class WrongDays(Exception):
    """The days do not fit the kind of round."""

    def __init__(self, *faults: FieldError) -> None:
        super().__init__(faults)
        self.faults = faults


def _order(year: int, opens: date, closes: date) -> list[FieldError]:
    faults = []
    if closes < opens:
        faults.append(_fault("closes_on", "days_out_of_order", "Ngày kết thúc phải từ ngày bắt đầu trở đi.",
                             "The last day must not lie before the first."))  # fmt: skip
    if opens.year != year:
        faults.append(_fault("year", "year_differs", "Năm không khớp với ngày bắt đầu.",
                             "The year is not that of the first day."))  # fmt: skip
    return faults


def _fault(field: str, code: str, vi: str, en: str) -> FieldError:
    return FieldError(f"#/{field}", code, vi, en)
