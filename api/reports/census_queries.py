"""Reads who is counted in the reports of a commune: a fixed number of statements, however many there are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session

from api import sql
from api.accounts.actor import Actor
from api.areas.names import full_name
from api.areas.scope import valid_on
from api.areas.tables import AreaClosure, AreaStatistic, AreaType, Level, LocalKind
from api.households.stored import among
from api.indicators.facts import HOUSEHOLD, PERSON, Moment, facts
from api.procedure.records import REVIEW
from api.recognitions.books import AREA
from api.recognitions.movement_queries import round_ledger
from api.recognitions.movements import CLASSES, Entry, Stands
from api.recognitions.standings import hamlets_of
from api.reports.basis import Basis
from api.reports.census import Census, Home, Human, lacks_education
from api.reports.grid import UnitRow

_STATISTIC = AreaStatistic.__table__  # type: ignore[attr-defined]
_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]
_URBAN_KINDS = (LocalKind.phuong, LocalKind.thi_tran)


def census(session: Session, actor: Actor, basis: Basis) -> tuple[list[UnitRow], Census]:
    """The hamlets that are the caller's, and who is counted in them. Raises NotFound, Conflict as the ledger does."""
    assert basis.commune_id is not None
    entries: list[Entry] = []
    if basis.round is not None:
        entries = round_ledger(session, actor.scope, basis.round.id)[1]
    units = _units(session, actor, basis, entries)
    hamlets = [unit.id for unit in units]
    mine = [entry for entry in entries if entry.area_id in set(hamlets)]
    moment = Moment(basis.day, basis.known)
    stands = None if basis.round is None else _closing(mine)
    homes = _homes(session, hamlets, moment, stands, _reviews(session, basis))
    return units, Census(
        day=basis.day,
        homes=tuple(homes),
        humans=tuple(_humans(session, hamlets, moment, homes)),
        entries=tuple(mine),
        statistics=_statistics(session, hamlets, basis),
    )


def _units(session: Session, actor: Actor, basis: Basis, entries: Iterable[Entry]) -> list[UnitRow]:
    """The hamlets of the commune on the day, and those that have left it since the opening."""
    if basis.place.level is Level.hamlet:
        wanted = [basis.place.id]
    else:
        assert basis.commune_id is not None
        known = list(hamlets_of(session, basis.commune_id, basis.day))
        wanted = known + sorted({entry.area_id for entry in entries} - set(known))
    urban = session.execute(select(AREA.c.area_type, AREA.c.local_kind).where(AREA.c.id == basis.commune_id)).one()
    fallback = unit_type(urban.area_type, urban.local_kind)
    query = select(AREA).where(among(AREA.c.id, wanted), actor.scope.covers(AREA.c.id))
    found = {row.id: row for row in session.execute(query)}
    return [
        UnitRow(row.id, row.code, full_name(LocalKind(row.local_kind), row.name), row.area_type or fallback)
        for row in (found[area_id] for area_id in wanted if area_id in found)
    ]


def unit_type(area_type: str | None, local_kind: str) -> Any:
    """Urban or rural: what is recorded, otherwise by the kind of the unit."""
    return area_type or (AreaType.urban if local_kind in _URBAN_KINDS else AreaType.rural)


def _closing(entries: Iterable[Entry]) -> dict[UUID, Stands]:
    return {
        entry.household_id: Stands(entry.area_id, entry.poverty_class, entry.persons)
        for entry in entries
        if entry.column == "closing"
    }


def _reviews(session: Session, basis: Basis) -> dict[UUID, Any]:
    """The reviews in force of the round, by household."""
    if basis.round is None:
        return {}
    query = select(REVIEW.c.household_id, REVIEW.c.deprivations, REVIEW.c.undetermined, REVIEW.c.causes, REVIEW.c.needs)
    rows = session.execute(query.where(REVIEW.c.round_id == basis.round.id, REVIEW.c.in_force))
    return {row.household_id: row for row in rows}


def _homes(
    session: Session, hamlets: list[UUID], moment: Moment, stands: dict[UUID, Stands] | None, reviews: dict[UUID, Any]
) -> list[Home]:
    """Of a round: who stood there when it closed, with what the register says of them; of a day: whom it says."""
    listed = HOUSEHOLD.c.poverty_class.in_(CLASSES) | HOUSEHOLD.c.average_living_standard
    query = select(HOUSEHOLD).where(listed) if stands is None else select(HOUSEHOLD)
    known = {row.household_id: row for row in session.execute(facts(query, hamlets, moment))}
    if stands is None:
        return [_home(row, row.poverty_class, row.hamlet_id, row.persons or 0, row) for row in known.values()]
    homes = []
    for household_id, stood in stands.items():
        row, review = known.get(household_id), reviews.get(household_id)
        if row is None:  # merged away in the hours after the closing: counted, of no group
            homes.append(Home(household_id, stood.hamlet_id, stood.poverty_class, stood.persons))
        else:
            homes.append(_home(row, stood.poverty_class, stood.hamlet_id, stood.persons, review or row))
    homes += [
        _home(row, None, row.hamlet_id, row.persons or 0, row)
        for row in known.values()
        if row.average_living_standard and row.household_id not in stands
    ]
    return homes


def _home(row: Any, poverty_class: str | None, hamlet_id: UUID, persons: int, review: Any) -> Home:
    return Home(
        household_id=row.household_id,
        hamlet_id=hamlet_id,
        poverty_class=poverty_class if poverty_class in CLASSES else None,
        persons=persons,
        average=row.average_living_standard,
        ethnicity=row.head_ethnicity,
        female_head=None if row.head_sex is None else row.head_sex == "female",
        no_labour=bool(row.no_labour_capacity),
        merit=bool(row.merit),
        reviewed=review is not row or row.review_id is not None,
        deprivations=frozenset(review.deprivations or ()),
        undetermined=frozenset(review.undetermined or ()),
        causes=frozenset(review.causes or ()),
        wishes=frozenset((review.wishes if review is row else review.needs) or ()),
        movements=frozenset(row.movements or ()),
    )


def _humans(session: Session, hamlets: list[UUID], moment: Moment, homes: Iterable[Home]) -> list[Human]:
    listed = {home.household_id: home for home in homes if home.poverty_class is not None}
    query = select(PERSON).where(among(PERSON.c.household_id, listed)).order_by(PERSON.c.member_id)
    found = []
    for row in session.execute(facts(query, hamlets, moment)):
        home = listed[row.household_id]
        assert home.poverty_class is not None
        found.append(
            Human(
                member_id=row.member_id,
                household_id=row.household_id,
                hamlet_id=home.hamlet_id,
                poverty_class=home.poverty_class,
                ethnicity=row.ethnicity,
                age=row.age,
                health_insurance=row.health_insurance,
                nutrition=row.nutrition,
                lacks_education=lacks_education(row.age, row.school_age, row.schooling, row.right_level),
                is_head=bool(row.is_head),
            )
        )
    return found


def _statistics(session: Session, hamlets: list[UUID], basis: Basis) -> dict[UUID, tuple[int, int]]:
    """The newest totals said of a day up to this one. A round has those recorded after its closing too: they come
    from the police or the statistics office, and mostly later."""
    known: datetime | None = None if basis.round is not None else basis.known
    newest = (
        select(_STATISTIC.c.area_id, _STATISTIC.c.households, _STATISTIC.c.persons)
        .where(_STATISTIC.c.area_id == func.any(cast(hamlets, sql.Ids())), _STATISTIC.c.as_of <= cast(basis.day, Date))
        .ext(distinct_on(_STATISTIC.c.area_id))
        .order_by(
            _STATISTIC.c.area_id, _STATISTIC.c.as_of.desc(), _STATISTIC.c.recorded_at.desc(), _STATISTIC.c.id.desc()
        )
    )
    if known is not None:
        newest = newest.where(_STATISTIC.c.recorded_at < known)
    return {row.area_id: (row.households, row.persons) for row in session.execute(newest)}


def below(session: Session, area_id: UUID, day: Any, level: Level) -> list[Any]:
    """The areas of a level that lay under an area on a day, with their codes and names, by code."""
    return list(
        session.execute(
            select(AREA)
            .join(_CLOSURE, _CLOSURE.c.descendant_id == AREA.c.id)
            .where(_CLOSURE.c.ancestor_id == area_id, valid_on(_CLOSURE.c, day), AREA.c.level == level)
            .order_by(AREA.c.code, AREA.c.id)
        )
    )
