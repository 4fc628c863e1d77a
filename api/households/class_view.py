"""The class of households as of today, read from the view `household_class` (migration 0006).

The view stands on recognitions, which live above this feature; nothing here knows their tables.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, column, select, table
from sqlmodel import Session

from api.households.stored import among

household_class = table(
    "household_class",
    column("household_id", Uuid()),
    column("current_class", Text()),
    column("class_since", Date()),
    column("newly_escaped_until", Date()),
)

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
