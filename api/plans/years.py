"""What belongs to a year: it is prepared in the year before, and nothing of it lies earlier than that.

The budget of a year is prepared and allotted in the year before (Luật Ngân sách nhà nước 2015, Điều 44); papers of
the year before that are typing mistakes, or of another record.
"""

from datetime import date

from api.problems import FieldError, Invalid


def first_day(year: int) -> date:
    """The first day that something of this year may have."""
    return date(max(year - 1, 1), 1, 1)


def require_in_time(year: int, day: date, pointer: str) -> None:
    """Raises Invalid for a day before the preparation of the year."""
    first = first_day(year)
    if day < first:
        vi = f"Việc của năm {year}: ngày này không được trước {first:%d/%m/%Y}."
        en = f"It is of {year}: no day lies before {first}."
        raise Invalid(vi, en, errors=(FieldError(pointer, "before_its_time", vi, en),))
