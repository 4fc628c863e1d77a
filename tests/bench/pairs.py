"""Pushes measured in pairs: the service takes some batches, and at once bare SQL writes the very same rows.

A machine's mood changes within seconds, and does to one half of a short pair what it does to the other. So many short
pairs, one number of clients and one mix after the other, tell more than two long blocks; the ratio is the median of
theirs. Both databases grow alike: whatever the one got, the other has before the next clock starts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles

import psycopg
from rich.table import Table
from sqlalchemy import Engine

from api.audit_sealer import seal
from api.db import close, make_engine
from tests.bench import bare, poison, pushing, visits
from tests.bench.pushing import SUBMISSIONS, Work
from tests.bench.stage import Server

CLIENTS = (1, 4, 8)
_EACH = {1: 4}  # batches a client pushes in a turn
_USUAL = 2


@dataclass(frozen=True)
class Pair:
    """One turn: so many records, and how many seconds the service, bare SQL and the service's second time took."""

    records: int
    push: float
    bare: float
    again: float


@dataclass
class Pushed:
    """What the pushes cost, by number of clients: creations only, and a day in the field."""

    creations: dict[int, list[Pair]] = field(default_factory=lambda: {clients: [] for clients in CLIENTS})
    visits: dict[int, list[Pair]] = field(default_factory=lambda: {clients: [] for clients in CLIENTS})
    poison: dict[str, float] = field(default_factory=dict)
    memory: int = 0
    records: int = 0


@dataclass(frozen=True)
class Both:
    """Two equal databases: the service's, and the one of bare SQL, whose connections stay open as the service's do."""

    url: str
    bare_url: str
    engines: tuple[Engine, Engine]
    writers: list[psycopg.Connection]

    def settle(self) -> None:
        """Does what the service would do about the log in the seconds after a push: no clock runs into it.

        The feed's queue needs no waiting: nobody pulls here, and it is numbered by whoever reads.
        """
        for engine in self.engines:
            seal(engine)

    def tidy(self) -> None:
        """Vacuums both, which PostgreSQL does by itself once a minute, in whose time it would fall as luck has it; and
        without it tables that were empty a minute ago are asked by plans for empty tables."""
        pushing.together([lambda engine=engine: _vacuum(engine) for engine in self.engines])  # type: ignore[misc]


def measured(url: str, bare_url: str, turns: int, tries: int, say: Callable[[str], None]) -> Pushed:
    """So many turns, after one that warms up and is not counted; then, so many tries each, what a bad record costs."""
    pushed = Pushed()
    # what a worker counts ahead once a day would fall into some turn's push
    service = Server(url, GIAMNGHEO_COUNT_AHEAD="false")
    try:
        tablets = pushing.tablets(service, max(CLIENTS))
        bare.copy_devices(url, bare_url)
        with _both(url, bare_url) as both:
            opened = visits.open_round(both.engines)
            for turn in range(turns + 1):
                say(f"pushes, turn {turn} of {turns}" if turn else "pushes, to warm up")
                both.tidy()
                for clients in CLIENTS:
                    each = _EACH.get(clients, _USUAL)
                    made = [(tablet, pushing.batches(tablet, each)) for tablet in tablets[:clients]]
                    creations = _pair(both, made)
                    seen = _pair(both, _prepared(both, made, opened))
                    pushed.records += creations.records + seen.records
                    if turn:
                        pushed.creations[clients].append(creations)
                        pushed.visits[clients].append(seen)
        say("one bad record in 200")
        pushed.memory = service.peak_bytes()
        pushed.poison = poison.ratios(url, tablets[0], tries)
        return pushed
    finally:
        service.stop()


@contextmanager
def _both(url: str, bare_url: str) -> Iterator[Both]:
    engines = make_engine(url), make_engine(bare_url)
    writers = [psycopg.connect(bare.plain(bare_url), autocommit=True) for _ in range(max(CLIENTS))]
    try:
        yield Both(url, bare_url, engines, writers)
    finally:
        for writer in writers:
            writer.close()
        for engine in engines:
            close(engine)


def _vacuum(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")


def _pair(both: Both, work: Work) -> Pair:
    both.settle()
    push, rows = _pushed(both, work)
    both.settle()
    plain = bare.seconds(both.writers, rows)
    both.settle()
    again = pushing.seconds(work, replayed=True)
    return Pair(sum(len(mine) for _, mine in work) * SUBMISSIONS, push, plain, again)


def _pushed(both: Both, work: Work) -> tuple[float, list[list[bare.Rows]]]:
    before = bare.mark(both.url)
    seconds = pushing.seconds(work, replayed=False)
    return seconds, bare.read_back(both.url, [mine for _, mine in work], before)


def _prepared(both: Both, made: Work, round_id: str) -> Work:
    """Visits to the households of these batches, whose ground both databases have."""
    grounds = [(tablet, [visits.ground(batch, round_id) for batch in mine]) for tablet, mine in made]
    _, rows = _pushed(both, [(tablet, [visits.later(tablet, some)]) for tablet, some in grounds])
    bare.seconds(both.writers, rows)
    visits.list_households(both.engines, grounds)
    return [(tablet, [visits.batch(tablet, one) for one in some]) for tablet, some in grounds]


def table(what: str, pairs: dict[int, list[Pair]]) -> Table:
    shown = Table(
        title=f"Push, records per second, medians of {len(pairs[1])} pairs: {what}",
        caption="goal: at least 50 % of bare SQL; replay below 1",
    )
    for heading in ("clients", "service", "bare SQL", "ratio", "its quartiles", "again / first"):
        shown.add_column(heading, justify="right")
    for clients, seen in pairs.items():
        ratios = [one.bare / one.push for one in seen]
        low, middle, high = quantiles(ratios, n=4)
        shown.add_row(
            str(clients),
            f"{median(one.records / one.push for one in seen):,.0f}",
            f"{median(one.records / one.bare for one in seen):,.0f}",
            f"{middle:.1%}",
            f"{low:.1%} to {high:.1%}",
            f"{median(one.again / one.push for one in seen):.2f}",
        )
    return shown
