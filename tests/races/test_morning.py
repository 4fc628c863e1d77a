"""Seven in the morning: two hundred tablets that were out the day before come in one moment, each with its day's work
and for its first sync. Pain 30: the first sync is so heavy that nobody else gets through.

The budget is in counts: what one tablet costs alone is what each of two hundred costs, and nobody waits for a
connection that is not there."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlmodel import Session

from api import embedded
from api.accounts.actor import Actor, Grant
from api.accounts.permissions import Role
from api.areas.scope import Scope
from api.areas.tables import area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.config import Settings
from api.households.commands import write_households, write_members
from api.keys import IdKey
from api.main import _QUEUE
from mobile_sync.tablet_work import STANDING
from tests.bench.stage import databases
from tests.make import database, tablets
from tests.make.crowd import Came, Connections, Morning
from tests.make.people import account_id
from tests.make.tablets import member
from tests.season import places
from tests.season.plan import Plan, Post
from tests.start.launching import PEOPLE, Service

TABLETS, ALONE, WORKERS = 200, 3, 2
KNOWN = 8  # households of each hamlet
_COUNTED = "SELECT sum(calls) FROM pg_stat_statements WHERE query !~ 'pg_stat_|audit_|pg_try_advisory'"


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL that counts statements; its URL."""
    home = database.home_of_a_server(tmp_path_factory.mktemp("home"))
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, home, ignore_errors=True)
        cluster = embedded.start(home)
        try:
            with psycopg.connect(plain(cluster.url), autocommit=True) as connection:
                known = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_stat_statements'")
                if known.fetchone() is None:
                    pytest.skip("this PostgreSQL does not count statements")
                connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
            database.forget_power_cuts(cluster.url)
        finally:
            cluster.stop()
        cluster = embedded.start(home)
        ending.callback(cluster.destroy)
        yield cluster.url


def plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


@dataclass
class Commune:
    """The database, who has a tablet, and where."""

    url: str
    posts: list[Post]
    devices: dict[str, str]

    @contextmanager
    def asked(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(plain(self.url), autocommit=True) as connection:
            yield connection

    def enrol(self, posts: list[Post]) -> list[Post]:
        with database.opened(self.url) as engine:
            self.devices |= {post.username: tablets.enrolled(engine, post.username) for post in posts}
        return posts

    def statements(self) -> int:
        with self.asked() as connection:
            (many,) = connection.execute(_COUNTED).fetchone() or (0,)
            return int(many)

    def forget_statements(self) -> None:
        with self.asked() as connection:
            connection.execute("SELECT pg_stat_statements_reset()")


@pytest.fixture
def commune(counting: str, config: Settings) -> Iterator[Commune]:
    plan = Plan(30, TABLETS + ALONE, 1)
    posts = plan.posts()
    with databases(counting, 1) as (url,):
        places.load(url, plan)
        with database.opened(url) as engine, Session(engine) as session, session.begin():
            session.info["id_key"] = IdKey(config.secrets().id_key)
            register(session, sorted({post.hamlet for post in posts}))
        made = Commune(url, posts, {})
        with made.asked() as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
            # as quickly checked as the cast's: the price of a password is measured elsewhere
            connection.execute(
                "UPDATE account SET password_hash = (SELECT password_hash FROM account WHERE username = 'xom-1')"
            )
        yield made


def register(session: Session, hamlets: list[str]) -> None:
    """Households of two in every hamlet."""
    province = area_id("36")
    grants = (Grant(Role.commune_officer, province, False),)
    clerk = Actor(account_id("admin"), "admin", "admin", None, None, grants, Scope.of([province]))
    homes = [
        Edit(uuid4(), None, {"hamlet_id": str(area_id(hamlet)), "residence": "permanent"})
        for hamlet in hamlets
        for _ in range(KNOWN)
    ]
    people = [Edit(uuid4(), None, member(str(home.record_id), name)) for home in homes for name in ("Lê Hoà", "Lê Lan")]
    for writer, edits in ((write_households, homes), (write_members, people)):
        written = writer(session, clerk, edits, Origin.load)
        assert {one.outcome for one in written} == {"applied"}


@contextmanager
def service(commune: Commune, config: Settings, **more: str) -> Iterator[str]:
    """As production starts it. Indicators were counted hours ago: not now, in the midst of what is counted here."""
    told = {"DATABASE_URL": plain(commune.url), "GIAMNGHEO_WORKERS": str(WORKERS), "GIAMNGHEO_COUNT_AHEAD": "false"}
    with Service(config.home, PEOPLE[0], port=0, **told, **more).ready() as running:
        assert len(running.workers()) == WORKERS
        yield f"http://127.0.0.1:{running.port}"
        assert "Traceback" not in running.said()


def test_two_hundred_tablets_at_seven(commune: Commune, config: Settings) -> None:
    spent: list[int] = []
    with service(commune, config) as url:

        def come(posts: list[Post]) -> list[Came]:
            morning = Morning(url, posts, commune.devices, commune.forget_statements)
            morning.ends = lambda: spent.append(commune.statements())
            return morning.play()

        for post in commune.enrol(commune.posts[:ALONE]):
            come([post])
        alone = min(spent)
        crowd = commune.enrol(commune.posts[ALONE:])
        with Connections.watched(plain(commune.url)) as connections:
            came = come(crowd)
    assert len(came) == TABLETS
    everybody_has_everything(commune, came)
    # nobody was refused, so nobody paid for a second attempt
    assert sum((one.answers() for one in came), start=type(came[0].answers())()).keys() == {200}
    assert spent[-1] <= TABLETS * alone * 1.02, "a tablet costs more where there are many"
    assert connections.looks > 10
    assert WORKERS <= connections.most <= WORKERS * (config.pool_size + 4)
    print(f"alone {alone}, all {spent[-1]}, connections {connections.most}")


class Gate:
    """Nobody can push while it is closed; it opens when so many have been told meanwhile to come again."""

    def __init__(self, connection: psycopg.Connection[Any], refusals: int) -> None:
        self._connection, self._refusals, self._turn = connection, refusals, threading.Lock()
        self._left = 0

    def close(self) -> None:
        self._connection.execute("LOCK TABLE sync_batch IN ACCESS EXCLUSIVE MODE")
        self._left = self._refusals

    def heard(self, status: int) -> None:
        with self._turn:
            if status == 503 and self._left > 0:
                self._left -= 1
                if self._left == 0:
                    self._connection.rollback()


def test_more_than_can_be_served_come_again_when_they_were_told_to(commune: Commune, config: Settings) -> None:
    """One connection a worker, and nothing moves: of those who come, so many may wait, and the others are sent away."""
    crowd = commune.enrol(commune.posts[: WORKERS * _QUEUE + 20])
    with (
        service(commune, config, GIAMNGHEO_POOL_SIZE="1") as url,
        psycopg.connect(plain(commune.url), application_name="gate") as connection,
        Connections.watched(plain(commune.url)) as connections,
    ):
        gate = Gate(connection, 10)
        came = Morning(url, crowd, commune.devices, begins=gate.close, on_answer=gate.heard, families=1).play()
    everybody_has_everything(commune, came)
    answers = [status for one in came for status in one.answers()]
    assert set(answers) == {200, 503}
    assert connections.most <= WORKERS * (1 + 4)


def everybody_has_everything(commune: Commune, came: list[Came]) -> None:
    """All work is acknowledged and stored once, and each tablet holds what the register has of its hamlet."""
    works = [work for one in came for work in one.works]
    assert {work.outcome for work in works} <= set(STANDING)
    assert [one.post.username for one in came if one.unsent or one.impatient()] == []
    sent = [work.submission_id for work in works]
    with commune.asked() as connection:
        devices = [commune.devices[one.post.username] for one in came]
        rows = connection.execute(
            "SELECT submission_id::text, count(*) FROM sync_submission WHERE device_id::text = ANY(%s) GROUP BY 1",
            [devices],
        ).fetchall()
        assert dict(rows) == dict.fromkeys(sent, 1)
        kept = connection.execute(
            "SELECT submission_id::text, count(*) FROM record_version WHERE submission_id::text = ANY(%s) GROUP BY 1",
            [sent],
        ).fetchall()
        assert dict(kept) == dict.fromkeys(sent, 1)
        batches = connection.execute("SELECT count(*) FROM sync_batch WHERE device_id::text = ANY(%s)", [devices])
        assert batches.fetchone() == (sum(one.batches() for one in came),)
        stands = held_by_hamlet(connection)
    wrong = [one.post.username for one in came if one.held != stands[one.post.hamlet]]
    assert wrong == []
    assert min(len(one.held) for one in came) > 3 * KNOWN  # more than what was there before: two people each


_REGISTER = """
    SELECT a.code, r.id::text, r.version FROM area a JOIN (
        SELECT hamlet_id, id, version FROM household
        UNION ALL SELECT h.hamlet_id, m.id, m.version FROM member m JOIN household h ON h.id = m.household_id
        UNION ALL SELECT hamlet_id, id, version FROM request
        UNION ALL SELECT q.hamlet_id, s.id, s.version FROM screening s JOIN request q ON q.id = s.request_id
    ) r ON r.hamlet_id = a.id
"""


def held_by_hamlet(connection: psycopg.Connection[Any]) -> dict[str, dict[str, int]]:
    """Hamlet -> every record in it with its version, as the tables have them."""
    found: dict[str, dict[str, int]] = {}
    for code, record_id, version in connection.execute(_REGISTER).fetchall():
        found.setdefault(code, {})[record_id] = version
    return found
