"""Who is poor and near-poor in a commune on a day: where, of which class, with how many living persons.

Of a past day as the register knows it now: who moved since is put back where they came from, who was ended since was
there still, who left or died since is counted, who was born since is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, and_, cast, exists, func, or_, select
from sqlmodel import Session

from api.areas.tables import Area, Level
from api.changes.tables import RecordVersion
from api.households.class_view import household_class_on
from api.households.stored import among
from api.households.tables import HouseholdMove, HouseholdStatus
from api.households.wire_records import HOUSEHOLD, MEMBER
from api.recognitions.movements import CLASSES, Stands
from api.recognitions.tables import Recognition
from api.reviews.queries import under
from api.standards.tables import PovertyClass

_MOVE = HouseholdMove.__table__  # type: ignore[attr-defined]
_VERSION = RecordVersion.__table__  # type: ignore[attr-defined]
_RECOGNITION = Recognition.__table__  # type: ignore[attr-defined]
_AREA = Area.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Past:
    """What a decision of a day needs to know of a household: its class until then, what it once was, its people."""

    hamlet_id: UUID
    status: str
    class_before: PovertyClass | None
    was_poor: bool
    was_near_poor: bool
    persons: int


def living_on(day: date) -> Any:
    """How many people of HOUSEHOLD live there on `day`; a scalar subquery."""
    there = or_(MEMBER.c.left_on.is_(None), MEMBER.c.left_on > day)
    born = or_(MEMBER.c.birth_date.is_(None), MEMBER.c.birth_date <= day)
    return (
        select(func.count())
        .select_from(MEMBER)
        .where(MEMBER.c.household_id == HOUSEHOLD.c.id, there, born)
        .correlate(HOUSEHOLD)
        .scalar_subquery()
    )


def pasts(
    session: Session, household_ids: Iterable[UUID], day: date, lookback_months: int | None = None
) -> dict[UUID, Past]:
    """Household -> its past as of `day`. `lookback_months`: how far back a class counts for a relapse (None: always).

    Whoever calls has checked the scope.
    """
    on = household_class_on(day)
    rows = session.execute(
        select(
            HOUSEHOLD.c.id,
            HOUSEHOLD.c.hamlet_id,
            HOUSEHOLD.c.status,
            on.c.current_class,
            _left(PovertyClass.poor, day, lookback_months).label("was_poor"),
            _left(PovertyClass.near_poor, day, lookback_months).label("was_near_poor"),
            living_on(day).label("persons"),
        )
        .join(on, on.c.household_id == HOUSEHOLD.c.id)
        .where(among(HOUSEHOLD.c.id, household_ids))
    )
    return {
        row.id: Past(
            row.hamlet_id,
            row.status,
            row.current_class and PovertyClass(row.current_class),
            row.was_poor,
            row.was_near_poor,
            row.persons,
        )
        for row in rows
    }


def _left(poverty_class: PovertyClass, day: date, lookback_months: int | None) -> ColumnElement[bool]:
    """HOUSEHOLD once had this class and had left it by `day`."""
    end = func.upper(_RECOGNITION.c.days)
    where = [
        _RECOGNITION.c.household_id == HOUSEHOLD.c.id,
        _RECOGNITION.c.poverty_class == poverty_class,
        end <= day,
    ]
    if lookback_months is not None:
        where.append(end >= cast(day, Date) - func.make_interval(0, lookback_months))
    return exists().where(and_(*where)).correlate(HOUSEHOLD)


def stands_on(session: Session, commune_id: UUID, day: date) -> dict[UUID, Stands]:
    """Every poor and near-poor household of the commune's hamlets on `day`."""
    on, hamlet, status = household_class_on(day), hamlet_on(day), status_on(day)
    rows = session.execute(
        select(HOUSEHOLD.c.id, hamlet.label("hamlet"), on.c.current_class, living_on(day).label("persons"))
        .join(on, on.c.household_id == HOUSEHOLD.c.id)
        .where(
            on.c.current_class.in_(CLASSES),
            status == HouseholdStatus.active,
            under(commune_id, day, hamlet),
        )
    )
    return {row.id: Stands(row.hamlet, row.current_class, row.persons) for row in rows}


def hamlets_of(session: Session, commune_id: UUID, day: date) -> dict[UUID, str]:
    """The hamlets of a commune on a day, with their codes, in the order of these."""
    rows = session.execute(
        select(_AREA.c.id, _AREA.c.code)
        .where(under(commune_id, day, _AREA.c.id), _AREA.c.level == Level.hamlet)
        .order_by(_AREA.c.code, _AREA.c.id)
    )
    return {row.id: row.code for row in rows}


def hamlet_on(day: Any, *of: Any) -> Any:
    """Where HOUSEHOLD stood on `day`: where the first move after it began, or where it is. `of`: the tables of the
    query that `day` is a column of, if it is no day."""
    came_from = (
        select(_MOVE.c.from_hamlet_id)
        .where(_MOVE.c.household_id == HOUSEHOLD.c.id, _MOVE.c.moved_on > day)
        .order_by(_MOVE.c.moved_on, _MOVE.c.recorded_at)
        .limit(1)
        .correlate(HOUSEHOLD, *of)
        .scalar_subquery()
    )
    return func.coalesce(came_from, HOUSEHOLD.c.hamlet_id)


def status_on(day: date) -> Any:
    """Whether HOUSEHOLD was there on `day`: what the first change of its status recorded after it replaced."""
    replaced = (
        select(_VERSION.c.change["status"][0].astext)
        .where(
            _VERSION.c.record_id == HOUSEHOLD.c.id,
            _VERSION.c.change.has_key("status"),
            cast(func.timezone("Asia/Ho_Chi_Minh", _VERSION.c.changed_at), Date) > day,
        )
        .order_by(_VERSION.c.version)
        .limit(1)
        .correlate(HOUSEHOLD)
        .scalar_subquery()
    )
    return func.coalesce(replaced, HOUSEHOLD.c.status)
