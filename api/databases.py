"""A database ready for use, wherever it is: reached, new enough, migrated, and opened with the right key."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from cryptography.exceptions import InvalidTag

from api import embedded
from api.config import ConfigError, Settings
from api.keys import IdKey
from api.postgres_binaries import OLDEST_MAJOR

Report = Callable[[str], None]


@contextmanager
def database(settings: Settings, report: Report = lambda _: None) -> Iterator[str]:
    """The SQLAlchemy URL for one command: DATABASE_URL, else the embedded server of this home.

    One that runs is used as it is; one that does not is started and migrated for the command, and stopped after it.
    Raises ConfigError where neither can be reached.
    """
    if settings.database_url is not None:
        check_server(settings.database_url)
        yield settings.database_url
        return
    cluster = None
    deadline = time.monotonic() + 60
    while (url := embedded.running(settings.home)) is None:
        try:
            cluster = embedded.start(settings.home, report)
        except embedded.AlreadyRunning:
            # Its launcher is just starting or stopping it; after a minute its own message is the right one.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
            continue
        url = cluster.url
        break
    try:
        if cluster is not None:
            migrate(url)
        yield url
    finally:
        if cluster is not None:
            cluster.stop()


def check_server(url: str, patience: float = 15) -> None:
    """Raises ConfigError unless a PostgreSQL >= 15 with UTF-8 answers within `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with psycopg.connect(_plain(url), connect_timeout=5) as connection:
                version = connection.info.server_version // 10000
                encoding = connection.info.parameter_status("server_encoding")
            break
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise ConfigError(
                    f"Không kết nối được DATABASE_URL / cannot connect to the database:\n{error}"
                ) from None
            time.sleep(0.5)
    if version < OLDEST_MAJOR:
        raise ConfigError(
            f"Máy chủ ở DATABASE_URL là PostgreSQL {version}; cần {OLDEST_MAJOR} trở lên / PostgreSQL is too old."
        )
    if encoding != "UTF8":
        raise ConfigError(f"Cơ sở dữ liệu dùng bảng mã {encoding}; cần UTF8 / the database must be UTF8.")


def migrate(url: str) -> tuple[str | None, str | None]:
    """Brings the database to the newest revision: (revision before, after). Several hosts may do it at once."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    # The option is read with %-interpolation, and a socket path in a URL is full of %2F.
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    before, known = revision(url), ScriptDirectory.from_config(config)
    if before is not None and before not in {step.revision for step in known.walk_revisions()}:
        raise ConfigError(
            f"Dữ liệu này thuộc phiên bản chương trình mới hơn (cấu trúc {before}). Hãy cài phiên bản đó rồi chạy lại; "
            "chưa có gì thay đổi.\n"
            "The data belong to a newer version of the program: install that one. Nothing was changed."
        )
    command.upgrade(config, "head")
    return before, known.get_current_head()


def revision(url: str) -> str | None:
    """The revision the database is at, None for an empty one."""
    with psycopg.connect(_plain(url), connect_timeout=10) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return str(row[0]) if row else None


# of each tablet the newest submission: what came before another key was taken up opens nowhere, and stops nobody
_SENT = """
    SELECT s.submission_id, s.payload FROM device d CROSS JOIN LATERAL (
        SELECT submission_id, payload FROM sync_submission WHERE device_id = d.id ORDER BY seq DESC LIMIT 1
    ) AS s
"""


def check_id_key(url: str, id_key: bytes) -> None:
    """Raises ConfigError where citizen numbers, or what tablets sent, were sealed with another key than ours.

    With the wrong key everything would seem to work, and each number written would be lost to the right one; and what a
    tablet sends again would be other content under the same id, and refused.
    """
    with psycopg.connect(_plain(url), connect_timeout=10) as connection:
        numbers = connection.execute(
            "SELECT id, personal_id_sealed FROM member WHERE personal_id_sealed IS NOT NULL LIMIT 1"
        ).fetchall()
        sent = connection.execute(_SENT).fetchall()
    key = IdKey(id_key)
    if _none_opens(key.open, numbers) or _none_opens(key.open_bytes, sent):
        raise ConfigError(
            "Khoá số định danh (GIAMNGHEO_ID_KEY hoặc secrets/id-key) không phải khoá đã mã hoá dữ liệu này. "
            "Hãy khôi phục đúng khoá cũ từ bản sao lưu.\n"
            "The id key is not the one these data were sealed with: restore the old one."
        )


def _none_opens(opens: Callable[[bytes, UUID], object], rows: Sequence[Any]) -> bool:
    for row_id, sealed in rows:
        with suppress(InvalidTag, ValueError):
            opens(bytes(sealed), row_id)
            return False
    return bool(rows)


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def migrations_folder() -> Path:
    """The migrations: inside an installed wheel, or beside the package in a checkout."""
    package = Path(__file__).parent
    for folder in (package / "_migrations", package.parent / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise ConfigError("Thiếu thư mục migrations / the migrations are missing from this installation.")
