"""The class of households: as of today from the view `household_class`, as of any day from a function (migration 0009).

The view stands on recognitions, which live above this feature; nothing here knows their tables.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, cast, column, func, select, table
from sqlmodel import Session

from api.households.stored import among

household_class = table(
    "household_class",
    column("household_id", Uuid()),
    column("current_class", Text()),
    column("class_since", Date()),
    column("newly_escaped_until", Date()),
)


def household_class_on(day: date) -> Any:
    """The same columns as `household_class` as of any day, to be joined: every household has a row."""
    return func.household_class_on(cast(day, Date)).table_valued(*household_class.c, name="household_class_on")


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
