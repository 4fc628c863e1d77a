"""The class of households as of today or any day, from the database's function `household_class_on` (migration 0009).

How long a household counts as newly escaped is data (data/newly_escaped.toml).
The function stands on recognitions, which live above this feature; nothing here knows their tables.
"""

import tomllib
from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, bindparam, cast, column, func, select
from sqlmodel import Session

from api import clock
from api.households.stored import among

_COLUMNS = (
    column("household_id", Uuid()),
    column("current_class", Text()),
    column("class_since", Date()),
    column("newly_escaped_until", Date()),
)


def _newly_escaped_months() -> int:
    read = tomllib.loads(files("api.households").joinpath("data/newly_escaped.toml").read_text(encoding="utf-8"))
    return int(read["programme"]["months"])


_MONTHS = _newly_escaped_months()


def _of_day(day: Any, name: str) -> Any:
    return func.household_class_on(cast(day, Date), _MONTHS).table_valued(*_COLUMNS, name=name)


# Of the day on which the statement runs, by our clock and not by the database's.
household_class = _of_day(bindparam(None, callable_=clock.today, type_=Date, unique=True), "household_class")


def household_class_on(day: date) -> Any:
    """The same columns as `household_class` as of any day, to be joined: every household has a row."""
    return _of_day(day, "household_class_on")


def class_then(day: Any, household_id: Any) -> Any:
    """The same columns of one household on a day, both columns of the query this is joined with (on true).

    The household is asked for inside, or the classes of everybody would be read for each day.
    """
    found = _of_day(day, "of_that_day")
    query = select(found).where(found.c.household_id == household_id)
    return query.correlate(day.table, household_id.table).lateral("class_then")


CLASS_FIELDS = ("current_class", "class_since", "newly_escaped_until")


def classes(session: Session, household_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Household -> its class fields, days as ISO text. Whoever calls has checked the scope."""
    ids = list(household_ids)
    if not ids:
        return {}
    rows = session.execute(select(household_class).where(among(household_class.c.household_id, ids)))
    return {
        row.household_id: {
            "current_class": row.current_class,
            "class_since": row.class_since and row.class_since.isoformat(),
            "newly_escaped_until": row.newly_escaped_until and row.newly_escaped_until.isoformat(),
        }
        for row in rows
    }
