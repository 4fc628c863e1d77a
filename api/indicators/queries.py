"""Answers indicators: the catalogue, and the values of one over areas, days and parts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, cast, func, not_, or_, select
from sqlmodel import Session

from api import clock, sql
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.names import full_name
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaParent, Level
from api.indicators.asked import Asked, days_of, new_year_before
from api.indicators.catalogue import INDICATORS, fingerprint, indicator, parts, places
from api.indicators.counting import Counts, bring_up_to_date, count, counted_areas
from api.indicators.definition import Indicator
from api.indicators.points import Numbers, Place, point
from api.indicators.schemas import IndicatorList, IndicatorOut, Point, Series
from api.indicators.small_counts import without_small_counts
from api.indicators.tables import IndicatorCount
from api.indicators.thresholds import meets, threshold_on
from api.problems import FieldError, Invalid, NotFound
from api.suppression import least_told

_AREA = Area.__table__  # type: ignore[attr-defined]
_PARENT = AreaParent.__table__  # type: ignore[attr-defined]
_COUNT = IndicatorCount.__table__  # type: ignore[attr-defined]


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
        over=one.over,
        tells_unknown=one.unknown is not None,
        breakdowns=list(one.breakdowns),
        source=one.source,
        lower_is_better=one.lower_is_better,
    )


def series(session: Session, actor: Actor, code: str, asked: Asked) -> Series:
    """The values of an indicator. Raises UnknownIndicator, NotFound (the area, or one outside of the caller's), Invalid
    (a breakdown it does not have, too many periods)."""
    one = indicator(code)
    known = clock.now()
    days = days_of(asked)
    place = find_place(session, actor, asked.area, days[-1])
    if asked.by is not None and asked.by not in one.breakdowns:
        vi = f"Chỉ tiêu này chia theo: {', '.join(one.breakdowns)}."
        raise Invalid(vi, f"It is split by: {', '.join(one.breakdowns)}.", errors=(
            FieldError("#query/by", "no_such_breakdown", vi, "No such breakdown."),))  # fmt: skip
    breakdown = "" if asked.by in (None, "area") else str(asked.by)
    areas = children(session, place, days) if asked.by == "area" else [place]
    every = sorted({*days, *map(new_year_before, days)}) if one.change_since_new_year else days
    found = numbers(session, areas, every, breakdown, parts(one), asked.known_at)
    points: list[Point] = []
    earlier: dict[int, int] = {}
    for day in days:
        for area in areas:
            before = found.get((new_year_before(day), area.id), {}) if one.change_since_new_year else {}
            for part, some in sorted(found[day, area.id].items()):
                earlier[len(points)] = before.get(part, {}).get(one.numerator.code, 0)
                points.append(point(one, area, day, asked.by, part if breakdown else None, some, before.get(part)))
    if not place.tells_all:
        points = without_small_counts(one, points, least_told(clock.today()), before=earlier)
    if one.threshold:
        by_day = {day: threshold_on(one.threshold, day) for day in days}
        points = [p.model_copy(update={"meets": meets(p.value, by_day[p.period])}) for p in points]
    return Series(
        code=one.code,
        name=one.name,
        unit=one.unit,
        definition=one.definition,
        source=one.source,
        as_of=days[-1],
        known_at=asked.known_at or known,
        threshold=threshold_on(one.threshold, days[-1]) if one.threshold else None,
        points=points,
    )


def find_place(session: Session, actor: Actor, area: str | None, day: date) -> Place:
    """The area asked for, by id or code; without one, the caller's own. Raises NotFound outside of them."""
    told = actor.tells_all(Permission.indicators_read).covers(_AREA.c.id).label("tells_all")
    query = select(_AREA, told).where(actor.scope.covers(_AREA.c.id))
    if area is None:
        query = query.where(_AREA.c.id.in_(actor.scope.area_ids)).order_by(_AREA.c.code)
    else:
        query = query.where(_AREA.c.id == UUID(area) if _is_id(area) else _AREA.c.code == area)
    # a code that was used twice is that of the unit of the day, or the newest
    row = session.execute(query.order_by(valid_on(Area, day).desc(), _AREA.c.valid_from.desc()).limit(1)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy địa bàn này.", "There is no such area.")
    return Place(row.id, row.code, full_name(row.local_kind, row.name), Level(row.level), bool(row.tells_all))


def place_of(session: Session, actor: Actor, area_id: UUID) -> Place:
    """An area that the caller of this has found to be one they may see."""
    told = actor.tells_all(Permission.indicators_read).covers(_AREA.c.id).label("tells_all")
    row = session.execute(select(_AREA, told).where(_AREA.c.id == area_id)).one()
    return Place(row.id, row.code, full_name(row.local_kind, row.name), Level(row.level), bool(row.tells_all))


def children(session: Session, place: Place, days: Sequence[date]) -> list[Place]:
    """The areas that lay right below on one of these days, by code."""
    rows = session.execute(
        select(_AREA)
        .join(_PARENT, _PARENT.c.area_id == _AREA.c.id)
        .where(_PARENT.c.parent_id == place.id, or_(*(valid_on(AreaParent, day) for day in (min(days), max(days)))))
        .distinct()
        .order_by(_AREA.c.code, _AREA.c.id)
    )
    return [
        Place(row.id, row.code, full_name(row.local_kind, row.name), Level(row.level), place.tells_all) for row in rows
    ]


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


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
