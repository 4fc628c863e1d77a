"""`giamngheo backup` and `giamngheo restore` as a person at the machine meets them: refusals, and a lost disk."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files as resources
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, make_url, text
from sqlmodel import Session

from api import clock, embedded, postgres_binaries
from api.backups import files, manifest, server, taking
from api.config import ConfigError, Settings
from api.keys import IdKey
from mobile_sync.tablet import Tablet, tablet_tokens
from mobile_sync.tablet_line import Line
from mobile_sync.tablet_storage import Storage
from tests.make import backups, database, people, tablets
from tests.make.people import PASSWORD
from tests.make.tablets import household, push, submission
from tests.start.launching import PEOPLE, ROOT, Service, environment, folder_of, python_of

SignIn = Callable[[str], httpx.Client]


# -- what is refused, and how


@pytest.fixture
def work(sign_in: SignIn, engine: Engine) -> str:
    """Some work of a tablet, in the register."""
    device = tablets.enrolled(engine, "xom-3")
    push(sign_in("xom-3"), device, *(submission("household", household(), seq=seq) for seq in range(1, 21)))
    return device


@pytest.fixture
def role(engine: Engine) -> Iterator[Callable[..., str]]:
    """`role(url, "CREATEDB")`: the URL of a new role with its own password that may read everything."""
    name = "backup_only"

    def make(url: str, *more: str, reads: bool = True) -> str:
        with engine.begin() as connection:
            connection.execute(text(f"DROP ROLE IF EXISTS {name}"))
            connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'rất-bí-mật:9' {' '.join(more)}"))
            if reads:
                connection.execute(text(f"GRANT pg_read_all_data TO {name}"))
        return make_url(url).set(username=name, password="rất-bí-mật:9").render_as_string(hide_password=False)

    yield make
    with engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {name}"))
        connection.execute(text(f"DROP ROLE {name}"))


def test_a_damaged_dump_is_no_backup(work: str, database_url: str, tmp_path: Path, session: Session) -> None:
    with server.held(database_url) as found:
        taken = taking.dump(found, tmp_path)
        with taken.path.open("r+b") as file:
            file.truncate(taken.manifest.size_bytes - 1000)
        with pytest.raises(taking.NotProved, match="KHÔNG khôi phục được"):
            taking.prove(found, taken)
    assert not taken.path.exists()
    assert len(list(tmp_path.glob("*.dump.broken"))) == 1
    assert session.execute(text("SELECT undurable_from FROM device WHERE id = :id"), {"id": work}).scalar_one() == 1


def test_a_dump_that_restores_to_other_rows_is_no_backup(
    work: str, database_url: str, tmp_path: Path, session: Session
) -> None:
    """The file is whole and PostgreSQL restores it; one letter of one row is another."""
    with server.held(database_url) as found:
        taken = taking.dump(found, tmp_path)
        session.execute(
            text("UPDATE household SET note = 'khác' WHERE id = (SELECT min(id::text)::uuid FROM household)")
        )
        session.commit()
        other = taking.dump(found, tmp_path / "other")
        shutil.copy(other.path, taken.path)
        paper = replace(taken.manifest, sha256=other.manifest.sha256, size_bytes=other.manifest.size_bytes)
        with pytest.raises(taking.NotProved, match=r"household\n"):
            taking.prove(found, replace(taken, manifest=paper))


def test_a_role_that_may_not_make_databases_is_told_so_before_the_dump(
    work: str, database_url: str, tmp_path: Path, role: Callable[..., str], config: Settings
) -> None:
    url = role(database_url)
    run = backups.giamngheo("backup", tmp_path / "b", url=url, home=config.home)
    assert run.returncode == 2
    assert "CREATEDB" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "b").exists()
    run = backups.giamngheo("backup", tmp_path / "b", "--unverified", url=url, home=config.home)
    assert run.returncode == 0, run.stderr


def test_a_role_that_may_not_read_everything_is_told_so(
    work: str, database_url: str, tmp_path: Path, role: Callable[..., str], config: Settings
) -> None:
    url = role(database_url, "CREATEDB", reads=False)
    run = backups.giamngheo("backup", tmp_path / "b", "--unverified", url=url, home=config.home)
    assert run.returncode == 2
    assert "không được đọc" in run.stderr
    assert "Traceback" not in run.stderr
    assert list((tmp_path / "b").glob("*")) == []


def programs_for(url: str) -> postgres_binaries.Binaries:
    with server.held(url) as found:
        return found.programs


def test_the_password_is_on_no_command_line_and_in_no_environment(
    work: str, database_url: str, tmp_path: Path, role: Callable[..., str], config: Settings
) -> None:
    """Seen by the programs themselves: each writes down what it was given."""
    programs = tmp_path / "bin"
    programs.mkdir()
    real = programs_for(database_url)
    for name in ("pg_dump", "pg_restore", "postgres", "initdb"):
        place = programs / name
        place.write_text(
            f'#!/bin/sh\n[ "$1" = --version ] || (echo "$@"; env) >> {tmp_path}/{name}.seen\nexec {real[name]} "$@"\n'
        )
        place.chmod(0o755)
    url = role(database_url, "SUPERUSER")
    run = backups.giamngheo("backup", tmp_path / "b", url=url, home=config.home, GIAMNGHEO_PG_BIN=str(programs))
    assert run.returncode == 0, run.stderr
    seen = (tmp_path / "pg_dump.seen").read_text() + (tmp_path / "pg_restore.seen").read_text()
    assert "--snapshot=" in seen
    assert "user=backup_only" in seen
    assert "PGPASSFILE=" in seen
    assert [line for line in seen.splitlines() if "mật" in line or "b%C3%AD" in line or "DATABASE_URL" in line] == []


def test_a_full_disk_is_a_sentence_and_leaves_no_half_file(
    work: str, database_url: str, tmp_path: Path, config: Settings
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    real = programs_for(database_url)
    says = "pg_dump: error: could not write to file: No space left on device"
    full = f'case "$*" in --version) ;; *) echo "{says}" >&2; exit 1;; esac'
    for name, first in (("pg_dump", full), ("pg_restore", "")):
        (programs / name).write_text(f'#!/bin/sh\n{first}\nexec {real[name]} "$@"\n')
        (programs / name).chmod(0o755)
    run = backups.giamngheo(
        "backup", tmp_path / "b", url=database_url, home=config.home, GIAMNGHEO_PG_BIN=str(programs)
    )
    assert run.returncode == 2
    assert "Hết chỗ" in run.stderr
    assert list((tmp_path / "b").iterdir()) == []


def test_restore_refuses_a_changed_file_a_running_service_a_wrong_key_and_an_older_backup(
    work: str, database_url: str, tmp_path: Path, engine: Engine, app: object, config: Settings, sign_in: SignIn
) -> None:
    folder = tmp_path / "b"
    personal = tablets.member(submission("household", household())["id"])
    homes = submission("household", household(), seq=30)
    with_number = submission("member", personal | {"household_id": homes["id"], "personal_id": "036080001234"}, seq=31)
    assert [o["outcome"] for o in push(sign_in("xom-3"), work, homes, with_number)] == ["applied"] * 2
    first = backups.backed_up(database_url, folder)

    def refused(path: Path, *options: str, home: Path = config.home) -> str:
        run = backups.giamngheo("restore", path, "--yes", *options, url=database_url, home=home)
        assert run.returncode == 2, run.stdout
        assert "Traceback" not in run.stderr
        return run.stderr

    assert "hãy dừng" in refused(first.path).lower()  # the pools of the service are connected
    with backups.nobody_connected(engine, app.state.engine):  # type: ignore[attr-defined]
        other = tmp_path / "other-home"
        assert "secrets/id-key" in refused(first.path, home=other)
        newer = backups.backed_up(database_url, folder)
        assert newer.path != first.path
        assert "--older" in refused(first.path)
        with newer.path.open("r+b") as file:
            file.seek(-100, os.SEEK_END)
            file.write(b"x" * 10)
        assert "không còn nguyên vẹn" in refused(newer.path)
        manifest.path_of(newer.path).unlink()
        assert "nằm cạnh" in refused(newer.path)
        assert backups.drop_kept(database_url) == []
    with Session(engine) as session:
        assert session.execute(text("SELECT count(*) FROM sync_submission")).scalar_one() == 22


def test_where_the_files_cannot_be_copied_back_the_register_stays_as_it_was(
    work: str, database_url: str, tmp_path: Path, engine: Engine, app: FastAPI, config: Settings
) -> None:
    taken = backups.backed_up(database_url, tmp_path / "b")
    photo = hashlib.sha256(b"x").hexdigest()
    (tmp_path / "b" / "files" / photo[:2]).mkdir(parents=True)
    (tmp_path / "b" / "files" / photo[:2] / photo).write_bytes(b"x")
    home = tmp_path / "home"
    shutil.copytree(config.home / "secrets", home / "secrets")
    (home / "files").touch()  # no folder: nothing can be written into it
    with backups.nobody_connected(engine, app.state.engine):
        run = backups.giamngheo("restore", taken.path, "--yes", url=database_url, home=home)
        kept = backups.drop_kept(database_url)
    assert (run.returncode, kept) == (2, []), run.stderr
    assert str(home / "files") in run.stderr


def test_a_backup_of_a_newer_program_is_restored_by_that_one(
    work: str, database_url: str, tmp_path: Path, engine: Engine, app: FastAPI, config: Settings, session: Session
) -> None:
    """After a lost disk the old installation is what lies at hand."""
    ours = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    session.commit()
    taken = backups.backed_up(database_url, tmp_path / "b")
    session.execute(text("UPDATE alembic_version SET version_num = :ours"), {"ours": ours})
    session.commit()
    session.close()
    with backups.nobody_connected(engine, app.state.engine):
        run = backups.giamngheo("restore", taken.path, "--yes", url=database_url, home=config.home)
        kept = backups.drop_kept(database_url)
    assert (run.returncode, kept) == (2, []), run.stderr
    assert "phiên bản chương trình mới hơn" in run.stderr
    assert "Traceback" not in run.stderr
    assert backups.scratch_databases(database_url) == []


@pytest.mark.parametrize(
    "wrong",
    [{"taken_at": "2024-01-01"}, {"verified_at": "2024-01-01"}, {"sha256": 5}, {"size_bytes": "9"}, {"contents": []}],
)
def test_a_paper_that_somebody_has_written_in_is_no_paper(wrong: dict[str, object], tmp_path: Path) -> None:
    said = {
        "format": 1,
        "file_name": "giamngheo-1.dump",
        "sha256": "ab",
        "size_bytes": 9,
        "taken_at": "2024-01-01T00:00:00+07:00",
        "verified_at": None,
        "version": "1",
        "contents": {"tables": {}, "audit_head": None, "epoch": None, "revision": None},
    }
    dump = tmp_path / "giamngheo-1.dump"
    manifest.path_of(dump).write_text(json.dumps(said), encoding="utf-8")
    assert manifest.read(dump).size_bytes == 9
    manifest.path_of(dump).write_text(json.dumps(said | wrong), encoding="utf-8")
    with pytest.raises(ConfigError, match="nằm cạnh"):
        manifest.read(dump)


def test_a_backup_is_private_and_only_old_proved_ones_are_removed(
    work: str, database_url: str, tmp_path: Path, config: Settings
) -> None:
    folder = tmp_path / "b"
    first = backups.backed_up(database_url, folder)
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(manifest.path_of(first.path).stat().st_mode) == 0o600
    for day in (1, 2):
        broken = folder / f"giamngheo-2026010{day}-000000.dump.broken"
        broken.touch()
        then = first.manifest.taken_at - timedelta(days=day)
        manifest.write(replace(first.manifest, taken_at=then, verified_at=None), broken)
    assert taking.prune(folder, 2, first.epochs) == []  # one is not two
    run = backups.giamngheo("backup", folder, "--keep", "1", url=database_url, home=config.home)
    assert run.returncode == 0, run.stderr
    assert first.path.name in run.stdout
    left = sorted(path.name for path in folder.iterdir() if path.is_file())
    assert len(left) == 2
    assert left[0] > first.path.name


def test_another_register_in_the_same_folder_keeps_its_backups(
    work: str, database_url: str, tmp_path: Path, config: Settings
) -> None:
    """Two communes and one disk: while the server of one is being repaired, the other one goes on."""
    folder = tmp_path / "b"
    first = backups.backed_up(database_url, folder)
    theirs = folder / "giamngheo-20260101-220000-000.dump"
    theirs.write_bytes(b"theirs")
    contents = replace(first.manifest.contents, epoch=str(uuid4()))
    then = first.manifest.taken_at - timedelta(days=9)
    manifest.write(replace(first.manifest, file_name=theirs.name, taken_at=then, contents=contents), theirs)
    draft = folder / ".giamngheo-20260101-220000-001.dump.tmp"  # what they are writing just now
    draft.touch()
    run = backups.giamngheo("backup", folder, "--keep", "1", url=database_url, home=config.home)
    assert run.returncode == 0, run.stderr
    assert not first.path.exists()
    assert theirs.exists()
    assert manifest.read(theirs).file_name == theirs.name
    assert draft.exists()
    os.utime(draft, times=(0, 0))  # left by a run that was killed
    with server.held(database_url) as found:
        taking.dump(found, folder)
    assert not draft.exists()


def test_a_clock_that_was_ahead_once_makes_no_older_backup_the_newest(
    work: str, database_url: str, tmp_path: Path, config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "b"
    with monkeypatch.context() as ahead:
        ahead.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(days=400))
        first = backups.backed_up(database_url, folder)
    run = backups.giamngheo("backup", folder, "--keep", "1", url=database_url, home=config.home)
    assert run.returncode == 0, run.stderr
    (left,) = folder.glob("*.dump")
    assert left.name > first.path.name
    with server.held(database_url) as found:
        assert taking.newest(found, folder) == manifest.read(left).taken_at


def test_a_folder_without_the_backups_that_the_register_knows_is_asked_about(
    work: str, database_url: str, tmp_path: Path, config: Settings, session: Session
) -> None:
    """The disk of the backups is not there: its empty folder on the first disk would take them, and be lost with it."""
    backups.backed_up(database_url, tmp_path / "mounted")
    seen = text("SELECT undurable_from FROM device WHERE id = :id")
    session.execute(text("UPDATE device SET undurable_from = 1, arrivals = arrivals + 1"))
    session.commit()
    run = backups.giamngheo("backup", tmp_path / "empty", url=database_url, home=config.home)
    assert run.returncode == 2
    assert "--new-folder" in run.stderr
    assert not (tmp_path / "empty").exists()
    assert session.execute(seen, {"id": work}).scalar_one() == 1
    session.rollback()
    for options in (["--new-folder"], []):
        run = backups.giamngheo("backup", tmp_path / "empty", *options, url=database_url, home=config.home)
        assert run.returncode == 0, run.stderr
    assert session.execute(seen, {"id": work}).scalar_one() is None


def test_uploaded_files_are_copied_once_and_checked(tmp_path: Path) -> None:
    assert files.copy(tmp_path / "absent", tmp_path / "to") == files.Copied()
    good, bad = b"anh 1", b"anh 2"
    for content, name in ((good, hashlib.sha256(good).hexdigest()), (b"other", hashlib.sha256(bad).hexdigest())):
        place = tmp_path / "from" / name[:2] / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        place.with_name("half.tmp").write_bytes(b"")
    first = files.copy(tmp_path / "from", tmp_path / "to")
    assert (first.new, first.there, first.damaged) == (1, 0, [hashlib.sha256(bad).hexdigest()])
    again = files.copy(tmp_path / "from", tmp_path / "to")
    assert (again.new, again.there) == (0, 1)
    copied = [path for path in (tmp_path / "to").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in copied] == [good]


def test_the_folder_of_files_may_lie_elsewhere(
    work: str, database_url: str, tmp_path: Path, config: Settings, engine: Engine, app: Any
) -> None:
    """`GIAMNGHEO_FILES`: backed up from there, and restored to there."""
    photo = b"a roof"
    name = hashlib.sha256(photo).hexdigest()
    place = tmp_path / "photos" / name[:2] / name
    place.parent.mkdir(parents=True)
    place.write_bytes(photo)
    more = {"GIAMNGHEO_FILES": str(tmp_path / "photos")}
    run = backups.giamngheo("backup", tmp_path / "b", url=database_url, home=config.home, **more)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "b/files" / name[:2] / name).read_bytes() == photo
    place.unlink()
    (dump,) = (tmp_path / "b").glob("*.dump")
    with backups.nobody_connected(engine, app.state.engine):
        run = backups.giamngheo("restore", dump, "--yes", url=database_url, home=config.home, **more)
    backups.drop_kept(database_url)
    assert run.returncode == 0, run.stderr
    assert place.read_bytes() == photo


# -- a lost disk, with the service as it is run


def command(person: str, home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*python_of(person), "-m", "api.cli", *map(str, arguments)],
        cwd=ROOT, env=environment(home), capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip


def cast(home: Path) -> None:
    url = embedded.running(home)
    assert url is not None
    areas = tomllib.loads(resources("api.areas").joinpath("data/truc-ninh.toml").read_text(encoding="utf-8"))
    with database.opened(url, pool_size=1) as engine, Session(engine) as session, session.begin():
        session.info["id_key"] = IdKey(Settings(home=home).secrets().id_key)
        people.load(session, areas)


@contextmanager
def surveyor(folder: Path, port: int) -> Iterator[Tablet]:
    """An enrolled tablet of xom-3."""
    url = f"http://127.0.0.1:{port}"
    with (
        closing(Line(url)) as officer,
        closing(Storage(folder / "tablet.sqlite")) as storage,
        closing(Line(url, keep_refresh_token=tablet_tokens(storage))) as line,
    ):
        one = Tablet(storage, line)
        one.line.sign_in("xom-3", PASSWORD)
        officer.sign_in("truc-thai", PASSWORD)
        code = officer.call("POST", "/sync/v1/enrolments", json={"username": "xom-3"}).json()["enrolment_code"]
        one.enrol(code, "máy")
        yield one


def counted(home: Path) -> object:
    """Households, submissions, conflicts."""
    url = embedded.running(home)
    assert url is not None
    tables = ("household", "sync_submission", "sync_conflict")
    with psycopg.connect(server.plain(url)) as connection:
        return tuple(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in tables)


@pytest.mark.parametrize("person", PEOPLE)
def test_after_a_lost_disk_the_tablets_bring_back_what_came_after_the_backup(person: str) -> None:
    with folder_of(person) as folder, ExitStack() as ending:
        home, kept = folder / "home", folder / "backups"
        service = ending.enter_context(Service(home, person)).ready()
        cast(home)
        one = ending.enter_context(surveyor(folder, service.port))
        before = one.create("household", household(note="trước"))
        one.push()
        one.pull()
        first = command(person, home, "backup", kept)
        assert first.returncode == 0, first.stdout + first.stderr
        one.change("household", before, {"note": "sau"})
        after = one.create("household", household(note="sau"))
        one.push()
        (dump,) = kept.glob("*.dump")
        running = command(person, home, "restore", dump, "--yes")
        assert (running.returncode, "đang chạy" in running.stderr) == (2, True)
        service.close()
        lose_the_disk_of(home)

        back = command(person, home, "restore", dump, "--yes")
        assert back.returncode == 0, back.stdout + back.stderr
        # root's server lies outside of its home (api/postgres_folder.py)
        ending.callback(lose_the_disk_of, home)
        ending.enter_context(Service(home, person, port=service.port)).ready()
        assert one.pull().resynced
        told = {(o["id"], o["version"]): o["replayed"] for o in one.push()}
        assert told == {(before, 1): True, (before, 2): False, (after, 1): False}
        assert counted(home) == (2, 3, 0)
        assert command(person, home, "audit", "verify").returncode == 0


def lose_the_disk_of(home: Path) -> None:
    shutil.rmtree((home / "postgres").resolve())
    (home / "postgres").unlink(missing_ok=True)
