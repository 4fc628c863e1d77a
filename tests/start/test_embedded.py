"""The embedded PostgreSQL: real servers, real kills."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from api import embedded
from api.embedded import AlreadyRunning, Cluster
from api.key_files import ConfigError
from tests.start.launching import PEOPLE, ROOT, environment, eventually, folder_of, python_of


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        result = connection.execute(statement)
        row = result.fetchone() if result.description else None
        return row[0] if row else None


@pytest.fixture
def home() -> Iterator[Path]:
    with folder_of("root") as folder:
        yield folder / "home"


def started(home: Path) -> Cluster:
    cluster = embedded.start(home)
    assert ask(cluster.url, "SELECT 1") == 1
    return cluster


def test_rows_of_the_first_start_are_there_at_the_second(home: Path) -> None:
    first = started(home)
    ask(first.url, "CREATE TABLE kept AS SELECT 'Nguyễn Thị Út' AS name")
    first.stop()
    assert embedded.running(home) is None
    second = started(home)
    try:
        assert ask(second.url, "SELECT name FROM kept") == "Nguyễn Thị Út"
    finally:
        second.destroy()
    assert not (home / "postgres").exists()


def test_it_is_durable_private_and_orders_by_bytes(home: Path) -> None:
    cluster = started(home)
    try:
        assert ask(cluster.url, "SHOW fsync") == "on"
        assert ask(cluster.url, "SHOW listen_addresses") == ""
        assert ask(cluster.url, "SHOW data_checksums") == "on"
        assert ask(cluster.url, "SHOW server_encoding") == "UTF8"
        assert ask(cluster.url, "SELECT 'Z' < 'a' AND 'z' < 'Á'") is True
        for part in ("", "data", "log", "run"):
            folder = cluster.folder / part
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    finally:
        cluster.destroy()


def test_no_personal_value_gets_into_its_log(home: Path) -> None:
    cluster = started(home)
    try:
        ask(cluster.url, "CREATE TABLE person (number text PRIMARY KEY CHECK (length(number) = 12))")
        ask(cluster.url, "INSERT INTO person VALUES ('036090001234')")
        for wrong in ("036090001234", "987654321"):
            with pytest.raises(psycopg.IntegrityError):
                ask(cluster.url, f"INSERT INTO person VALUES ('{wrong}')")
    finally:
        cluster.stop()
    log = "".join(path.read_text() for path in (cluster.folder / "log").iterdir())
    assert "person_pkey" in log
    assert "036090001234" not in log
    assert "987654321" not in log


def test_a_killed_server_comes_back_with_everything_committed(home: Path) -> None:
    cluster = started(home)
    try:
        cluster.watch(lambda _: None)
        ask(cluster.url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        killed, address = cluster.pid, cluster.url
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: cluster.pid != killed and embedded.running(home), "the server runs again")
        assert cluster.url == address
        assert ask(cluster.url, "SELECT count(*) FROM kept") == 1000
    finally:
        cluster.destroy()


@pytest.mark.parametrize("person", PEOPLE)
def test_a_server_left_by_a_killed_launcher_is_adopted(person: str) -> None:
    script = (
        "import sys; from pathlib import Path; from api import embedded\n"
        "cluster = embedded.start(Path(sys.argv[1])); print(cluster.pid, flush=True)\n"
        "sys.stdin.read(); cluster.stop()"
    )
    with folder_of(person) as folder:
        home = folder / "home"
        pids = []
        for ending in ("kill", "stop"):
            launcher = subprocess.Popen(
                [*python_of(person), "-c", script, str(home)],
                cwd=ROOT,
                env=environment(home),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert launcher.stdout is not None
            pids.append(launcher.stdout.readline())
            if ending == "kill":
                launcher.kill()
            launcher.communicate()
        assert pids[0] == pids[1] != ""
        assert embedded.running(home) is None
        assert (home / "postgres/data").stat().st_uid != 0


def test_a_pid_file_whose_number_is_somebody_else_now_is_no_obstacle(home: Path) -> None:
    first = started(home)
    first.stop()
    sockets = first.folder / "run"
    # this test's own process has the number now; PostgreSQL itself would refuse to start
    lines = [str(os.getpid()), str(first.folder / "data"), "1", "5432", str(sockets), "", "0 0", "ready"]
    (first.folder / "data/postmaster.pid").write_text("\n".join(lines) + "\n")
    (sockets / ".s.PGSQL.5432.lock").write_text("\n".join(lines) + "\n")
    started(home).destroy()


def test_a_first_start_killed_halfway_is_made_again(home: Path) -> None:
    (home / "postgres.new/data").mkdir(parents=True)
    (home / "postgres.new/data/PG_VERSION").write_text("18\n")
    started(home).destroy()


def test_a_path_too_long_for_a_socket_works(home: Path) -> None:
    cluster = started(home / ("xã-Trực-Thái-" * 8))
    address = cluster.url
    try:
        cluster.watch(lambda _: None)
        killed = cluster.pid
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: cluster.pid != killed and embedded.running(cluster.home), "the server runs again")
        assert cluster.url == address
        assert ask(cluster.url, "SELECT 1") == 1
    finally:
        cluster.destroy()
    assert not cluster.sockets.exists()


def test_a_home_nobody_else_may_enter_stays_closed(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    cluster = started(private / "home")
    try:
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
        assert (private / "home/postgres").is_symlink() == (os.geteuid() == 0)
        cluster.stop()
        cluster = started(private / "home")
    finally:
        cluster.destroy()
    assert not cluster.folder.exists()


def test_two_homes_run_at_once_but_one_home_only_once(home: Path) -> None:
    first, second = started(home / "a"), started(home / "b")
    try:
        assert first.url != second.url
        ask(first.url, "CREATE TABLE only_here (n int)")
        assert ask(second.url, "SELECT to_regclass('only_here')") is None
        with pytest.raises(AlreadyRunning, match=rf"đang chạy.*tiến trình {os.getpid()}"):
            embedded.start(home / "a")
        assert ask(first.url, "SELECT 1") == 1
    finally:
        first.destroy()
        second.destroy()


def test_data_of_another_major_version_are_refused_with_a_sentence(home: Path) -> None:
    cluster = started(home)
    cluster.stop()
    (cluster.folder / "data/PG_VERSION").write_text("14\n")
    with pytest.raises(ConfigError, match="PostgreSQL 14"):
        embedded.start(home)
    (cluster.folder / "data/PG_VERSION").write_text(f"{cluster.binaries.major}\n")
    started(home).destroy()


def test_a_named_folder_without_postgresql_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIAMNGHEO_PG_BIN", str(Path(sys.executable).parent))
    with pytest.raises(ConfigError, match="GIAMNGHEO_PG_BIN"):
        embedded.start(home)
