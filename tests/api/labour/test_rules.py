"""Who is of working age: from 15 years on, until the retirement age of the year, for men and women."""

from datetime import date

import pytest

from api.labour.law import law
from api.labour.rules import age_in_months, of_working_age
from api.programmes.catalogue import catalogue


def works(born: date, sex: str, day: date) -> bool:
    return of_working_age(born, sex, day, law().working_age)


@pytest.mark.parametrize(
    ("born", "day", "months"),
    [
        (date(2000, 1, 31), date(2000, 2, 29), 0),
        (date(2000, 1, 31), date(2000, 3, 1), 1),
        (date(2000, 1, 31), date(2000, 3, 31), 2),
        (date(1999, 12, 1), date(2000, 1, 1), 1),
        (date(1999, 12, 2), date(2000, 12, 1), 11),
    ],
)
def test_a_month_is_over_on_its_day(born: date, day: date, months: int) -> None:
    assert age_in_months(born, day) == months


def test_one_works_from_the_fifteenth_birthday_on() -> None:
    assert not works(date(2009, 6, 2), "female", date(2024, 6, 1))
    assert works(date(2009, 6, 1), "female", date(2024, 6, 1))


@pytest.mark.parametrize(
    ("sex", "day", "years", "months"),
    [
        ("male", date(2024, 6, 1), 61, 0),  # NĐ 135/2020, Điều 4
        ("female", date(2024, 6, 1), 56, 4),
        ("male", date(2021, 6, 1), 60, 3),
        ("female", date(2021, 6, 1), 55, 4),
        ("male", date(2030, 6, 1), 62, 0),
        ("female", date(2036, 6, 1), 60, 0),
        ("male", date(2020, 6, 1), 60, 0),
        ("female", date(2001, 6, 1), 55, 0),  # before the first rule: as by the first
    ],
)
def test_until_the_retirement_age_of_the_year(sex: str, day: date, years: int, months: int) -> None:
    earlier = day.year * 12 + day.month - 1 - years * 12 - months
    reached = date(earlier // 12, earlier % 12 + 1, 1)
    assert not works(reached, sex, day)
    assert works(reached.replace(day=2), sex, day)


def test_the_kinds_steps_and_fields_that_it_reads_are_in_the_catalogue() -> None:
    for one in law().seekers:
        kind = catalogue().kinds[one.kind]
        steps = {step.code: {field.code for field in step.fields} for step in kind.steps}
        assert one.wants in {field.code for field in kind.fields}
        assert {"employer", "contract"} <= steps[one.placement]
        assert one.referral in steps
        assert "works" in steps[one.after_6_months] & steps[one.after_12_months]
    for course in law().courses:
        kind = catalogue().kinds[course.kind]
        step, role = kind.step(course.after_6_months), kind.role(course.role)
        assert step is not None
        assert role is not None
        assert step.of_participant
        assert "works" in {field.code for field in step.fields}
        assert "trade" in {field.code for field in kind.fields}
        assert {"certificate_no", "certified_on"} <= {field.code for field in role.fields}
    assert set(law().services.kinds) <= set(catalogue().kinds)
