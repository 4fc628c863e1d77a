"""Of one answer nobody computes a number that is not told: sums of areas, sums of parts, and the fraction itself."""

from datetime import date
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from api.areas.tables import Level
from api.indicators.catalogue import INDICATORS
from api.indicators.points import Place, point
from api.indicators.schemas import Point
from api.indicators.small_counts import without_small_counts

LEAST = 5
SHARE, NUMBER = INDICATORS["clean_water"], INDICATORS["poor_households"]
_SPACE = UUID(int=7)
# how many have it, do not, and nobody knows
LINES = st.lists(st.tuples(*(st.integers(0, 12) for _ in range(3))), min_size=1, max_size=6)


def places(count: int) -> list[Place]:
    return [Place(uuid5(_SPACE, str(n)), str(n), f"Xóm {n}", Level.hamlet) for n in range(count)]


def shown(lines: list[tuple[int, int, int]]) -> tuple[list[Point], list[Point]]:
    def counted(has: int, lacks: int, unknown: int) -> dict[str, int]:
        return {"clean_water": has, "clean_water_unknown": unknown, "clean_water_of": has + lacks + unknown}

    points = [
        point(SHARE, place, date(2024, 5, 1), "area", None, counted(*line), None)
        for place, line in zip(places(len(lines)), lines, strict=True)
    ]
    return points, without_small_counts(SHARE, points, LEAST)


@given(LINES)
def test_no_small_number_is_told_and_what_is_told_is_true(lines: list[tuple[int, int, int]]) -> None:
    points, told = shown(lines)
    for before, after in zip(points, told, strict=True):
        for name in ("numerator", "denominator", "unknown"):
            number = getattr(after, name)
            assert number in (None, getattr(before, name))
            assert number is None or number == 0 or number >= LEAST
        assert (after.value is not None) <= (after.numerator is not None and after.denominator is not None)
        hidden = None in (after.numerator, after.denominator, after.unknown)
        assert after.suppressed == (hidden or (after.value is None and before.value is not None))


@given(LINES)
def test_what_is_hidden_is_not_the_rest_of_what_is_told(lines: list[tuple[int, int, int]]) -> None:
    _, told = shown(lines)
    for after, (_, lacks, _) in zip(told, lines, strict=True):
        numbers = (after.numerator, after.unknown, after.denominator)
        if None not in numbers:
            assert lacks == 0 or lacks >= LEAST, "who does not have it can be computed"
    for name in ("numerator", "denominator", "unknown"):
        numbers_told = [getattr(after, name) for after in told]
        # where all others are zero the sum is as small, and not told either
        assert numbers_told.count(None) != 1 or not any(numbers_told), "the sum over the areas gives it away"


def test_projects_are_no_people() -> None:
    one = INDICATORS["models_started"]
    (place,) = places(1)
    points = [point(one, place, date(2024, 5, 1), None, None, {"models_started": 2}, None)]
    assert without_small_counts(one, points, LEAST) == points
