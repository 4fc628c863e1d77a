"""Terms in working days: against a calendar that is written out here, and as properties over any days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.reviews import procedure_law
from api.reviews.working_days import add_working_days, is_approximate, is_working_day

HOLIDAYS = procedure_law.holidays()
DAYS = st.dates(date(2021, 1, 1), date(2031, 12, 31))


def test_a_term_over_a_weekend_skips_it() -> None:
    assert add_working_days(date(2024, 10, 17), 3, HOLIDAYS) == date(2024, 10, 22)  # Thursday -> Fri, Mon, Tue


def test_a_term_over_national_day_2024_skips_both_days() -> None:
    assert add_working_days(date(2024, 8, 30), 3, HOLIDAYS) == date(2024, 9, 6)


def test_a_saturday_on_which_offices_work_counts() -> None:
    assert is_working_day(date(2024, 5, 4), HOLIDAYS)
    assert not is_working_day(date(2024, 4, 29), HOLIDAYS)
    assert add_working_days(date(2024, 4, 26), 3, HOLIDAYS) == date(2024, 5, 4)


def test_the_whole_of_tet_2025_is_free() -> None:
    free = [date(2025, 1, 25) + timedelta(days=n) for n in range(9)]
    assert not any(is_working_day(day, HOLIDAYS) for day in free)
    assert add_working_days(date(2025, 1, 24), 1, HOLIDAYS) == date(2025, 2, 3)


def test_a_year_without_rows_knows_weekends_and_fixed_days_and_says_that_it_is_rough() -> None:
    assert not is_working_day(date(2031, 5, 1), HOLIDAYS)
    assert not is_working_day(date(2031, 9, 2), HOLIDAYS)
    assert is_working_day(date(2031, 9, 3), HOLIDAYS)
    assert is_approximate(date(2026, 12, 30), date(2027, 1, 5), HOLIDAYS)
    assert not is_approximate(date(2025, 12, 30), date(2026, 1, 5), HOLIDAYS)


@given(DAYS, st.integers(1, 40))
def test_a_term_ends_on_a_working_day_and_holds_exactly_its_number(day: date, number: int) -> None:
    last = add_working_days(day, number, HOLIDAYS)
    assert is_working_day(last, HOLIDAYS)
    counted = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(is_working_day(other, HOLIDAYS) for other in counted) == number


@given(DAYS, DAYS, st.integers(0, 20))
def test_a_later_start_never_ends_earlier(one: date, two: date, number: int) -> None:
    first, second = sorted([one, two])
    assert add_working_days(first, number, HOLIDAYS) <= add_working_days(second, number, HOLIDAYS)
