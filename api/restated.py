"""Rows that are never changed: a correction is a later row for the same day, and of those of a day the newest counts.

For tables with `as_of`, `recorded_at` and `id`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, func, select
from sqlmodel import Session

from api import paging


def later_than(newest: Any | None, now: datetime) -> datetime:
    """When a row is recorded now, after the newest one: that the newest counts must hold for two of one moment too."""
    return now if newest is None else max(now, newest.recorded_at + timedelta(microseconds=1))


def page(
    session: Session,
    table: Table,
    about: Sequence[str],
    which: Sequence[ColumnElement[bool]],
    history: bool,
    limit: int,
    cursor: str | None,
) -> tuple[list[Row[Any]], str | None]:
    """The rows of `which`, newest day first, each with `current`: is it the newest of its day, and of `about`, the
    columns that say what it is about? Without `history` only those. And the cursor of the next page."""
    t = table.c
    newest = func.row_number().over(
        partition_by=[t.as_of, *(t[name] for name in about)], order_by=(t.recorded_at.desc(), t.id.desc())
    )
    rows = select(table, (newest == 1).label("current")).where(*which).subquery()
    found = select(rows)
    if not history:
        found = found.where(rows.c.current)
    after = paging.decode(cursor, date.fromisoformat, datetime.fromisoformat, UUID)
    if after is not None:
        found = found.where(func.row(rows.c.as_of, rows.c.recorded_at, rows.c.id) < func.row(*after))
    found = found.order_by(rows.c.as_of.desc(), rows.c.recorded_at.desc(), rows.c.id.desc()).limit(limit + 1)
    return paging.page(
        session.execute(found).all(), limit, lambda row: (str(row.as_of), row.recorded_at.isoformat(), str(row.id))
    )
