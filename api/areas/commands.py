"""What changes the tree, and the totals of households and persons that every rate is divided by."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlmodel import Session

from api import audit
from api.areas.documents import read_areas
from api.areas.loading import Row, rows_of
from api.areas.tables import Area, AreaClosure
from api.sql import load

_SYSTEM = audit.SystemActor()


def load_areas(session: Session, document: dict[str, Any], actor: audit.Acting = _SYSTEM) -> int:
    """Adds the units of a parsed file (data/truc-ninh.toml) that are not there yet; returns how many.

    The same file again changes nothing: what was renamed meanwhile stays renamed. Raises Invalid for a file that
    is not right.
    """
    file = read_areas(document)
    _only_one_writer(session)
    added = insert(session, rows_of(file, _stored(session)))
    if added:
        rebuild_closure(session)
        audit.record(session, actor, "areas.load", "area", added, source=file.source)
    return len(added)


def insert(session: Session, rows: Iterable[Row]) -> list[UUID]:
    """Stores units and what they hang under; the ids of those that were not there yet."""
    given = json.dumps([row.as_json() for row in rows])
    return list(session.execute(load("api/areas/sql/insert_areas.sql"), {"rows": given}).scalars())


def rebuild_closure(session: Session) -> None:
    """Derives area_closure anew from area and area_parent; who reads meanwhile still sees the old one."""
    _only_one_writer(session)
    session.flush()
    session.execute(delete(AreaClosure))
    session.execute(load("api/areas/sql/rebuild_closure.sql"))


def _only_one_writer(session: Session) -> None:
    # Two rebuilds side by side would each miss the other's new unit. Reading goes on: only writers wait.
    session.execute(text("LOCK TABLE area_closure IN SHARE ROW EXCLUSIVE MODE"))


def _stored(session: Session) -> list[Row]:
    columns = [getattr(Area, name) for name in Row.__dataclass_fields__ if name != "parent_id"]
    return [Row(**stored._mapping) for stored in session.execute(select(*columns))]
