"""A province: what an indicator costs there, in a commune, after a tablet's batch and when nothing is counted yet.

The province is made by province.sql, the same every time. What is measured goes over HTTP, as an officer of the
province asks; ratios within one run.
"""

import random
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

import httpx
import psycopg
from rich.table import Table
from sqlmodel import Session

from api import clock
from api.accounts.permissions import Role
from api.areas.scope import Scope
from api.areas.tables import area_id
from api.dashboard.feed import dashboard
from api.db import make_engine
from api.indicators.catalogue import INDICATORS
from api.indicators.keeper import count_ahead
from mobile_sync.fleet_state import Patience
from tests.bench import pushing
from tests.bench.bare import plain
from tests.bench.pushing import Tablet
from tests.bench.stage import Server
from tests.make.people import account_id
from tests.make.reviews import acting, counted

_PROVINCE, _COMMUNE, _HAMLET = "36", "14080", "14080-01"
_OFFICER = "truc-ninh"
_RUNS = 5
_PUSHES = 6


@dataclass(frozen=True)
class Scale:
    """Twenty households in a hamlet at least."""

    households: int

    @property
    def communes(self) -> int:
        return 220 if self.households >= 44_000 else 22


USUAL, SMALL = Scale(44_000), Scale(4_400)


@dataclass
class Seen:
    """Seconds, unless said otherwise."""

    scale: Scale
    hamlets: int = 0
    filled: float = 0
    counted_ahead: float = 0
    # indicator -> (province, commune), when all is counted
    warm: dict[str, tuple[float, float]] = field(default_factory=dict)
    # what -> (province, commune, hamlet)
    asked: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    # (seconds of the page's feed, its statements) of the province, of a commune
    feed: tuple[tuple[float, int], tuple[float, int]] = ((0, 0), (0, 0))
    fresh: bool = False
    push_with_marks: float = 0
    push_without: float = 0


def fill(url: str, scale: Scale) -> None:
    script = files("tests.bench").joinpath("province.sql").read_text(encoding="utf-8")
    today = f"DATE '{clock.today()}'"
    given = {":households": str(scale.households), ":communes": str(scale.communes), ":today": today}
    for name, value in given.items():
        script = script.replace(name, value)
    with psycopg.connect(plain(url), autocommit=True) as connection:
        for statement in _statements(script):
            connection.execute(statement)
        connection.execute("DELETE FROM area_closure")
        closure = files("api.areas").joinpath("sql/rebuild_closure.sql").read_text(encoding="utf-8")
        connection.execute(closure)
        connection.execute(
            "INSERT INTO account_grant (id, account_id, role, area_id, head, valid_from, created_at) "
            "VALUES (gen_random_uuid(), %s, %s, %s, false, '2024-01-01', now())",
            (account_id(_OFFICER), Role.district_officer, area_id(_PROVINCE)),
        )
        connection.execute("VACUUM ANALYZE area, area_parent, area_closure")


def _statements(script: str) -> list[str]:
    """One by one: VACUUM stands in no transaction."""
    lines = [line for line in script.splitlines() if not line.lstrip().startswith("--")]
    return [one for one in ("\n".join(lines) + "\n").split(";\n") if one.strip()]


def measured(url: str, scale: Scale, say: Callable[[str], None]) -> Seen:
    seen = Seen(scale)
    say(f"a province of {scale.households:,} households is made")
    seen.filled = _timed(lambda: fill(url, scale))
    with _serving(url) as service:
        officer = service.sign_in(_OFFICER)
        say("nothing is counted yet")
        seen.asked["cold, one day"] = _cold(url, officer)
        say("counted ahead")
        engine = make_engine(url)
        seen.counted_ahead = _timed(lambda: count_ahead(engine, clock.today(), by_parts=False))
        say("every indicator, counted already")
        for code in INDICATORS:
            seen.warm[code] = (_best(officer, code, _PROVINCE), _best(officer, code, _COMMUNE))
        (tablet,) = pushing.tablets(service, 1)
        seen.asked["after a tablet's batch"], seen.fresh = _after_a_batch(url, officer, tablet)
        seen.feed = (_feed(url, officer, _PROVINCE), _feed(url, officer, _COMMUNE))
        say("pushes, with marks and without")
        seen.push_with_marks, seen.push_without = _pushes(url, tablet)
        seen.hamlets = _count(url, "SELECT count(*) FROM area WHERE level = 'hamlet'")
        engine.dispose()
    return seen


@contextmanager
def _serving(url: str) -> Any:
    service = Server(url, GIAMNGHEO_COUNT_AHEAD="false")
    try:
        yield service
    finally:
        service.stop()


def _timed(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def _ask(officer: httpx.Client, code: str, area: str) -> dict[str, Any]:
    answer = officer.get(f"/api/v1/indicators/{code}", params={"area": area})
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _best(officer: httpx.Client, code: str, area: str) -> float:
    return min(_timed(lambda: _ask(officer, code, area)) for _ in range(_RUNS))


def _cold(url: str, officer: httpx.Client) -> tuple[float, float, float]:
    """The province, a commune, a hamlet, with nothing kept before each."""
    taken = []
    for area in (_PROVINCE, _COMMUNE, _HAMLET):
        with psycopg.connect(plain(url), autocommit=True) as connection:
            connection.execute("TRUNCATE indicator_count")
        taken.append(_timed(lambda area=area: _ask(officer, "poor_households", area)))  # type: ignore[misc]
    return taken[0], taken[1], taken[2]


def _after_a_batch(url: str, officer: httpx.Client, tablet: Tablet) -> tuple[tuple[float, float, float], bool]:
    """A person is added to a poor household of one hamlet; then the province, the commune, the hamlet is asked, each
    as the first one after a batch of its own. Was the hamlet's number right at once?"""
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute(
            "SELECT h.id FROM household h JOIN recognition r ON r.household_id = h.id AND upper_inf(r.days) "
            "WHERE h.hamlet_id = %s AND r.poverty_class = 'poor' ORDER BY h.id LIMIT 1",
            (area_id(_HAMLET),),
        ).fetchone()
    assert row is not None
    taken, right = [], True
    rng = random.Random(1)
    for area in (_PROVINCE, _COMMUNE, _HAMLET):
        before = _ask(officer, "poor_persons", area)["points"][0]["numerator"]
        person = pushing.family(tablet, rng)[1]
        person["data"] |= {"household_id": str(row[0]), "relation_to_head": "child"}
        answer = pushing.push(tablet, pushing.sealed(tablet, [person])).raise_for_status().json()
        assert answer["outcomes"][0]["outcome"] == "applied", answer
        started = time.perf_counter()
        after = _ask(officer, "poor_persons", area)["points"][0]["numerator"]
        taken.append(time.perf_counter() - started)
        right = right and after == before + 1
    return (taken[0], taken[1], taken[2]), right


def _feed(url: str, officer: httpx.Client, area: str) -> tuple[float, int]:
    def ask() -> None:
        officer.get("/api/v1/dashboard", params={"area": area}).raise_for_status()

    ask()
    best = min(_timed(ask) for _ in range(_RUNS))
    engine = make_engine(url)
    asking = replace(acting(_OFFICER), scope=Scope.of([area_id(_PROVINCE)]))
    with counted(engine) as statements, Session(engine) as session, session.begin():
        dashboard(session, asking, area, clock.today(), Patience(7, 3))
    engine.dispose()
    return best, len(statements)


_TRIGGERS = (
    ("change_pending", "change_pending_insert_is_marked"),
    ("review", "review_insert_is_marked"),
)


def _pushes(url: str, tablet: Tablet) -> tuple[float, float]:
    """The best of a few batches of 500 creations, with the triggers that mark what changed and without."""
    best = {"ENABLE": float("inf"), "DISABLE": float("inf")}
    for _ in range(_PUSHES):
        for state in best:
            with psycopg.connect(plain(url), autocommit=True) as connection:
                for table, trigger in _TRIGGERS:
                    connection.execute(f"ALTER TABLE {table} {state} TRIGGER {trigger}")
            work = [(tablet, pushing.batches(tablet, 1))]
            best[state] = min(best[state], pushing.seconds(work, replayed=False))
    with psycopg.connect(plain(url), autocommit=True) as connection:
        for table, trigger in _TRIGGERS:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    return best["ENABLE"], best["DISABLE"]


def _count(url: str, query: str) -> int:
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def table(seen: Seen) -> Table:
    shown = Table(
        title=f"A province: {seen.scale.households:,} households in {seen.hamlets:,} hamlets",
        caption="goals: province at most 5 times a commune; the feed under 20 statements; fresh at the next request",
    )
    for heading in ("what", "province", "a commune", "a hamlet", "province / commune"):
        shown.add_column(heading, justify="left" if heading == "what" else "right")
    ratios = {code: province / commune for code, (province, commune) in seen.warm.items()}
    dearest, cheapest = max(ratios, key=lambda code: ratios[code]), min(ratios, key=lambda code: ratios[code])
    for what, code in (("the dearest indicator", dearest), ("the cheapest one", cheapest)):
        province, commune = seen.warm[code]
        shown.add_row(f"counted already: {what}, {code}", _ms(province), _ms(commune), "", f"{ratios[code]:.1f}")
    for what, (province, commune, hamlet) in seen.asked.items():
        shown.add_row(what, _ms(province), _ms(commune), _ms(hamlet), f"{province / commune:.1f}")
    (province, statements), (commune, fewer) = seen.feed
    shown.add_row("the dashboard's feed", _ms(province), _ms(commune), "", f"{province / commune:.1f}")
    shown.add_row("its statements", str(statements), str(fewer), "", "")
    shown.add_row("right at the next request after a batch", "yes" if seen.fresh else "NO", "", "", "")
    shown.add_row("counted ahead, the usual days", f"{seen.counted_ahead:.0f} s", "", "", "")
    shown.add_row("a push of 500, with marks / without", f"{seen.push_with_marks / seen.push_without:.2f}", "", "", "")
    shown.add_row("the province is made in", f"{seen.filled:.0f} s", "", "", "")
    return shown


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"
