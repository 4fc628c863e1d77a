"""Who is entitled in a commune on a day, and what the insurer was told of whom: a fixed number of statements, however
many people there are."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, and_, bindparam, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session

from api import sql
from api.areas.scope import valid_on, with_predecessors
from api.areas.tables import AreaClosure, AreaSuccession, SuccessionKind
from api.households.class_view import household_class_on
from api.households.tables import HouseholdMove, HouseholdStatus
from api.households.wire_records import HOUSEHOLD, MEMBER
from api.insurance.rules import Person, Returned, Told
from api.insurance.tables import InsuranceLine, InsuranceList, InsuranceListState
from api.recognitions.books import AREA
from api.recognitions.standings import hamlet_on, status_on
from api.recognitions.tables import LivingStandardKind, LivingStandardRecognition
from api.reviews.queries import under

LIST = InsuranceList.__table__  # type: ignore[attr-defined]
LINE = InsuranceLine.__table__  # type: ignore[attr-defined]
_MOVE = HouseholdMove.__table__  # type: ignore[attr-defined]
_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]
_SUCCESSION = AreaSuccession.__table__  # type: ignore[attr-defined]
_AVERAGE = LivingStandardRecognition.__table__  # type: ignore[attr-defined]
# in the order in which the insurer reads them
IN_ORDER = (LIST.c.month, LIST.c.number, LINE.c.position)


def lists_before(area_id: UUID, day: date) -> Any:
    """The lists of a commune, and of the units that became it: what they told the insurer is what it knows."""
    return LIST.c.area_id.in_(_became(area_id, day))


def _became(area_id: UUID, day: date) -> Select[Any]:
    return with_predecessors(select(literal(area_id, AREA.c.id.type).label("id")), day)


def lines_before(area_id: UUID, day: date) -> Any:
    """The lines of these lists that are the commune's own. Where a unit was split, what it had told of a person goes
    to the part in which their household stood on that day, and to no other part; of whom it was told that had left
    before, to every part: one of them has to tell that they are off."""
    person, on_day = MEMBER.alias("person"), _SUCCESSION.c.on_day
    stood = and_(_CLOSURE.c.descendant_id == hamlet_on(on_day, _SUCCESSION), valid_on(_CLOSURE.c, on_day))
    with_another_part = (
        select(literal(1))
        .select_from(person)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == person.c.household_id)
        .join(_SUCCESSION, _SUCCESSION.c.predecessor_id == LIST.c.area_id)
        .join(_CLOSURE, stood)
        .where(person.c.id == LINE.c.member_id, on_day <= day, LIST.c.as_of < on_day, _other_part(area_id, day))
        .correlate(LIST, LINE)
    )
    return and_(lists_before(area_id, day), ~with_another_part.exists())


def _other_part(area_id: UUID, day: date) -> Any:
    """The unit in _CLOSURE is a part of a split that did not become this commune: another successor, or what went on
    under the old name, unless that became this commune later."""
    later, mine = _SUCCESSION.alias("later"), _became(area_id, day)
    became = exists().where(
        later.c.predecessor_id == _SUCCESSION.c.predecessor_id,
        later.c.on_day > _SUCCESSION.c.on_day,
        later.c.successor_id.in_(mine),
    )
    went_on = and_(_CLOSURE.c.ancestor_id == _SUCCESSION.c.predecessor_id, _CLOSURE.c.ancestor_id != area_id, ~became)
    successor = and_(_CLOSURE.c.ancestor_id == _SUCCESSION.c.successor_id, _CLOSURE.c.ancestor_id.not_in(mine))
    return and_(_SUCCESSION.c.kind == SuccessionKind.split_from, or_(successor, went_on))


def _sent(area_id: UUID, day: date, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join(LIST, LIST.c.id == LINE.c.list_id)
        .where(lines_before(area_id, day), LIST.c.state != InsuranceListState.drafted, LINE.c.taken_off.is_(None))
    )


def told(session: Session, area_id: UUID, day: date) -> dict[UUID, Told]:
    """Member -> what the insurer was told last, and took: lines that came back with an error told nothing."""
    rows = session.execute(
        _sent(area_id, day, LINE.c.member_id, LINE.c.change, LINE.c.policy, LINE.c.group_code, LINE.c.reason)
        .ext(distinct_on(LINE.c.member_id))
        .where(LINE.c.error_text.is_(None))
        .order_by(LINE.c.member_id, *(column.desc() for column in IN_ORDER))
    )
    return {r.member_id: Told(r.change == "increase", r.policy, r.group_code, r.reason) for r in rows}


def returned(session: Session, area_id: UUID, day: date) -> dict[UUID, Returned]:
    """Member -> the last line about them, where that came back with an error."""
    last = (
        _sent(
            area_id,
            day,
            LINE.c.member_id,
            LINE.c.change,
            LINE.c.valid_from,
            LINE.c.error_text.is_not(None).label("errs"),
            LINE.c.resolved_on.is_not(None).label("resolved"),
        )
        .ext(distinct_on(LINE.c.member_id))
        .order_by(LINE.c.member_id, *(column.desc() for column in IN_ORDER))
        .subquery()
    )
    rows = session.execute(select(last).where(last.c.errs))
    return {r.member_id: Returned(r.change, r.valid_from, r.resolved) for r in rows}


def people(session: Session, area_id: UUID, day: date, known: Iterable[UUID]) -> list[Person]:
    """Everybody of a household that is poor, near-poor or of average living standard on `day`, and whoever the insurer
    knows; by hamlet, household and name. One statement."""
    on, hamlet = household_class_on(day), hamlet_on(day)
    here = and_(under(area_id, day, hamlet), status_on(day) == HouseholdStatus.active)
    average = _average_since(day)
    columns = (
        MEMBER.c.id,
        MEMBER.c.household_id,
        here.label("here"),
        on.c.current_class,
        on.c.class_since,
        average.label("average_since"),
        MEMBER.c.birth_date,
        MEMBER.c.left_on,
        MEMBER.c.left_reason,
        MEMBER.c.pension,
        MEMBER.c.merit_person,
        _came_on(area_id, day).label("came_on"),
        AREA.c.code,
        HOUSEHOLD.c.household_no,
        MEMBER.c.name_sort,
    )
    joined = (
        select(*columns)
        .select_from(MEMBER)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == MEMBER.c.household_id)
        .join(AREA, AREA.c.id == HOUSEHOLD.c.hamlet_id)
        .outerjoin(on, on.c.household_id == HOUSEHOLD.c.id)
    )
    entitled = joined.where(here, or_(on.c.current_class.in_(("poor", "near_poor")), average.is_not(None)))
    reported = joined.where(MEMBER.c.id.in_(select(func.unnest(_array(known)))))
    both = union_all(entitled, reported).subquery()
    rows = session.execute(select(both).distinct().order_by(both.c.code, both.c.household_no, both.c.household_id,
                                                            both.c.name_sort, both.c.id))  # fmt: skip
    return [_person(row, day) for row in rows]


def _array(ids: Iterable[UUID]) -> Any:
    return bindparam(None, list(ids), type_=sql.Ids(), unique=True)


def _person(row: Any, day: date) -> Person:
    born = row.birth_date is None or row.birth_date <= day
    return Person(
        member_id=row.id,
        household_id=row.household_id,
        lives_here=bool(row.here) and born and (row.left_on is None or row.left_on > day),
        poverty_class=row.current_class,
        class_since=row.class_since,
        average_since=row.average_since,
        birth_date=row.birth_date,
        left_on=row.left_on,
        left_reason=row.left_reason,
        pension=row.pension,
        merit_person=row.merit_person,
        came_on=row.came_on,
    )


def _average_since(day: date) -> Any:
    where = (
        _AVERAGE.c.household_id == HOUSEHOLD.c.id,
        _AVERAGE.c.kind == LivingStandardKind.agri_average_living_standard,
        _AVERAGE.c.days.op("@>")(cast(day, Date)),
    )
    return select(func.min(func.lower(_AVERAGE.c.days))).where(*where).correlate(HOUSEHOLD).scalar_subquery()


def _came_on(area_id: UUID, day: date) -> Any:
    """The day on which HOUSEHOLD last came into the commune from another one."""
    where = (
        _MOVE.c.household_id == HOUSEHOLD.c.id,
        _MOVE.c.moved_on <= day,
        under(area_id, day, _MOVE.c.to_hamlet_id),
        ~under(area_id, day, _MOVE.c.from_hamlet_id),
    )
    return select(func.max(_MOVE.c.moved_on)).where(*where).correlate(HOUSEHOLD).scalar_subquery()


def sums(session: Session, area_id: UUID, day: date, draft_id: UUID) -> dict[UUID, tuple[int, int]]:
    """List -> (increases, decreases) that change who is on, in the order of the lists; with the draft asked about.

    A line that came back counts nothing, and what a later list said before that came out neither twice.
    """
    counted = or_(LIST.c.state != InsuranceListState.drafted, LIST.c.id == draft_id)
    before = func.lag(LINE.c.change).over(partition_by=LINE.c.member_id, order_by=IN_ORDER)
    lines = (
        select(LINE.c.list_id, LINE.c.change, before.label("before"))
        .join(LIST, LIST.c.id == LINE.c.list_id)
        .where(lines_before(area_id, day), counted, LINE.c.taken_off.is_(None), LINE.c.error_text.is_(None))
        .subquery()
    )
    increases = and_(lines.c.change == "increase", lines.c.before.is_distinct_from("increase"))
    decreases = and_(lines.c.change == "decrease", lines.c.before == "increase")
    rows = session.execute(
        select(
            LIST.c.id,
            func.count().filter(increases).label("increases"),
            func.count().filter(decreases).label("decreases"),
        )
        .outerjoin(lines, lines.c.list_id == LIST.c.id)
        .where(lists_before(area_id, day), counted)
        .group_by(LIST.c.id)
        .order_by(LIST.c.month, LIST.c.number)
    )
    return {row.id: (row.increases, row.decreases) for row in rows}
