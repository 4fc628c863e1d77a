"""An answer as it is told to whom small counts are not told (docs/permissions.md): nobody in a hamlet is pointed at."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from api import clock
from api.indicators.definition import Indicator, Measure
from api.indicators.points import Place
from api.indicators.schemas import Point
from api.schema import Words
from api.suppression import Line, least_told, suppress

NOT_TOLD = Words(
    vi="Số nhỏ (từ 1 đến dưới ngưỡng) không được cho biết.",
    en="Small numbers (from 1 to below the threshold) are not told.",
)
# (place of the point in the answer, which of its numbers); `rest`: who is below the line, neither counted nor unknown
_Cell = tuple[int, str]


def without_small_counts(
    one: Indicator,
    points: Sequence[Point],
    least: int,
    whole: UUID | None = None,
    before: Mapping[int, int] | None = None,
) -> list[Point]:
    """The points of one answer, with null for what is not told, and for what would let it be computed.

    Numbers of the areas add up to that of the area above, parts of a breakdown to the whole: `whole` is the area whose
    points stand among those of its parts (None: they do not, but everybody may ask for them). `before`: place of a
    point -> the numerator a year before, where the value tells of both. Projects and money are no people, totals are
    public.
    """
    if one.numerator.grain in ("intervention", "vnd"):
        return list(points)
    cells = {cell: number for place, point in enumerate(points) for cell, number in _cells(one, place, point)}
    hidden = suppress(cells, _lines(cells, points, whole), least=least)
    return [_told(point, place, hidden, (before or {}).get(place, 0), least) for place, point in enumerate(points)]


def told(
    one: Indicator,
    points: Sequence[Point],
    places: Sequence[Place],
    with_whole: bool,
    before: Mapping[int, int] | None = None,
    elsewhere: Mapping[int, tuple[Point, int]] | None = None,
) -> list[Point]:
    """The same for points of these places (`with_whole`: the first one is above the others); as they are for whoever is
    told everything there.

    Somebody of a hamlet is told everything of their own, and finds the rest of a sum above it by subtraction: of that
    sum they are told what they may be told of the rest. `elsewhere`: place of a point -> that rest, and its numerator a
    year before.
    """
    if all(place.tells_all for place in places):
        return list(points)
    own = {place.id for place in places if place.tells_all}
    asked = [place for place, point in enumerate(points) if point.area not in own]
    rest = {place: (points[place], (before or {}).get(place, 0)) for place in asked} | dict(elsewhere or {})
    shown = without_small_counts(
        one,
        [rest[place][0] for place in asked],
        least_told(clock.today()),
        places[0].id if with_whole else None,
        {n: rest[place][1] for n, place in enumerate(asked)},
    )
    found = dict(zip(asked, shown, strict=True))
    return [_as(point, found[place]) if place in found else point for place, point in enumerate(points)]


def _as(point: Point, shown: Point) -> Point:
    """The point without what is not told of another one."""
    if not shown.suppressed:
        return point
    lost = {name for name in ("value", "numerator", "denominator", "unknown") if getattr(shown, name) is None}
    return point.model_copy(update={**dict.fromkeys(lost), "suppressed": True, "reason": shown.reason})


def together(one: Indicator, points: Sequence[Point], others: Sequence[Sequence[int]], least: int) -> list[Point]:
    """The points, as `without_small_counts` tells them, without those at which a count may not be told that makes up a
    third one together with this one, or is that third: two of the three tell the last. `others`: the numbers of each
    such count at these points."""
    lost = {
        place
        for numbers in others
        for place, point in enumerate(
            without_small_counts(
                one,
                [point.model_copy(update={"numerator": n}) for point, n in zip(points, numbers, strict=True)],
                least,
            )
        )
        if point.numerator is None
    }
    return [without(point) if place in lost else point for place, point in enumerate(points)]


def _cells(one: Indicator, place: int, point: Point) -> list[tuple[_Cell, int]]:
    found = [((place, "numerator"), point.numerator or 0)]
    if point.unknown is not None:
        found.append(((place, "unknown"), point.unknown))
    if isinstance(one.denominator, Measure):
        whole = point.denominator or 0
        rest = whole - sum(number for _, number in found)
        found += [((place, "denominator"), whole), ((place, "rest"), rest)]
    return found


def _lines(cells: Mapping[_Cell, int], points: Sequence[Point], whole: UUID | None) -> list[Line[_Cell]]:
    lines: list[Line[_Cell]] = []
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, point in enumerate(points):
        if (place, "denominator") in cells:
            parts = [(place, name) for name in ("numerator", "unknown", "rest") if (place, name) in cells]
            lines.append(Line(tuple(parts), (place, "denominator")))
        groups.setdefault(("areas", point.period, point.by), []).append(place)
        groups.setdefault(("parts", point.period, point.area), []).append(place)
    for group, places in groups.items():
        above = [place for place in places if group[0] == "areas" and points[place].area == whole]
        below = [place for place in places if place not in above]
        if len(below) < 2:
            continue
        for name in ("numerator", "unknown", "denominator", "rest"):
            parts = [(place, name) for place in below if (place, name) in cells]
            if parts:
                lines.append(Line(tuple(parts), (above[0], name) if above else None))
    return lines


def without(point: Point) -> Point:
    """The point with nothing told of it but what everybody knows: where, when, over which total."""
    return point.model_copy(
        update={"suppressed": True, "value": None, "numerator": None, "unknown": None, "reason": NOT_TOLD}
    )


def _told(point: Point, place: int, hidden: frozenset[_Cell], before: int, least: int) -> Point:
    gone = {name for name in ("numerator", "denominator", "unknown") if (place, name) in hidden}
    no_value = bool(gone) or 0 < before < least
    if not gone and not no_value:
        return point
    changed: dict[str, object] = dict.fromkeys(gone) | {"suppressed": True}
    if no_value:
        changed |= {"value": None, "reason": NOT_TOLD}
    return point.model_copy(update=changed)
