"""Databases for tests: made from a template in milliseconds, dropped with force."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from api.db import make_engine

ROOT = Path(__file__).parents[2]

_MEMORY = Path("/dev/shm")
# bytes: a few databases of 13 MB, the demo's, and up to 1 GB of the server's log; of each that `make test` starts
_ROOM = 2 * 1024**3 * int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def url_of(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def alembic_config(url: str) -> Config:
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(url: str) -> None:
    command.upgrade(alembic_config(url), "head")


def create(server: str, name: str, template: str = "template0") -> None:
    # by files: half the time of copying through the log (nothing has to be replayed into a throw-away database)
    _run(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')


def home_of_a_server(otherwise: Path) -> Path:
    """The home of a throw-away server: a folder in memory where that has room, to be deleted afterwards.

    Every test makes 700 files and deletes them, thousands of times over. An ext4 without a journal (many virtual
    machines) looks for each new file past every one deleted in the last minutes: half a second of CPU a test.
    """
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ROOM:
        return otherwise
    return _MEMORY / f"giamngheo-test-{uuid4().hex[:12]}"


def forget_power_cuts(server: str) -> None:
    """A throw-away server need not survive one: commits and copies go to the system, which writes them when it likes.

    Everything else is as in production: a server or a client that dies, by any signal, loses no commit.
    """
    for setting in ("fsync", "full_page_writes"):
        _run(server, f"ALTER SYSTEM SET {setting} = off")
    _run(server, "SELECT pg_reload_conf()")


def drop(server: str, name: str) -> None:
    _run(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def opened(url: str, pool_size: int = 10) -> Iterator[Engine]:
    """An engine whose connections are closed whatever becomes of the test: one that is left open warns of itself in
    the middle of a later test, which then fails for it."""
    engine = make_engine(url, pool_size)
    try:
        yield engine
    finally:
        engine.dispose()


def _run(server: str, statement: str) -> None:
    # without a pool: closed as soon as it is let go of
    engine = create_engine(url_of(server, "postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))
