"""Days on which a household begins and ceases to come under a policy, each by its own rule (domain.md 10.3)."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from tests.make.entitlements import catalogue_of, judged, policy, states
from tests.make.recognitions import recognise
from tests.make.reviews import household

# The programme: 36 months from the recognised escape from poverty. Credit (QĐ 28/2015): three years since a household
# is neither poor nor near-poor any more.
_BOTH = catalogue_of(
    policy("programme", '{"===": [{"var": "h.newly_escaped"}, true]}'),
    policy(
        "credit",
        '{"and": [{"!==": [{"var": "h.left_list_on"}, null]},'
        ' {"<=": [{"var": "on"}, {"+": [{"var": "h.left_list_on"}, 30000]}]}]}',
    ),
    policy("was_poor", '{"!==": [{"var": "h.left_poor_on"}, null]}'),
)
FIRST, ESCAPED = date(2022, 12, 12), date(2024, 12, 11)


def on(session: Session, home: object, day: date) -> set[str]:
    """Which of the policies the household comes under on that day."""
    return set(states(judged(session, _BOTH, day)[home]))  # type: ignore[index]


def test_from_poverty_above_the_line_both_rules_run_the_same_three_years(session: Session) -> None:
    home = household(session)
    recognise(session, home, "poor", FIRST, ESCAPED)
    recognise(session, home, "not_poor", ESCAPED)
    assert on(session, home, ESCAPED - timedelta(days=1)) == set()
    assert on(session, home, ESCAPED) == {"programme", "credit", "was_poor"}
    assert on(session, home, date(2027, 12, 11)) == {"programme", "credit", "was_poor"}
    assert on(session, home, date(2027, 12, 12)) == {"was_poor"}


def test_poor_to_near_poor_is_newly_escaped_for_the_programme_and_not_for_the_bank(session: Session) -> None:
    home = household(session)
    recognise(session, home, "poor", FIRST, ESCAPED)
    recognise(session, home, "near_poor", ESCAPED, date(2025, 12, 10))
    recognise(session, home, "not_poor", date(2025, 12, 10))
    assert on(session, home, ESCAPED) == {"programme", "was_poor"}
    assert on(session, home, date(2025, 12, 10)) == {"programme", "credit", "was_poor"}
    assert on(session, home, date(2027, 12, 12)) == {"credit", "was_poor"}, "36 months are over, three years are not"
    assert on(session, home, date(2028, 12, 10)) == {"credit", "was_poor"}
    assert on(session, home, date(2028, 12, 11)) == {"was_poor"}


def test_from_near_poverty_is_newly_escaped_for_the_bank_only(session: Session) -> None:
    home = household(session)
    recognise(session, home, "near_poor", FIRST, ESCAPED)
    recognise(session, home, "not_poor", ESCAPED)
    assert on(session, home, ESCAPED) == {"credit"}


def test_poor_again_is_not_escaped(session: Session) -> None:
    home = household(session)
    recognise(session, home, "poor", FIRST, ESCAPED)
    recognise(session, home, "not_poor", ESCAPED, date(2025, 12, 10))
    recognise(session, home, "poor", date(2025, 12, 10))
    assert on(session, home, date(2025, 12, 9)) == {"programme", "credit", "was_poor"}
    assert on(session, home, date(2025, 12, 10)) == set()


def test_near_poor_again_is_on_the_list_again_and_still_no_longer_poor(session: Session) -> None:
    home = household(session)
    recognise(session, home, "poor", FIRST, ESCAPED)
    recognise(session, home, "not_poor", ESCAPED, date(2025, 12, 10))
    recognise(session, home, "near_poor", date(2025, 12, 10))
    assert on(session, home, date(2025, 12, 10)) == {"programme", "was_poor"}


@pytest.mark.parametrize("left", [date(2024, 2, 29), date(2025, 1, 31)])
def test_three_years_end_on_the_same_day_by_both_rules_whatever_the_calendar(session: Session, left: date) -> None:
    home = household(session)
    recognise(session, home, "poor", FIRST, left)
    recognise(session, home, "not_poor", left)
    last = date(2027, 2, 28) if left.month == 2 else date(2028, 1, 31)
    assert on(session, home, last) == {"programme", "credit", "was_poor"}
    assert on(session, home, last + timedelta(days=1)) == {"was_poor"}


def test_never_recognised_comes_under_none(session: Session) -> None:
    assert on(session, household(session), ESCAPED) == set()
