"""What the history of records says of a past day: which values held then, and who lived where."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, and_, any_, bindparam, cast, exists, func, or_, select, union
from sqlmodel import Session

from api import clock
from api.changes.tables import Origin, RecordVersion
from api.households.stored import among
from api.households.wire_records import HOUSEHOLD, MEMBER

_VERSION = RecordVersion.__table__  # type: ignore[attr-defined]
_HOME = "household_id"
_moved = _VERSION.c.change.has_key(_HOME)
_from = _VERSION.c.change[_HOME][0].astext

# Record -> field -> the value of the day; and the households that a person ever lived in before.
Values = dict[UUID, dict[str, Any]]


def is_past(day: date) -> bool:
    return day < clock.today()


def after(day: date) -> ColumnElement[bool]:
    """Recorded when that day was over, in Viet Nam."""
    over = datetime.combine(day + timedelta(days=1), time.min, tzinfo=clock.VIET_NAM)
    later: ColumnElement[bool] = _VERSION.c.changed_at >= over
    return later


def split_off_after(day: date) -> ColumnElement[bool]:
    """HOUSEHOLD came into being by a split after that day: until then its people lived where they were split from."""
    first = and_(_VERSION.c.record_id == HOUSEHOLD.c.id, _VERSION.c.version == 1)
    # on a tablet it is made like any other, and those who leave are written into it
    by_split = or_(_VERSION.c.origin == Origin.split, _first_came())
    return exists().where(first, after(day), by_split).correlate(HOUSEHOLD)


def _first_came() -> Any:
    """Whoever was first in HOUSEHOLD came from another one, and was not registered there. Of those who were there at
    the same time its head counts: a household that is registered late may take somebody in on its first day."""
    home = cast(HOUSEHOLD.c.id, Text)
    here = select(MEMBER.c.id).where(MEMBER.c.household_id == HOUSEHOLD.c.id).correlate(HOUSEHOLD)
    # ix_record_version_left_household
    gone = select(_VERSION.c.record_id).where(_moved, _from == home).correlate(HOUSEHOLD)
    who, arrival, moves = union(here, gone).subquery("who"), _VERSION.alias("arrival"), _VERSION.alias("moves")
    first_home = (
        select(moves.c.change[_HOME][0].astext)
        .where(moves.c.record_id == arrival.c.record_id, moves.c.change.has_key(_HOME))
        .order_by(moves.c.version)
        .limit(1)
        .correlate(arrival)
        .scalar_subquery()
    )
    registered = and_(arrival.c.version == 1, func.coalesce(first_home, home) == home)
    came = arrival.c.change[_HOME][1].astext == home
    is_head = arrival.c.record_id == HOUSEHOLD.c.head_member_id
    return (
        select(came)
        .join_from(who, arrival, arrival.c.record_id == who.c.id)
        .where(or_(came, registered))
        .order_by(arrival.c.changed_at, is_head.desc(), came.desc())
        .limit(1)
        .correlate(HOUSEHOLD)
        .scalar_subquery()
    )


def left_since(session: Session, household_ids: Iterable[UUID], day: date) -> list[UUID]:
    """Who lived in these households on that day and was moved to another one since."""
    homes = [str(home) for home in household_ids]
    # ix_record_version_left_household
    query = select(_VERSION.c.record_id).where(_moved, _from == _any_text(homes), after(day)).distinct()
    return list(session.scalars(query))


def then(session: Session, record_ids: Collection[UUID], day: date) -> tuple[Values, dict[UUID, set[UUID]]]:
    """The fields that were changed after `day`, each with the value it had then; and each person's former homes."""
    past = is_past(day)
    which = or_(_moved, after(day)) if past else _moved
    later = after(day).label("later")
    query = (
        select(_VERSION.c.record_id, _VERSION.c.change, later)
        .where(among(_VERSION.c.record_id, record_ids), _VERSION.c.change.is_not(None), which)
        .order_by(_VERSION.c.record_id, _VERSION.c.version.desc())
    )
    values: Values = {}
    homes: dict[UUID, set[UUID]] = {}
    for record_id, change, is_later in session.execute(query):
        old = {name: old_new[0] for name, old_new in change.items()}
        if _HOME in old:
            old[_HOME] = UUID(old[_HOME])
            homes.setdefault(record_id, set()).add(old[_HOME])
        if past and is_later:
            values.setdefault(record_id, {}).update(old)
    return values, homes


def _any_text(values: list[str]) -> Any:
    return any_(bindparam(None, values, type_=ARRAY(Text), unique=True))
