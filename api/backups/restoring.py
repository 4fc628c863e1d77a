"""How a backup is restored: beside the register, proved there, and put in its place in one step."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from api import clock
from api.backups import server, taking
from api.backups.manifest import Manifest
from api.backups.server import Server
from api.backups.taking import Report
from api.databases import check_id_key
from api.key_files import ConfigError

_USED = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = %s AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


# who and what may do something; the id keeps two of one name apart
_IN_FORCE = """
    SELECT id, 'máy tính bảng / tablet ' || name FROM device WHERE revoked_at IS NULL
    UNION ALL
    SELECT id, 'tài khoản / account ' || username FROM account WHERE disabled_at IS NULL
    UNION ALL
    SELECT g.id, 'quyền / right ' || a.username || ' ' || g.role || ' ' || area.code
    FROM account_grant g JOIN account a ON a.id = g.account_id JOIN area ON area.id = g.area_id
    WHERE a.disabled_at IS NULL AND (g.valid_to IS NULL OR g.valid_to >= CURRENT_DATE)
"""


def check_unused(server_: Server) -> None:
    """Raises ConfigError where anybody is connected to the register."""
    with server.connected(server_.url_of("postgres")) as session:
        row = session.execute(_USED, (server_.database,)).fetchone()
    if row and row[0]:
        raise _in_use(row[0])


def in_force_again(server_: Server, restored: str) -> list[str]:
    """What was withdrawn since the backup, and is in force again in the restored register (its URL): tablets revoked,
    accounts disabled, rights ended. Empty also where the register in use is gone, and nobody can tell.

    It is told and not withdrawn again: to undo such a thing may be what the restore is for.
    """
    try:
        with server.connected(server_.url) as session:
            today = {row[0] for row in session.execute(_IN_FORCE)}
    except (psycopg.OperationalError, psycopg.ProgrammingError):
        return []  # it is gone, or of a time before these tables
    with server.connected(restored) as session:
        return sorted(said for id_, said in session.execute(_IN_FORCE) if id_ not in today)


def restore(
    server_: Server,
    path: Path,
    paper: Manifest,
    id_key: bytes,
    prepare: Callable[[str], None],
    report: Report = lambda _: None,
) -> str | None:
    """Puts the register of a backup in the place of today's, which is kept; under which name (None: there was none).

    `prepare` is given the URL of the restored register before it is in its place. Raises NotProved or ConfigError, and
    then nothing has changed.
    """
    report("Khôi phục vào cơ sở dữ liệu mới, bên cạnh cơ sở dữ liệu đang có / restoring beside the register")
    with server.scratch(server_, "restored", keep=True) as url:
        taking.load(server_, path, paper, url, report)
        check_id_key(url, id_key)
        prepare(url)
        _counted(url)
        report("Đổi chỗ / putting it in its place")
        return _swapped(server_)


def _counted(url: str) -> None:
    """A dump brings no statistics: until autovacuum has come, the planner would guess what stands in each column."""
    with server.connected(url, autocommit=True) as session:
        session.execute("ANALYZE")


def _swapped(server_: Server) -> str | None:
    kept = f"{server_.database[:40]}_before_{clock.now():%Y%m%d_%H%M%S}"
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    today, restored = sql.Identifier(server_.database), sql.Identifier(server_.scratch_name("restored"))
    try:
        # One transaction: at no moment is there no register, for a start would make a new, empty one.
        with server.connected(server_.url_of("postgres")) as session:
            known = session.execute("SELECT 1 FROM pg_database WHERE datname = %s", (server_.database,)).fetchone()
            if known:
                session.execute(rename.format(today, sql.Identifier(kept)))
            session.execute(rename.format(restored, today))
    except psycopg.errors.ObjectInUse:
        raise _in_use(1) from None
    except psycopg.errors.InsufficientPrivilege as error:
        raise ConfigError(
            f"Tài khoản này không được đổi tên cơ sở dữ liệu; chưa có gì thay đổi / may not rename: {error}"
        ) from None
    return kept if known else None


def _in_use(sessions: int) -> ConfigError:
    return ConfigError(
        f"Có {sessions} kết nối đang dùng cơ sở dữ liệu này. Hãy dừng giamngheo (và psql, nếu có) rồi chạy lại; chưa "
        "có gì thay đổi.\nThe register is in use: stop the service, then restore. Nothing was changed."
    )
