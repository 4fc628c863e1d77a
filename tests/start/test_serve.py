"""`giamngheo serve` as a person meets it: started, killed in every way, started again."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import Engine, text

from api import embedded, postgres_folder
from api.changes.epoch import guard_epoch
from api.config import Settings
from api.databases import check_server, migrate
from api.key_files import ConfigError, new_key
from tests.make.clients import client_of
from tests.make.database import opened
from tests.make.people import PASSWORD
from tests.start.launching import PEOPLE, ROOT, Service, command_of, environment, eventually, folder_of


@pytest.fixture
def person() -> str:
    """Who starts the service: whoever runs the tests, unless a test tries all of them."""
    return PEOPLE[0]


@pytest.fixture
def home(person: str) -> Iterator[Path]:
    with folder_of(person) as folder:
        yield folder


@pytest.fixture
def begin(home: Path, person: str) -> Iterator[Callable[..., Service]]:
    with ExitStack() as services:

        def start(*options: str, port: int = 0, **variables: str) -> Service:
            return services.enter_context(Service(home, person, *options, port=port, **variables))

        yield start


def database(home: Path) -> psycopg.Connection[tuple[object, ...]]:
    url = embedded.running(home)
    assert url is not None
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)


def postmaster_of(home: Path) -> int:
    return int((postgres_folder.locate(home) / "data/postmaster.pid").read_text().split()[0])


@pytest.mark.parametrize("person", PEOPLE)
def test_killed_in_every_way_it_goes_on_with_everything_committed(
    home: Path, begin: Callable[..., Service], person: str
) -> None:
    service = begin().ready()
    with database(home) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 100) AS n")
        postmaster = postmaster_of(home)

    (worker,) = service.workers()
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: service.workers() not in ([], [worker]) and service.get("/readyz") == 200, "a new worker")

    os.kill(postmaster, signal.SIGKILL)
    eventually(lambda: "đã chạy lại" in service.said(), "PostgreSQL runs again")
    eventually(lambda: service.get("/readyz") == 200, "the service reaches it again")

    left = service.workers()
    service.end(signal.SIGKILL)
    again = begin(port=service.port).ready()
    assert not any(Path(f"/proc/{pid}").exists() for pid in left)
    assert again.get("/readyz") == 200
    with database(home) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (100,)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    assert again.end(signal.SIGTERM) == 0
    assert embedded.running(home) is None


def killed_with_the_database(service: Service, home: Path, victims: Callable[[int], list[int]]) -> None:
    """Kills the workers and what `victims` names of PostgreSQL's processes, while a worker is being born."""
    postmaster = postmaster_of(home)
    workers = service.workers()
    for pid in [*workers, *victims(postmaster)]:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself meanwhile
            os.kill(pid, signal.SIGKILL)


def sessions_of(postmaster: int) -> list[int]:
    """One session of the server: killed, it takes all the others with it, and the server recovers."""
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    named = {int(pid): command_of(pid) for pid in children}
    return [pid for pid, name in named.items() if b"giamngheo" in name][:1] or [
        pid for pid, name in named.items() if b"walwriter" in name
    ]


@pytest.mark.parametrize("victims", [lambda pid: [pid], sessions_of], ids=["postmaster", "session"])
def test_a_worker_born_while_the_database_recovers_waits_for_it(
    victims: Callable[[int], list[int]], home: Path, begin: Callable[..., Service]
) -> None:
    service = begin().ready()
    with database(home) as connection:
        connection.execute("CREATE TABLE kept (n integer)")
    for n in range(4):
        with database(home) as connection:
            connection.execute("INSERT INTO kept SELECT generate_series(1, 20000)")
        dead = service.workers()
        killed_with_the_database(service, home, victims)
        eventually(lambda dead=dead: service.workers() not in ([], dead), "a new worker")  # type: ignore[misc]
        eventually(lambda: service.get("/readyz") == 200, f"it answers again, time {n}")
        assert service.process.poll() is None, service.said()
    with database(home) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (80000,)
    assert service.end() == 0
    assert embedded.running(home) is None


def test_the_demo_is_loaded_once_and_ctrl_c_ends_everything(home: Path, begin: Callable[..., Service]) -> None:
    service = begin("--demo").ready()
    said = service.said()
    for shown in ("truc-thai", "xom-1", "admin", "/docs", "giamngheo tablet --hamlet 14080-03 --visits 40"):
        assert shown in said
    found = re.search(r"password of all: (\S+)", said)
    assert found is not None
    assert (home / "secrets/demo-password").read_text().strip() == found[1]
    answer = httpx.post(
        f"http://127.0.0.1:{service.port}/api/v1/auth/token",
        data={"username": "truc-thai", "password": found[1]},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    with database(home) as connection:
        households = connection.execute("SELECT count(*) FROM household").fetchone()
    assert service.end(signal.SIGINT, group=True) == 0
    assert "Traceback" not in service.said()
    assert embedded.running(home) is None

    wrong = begin(GIAMNGHEO_ID_KEY=new_key())
    assert wrong.process.wait(180) == 2
    assert "không phải khoá đã mã hoá dữ liệu này" in wrong.said()

    second = begin("--demo").ready()
    assert "Dữ liệu thử đã có sẵn" in second.said()
    with database(home) as connection:
        assert connection.execute("SELECT count(*) FROM household").fetchone() == households


def test_a_port_in_use_is_said_before_anything_is_made(home: Path, begin: Callable[..., Service]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        service = begin(port=port)
        assert service.process.wait(180) == 2
    assert f"cổng {port}" in service.said()
    assert "PORT=" in service.said()
    assert "Traceback" not in service.said()
    assert not (home / "postgres").exists()


def test_a_second_launcher_of_one_home_is_refused_and_harms_nobody(home: Path, begin: Callable[..., Service]) -> None:
    service = begin().ready()
    second = begin()
    assert second.process.wait(180) == 2
    assert f"đang chạy với thư mục {home} (tiến trình {service.process.pid})" in second.said()
    assert service.get("/readyz") == 200


def test_a_given_server_is_used_instead_of_the_embedded_one() -> None:
    with folder_of("root") as folder, ExitStack() as ending:
        cluster = embedded.start(folder / "server")
        ending.callback(cluster.destroy)
        given = cluster.url.replace("+psycopg", "", 1)
        service = ending.enter_context(Service(folder / "home", "root", DATABASE_URL=given)).ready()
        assert service.get("/readyz") == 200
        assert not (folder / "home/postgres").exists()
        assert service.end() == 0
        with database(folder / "server") as connection:
            assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_a_service_that_starts_on_a_promoted_database_tells_tablets_of_a_new_epoch(
    database_url: str, engine: Engine, config: Settings
) -> None:
    before = guard_epoch(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE feed_epoch SET timeline = timeline + 1"))
    url = database_url.replace("+psycopg", "", 1)
    with Service(config.home, PEOPLE[0], DATABASE_URL=url).ready() as service:
        with client_of(f"http://127.0.0.1:{service.port}") as client:
            form = {"username": "xom-3", "password": PASSWORD}
            token = client.post("/api/v1/auth/token", data=form).raise_for_status().json()["access_token"]
            info = client.get("/sync/v1/info", headers={"Authorization": f"Bearer {token}"}).raise_for_status()
        assert UUID(info.json()["epoch"]) != before
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM feed_epoch")) == 2


def test_a_promotion_is_noticed_before_the_next_checkpoint_has_written_it_down(home: Path) -> None:
    """A busy database takes minutes for that checkpoint, and the service starts long before."""
    with ExitStack() as ending:
        cluster = embedded.start(home)
        ending.callback(cluster.destroy)
        migrate(cluster.url)
        with opened(cluster.url) as engine:
            before = guard_epoch(engine)
        data = postgres_folder.locate(home) / "data"
        os.kill(cluster.pid, signal.SIGQUIT)  # at once: what it had not written yet is much to write for the next one
        eventually(lambda: not cluster.alive(), "the first server is gone")
        cluster.stop()
        standby = data / "standby.signal"
        standby.touch()
        os.chown(standby, data.stat().st_uid, data.stat().st_gid)
        cluster = embedded.start(home)
        ending.callback(cluster.destroy)
        with opened(cluster.url) as engine:
            with engine.connect() as connection:
                assert connection.scalar(text("SELECT pg_promote()"))
            after = guard_epoch(engine)
            assert after != before
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("CHECKPOINT"))
            assert guard_epoch(engine) == after


def test_commands_work_beside_the_service_and_without_it(home: Path, begin: Callable[..., Service]) -> None:
    def run(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "api.cli", name],
            cwd=ROOT,
            env=environment(home),
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    service = begin().ready()
    address = run("database").stdout.strip()
    assert address.startswith("postgresql://")
    assert "->" in run("migrate").stdout
    assert service.end() == 0
    assert run("database").returncode == 2
    assert "->" in run("migrate").stdout
    assert embedded.running(home) is None


def test_an_absent_server_is_told_in_a_sentence() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can
        url = f"postgresql+psycopg://giamngheo@127.0.0.1:{deaf.getsockname()[1]}/giamngheo"
        with pytest.raises(ConfigError, match="Không kết nối được DATABASE_URL"):
            check_server(url, patience=0)
