"""The households, persons, interventions or trainees behind a number: they add up to it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, not_, null, select, true
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.tables import Area
from api.households.class_view import household_class
from api.households.search import head_name, visible
from api.households.wire_records import HOUSEHOLD as STORED
from api.households.wire_records import MEMBER
from api.indicators.breakdowns import COLUMNS
from api.indicators.catalogue import indicator
from api.indicators.counting import counted_areas, portions
from api.indicators.definition import Figure, Indicator, Measure
from api.indicators.facts import HOUSEHOLD, IDENTITY, PERSON, PLACE, TABLES, Grain, Moment, facts
from api.indicators.points import Place
from api.indicators.poverty import RATES
from api.indicators.queries import find_place
from api.indicators.schemas import RecordOut
from api.interventions.tables import Intervention
from api.problems import FieldError, Invalid, PermissionDenied
from api.schema import Page

_AREA = Area.__table__  # type: ignore[attr-defined]
_INTERVENTION = Intervention.__table__  # type: ignore[attr-defined]
Part = Literal["numerator", "denominator", "missing", "unknown"]
_SEES: dict[Grain, tuple[Permission, ...]] = {
    "household": (Permission.households_list, Permission.households_read),
    "person": (Permission.households_read,),
    "intervention": (Permission.programmes_read,),
    "trainee": (Permission.programmes_read,),
}


# So many portions of areas are read for a page: forty communes, some twenty seconds where all of them are full.
PORTIONS = 20
# behind every record of its area
_LAST = UUID(int=2**128 - 1)
# what a list of households tells anyway: the class, and how it came to it
_OF_CLASS = {one.code for one in RATES if one.numerator.grain == "household"} - {"average_living_standard_households"}
_SENSITIVE = ("ethnicity", "disability")


@dataclass(frozen=True)
class Behind:
    """Which number: of which area and day, which part of the fraction, and where it was split, which part of that."""

    area: str | None
    as_of: date
    part: Part
    by: str | None = None
    value: str | None = None
    known_at: datetime | None = None


def records(
    session: Session, actor: Actor, code: str, behind: Behind, limit: int, cursor: str | None
) -> Page[RecordOut]:
    """Who is counted, by hamlet and id; of who has since gone where the caller may not look, only that they are. A page
    of a large area may have fewer, or nobody, and still say where the next one begins.

    Raises UnknownIndicator, NotFound (the area), PermissionDenied, Invalid where no records are behind that part.
    """
    one = indicator(code)
    grain, where = _condition(one, behind)
    if not actor.has(*_SEES[grain]):
        raise _denied(_SEES[grain][0])
    place = find_place(session, actor, behind.area, behind.as_of)
    _require(session, actor, one, behind, place)
    areas = [row.id for row in session.execute(counted_areas([place.id], [behind.as_of]))]
    query = _named(grain, actor).where(where)
    if behind.by is not None and behind.value is not None:
        query = query.where(COLUMNS[behind.by][grain] == behind.value)
    shown, next_cursor = _walked(session, query, grain, areas, behind, limit, cursor)
    seen = [row.household_id for row in shown if row.household_id is not None]
    audit.record(session, actor, "indicators.records", "household", dict.fromkeys(seen), indicator=code)
    return Page[RecordOut](items=[RecordOut.model_validate(row._asdict()) for row in shown], next_cursor=next_cursor)


def _walked(
    session: Session,
    query: Select[Any],
    grain: Grain,
    areas: list[UUID],
    behind: Behind,
    limit: int,
    cursor: str | None,
) -> tuple[list[Any], str | None]:
    """Portion by portion of the areas until the page is full; after so many portions it ends where it is, full or not,
    and the next page goes on from there."""
    after = paging.decode(cursor, UUID, UUID)
    if after is not None:
        query = query.where(func.row(PLACE[grain], IDENTITY[grain]) > func.row(*after))
    query = query.order_by(PLACE[grain], IDENTITY[grain])
    done = after is not None and after[1] == _LAST  # with the area of the place itself
    left = list(portions(area for area in areas if after is None or area > after[0] or (area == after[0] and not done)))
    rows: list[Any] = []
    for portion in left[:PORTIONS]:
        some = facts(query.limit(limit + 1 - len(rows)), portion, Moment(behind.as_of, behind.known_at))
        rows += session.execute(some).all()
        if len(rows) > limit:
            break
    shown, next_cursor = paging.page(rows, limit, lambda row: (str(row.place), str(row.identity)))
    if next_cursor is None and len(left) > PORTIONS:
        next_cursor = paging.encode((str(left[PORTIONS - 1][-1]), str(_LAST)))
    return shown, next_cursor


def may_list(actor: Actor, one: Indicator) -> bool:
    """May the caller, somewhere, list who is behind this indicator? Where exactly, `records` says."""
    if isinstance(one.numerator, Figure):
        return False
    grain = one.numerator.grain
    if grain in ("household", "person") and not actor.has(Permission.households_read):
        return one.code in _OF_CLASS and actor.has(*_SEES[grain])
    return actor.has(*_SEES[grain])


def _require(session: Session, actor: Actor, one: Indicator, behind: Behind, place: Place) -> None:
    """A list says of everybody on it what the indicator counts. Whoever may list households without reading them learns
    their class that way, and nothing else; ethnic groups and disabilities are for whoever may see those of a person."""
    if one.numerator.grain not in ("household", "person"):
        return
    rights = (Permission.households_read, Permission.persons_sensitive)
    query = select(*(actor.scope_of(right).covers(_AREA.c.id) for right in rights)).where(_AREA.c.id == place.id)
    reads, sees_sensitive = session.execute(query).one()
    if not reads and not (one.code in _OF_CLASS and behind.by is None):
        raise _denied(Permission.households_read)
    if behind.by in _SENSITIVE and not sees_sensitive:
        raise _denied(Permission.persons_sensitive)


def _denied(right: Permission) -> PermissionDenied:
    vi = f"Việc này cần quyền {right}. Hãy hỏi cán bộ quản trị nếu bạn cần quyền đó."
    return PermissionDenied(vi, f"This needs the permission {right}.", permission=right.value)


def _condition(one: Indicator, behind: Behind) -> tuple[Grain, ColumnElement[bool]]:
    """Raises Invalid where the part is a statistic, or the indicator has no such part."""
    if behind.by is not None and (behind.by not in one.breakdowns or behind.by == "area"):
        vi = f"Chỉ tiêu này chia theo: {', '.join(one.breakdowns)}."
        en = f"It is split by: {', '.join(one.breakdowns)}."
        raise Invalid(vi, en, errors=(FieldError("#query/by", "no_such_breakdown", vi, "No such breakdown."),))
    if behind.value is not None and behind.by is None:
        vi, en = "Cần nói chia theo gì (by).", "What it is split by is missing (`by`)."
        raise Invalid(vi, en, errors=(FieldError("#query/by", "missing", vi, en),))
    upper, lower, unknown = one.numerator, one.denominator, one.unknown
    if behind.part == "numerator" and isinstance(upper, Measure):
        return upper.grain, _all(upper)
    if behind.part == "unknown" and unknown is not None:
        return unknown.grain, _all(unknown)
    if behind.part == "denominator" and isinstance(lower, Measure):
        return lower.grain, _all(lower)
    if behind.part == "missing" and isinstance(lower, Measure) and isinstance(upper, Measure):
        return lower.grain, and_(_all(lower), not_(func.coalesce(_all(upper), False)))
    vi = "Phần này của chỉ tiêu không đếm từ hồ sơ: là số liệu thống kê của xóm, số liệu xã ghi, hoặc không có."
    en = "No records are behind this part: it is a statistic of the hamlets, a figure of the commune, or there is none."
    raise Invalid(vi, en, errors=(FieldError("#query/part", "no_records", vi, en),))


def _all(measure: Measure) -> ColumnElement[bool]:
    return true() if measure.where is None else measure.where


def _named(grain: Grain, actor: Actor) -> Select[Any]:
    """The facts with the names the caller may see."""
    hamlet = _AREA.alias("hamlet")
    base = (PLACE[grain].label("place"), IDENTITY[grain].label("identity"), hamlet.c.code.label("area_code"))
    if grain in ("intervention", "trainee"):
        nobody = (_null(name) for name in ("household_id", "household_no", "head_name", "poverty_class"))
        title = _INTERVENTION.c.title if grain == "intervention" else null()
        query = select(*base, *nobody, _null("member_id"), _null("full_name"), title.label("title"))
        query = query.select_from(TABLES[grain]).join(hamlet, hamlet.c.id == PLACE[grain])
        return query.outerjoin(_INTERVENTION, _INTERVENTION.c.id == IDENTITY[grain])
    fact = HOUSEHOLD if grain == "household" else PERSON
    mine = visible(actor)
    query = select(
        *base,
        STORED.c.id.label("household_id"),
        STORED.c.household_no,
        head_name().label("head_name"),
        fact.c.poverty_class,
        (_null("member_id") if grain == "household" else MEMBER.c.id.label("member_id")),
        (_null("full_name") if grain == "household" else MEMBER.c.full_name),
        _null("title"),
    )
    query = (
        query.select_from(fact)
        .join(hamlet, hamlet.c.id == PLACE[grain])
        .outerjoin(household_class, household_class.c.household_id == fact.c.household_id)
        .outerjoin(STORED, and_(STORED.c.id == fact.c.household_id, mine))
    )
    if grain == "person":
        query = query.outerjoin(MEMBER, and_(MEMBER.c.id == PERSON.c.member_id, STORED.c.id.is_not(None)))
    return query


def _null(name: str) -> Any:
    return null().label(name)
