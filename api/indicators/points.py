"""A number as it is shown: numerator over denominator, and in words why a rate is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api.areas.tables import Level
from api.indicators.breakdowns import part_words
from api.indicators.definition import Figure, Indicator, Measure, Statistic
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
_NOT_OF_PARTS = Words(
    vi="Số liệu này xã ghi cho cả xã, không chia theo xóm hay nhóm.",
    en="The commune writes this figure down for the whole commune: it is not split by hamlet or group.",
)
MORE_THAN_ALL = Words(
    vi="Số được tính lớn hơn số xã ghi làm mẫu số: hãy kiểm tra lại số liệu xã đã ghi.",
    en="More is counted than the figure of the commune says there is in all: check that figure.",
)


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
    if isinstance(one.denominator, Figure):
        return _stated(one.denominator, some)
    return None


def numerator_of(one: Indicator, some: Mapping[str, int]) -> int | None:
    """What is above the line; None where it is a figure that nobody wrote down."""
    return _stated(one.numerator, some) if isinstance(one.numerator, Figure) else some[one.numerator.code]


def unknown_because(one: Indicator, some: Mapping[str, int]) -> Words | None:
    """Why the value of an area, unsplit, is not known, if it is not; None where nothing is below the line."""
    if nobody_knows(one, some):
        return NOBODY_KNOWS
    if isinstance(one.denominator, Statistic):
        return NO_TOTALS
    if not isinstance(one.denominator, Figure):
        return NOBODY if isinstance(one.denominator, Measure) else None
    for figure in (one.denominator, one.numerator):
        if isinstance(figure, Figure) and _stated(figure, some) is None:
            return figure.meaning.missing if some[figure.lacking] else _NOT_OF_PARTS
    return MORE_THAN_ALL if more_than_all(one, numerator_of(one, some), denominator_of(one, some)) else NOBODY


def more_than_all(one: Indicator, numerator: int | None, denominator: int | None) -> bool:
    """Is more counted than a figure says there is? One of the two is wrong, and there is no rate above 100 %."""
    return isinstance(one.denominator, Figure) and denominator is not None and (numerator or 0) > denominator


def _stated(figure: Figure, some: Mapping[str, int]) -> int | None:
    return some[figure.code] if some[figure.given] and not some[figure.lacking] else None


def _fraction(one: Indicator, some: Mapping[str, int], part: str | None) -> tuple[int | None, int | None, Words | None]:
    numerator = numerator_of(one, some)
    if part is not None and isinstance(one.denominator, Statistic | Figure):
        return numerator, None, _NOT_SPLIT if isinstance(one.denominator, Statistic) else _NOT_OF_PARTS
    return numerator, denominator_of(one, some), unknown_because(one, some)


def _value(one: Indicator, some: Mapping[str, int], numerator: int | None, denominator: int | None) -> float | None:
    if numerator is None:
        return None
    if one.denominator is None:
        return float(numerator)
    if nobody_knows(one, some) or more_than_all(one, numerator, denominator):
        return None
    return None if not denominator else round(numerator * 100 / denominator, 4)
