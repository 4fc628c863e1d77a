"""The line a target is held against, and how many are missing: in fractions, never one too few."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.indicators.tracks import Stand, gap, track


@pytest.mark.parametrize(
    ("comparison", "target", "numerator", "denominator", "missing"),
    [
        ("at_least", 100, 79, 80, 1),
        ("at_least", 95, 76, 80, 0),
        ("more_than", 95, 76, 80, 1),
        ("more_than", 95, 77, 80, 0),
        ("more_than", 100, 80, 80, 0),  # nobody can be more than everybody
        ("at_least", 90, 0, 1, 1),
        ("at_least", 90, 0, 0, None),
        ("at_least", 100, 3, 2, None),  # a paper that is wrong has not been reached
        ("strive", None, 3, 80, None),
    ],
)
def test_how_many_are_missing(
    comparison: str, target: float | None, numerator: int, denominator: int, missing: int | None
) -> None:
    assert gap(comparison, target, Stand(None, numerator, denominator, None), share=True) == missing


def test_a_fall_of_the_rate_is_a_number_of_households() -> None:
    # 100 of 2,500 are 4 %; 3.5 % are 87 households
    assert gap("decrease_by", 0.5, Stand(0.0, 100, 2500, 4.0), share=True) == 13
    assert gap("decrease_by", 0.5, Stand(-0.52, 87, 2500, 4.0), share=True) == 0
    assert gap("decrease_by", 0.5, Stand(None, 87, 2500, None), share=True) is None


@given(st.integers(1, 100), st.integers(1, 5000), st.data())
def test_with_those_who_are_missing_the_target_is_reached_and_with_one_less_it_is_not(
    target: int, denominator: int, data: st.DataObject
) -> None:
    numerator = data.draw(st.integers(0, denominator))
    missing = gap("at_least", target, Stand(None, numerator, denominator, None), share=True)
    assert missing is not None
    assert (numerator + missing) * 100 >= target * denominator
    assert missing == 0 or (numerator + missing - 1) * 100 < target * denominator


@pytest.mark.parametrize(
    ("day", "value", "on_track"),
    [
        (date(2023, 12, 31), 80.0, True),
        (date(2024, 7, 1), 89.9, False),  # half of the way from 80 to 100
        (date(2024, 7, 1), 90.0, True),
        (date(2024, 12, 31), 99.9, False),
        (date(2025, 6, 1), 100.0, True),
        (date(2024, 7, 1), None, None),
    ],
)
def test_on_track_is_as_far_as_the_year(day: date, value: float | None, on_track: bool | None) -> None:
    assert track("at_least", 100, Stand(value, 1, 1, 80.0), day, 2024)[1] is on_track


def test_what_starts_above_its_target_has_to_stay_there() -> None:
    assert track("at_least", 90, Stand(89.0, 1, 1, 97.0), date(2024, 2, 1), 2024) == (90.0, False)


def test_a_fall_is_on_track_when_it_fell_far_enough() -> None:
    assert track("decrease_by", 0.5, Stand(-0.2, 1, 1, 4.0), date(2024, 7, 1), 2024) == (-0.25, False)
    assert track("decrease_by", 0.5, Stand(-0.25, 1, 1, 4.0), date(2024, 7, 1), 2024) == (-0.25, True)
    assert track("strive", None, Stand(3.0, 3, None, 0.0), date(2024, 7, 1), 2024) == (None, None)
