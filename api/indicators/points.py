"""A number as it is shown: numerator over denominator, and in words why a rate is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api.areas.tables import Level
from api.indicators.breakdowns import part_words
from api.indicators.definition import Indicator, Measure, Missing, Statistic
from api.indicators.schemas import Point
from api.schema import Words

NO_TOTALS = Words(vi="Chưa có tổng số hộ, nhân khẩu của đủ các xóm.", en="The totals of some hamlet are not recorded.")
_NOT_SPLIT = Words(
    vi="Tổng số hộ, nhân khẩu của xóm không chia theo nhóm này.", en="The totals of hamlets are not split like this."
)
NOBODY_KNOWS = Words(
    vi="Chưa biết: chưa có kết quả rà soát, hoặc hồ sơ chưa ghi.",
    en="Not known of anybody: not reviewed yet, or not recorded.",
)
NOBODY = Words(vi="Không có ai thuộc diện tính.", en="There is nobody to count.")


@dataclass(frozen=True)
class Place:
    """An area as points name it. `tells_all`: whoever asks is told small counts there too."""

    id: UUID
    code: str
    name: str
    level: Level
    tells_all: bool = True


# measure -> number
Numbers = dict[str, int]


def point(
    one: Indicator, area: Place, day: date, by: str | None, part: str | None, some: Numbers, before: Numbers | None
) -> Point:
    """A value as it is shown. `before`: the numbers of the last day of the year before, for a change."""
    numerator, denominator, reason = _fraction(one, some, part)
    value = _value(one, some, numerator, denominator)
    if nobody_knows(one, some):
        reason = NOBODY_KNOWS
    if one.change_since_new_year and before is not None:
        earlier = _value(one, before, *_fraction(one, before, part)[:2])
        reason = reason or (None if earlier is not None else NO_TOTALS)
        value = None if value is None or earlier is None else round(value - earlier, 4)
    return Point(
        area=area.id,
        area_code=area.code,
        area_name=area.name,
        period=day,
        by=part,
        by_label=None if part is None else part_words(by or "", part),
        value=value,
        numerator=numerator,
        denominator=denominator,
        unknown=None if one.unknown is None else some[one.unknown.code],
        suppressed=False,
        reason=reason if value is None else None,
    )


def value_of(one: Indicator, some: Mapping[str, int]) -> float | None:
    """The value of an indicator of an area, unsplit; None where it is not known."""
    return _value(one, some, *_fraction(one, some, None)[:2])


def nobody_knows(one: Indicator, some: Mapping[str, int]) -> bool:
    """Are there facts below the line, and is none of them one that somebody can tell of? Then the rate is not 0."""
    if one.unknown is None or not isinstance(one.denominator, Measure):
        return False
    return some[one.unknown.code] == some[one.denominator.code] > 0


def denominator_of(one: Indicator, some: Mapping[str, int]) -> int | None:
    """What is below the line, of everybody; None where there is nothing, or nobody knows it."""
    if isinstance(one.denominator, Measure):
        return some[one.denominator.code]
    if isinstance(one.denominator, Statistic) and not some["hamlets_without_totals"]:
        return some[f"total_{one.denominator.code}"] or None
    return None


def _fraction(one: Indicator, some: Mapping[str, int], part: str | None) -> tuple[int, int | None, Words | None]:
    numerator = some[one.numerator.code]
    if isinstance(one.denominator, Measure):
        return numerator, denominator_of(one, some), NOBODY
    if isinstance(one.denominator, Missing):
        return numerator, None, one.denominator.reason
    if isinstance(one.denominator, Statistic):
        if part is not None:
            return numerator, None, _NOT_SPLIT
        return numerator, denominator_of(one, some), NO_TOTALS
    return numerator, None, None


def _value(one: Indicator, some: Mapping[str, int], numerator: int, denominator: int | None) -> float | None:
    if one.denominator is None:
        return float(numerator)
    if nobody_knows(one, some):
        return None
    return None if not denominator else round(numerator * 100 / denominator, 4)
