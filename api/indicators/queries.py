"""Answers indicators: the catalogue, and the values of one over areas, days and parts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Date, and_, cast, func, null, or_, select, union_all
from sqlmodel import Session

from api import clock, sql
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.names import full_name
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaParent, AreaSuccession, Level
from api.indicators.asked import Asked, days_of, new_year_before
from api.indicators.catalogue import INDICATORS, indicator, parts, places
from api.indicators.counting import count, counted_areas, kept, of_one_level, portions, recount
from api.indicators.definition import Indicator
from api.indicators.points import Numbers, Place, point
from api.indicators.poverty import MADE_UP_WITH
from api.indicators.schemas import IndicatorList, IndicatorOut, Point, Series
from api.indicators.small_counts import together, without_small_counts
from api.indicators.thresholds import meets, threshold_on
from api.problems import FieldError, Invalid, NotFound
from api.suppression import least_told

_AREA = Area.__table__  # type: ignore[attr-defined]
_PARENT = AreaParent.__table__  # type: ignore[attr-defined]
_SUCCESSION = AreaSuccession.__table__  # type: ignore[attr-defined]
# Nothing is kept of an earlier state of knowledge: each commune takes about half a second of every request.
MOST_COMMUNES_KNOWN = 40


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
    points = _points(session, place, one, asked, days)
    if one.threshold:
        held = {day: threshold_on(one.threshold, day) for day in days}
        points = [p.model_copy(update={"meets": meets(p.value, held[p.period])}) for p in points]
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


def _points(session: Session, place: Place, one: Indicator, asked: Asked, days: list[date]) -> list[Point]:
    """Day by day, area by area, part by part; without what the caller is not told."""
    breakdown = "" if asked.by in (None, "area") else str(asked.by)
    areas = children_by_day(session, place, days) if asked.by == "area" else {day: [place] for day in days}
    every_area = list({area.id: area for day in days for area in areas[day]}.values())
    every = sorted({*days, *map(new_year_before, days)}) if one.change_since_new_year else days
    like = MADE_UP_WITH.get(one.numerator.code, ())
    found = numbers(session, every_area, every, breakdown, [*parts(one), *like], asked.known_at)
    points: list[Point] = []
    earlier: dict[int, int] = {}
    others: dict[str, list[int]] = {code: [] for code in like}
    for day in days:
        for area in areas[day]:
            before = found.get((new_year_before(day), area.id), {}) if one.change_since_new_year else {}
            for part, some in sorted(found[day, area.id].items()):
                earlier[len(points)] = before.get(part, {}).get(one.numerator.code, 0)
                points.append(point(one, area, day, asked.by, part if breakdown else None, some, before.get(part)))
                for code, counted in others.items():
                    counted.append(some[code])
    if place.tells_all:
        return points
    least = least_told(clock.today())
    return together(one, without_small_counts(one, points, least, before=earlier), list(others.values()), least)


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
    return _placed(row, bool(row.tells_all))


def place_of(session: Session, actor: Actor, area_id: UUID) -> Place:
    """An area that the caller of this has found to be one they may see."""
    told = actor.tells_all(Permission.indicators_read).covers(_AREA.c.id).label("tells_all")
    row = session.execute(select(_AREA, told).where(_AREA.c.id == area_id)).one()
    return _placed(row, bool(row.tells_all))


def mine_among(session: Session, actor: Actor, area_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Which of these areas are the caller's, or became one that is; and whether small counts are told them there."""
    told = actor.tells_all(Permission.indicators_read).covers(_AREA.c.id).label("tells_all")
    asked = _AREA.c.id == func.any(cast(list(area_ids), sql.Ids()))
    rows = session.execute(select(_AREA.c.id, told).where(asked, actor.scope.covers_or_became(_AREA.c.id)))
    return {row.id: bool(row.tells_all) for row in rows}


def children(session: Session, place: Place, days: Sequence[date]) -> list[Place]:
    """The areas that lay right below on one of these days, by code."""
    every = {one.id: one for some in children_by_day(session, place, days).values() for one in some}
    return sorted(every.values(), key=lambda one: (one.code, one.id))


def children_by_day(session: Session, place: Place, days: Sequence[date]) -> dict[date, list[Place]]:
    """The areas that lay right below on each day, by code; below the units that became this one where it was not yet:
    over a merger an area and its successor are never both of one day."""
    below = _right_below([place.id], days)
    rows = session.execute(
        select(below.c.day, _AREA)
        .join(below, below.c.id == _AREA.c.id)
        .distinct()
        .order_by(below.c.day, _AREA.c.code, _AREA.c.id)
    )
    found: dict[date, list[Place]] = {one: [] for one in days}
    for row in rows:
        found[row.day].append(_placed(row, place.tells_all))
    return found


def own_and_right_below(session: Session, actor: Actor, day: date) -> list[list[Place]]:
    """Each area of the caller's grants with the areas right below it, which follow it: one statement, however many. In
    the order of `find_place`: the first one is that which is shown where none is asked for."""
    own = sorted(actor.scope.area_ids)
    below, root = _right_below(own, [day]), _AREA.alias("root")
    there = union_all(
        select(_AREA.c.id.label("root"), _AREA.c.id).where(_AREA.c.id.in_(own)), select(below.c.root, below.c.id)
    ).subquery()
    told = actor.tells_all(Permission.indicators_read).covers(_AREA.c.id).label("tells_all")
    rows = session.execute(
        select(_AREA, there.c.root, told)
        .join(there, there.c.id == _AREA.c.id)
        .join(root, root.c.id == there.c.root)
        .order_by(root.c.code, valid_on(root.c, day).desc(), root.c.valid_from.desc(), root.c.id)
        .order_by(there.c.id != there.c.root, _AREA.c.code, _AREA.c.id)
    )
    found: dict[UUID, list[Place]] = {}
    for row in rows:
        some = found.setdefault(row.root, [])
        # what became the area lies outside of the caller's scope, and is theirs with it
        some.append(_placed(row, bool(row.tells_all) or (bool(some) and some[0].tells_all)))
    return list(found.values())


def _right_below(roots: Sequence[UUID], days: Sequence[date]) -> Any:
    """(root, day, id): what lay right below each of these areas on each day, or below the units that became it."""
    day = (
        func.unnest(cast(list(days), ARRAY(Date))).table_valued(Column("day", Date), name="asked_day").render_derived()
    )
    own = select(_AREA.c.id.label("root"), _AREA.c.id, cast(null(), Date).label("until"))
    known = own.where(_AREA.c.id == func.any(cast(list(roots), sql.Ids()))).cte("known", recursive=True)
    known = known.union(
        select(known.c.root, _SUCCESSION.c.predecessor_id, func.least(known.c.until, _SUCCESSION.c.on_day))
        .join(known, known.c.id == _SUCCESSION.c.successor_id)
        .where(of_one_level())
    )
    at_the_time = or_(known.c.until.is_(None), day.c.day < known.c.until)
    return (
        select(known.c.root, day.c.day, _PARENT.c.area_id.label("id"))
        .select_from(known)
        .join(_PARENT, _PARENT.c.parent_id == known.c.id)
        .join(day, and_(valid_on(AreaParent, day.c.day), at_the_time))
        .distinct()
        .subquery("right_below")
    )


def _placed(row: Any, tells_all: bool) -> Place:
    return Place(row.id, row.code, full_name(row.local_kind, row.name), Level(row.level), tells_all)


def numbers(
    session: Session,
    areas: Sequence[Place],
    days: Sequence[date],
    breakdown: str,
    wanted: Sequence[str],
    known: datetime | None = None,
) -> dict[tuple[date, UUID], dict[str, Numbers]]:
    """(day, area) -> part -> measure -> number, for the measures wanted.

    Where all is counted already one statement, however many areas and days; otherwise some for each portion of them.
    Raises Invalid where what was `known` is asked of too many communes.
    """
    if not areas:
        return {}
    roots = [area.id for area in areas]
    answer: dict[tuple[date, UUID], dict[str, Numbers]] = {(day, root): {} for day in days for root in roots}
    if known is None:
        found = kept(session, roots, days, breakdown, wanted)
        for day, root, part, sums in found.sums:
            answer[day, root][part] = dict(zip(wanted, sums, strict=True))
        if found.stale:
            counted = recount(session, found, breakdown)
            for day, root, area_id, _ in found.stale:
                _add_up(answer[day, root], counted[day][area_id], wanted)
    else:
        _add_known(session, answer, roots, days, known, breakdown, wanted)
    for parts_of in answer.values():
        if breakdown:
            parts_of.pop("", None)
        else:
            parts_of.setdefault("", dict.fromkeys(wanted, 0))
    return answer


def _add_known(
    session: Session,
    answer: Mapping[tuple[date, UUID], dict[str, Numbers]],
    roots: Sequence[UUID],
    days: Sequence[date],
    known: datetime,
    breakdown: str,
    wanted: Sequence[str],
) -> None:
    """Raises Invalid for more communes than a request has time for."""
    rows = session.execute(counted_areas(roots, days)).all()
    levels = {row.id: Level(row.level) for row in rows}
    if sum(level is Level.commune for level in levels.values()) > MOST_COMMUNES_KNOWN:
        vi = f"Muốn biết số liệu như ở một thời điểm trước đây, hãy chọn địa bàn có tối đa {MOST_COMMUNES_KNOWN} xã."
        en = f"As of an earlier state of knowledge, choose an area of at most {MOST_COMMUNES_KNOWN} communes."
        raise Invalid(vi, en, errors=(FieldError("#query/known_at", "area_too_large", vi, en),))
    for portion in portions(levels):
        by_day = count(session, {area: levels[area] for area in portion}, days, known, breakdown)
        for row in rows:
            if row.id in by_day[row.day]:
                _add_up(answer[row.day, row.root], by_day[row.day][row.id], wanted)


def _add_up(answer: dict[str, Numbers], counted: Mapping[str, Sequence[int]], wanted: Sequence[str]) -> None:
    where = places()
    for value, line in counted.items():
        sums = answer.setdefault(value, dict.fromkeys(wanted, 0))
        for code in wanted:
            sums[code] += line[where[code] - 1]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
