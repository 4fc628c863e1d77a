"""Backups of a test's database, and the way back, as `giamngheo backup` and `giamngheo restore` do it."""

import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text
from sqlmodel import Session

from api import backup_cli
from api.backups import server, taking
from api.backups.taking import Taken
from api.changes import epoch
from tests.make import database
from tests.start.launching import eventually


def noted(url: str, taken: Taken, lacking: Collection[str] = ()) -> None:
    """What the command writes after the proof."""
    backup_cli.note(url, taken, lacking)


def backed_up(url: str, folder: Path) -> Taken:
    """Dumped, proved and recorded."""
    with _transaction(url) as session:
        epoch.epoch_of(session)
    with server.held(url) as found:
        taken = taking.prove(found, taking.dump(found, folder))
    noted(url, taken)
    return taken


@contextmanager
def _transaction(url: str) -> Iterator[Session]:
    with database.opened(url, pool_size=1) as engine, Session(engine) as session, session.begin():
        yield session


def giamngheo(*arguments: Any, url: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        env={**kept, "DATABASE_URL": url, "GIAMNGHEO_HOME": str(home), **more},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@contextmanager
def nobody_connected(*engines: Any) -> Iterator[None]:
    """Our own pools are a service that runs: they let go of the database."""
    for engine in engines:
        # an answer may be here before its request has given its connection back
        eventually(partial(_unused, engine), "the pool has its connections back")
        engine.dispose()
    yield


def _unused(engine: Any) -> bool:
    return bool(engine.pool.checkedout() == 0)


def drop_kept(url: str) -> list[str]:
    """Drops what restores kept of this database; their names."""
    with database.opened(database.url_of(url, "postgres")) as engine, engine.connect() as connection:
        like = f"{make_url(url).database}_before_%"
        names = connection.execute(
            text("SELECT datname FROM pg_database WHERE datname LIKE :like"), {"like": like}
        ).scalars()
        found = list(names)
    for name in found:
        database.drop(url, name)
    return found


def scratch_databases(url: str) -> list[str]:
    with database.opened(database.url_of(url, "postgres")) as engine, engine.connect() as connection:
        found = connection.execute(
            text("SELECT datname FROM pg_database WHERE datname ~ '^giamngheo_(trial|restored)_'")
        )
        return list(found.scalars())
