"""The server around a database: sessions without a time limit, scratch databases, and one backup or restore at a time.

A backup and a restore work beside the service's own sessions, with the programs of PostgreSQL; no password ever stands
on a command line.
"""

import os
import subprocess
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import make_url

from api import postgres_binaries
from api.key_files import ConfigError

Connection = psycopg.Connection[Any]

# The other one that waits for the lock of a backup is told so at once. Any constant will do.
_LOCK = 7_140_82
_MAINTENANCE = "postgres"
_HANDED_ON = ("PATH", "HOME", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
# A program that only knows newer servers sets this; a server before 17 does not know it, and needs it not.
_HARMLESS = "transaction_timeout"


@dataclass(frozen=True)
class Server:
    """The server of one database, reached with the rights of the URL."""

    url: str
    database: str
    programs: postgres_binaries.Binaries

    def url_of(self, name: str) -> str:
        """The SQLAlchemy URL of another database of this server."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def scratch_name(self, purpose: str) -> str:
        """Always the same for one database and purpose: what a killed run left behind is found by the next one."""
        return f"giamngheo_{purpose}_{zlib.crc32(self.database.encode()):08x}"


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


@contextmanager
def connected(url: str, *, autocommit: bool = False) -> Iterator[Connection]:
    """A session without the limits of a request: a nation's register is not read within a minute."""
    with psycopg.connect(plain(url), autocommit=True, connect_timeout=10, application_name="giamngheo-backup") as open_:
        for name in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
            open_.execute(sql.SQL("SET {} = 0").format(sql.Identifier(name)))
        open_.autocommit = autocommit
        yield open_


@contextmanager
def held(url: str) -> Iterator[Server]:
    """The server of this database, for one backup or restore at a time.

    Raises ConfigError where another one runs, or where no PostgreSQL programs are new enough.
    """
    database = make_url(url).database or ""
    maintenance = make_url(url).set(database=_MAINTENANCE).render_as_string(hide_password=False)
    try:
        with connected(maintenance, autocommit=True) as lock:
            taken = lock.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", (_LOCK, database)).fetchone()
            if not taken or not taken[0]:
                raise ConfigError(
                    "Một lần sao lưu hoặc khôi phục khác đang chạy trên cơ sở dữ liệu này; hãy đợi nó xong.\n"
                    "Another backup or restore of this database is running: wait for it."
                )
            programs = postgres_binaries.client(lock.info.server_version // 10000)
            yield Server(url, database, programs)
    except psycopg.OperationalError as error:
        raise ConfigError(
            "Mất kết nối với PostgreSQL, hoặc không vào được cơ sở dữ liệu `postgres` của máy chủ; chưa có gì thay đổi."
            f"\nPostgreSQL cannot be reached (the database `postgres` is needed too); nothing was changed:\n{error}"
        ) from None


@contextmanager
def scratch(server: Server, purpose: str, *, keep: bool = False) -> Iterator[str]:
    """The URL of a new, empty database with the locale of the register's; dropped afterwards, unless it is to `keep`
    and all went well. Raises ConfigError where this role may not make one."""
    name = server.scratch_name(purpose)
    maintenance = server.url_of(_MAINTENANCE)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    try:
        with connected(maintenance, autocommit=True) as session:
            session.execute(drop)
            session.execute(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), _like(session, server)))
    except psycopg.errors.InsufficientPrivilege:
        raise no_scratch() from None
    done = False
    try:
        yield server.url_of(name)
        done = True
    finally:
        if not (keep and done):
            with connected(maintenance, autocommit=True) as session:
                session.execute(drop)


def may_make_databases(url: str) -> bool:
    """Asked before a long dump, not after it."""
    with connected(url) as session:
        row = session.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def no_scratch() -> ConfigError:
    return ConfigError(
        "Tài khoản PostgreSQL này không được tạo cơ sở dữ liệu, nên không thử khôi phục được. Người quản trị máy "
        "chủ hãy chạy: ALTER ROLE … CREATEDB. Hoặc `giamngheo backup … --unverified`: giữ tệp chưa kiểm chứng, "
        "và các máy tính bảng chưa được xoá gì.\n"
        "This role may not create databases, so nothing can be restored on trial: ALTER ROLE … CREATEDB, or "
        "`giamngheo backup … --unverified` (keeps the file; tablets may let go of nothing)."
    )


def _like(session: Connection, server: Server) -> sql.Composable:
    """The locale of the database that is to be copied: its texts have to be ordered as before."""
    found = session.execute("SELECT to_jsonb(d) FROM pg_database d WHERE datname = %s", (server.database,)).fetchone()
    parts: list[sql.Composable] = [sql.SQL("TEMPLATE template0 ENCODING 'UTF8'")]
    if found is not None:
        told = found[0]
        parts.append(sql.SQL("LC_COLLATE {} LC_CTYPE {}").format(told["datcollate"], told["datctype"]))
        locale = told.get("datlocale") or told.get("daticulocale")
        kinds = {"i": ("icu", "ICU_LOCALE"), "b": ("builtin", "BUILTIN_LOCALE"), "c": ("libc", "")}
        provider, word = kinds[told["datlocprovider"]]
        parts.append(sql.SQL(f"LOCALE_PROVIDER {provider}"))
        if word:
            parts.append(sql.SQL(word + " {}").format(locale))
    return sql.SQL(" ").join(parts)


def run(server: Server, program: str, url: str, arguments: Sequence[str], output: Any = None) -> None:
    """Runs pg_dump or pg_restore on a database. Raises ConfigError with what it said about itself.

    What it says about rows stays unsaid: those lines hold personal data.
    """
    parts = conninfo_to_dict(plain(url))
    password = parts.pop("password", None)
    with tempfile.TemporaryDirectory(prefix="giamngheo-") as folder:
        # Not ours whole: DATABASE_URL may hold the password.
        kept = {name: value for name, value in os.environ.items() if name in _HANDED_ON or name.startswith("PG")}
        environment = {**kept, "LC_ALL": "C"}
        if password:
            environment["PGPASSFILE"] = str(_password_file(Path(folder), str(password)))
        ended = subprocess.run(
            [server.programs[program], f"--dbname={make_conninfo('', **parts)}", "--no-password", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output if output is not None else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
    if ended.returncode == 0:
        return
    said = ended.stderr.decode("utf-8", "replace").splitlines()
    errors = [line for line in said if line.startswith(f"{program}: error:")]
    if program == "pg_restore" and errors and all(_HARMLESS in line for line in errors):
        return
    raise ConfigError(
        f"{program} không xong (mã {ended.returncode}) / {program} failed:\n" + "\n".join(errors[:5] or said[:1])
    )


def _password_file(folder: Path, password: str) -> Path:
    path = folder / "pgpass"
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"*:*:*:*:{escaped}\n")
    return path
