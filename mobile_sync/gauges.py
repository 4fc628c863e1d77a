"""The fleet in numbers, for the monitoring: counts only, nothing about a person or a place."""

import logging
import threading
import time
from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine, Select, func, literal, select, text, union_all
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api import clock
from api.backups.tables import Backup
from mobile_sync import fleet_state
from mobile_sync.fleet_list import UNFINISHED
from mobile_sync.fleet_state import Patience
from mobile_sync.tables import SyncSubmission, TabletState

log = logging.getLogger("giamngheo.gauges")

_sent = SyncSubmission.__table__  # type: ignore[attr-defined]
_backup = Backup.__table__  # type: ignore[attr-defined]

# However often, and by however many, the page is asked for: the database is asked once in this time, per process.
FRESH_SECONDS = 10.0
# A monitoring that waits for the database adds to what it should tell of.
_PATIENCE = text("SET LOCAL statement_timeout = '3s'; SET LOCAL lock_timeout = '1s'")


class FleetGauges:
    """Shown by the metrics page of any worker: the numbers are the database's, so all workers say the same.

    While the database does not answer, `giamngheo_fleet_up` is 0 and the other numbers are left out: an old number
    would look like a healthy one.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._numbers: dict[tuple[str, str], float] | None = None

    def page(self, engine: Engine) -> bytes:
        """The numbers in the text format of Prometheus. Never fails for the database's sake."""
        with self._lock:
            if self._read_at is None or time.monotonic() - self._read_at >= FRESH_SECONDS:
                self._numbers = self.counted(engine)
                self._read_at = time.monotonic()
            numbers = self._numbers
        registry = CollectorRegistry()
        registry.register(_Families(numbers))
        return generate_latest(registry)

    def counted(self, engine: Engine) -> dict[tuple[str, str], float] | None:
        """The numbers as they are now; None where the database does not answer."""
        try:
            with engine.connect() as connection:
                connection.execute(_PATIENCE)
                rows = connection.execute(_numbers(self._patience)).all()
        except (DBAPIError, PoolTimeout) as error:
            log.warning("the fleet could not be counted: %s", type(error).__name__)
            return None
        return {(row.what, row.which): float(row.number) for row in rows if row.number is not None}


class _Families(Collector):
    def __init__(self, numbers: dict[tuple[str, str], float] | None) -> None:
        self._numbers = numbers

    def collect(self) -> Iterable[Metric]:
        up = self._numbers is not None
        yield GaugeMetricFamily("giamngheo_fleet_up", "Can the fleet be counted", value=int(up))
        if self._numbers is not None:
            yield from _families(self._numbers)


def _numbers(patience: Patience) -> Select[Any]:
    """All numbers in one statement: what, which, number."""
    now, device = clock.now(), fleet_state.device
    state = fleet_state.state(now, patience).label("which")
    unfinished = _sent.c.outcome.in_([kind.value for kind in UNFINISHED])
    oldest = func.extract("epoch", now - func.min(_sent.c.received_at))
    age = func.extract("epoch", now - func.max(_backup.c.verified_at))
    counts = [
        select(literal("tablets").label("what"), state, func.count().label("number"))
        .select_from(device.id.table)
        .group_by(state),
        select(literal("waiting"), _sent.c.outcome, func.count()).where(unfinished).group_by(_sent.c.outcome),
        select(literal("oldest"), literal(""), oldest).where(unfinished),
        select(literal("unread"), literal(""), func.count()).where(fleet_state.unread(device, patience)),
        select(literal("first_syncs"), literal(""), func.sum(device.first_syncs)).select_from(device.id.table),
        select(literal("backup"), literal(""), age).select_from(_backup),
    ]
    everything = union_all(*counts).subquery("numbers")
    return select(everything)


def _families(numbers: dict[tuple[str, str], float]) -> Iterable[Metric]:
    tablets = GaugeMetricFamily("giamngheo_tablets", "Tablets by state", labels=["state"])
    for state in TabletState:
        tablets.add_metric([state.value], numbers.get(("tablets", state.value), 0))
    yield tablets
    waiting = GaugeMetricFamily(
        "giamngheo_submissions_waiting", "Submissions that wait for a person or a repair", labels=["outcome"]
    )
    for kind in UNFINISHED:
        waiting.add_metric([kind.value], numbers.get(("waiting", kind.value), 0))
    yield waiting
    oldest = numbers.get(("oldest", ""), 0)
    yield GaugeMetricFamily("giamngheo_oldest_waiting_seconds", "Since when the oldest of them waits", value=oldest)
    unread = numbers.get(("unread", ""), 0)
    yield GaugeMetricFamily("giamngheo_submissions_unread", "Not in force, and their tablet does not ask", value=unread)
    syncs = numbers.get(("first_syncs", ""), 0)
    yield CounterMetricFamily("giamngheo_full_syncs", "Tablets that began from the beginning", value=syncs)
    if ("backup", "") in numbers:
        age = numbers["backup", ""]
        yield GaugeMetricFamily("giamngheo_backup_age_seconds", "Age of the newest verified backup", value=age)
