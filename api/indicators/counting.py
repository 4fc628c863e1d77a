"""Counts of facts: kept per hamlet and day, counted again where something changed (docs/decisions/0016).

One statement adds up what is fresh and finds what is not, whatever the areas and days. That is counted in portions of
areas, all days at once: two statements count a portion, one keeps it. What is asked of an earlier state of knowledge is
counted on the spot and never kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    exists,
    func,
    literal,
    not_,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.types import UserDefinedType
from sqlmodel import Session

from api import sql
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaClosure, AreaSuccession, Level
from api.indicators.breakdowns import COLUMNS
from api.indicators.catalogue import fingerprint, measures, places
from api.indicators.definition import Measure
from api.indicators.facts import PLACE, TABLES, Grain, facts_of_days
from api.indicators.stated import Counts, add_stated
from api.indicators.tables import FACT_MARK, IndicatorCount

_AREA = Area.__table__  # type: ignore[attr-defined]
_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]
_SUCCESSION = AreaSuccession.__table__  # type: ignore[attr-defined]
_COUNT = IndicatorCount.__table__  # type: ignore[attr-defined]


class _Named(UserDefinedType[str]):
    """A type of PostgreSQL that is only named in casts."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name


PG_SNAPSHOT, XID8 = _Named("pg_snapshot"), _Named("xid8")

# Of whose facts there are counts: a commune's are those that belong to none of its hamlets.
_COUNTED = (Level.hamlet, Level.commune)
# So many areas are counted in one statement (two communes): past the memory of a sort, each costs twice as much.
AT_ONCE = 20


def counted_areas(area_ids: Sequence[UUID], days: Sequence[date]) -> Select[Any]:
    """(id, day, root, level): the hamlets and communes that were under each of these areas on each day, or under a unit
    that became it since."""
    under = _under(area_ids, days).subquery("under")
    return select(under, _AREA.c.level).join(_AREA, _AREA.c.id == under.c.id).where(_AREA.c.level.in_(_COUNTED))


def _under(area_ids: Sequence[UUID], days: Sequence[date]) -> Select[Any]:
    """(id, day, root) of areas of every level. The id first: what is distinct is sorted by it alone, nearly always."""
    day = (
        func.unnest(cast(list(days), ARRAY(Date))).table_valued(Column("day", Date), name="asked_day").render_derived()
    )
    own = select(_AREA.c.id.label("root"), _AREA.c.id).where(_AREA.c.id == func.any(cast(area_ids, sql.Ids())))
    known = own.cte("known", recursive=True)
    before = select(known.c.root, _SUCCESSION.c.predecessor_id).join(known, known.c.id == _SUCCESSION.c.successor_id)
    known = known.union(before.where(of_one_level()))
    return (
        select(_CLOSURE.c.descendant_id.label("id"), day.c.day, known.c.root)
        .select_from(known)
        .join(_CLOSURE, _CLOSURE.c.ancestor_id == known.c.id)
        .join(day, valid_on(AreaClosure, day.c.day))
        .distinct()
    )


def of_one_level() -> Any:
    """Of a succession: a commune that took over the duties of a district that is gone was never the whole district."""
    before, after = _AREA.alias("before"), _AREA.alias("after")
    same = before.c.level == after.c.level
    return exists().where(before.c.id == _SUCCESSION.c.predecessor_id, after.c.id == _SUCCESSION.c.successor_id, same)


@dataclass(frozen=True)
class Kept:
    """What is kept of some areas. `sums`: (day, root, part, numbers) of the fresh counts; `stale`: (day, root, area,
    level) of those that are missing, of another catalogue, or older than a mark that concerns the day. `snapshot`: what
    was seen, which a count made after it has seen too."""

    sums: Sequence[tuple[date, UUID, str, list[int]]]
    stale: Sequence[tuple[date, UUID, UUID, Level]]
    snapshot: str


def kept(session: Session, roots: Sequence[UUID], days: Sequence[date], breakdown: str, wanted: Sequence[str]) -> Kept:
    """The sums of `wanted` over what is kept and fresh, and what is not: one statement, whatever the areas and days."""
    sums, stale = [], []
    snapshot = ""
    for row in session.execute(_kept(roots, days, breakdown, wanted)):
        snapshot = row.snapshot or snapshot
        if row.area_id is None:
            sums.append((row.day, row.root, row.part, row.numbers))
        else:
            stale.append((row.day, row.root, row.area_id, Level(row.part)))
    return Kept(sums, stale, snapshot)


def _kept(roots: Sequence[UUID], days: Sequence[date], breakdown: str, wanted: Sequence[str]) -> Any:
    tree = _under(roots, days).cte("tree").prefix_with("MATERIALIZED")
    whole = (
        select(tree, _COUNT.c.snapshot, _COUNT.c.numbers, _fresh().label("fresh"))
        .join_from(
            tree,
            _COUNT,
            (_COUNT.c.day == tree.c.day) & (_COUNT.c.breakdown == breakdown) & (_COUNT.c.area_id == tree.c.id)
            & (_COUNT.c.value == "") & (_COUNT.c.catalogue == fingerprint()),
            isouter=True,
        )
        .cte("whole")
        .prefix_with("MATERIALIZED")
    )  # fmt: skip
    part = _COUNT.alias("part")
    numbers, value = (part.c.numbers, part.c.value) if breakdown else (whole.c.numbers, literal("", Text))
    sums = select(
        whole.c.day,
        whole.c.root,
        null().cast(Uuid).label("area_id"),
        value.label("part"),
        cast(array([func.sum(numbers[places()[code]]) for code in wanted]), ARRAY(BigInteger)).label("numbers"),
        null().cast(Text).label("snapshot"),
    ).where(whole.c.fresh)
    if breakdown:
        # parts that another reader kept of another state are not of this whole
        same = (part.c.area_id == whole.c.id) & (part.c.day == whole.c.day) & (part.c.snapshot == whole.c.snapshot)
        sums = sums.join_from(whole, part, same & (part.c.breakdown == breakdown))
    sums = sums.group_by(whole.c.day, whole.c.root, *([part.c.value] if breakdown else []))
    return union_all(sums, _stale(whole))


def _stale(whole: Any) -> Any:
    """What is to be counted. Only here the level is looked up: nothing is kept of other areas."""
    now = cast(func.pg_current_snapshot(), Text)
    return (
        select(whole.c.day, whole.c.root, whole.c.id, _AREA.c.level, null().cast(ARRAY(BigInteger)), now)
        .join(_AREA, _AREA.c.id == whole.c.id)
        .where(~whole.c.fresh, _AREA.c.level.in_(_COUNTED))
    )


def _fresh() -> Any:
    """There is a count, and no change was committed that concerns its day and that its snapshot had not seen."""
    seen = cast(_COUNT.c.snapshot, PG_SNAPSHOT)
    marked = (
        select(FACT_MARK.c.area_id)
        .where(
            FACT_MARK.c.area_id == _COUNT.c.area_id,
            FACT_MARK.c.since <= _COUNT.c.day,
            FACT_MARK.c.xid >= cast(cast(func.pg_snapshot_xmin(seen), Text), BigInteger),
            not_(func.pg_visible_in_snapshot(cast(cast(FACT_MARK.c.xid, Text), XID8), seen)),
        )
        .exists()
    )
    return and_(_COUNT.c.area_id.is_not(None), ~marked)


def portions(areas: Iterable[UUID]) -> Iterator[list[UUID]]:
    """The areas by id, as many together as one statement reads: over a whole province it would run out of its time."""
    every = sorted(areas)
    yield from (every[first : first + AT_ONCE] for first in range(0, len(every), AT_ONCE))


def recount(session: Session, found: Kept, breakdown: str) -> dict[date, Counts]:
    """Counts anew what is not fresh, keeps it, and gives it back by day.

    Nobody waits: what another request is keeping at the same moment is counted here too, and not kept.
    """
    levels = {area_id: level for _, _, area_id, level in found.stale}
    claimed = _claimed(session, sorted({day for day, *_ in found.stale}), breakdown)
    days = [day for day, _ in claimed]
    counted: dict[date, Counts] = {day: {} for day in days}
    for portion in portions(levels):
        some = count(session, {area_id: levels[area_id] for area_id in portion}, days, None, breakdown)
        _keep(session, {day: some[day] for day, mine in claimed if mine}, breakdown, found.snapshot)
        for day in days:
            counted[day].update(some[day])
    return counted


def _claimed(session: Session, days: Sequence[date], breakdown: str) -> list[tuple[date, bool]]:
    rows = session.execute(sql.load("api/indicators/sql/claim.sql"), {"days": list(days), "breakdown": breakdown})
    return sorted((row.day, row.mine) for row in rows)


def _keep(session: Session, counted: Mapping[date, Counts], breakdown: str, snapshot: str) -> None:
    rows = [
        {"day": day, "area_id": area_id, "value": value, "numbers": numbers}
        for day, counts in counted.items()
        for area_id, by_value in counts.items()
        for value, numbers in by_value.items()
    ]
    if rows:
        given = {"rows": sql.rows(rows), "breakdown": breakdown, "catalogue": fingerprint(), "snapshot": snapshot}
        session.execute(sql.load("api/indicators/sql/keep.sql"), given)


def count(
    session: Session, areas: Mapping[UUID, Level], days: Sequence[date], known: datetime | None, breakdown: str
) -> dict[date, Counts]:
    """Every measure of these areas on each day, and what was stated of them, in two statements. Each area has the part
    "" (where the breakdown has parts: its whole is not among the numbers): one without facts is an area of zeros."""
    where = places()
    counted: dict[date, Counts] = {day: {area_id: {"": [0] * len(where)} for area_id in areas} for day in days}
    by_grain: dict[Grain, list[Measure]] = {}
    for measure in measures().values():
        if measure.grain in COLUMNS[breakdown]:
            by_grain.setdefault(measure.grain, []).append(measure)
    every = union_all(*(_counted(grain, some, COLUMNS[breakdown][grain]) for grain, some in by_grain.items()))
    for grain, day, area_id, value, numbers in session.execute(facts_of_days(every, areas, days, known)):
        line = counted[day][area_id].setdefault(value, [0] * len(where))
        for measure, number in zip(by_grain[grain], numbers, strict=True):
            line[where[measure.code] - 1] = number
    if breakdown == "":
        add_stated(session, areas, days, known, counted)
    return counted


def _counted(grain: Grain, some: Sequence[Measure], part: Any) -> Select[Any]:
    numbers = [func.count() if one.where is None else func.count().filter(one.where) for one in some]
    facts, place = TABLES[grain], PLACE[grain]
    value = cast(part, Text)
    return (
        select(literal(grain, Text), facts.c.as_of, place, value, array(numbers))
        .select_from(facts)
        .group_by(facts.c.as_of, place, value)
    )
