"""The launcher: a database, its migrations, the demo if wished, and one worker per core; stopped in reverse order."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from api import embedded
from api.banner import counting, say, show_ready
from api.config import Settings
from api.databases import check_id_key, check_server, database
from api.databases import migrate as migrate_schema
from api.keys import IdKey
from api.worker_process import die_with_parent, tune_gc
from api.workers import check_port, run_workers

__all__ = ["database", "die_with_parent", "migrate", "serve", "tune_gc"]


def serve(settings: Settings, *, demo: bool = False) -> int:
    """Runs the service until it is told to stop; the exit code. Raises ConfigError where it cannot start."""
    signal.signal(signal.SIGTERM, _interrupt)  # until the workers' supervisor takes over, SIGTERM is like Ctrl-C
    try:
        check_port(settings.host, settings.port)
        secrets = settings.secrets()
        with _database(settings) as url:
            before, after = migrate(url)
            say(
                f"Cấu trúc dữ liệu: bản {after}"
                + (" (đã có sẵn)" if before == after else f" (nâng từ {before or 'trống'})")
            )
            check_id_key(url, secrets.id_key)
            password = _load_demo(url, settings, IdKey(secrets.id_key)) if demo else None
            return run_workers(settings, url, lambda address: show_ready(address, password))
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def migrate(url: str) -> tuple[str | None, str | None]:
    """Brings the database to the newest revision, with the standards of this version: (revision before, after)."""
    from sqlmodel import Session

    from api.db import make_engine
    from api.standards.commands import publish_shipped

    revisions = migrate_schema(url)
    engine = make_engine(url, pool_size=1)
    try:
        with Session(engine) as session, session.begin():
            publish_shipped(session)
    finally:
        engine.dispose()
    return revisions


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    if settings.database_url is not None:
        say("Kết nối PostgreSQL ở DATABASE_URL / connecting to your PostgreSQL")
        check_server(settings.database_url)
        yield settings.database_url
        return
    say(f"Khởi động PostgreSQL nhúng trong {settings.home} / starting the embedded PostgreSQL")
    cluster = embedded.start(settings.home, say)
    try:
        say(f"PostgreSQL {cluster.binaries.major} đang chạy (tiến trình {cluster.pid})")
        cluster.watch(say)
        yield cluster.url
    finally:
        cluster.unwatch()
        say("Dừng PostgreSQL / stopping PostgreSQL")
        cluster.stop()


def _load_demo(url: str, settings: Settings, id_key: IdKey) -> str:
    from api.db import make_engine
    from api.demo import load

    password = settings.demo_account_password()
    engine = make_engine(url, pool_size=2)
    try:
        with counting() as report:
            loaded = load(engine, password, report, id_key)
    finally:
        engine.dispose()
    say("Đã nạp dữ liệu thử" if loaded else "Dữ liệu thử đã có sẵn, giữ nguyên / the demo is there already")
    return password


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
