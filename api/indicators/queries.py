"""Answers indicators: the catalogue, and the values of one over areas, days and parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, cast, func, not_, or_, select
from sqlmodel import Session

from api import clock, sql
from api.accounts.actor import Actor
from api.areas.names import full_name
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaParent, Level
from api.indicators.breakdowns import part_words
from api.indicators.catalogue import INDICATORS, fingerprint, indicator, parts, places
from api.indicators.counting import Counts, bring_up_to_date, count, counted_areas
from api.indicators.definition import Indicator, Measure, Missing, Statistic
from api.indicators.schemas import IndicatorList, IndicatorOut, Point, Series
from api.indicators.tables import IndicatorCount
from api.problems import FieldError, Invalid, NotFound
from api.schema import Words

_AREA = Area.__table__  # type: ignore[attr-defined]
_PARENT = AreaParent.__table__  # type: ignore[attr-defined]
_COUNT = IndicatorCount.__table__  # type: ignore[attr-defined]
_MOST_PERIODS = 60
_NO_TOTALS = Words(vi="Chưa có tổng số hộ, nhân khẩu của đủ các xóm.", en="The totals of some hamlet are not recorded.")
_NOBODY = Words(vi="Không có ai thuộc diện tính.", en="There is nobody to count.")


@dataclass(frozen=True)
class Place:
    """An area as points name it."""

    id: UUID
    code: str
    name: str
    level: Level


# measure -> number
Numbers = dict[str, int]


@dataclass(frozen=True)
class Asked:
    """What is asked of an indicator. `area`: an id or a code; None: the caller's own area."""

    area: str | None = None
    as_of: date | None = None
    by: str | None = None
    first: date | None = None
    last: date | None = None
    known_at: datetime | None = None


def catalogue() -> IndicatorList:
    """Every indicator."""
    return IndicatorList(items=[_described(one) for one in INDICATORS.values()])


def _described(one: Indicator) -> IndicatorOut:
    return IndicatorOut(
        code=one.code,
        name=one.name,
        definition=one.definition,
        unit=one.unit,
        grain=one.numerator.grain,
        breakdowns=list(one.breakdowns),
        source=one.source,
        lower_is_better=one.lower_is_better,
    )


def series(session: Session, actor: Actor, code: str, asked: Asked) -> Series:
    """The values of an indicator. Raises UnknownIndicator, NotFound (the area, or one outside of the caller's), Invalid
    (a breakdown it does not have, too many periods)."""
    one = indicator(code)
    known = clock.now()
    days = _days(asked)
    place = find_place(session, actor, asked.area, days[-1])
    if asked.by is not None and asked.by not in one.breakdowns:
        vi = f"Chỉ tiêu này chia theo: {', '.join(one.breakdowns)}."
        raise Invalid(vi, f"It is split by: {', '.join(one.breakdowns)}.", errors=(
            FieldError("#query/by", "no_such_breakdown", vi, "No such breakdown."),))  # fmt: skip
    breakdown = "" if asked.by in (None, "area") else str(asked.by)
    areas = children(session, place, days) if asked.by == "area" else [place]
    every = sorted({*days, *map(_new_year, days)}) if one.change_since_new_year else days
    found = numbers(session, areas, every, breakdown, parts(one), asked.known_at)
    points: list[Point] = []
    for day in days:
        for area in areas:
            before = found.get((_new_year(day), area.id), {})
            for part, some in sorted(found[day, area.id].items()):
                points.append(point(one, area, day, asked.by, part if breakdown else None, some, before.get(part)))
    return Series(
        code=one.code,
        name=one.name,
        unit=one.unit,
        definition=one.definition,
        source=one.source,
        as_of=days[-1],
        known_at=asked.known_at or known,
        points=points,
    )


def find_place(session: Session, actor: Actor, area: str | None, day: date) -> Place:
    """The area asked for, by id or code; without one, the caller's own. Raises NotFound outside of them."""
    query = select(_AREA).where(actor.scope.covers(_AREA.c.id))
    if area is None:
        query = query.where(_AREA.c.id.in_(actor.scope.area_ids)).order_by(_AREA.c.code)
    else:
        query = query.where(_AREA.c.id == UUID(area) if _is_id(area) else _AREA.c.code == area)
    # a code that was used twice is that of the unit of the day, or the newest
    row = session.execute(query.order_by(valid_on(Area, day).desc(), _AREA.c.valid_from.desc()).limit(1)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy địa bàn này.", "There is no such area.")
    return Place(row.id, row.code, full_name(row.local_kind, row.name), Level(row.level))


def place_of(session: Session, area_id: UUID) -> Place:
    """An area that the caller of this has found to be one they may see."""
    row = session.execute(select(_AREA).where(_AREA.c.id == area_id)).one()
    return Place(row.id, row.code, full_name(row.local_kind, row.name), Level(row.level))


def children(session: Session, place: Place, days: Sequence[date]) -> list[Place]:
    """The areas that lay right below on one of these days, by code."""
    rows = session.execute(
        select(_AREA)
        .join(_PARENT, _PARENT.c.area_id == _AREA.c.id)
        .where(_PARENT.c.parent_id == place.id, or_(*(valid_on(AreaParent, day) for day in (min(days), max(days)))))
        .distinct()
        .order_by(_AREA.c.code, _AREA.c.id)
    )
    return [Place(row.id, row.code, full_name(row.local_kind, row.name), Level(row.level)) for row in rows]


def numbers(
    session: Session,
    areas: Sequence[Place],
    days: Sequence[date],
    breakdown: str,
    wanted: Sequence[str],
    known: datetime | None = None,
) -> dict[tuple[date, UUID], dict[str, Numbers]]:
    """(day, area) -> part -> measure -> number, for the measures wanted.

    Where all is counted already three statements, however many areas and days; otherwise seven.
    """
    roots = [area.id for area in areas]
    rows = session.execute(counted_areas(roots, days)).all()
    answer: dict[tuple[date, UUID], dict[str, Numbers]] = {(day, root): {} for day in days for root in roots}
    if known is None:
        others = bring_up_to_date(session, rows, breakdown)
        for row in session.execute(_sums(roots, days, breakdown, wanted, others)):
            answer[row[0], row[1]][row[2]] = {code: int(n) for code, n in zip(wanted, row[3:], strict=True)}
        for day, counts in others.items():
            _add_up(answer, [row for row in rows if row.id in counts], day, counts, wanted)
    else:
        levels = {row.id: Level(row.level) for row in rows}
        for day, counts in count(session, levels, days, known, breakdown).items():
            _add_up(answer, rows, day, counts, wanted)
    for parts_of in answer.values():
        if breakdown:
            parts_of.pop("", None)
        else:
            parts_of.setdefault("", dict.fromkeys(wanted, 0))
    return answer


def _sums(
    roots: Sequence[UUID], days: Sequence[date], breakdown: str, wanted: Sequence[str], but: Mapping[date, Counts]
) -> Select[Any]:
    tree = counted_areas(roots, days).subquery()
    whole = _COUNT.alias("whole")
    found = (
        select(
            tree.c.day,
            tree.c.root,
            _COUNT.c.value,
            *(func.sum(_COUNT.c.numbers[places()[code]]).label(f"n{place}") for place, code in enumerate(wanted)),
        )
        .join(whole, (whole.c.area_id == tree.c.id) & (whole.c.day == tree.c.day))
        .join(
            _COUNT,
            # parts that another reader kept of another state are not of this whole
            (_COUNT.c.area_id == whole.c.area_id) & (_COUNT.c.day == whole.c.day)
            & (_COUNT.c.breakdown == whole.c.breakdown) & (_COUNT.c.snapshot == whole.c.snapshot),
        )
        .where(whole.c.breakdown == breakdown, whole.c.value == "", whole.c.catalogue == fingerprint())
        .group_by(tree.c.day, tree.c.root, _COUNT.c.value)
    )  # fmt: skip
    for day, counts in but.items():
        elsewhere = tree.c.id == func.any(cast(list(counts), sql.Ids()))
        found = found.where(not_(and_(tree.c.day == day, elsewhere)))
    return found


def _add_up(
    answer: dict[tuple[date, UUID], dict[str, Numbers]],
    rows: Sequence[Any],
    day: date,
    counts: Counts,
    wanted: Sequence[str],
) -> None:
    where = places()
    for row in rows:
        if row.day != day:
            continue
        for value, line in counts[row.id].items():
            sums = answer[day, row.root].setdefault(value, dict.fromkeys(wanted, 0))
            for code in wanted:
                sums[code] += line[where[code] - 1]


def point(
    one: Indicator, area: Place, day: date, by: str | None, part: str | None, some: Numbers, before: Numbers | None
) -> Point:
    """A value as it is shown. `before`: the numbers of the last day of the year before, for a change."""
    numerator, denominator, reason = _fraction(one, some, part)
    value = _value(one, numerator, denominator)
    if one.change_since_new_year and before is not None:
        earlier = _value(one, *_fraction(one, before, part)[:2])
        reason = reason or (None if earlier is not None else _NO_TOTALS)
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
    return _value(one, *_fraction(one, some, None)[:2])


def _fraction(one: Indicator, some: Mapping[str, int], part: str | None) -> tuple[int, int | None, Words | None]:
    numerator = some[one.numerator.code]
    if isinstance(one.denominator, Measure):
        return numerator, some[one.denominator.code], _NOBODY
    if isinstance(one.denominator, Missing):
        return numerator, None, one.denominator.reason
    if isinstance(one.denominator, Statistic):
        if part is not None:  # totals are of all households: there are none of a part
            return numerator, None, _NO_TOTALS
        total = some[f"total_{one.denominator.code}"]
        known = total > 0 and not some["hamlets_without_totals"]
        return numerator, total if known else None, _NO_TOTALS
    return numerator, None, None


def _value(one: Indicator, numerator: int, denominator: int | None) -> float | None:
    if one.denominator is None:
        return float(numerator)
    return None if not denominator else round(numerator * 100 / denominator, 4)


def _days(asked: Asked) -> list[date]:
    """The day asked for, or the last day of each month between two days, and the second of these."""
    if asked.first is None:
        return [asked.as_of or asked.last or clock.today()]
    last = asked.last or asked.as_of or clock.today()
    if last < asked.first:
        vi, en = "Ngày kết thúc trước ngày bắt đầu.", "The end lies before the beginning."
        raise Invalid(vi, en, errors=(FieldError("#query/to", "days_in_order", vi, en),))
    if (last - asked.first).days > _MOST_PERIODS * 31:
        vi, en = f"Nhiều nhất {_MOST_PERIODS} tháng một lần.", f"At most {_MOST_PERIODS} months at a time."
        raise Invalid(vi, en, errors=(FieldError("#query/from", "too_many_periods", vi, en),))
    return [day for day in month_ends(asked.first, last) if day < last] + [last]


def month_ends(first: date, last: date) -> list[date]:
    """The last days of the months from `first` on that are not after `last`."""
    ends, day = [], first
    while (end := _month_end(day)) <= last:
        ends.append(end)
        day = end + timedelta(days=1)
    return ends


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _new_year(day: date) -> date:
    return date(day.year - 1, 12, 31)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
