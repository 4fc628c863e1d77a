"""Counts ahead: after the start and after midnight, so that the first officer of the day does not wait.

A thread of every worker; one at a time works, commune by commune, each in a short transaction. Requests never wait for
it: what is not counted yet they count themselves.
"""

import logging
import time
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, func, select
from sqlmodel import Session

from api import clock, sql
from api.areas.scope import valid_on
from api.areas.tables import Area, Level
from api.background import Repeated
from api.indicators.asked import usual_days
from api.indicators.breakdowns import COLUMNS
from api.indicators.catalogue import fingerprint
from api.indicators.counting import kept, recount

log = logging.getLogger("giamngheo.indicators")

KEEPER_LOCK = 0x6B6565706572
_SECONDS = 60.0
# How many communes between two lines in the log.
_TOLD = 50
# Past any request: what was begun before that is over (statement_timeout, idle_in_transaction_session_timeout).
_OVER = 900.0

_AREA = Area.__table__  # type: ignore[attr-defined]


class Keeper(Repeated):
    """Looks every `seconds` whether a new day has begun, and counts it."""

    def __init__(self, engine: Engine, seconds: float = _SECONDS) -> None:
        super().__init__("indicator-keeper", seconds, log, "indicators could not be counted ahead")
        self._engine = engine
        self._done: date | None = None
        # (when, the oldest transaction that was under way then)
        self._seen: tuple[float, int] | None = None

    def once(self) -> None:
        if self._done != clock.today():
            self._day(clock.today())

    def _day(self, today: date) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.execute(select(func.pg_try_advisory_lock(KEEPER_LOCK))).scalar_one():
                return  # another one is at it; if it fails, we look again
            try:
                self._prune(connection, today)
                if count_ahead(self._engine, today, self._stopped.is_set):
                    self._done = today
            finally:
                connection.execute(select(func.pg_advisory_unlock(KEEPER_LOCK)))

    def _prune(self, connection: Connection, today: date) -> None:
        oldest = self._seen[1] if self._seen and time.monotonic() - self._seen[0] > _OVER else None
        prune(connection, today, oldest)
        xmin = func.pg_snapshot_xmin(func.pg_current_snapshot())
        self._seen = (time.monotonic(), int(connection.execute(select(func.text(xmin))).scalar_one()))


def prune(connection: Connection, today: date, oldest: int | None) -> None:
    """Deletes counts that nobody asks for again and marks that all have seen: prune.sql."""
    given = {"today": today, "catalogue": fingerprint(), "oldest": oldest}
    connection.execute(sql.load("api/indicators/sql/prune.sql"), given)


def count_ahead(
    engine: Engine, today: date, stopped: Callable[[], bool] = lambda: False, *, by_parts: bool = True
) -> bool:
    """Counts the usual days of every commune, and today by every breakdown; whether it came to the end."""
    started = time.monotonic()
    with Session(engine) as session, session.begin():
        communes = session.execute(_communes(today)).scalars().all()
    asked = [("", usual_days(today)), *((breakdown, [today]) for breakdown in COLUMNS if breakdown and by_parts)]
    for number, commune in enumerate(communes, start=1):
        for breakdown, days in asked:
            if stopped():
                return False
            with Session(engine) as session, session.begin():
                _count(session, commune, breakdown, days)
        if number % _TOLD == 0 or number == len(communes):
            seconds = time.monotonic() - started
            log.info("counted ahead for %s: %d of %d communes, %.0f s", today, number, len(communes), seconds)
    return True


def _count(session: Session, commune: UUID, breakdown: str, days: list[date]) -> None:
    if not breakdown:
        session.execute(sql.load("api/indicators/sql/restamp.sql"), {"roots": sql.id_list([commune])})
    found = kept(session, [commune], days, breakdown, [])
    if found.stale:
        recount(session, found, breakdown)


def _communes(today: date) -> Any:
    return select(_AREA.c.id).where(_AREA.c.level == Level.commune, valid_on(Area, today)).order_by(_AREA.c.code)
