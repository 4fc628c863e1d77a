"""How a backup is taken and proved, while everybody works on.

One snapshot is exported and everything is read in it: the dump, the sums of every table, how many batches of each
tablet had arrived. So what is told about the dump is true of the dump, whatever is committed meanwhile.
"""

import errno
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import IsolationLevel

from api import clock
from api.backups import contents, manifest, server
from api.backups.files import Known
from api.backups.manifest import Manifest
from api.backups.server import Connection, Server
from api.key_files import ConfigError

Report = Callable[[str], None]
_BROKEN = ".broken"
# Others may back up into the same folder just now: what nobody has written to for so long was left by a killed run.
_LEFT_BEHIND = timedelta(days=1)
_FILES = """
    SELECT a.sha256, a.size_bytes, count(l.arrived_at), a.backed_up_at IS NOT NULL
    FROM attachment a LEFT JOIN attachment_link l ON l.sha256 = a.sha256 GROUP BY a.sha256 ORDER BY a.sha256
"""


class NotProved(ConfigError):
    """The trial restore did not give what was dumped: this file is no backup."""


@dataclass(frozen=True)
class Taken:
    """A backup on the disk, how many batches of each tablet it holds, the uploaded files it refers to, and the epochs
    that its register has had."""

    path: Path
    manifest: Manifest
    arrivals: Mapping[UUID, int]
    files: Sequence[Known]
    epochs: Collection[str]


def dump(server_: Server, folder: Path, report: Report = lambda _: None) -> Taken:
    """Writes a dump and its manifest into `folder`, complete or not at all. Not proved yet.

    Raises ConfigError where the disk is full or the role may not read all of the register.
    """
    with sentences(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        now = clock.now()
        for left in folder.glob(".giamngheo-*.tmp"):
            if left.stat().st_mtime < (now - _LEFT_BEHIND).timestamp():
                left.unlink()
        # The times and the names are the order of the backups, whatever the clock says: one that was ahead once must
        # not make an older backup the newest. To the millisecond: two in one second are two.
        before = newest(server_, folder)
        now = max(now, before + timedelta(milliseconds=1)) if before else now
        path = folder / f"giamngheo-{now:%Y%m%d-%H%M%S}-{now.microsecond // 1000:03d}.dump"
        draft = path.with_name(f".{path.name}.tmp")
        try:
            with server.connected(server_.url) as session:
                session.isolation_level = IsolationLevel.REPEATABLE_READ
                session.read_only = True
                snapshot, arrivals, known, epochs = _exported(session)
                report("Ghi dữ liệu ra tệp / dumping")
                with manifest.private(draft) as file:
                    options = ["--format=custom", "--no-unlogged-table-data", f"--snapshot={snapshot}"]
                    server.run(server_, "pg_dump", server_.url, options, file)
                    manifest.synced(file)
                report("Đếm và cộng mọi bảng / summing up every table")
                held = contents.read(session)
            return Taken(path, _named(path, draft, now, held), arrivals, known, epochs)
        finally:
            draft.unlink(missing_ok=True)


def newest(server_: Server, folder: Path) -> datetime | None:
    """When the newest verified backup was taken, of those that the register in use knows of or that lie in the folder:
    the register may be lost, or an older one."""
    times = [paper.taken_at for _, paper in manifest.verified(folder)]
    # the register is gone, or of a time before backups were recorded
    gone = (psycopg.OperationalError, psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege)
    with suppress(*gone), server.connected(server_.url) as session:
        times += [row[0] for row in session.execute("SELECT taken_at FROM backup")]
    return max(times, default=None)


def _exported(session: Connection) -> tuple[str, dict[UUID, int], list[Known], set[str]]:
    row = session.execute("SELECT pg_export_snapshot()").fetchone()
    assert row is not None
    arrivals = dict(session.execute("SELECT id, arrivals FROM device").fetchall())
    # what was made before files were kept has none; such a register is backed up before it is migrated
    has: Any = session.execute("SELECT to_regclass('public.attachment') IS NOT NULL").fetchone()
    known = [Known(*found) for found in session.execute(_FILES)] if has[0] else []
    return str(row[0]), arrivals, known, epochs_of(session)


def epochs_of(session: Connection) -> set[str]:
    """The lives that this register has had: by these its own backups are known, also after a restore."""
    return {epoch for (epoch,) in session.execute("SELECT epoch::text FROM feed_epoch")}


def _named(path: Path, draft: Path, now: datetime, held: contents.Contents) -> Manifest:
    if path.exists():
        raise ConfigError(f"{path} đã có / exists already")
    paper = Manifest(
        path.name, manifest.sha256(draft), draft.stat().st_size, now, None, _program(), held
    )  # fmt: skip
    # The paper first: a dump without one is never seen.
    manifest.write(paper, path)
    draft.rename(path)
    manifest.sync_folder(path.parent)
    return paper


def _program() -> str:
    try:
        return version("giamngheo")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "?"


def prove(server_: Server, taken: Taken, report: Report = lambda _: None) -> Taken:
    """Restores the dump into a scratch database and compares every table; the same backup, `verified_at` now.

    Raises NotProved, and puts the file aside as `….broken`, where it does not hold what was dumped.
    """
    report("Thử khôi phục vào cơ sở dữ liệu tạm / restoring on trial")
    try:
        with server.scratch(server_, "trial") as url:
            load(server_, taken.path, taken.manifest, url, report)
    except NotProved:
        aside = taken.path.with_name(taken.path.name + _BROKEN)
        taken.path.rename(aside)
        manifest.path_of(taken.path).rename(manifest.path_of(aside))
        raise
    proved = taken.manifest.verified(clock.now())
    manifest.write(proved, taken.path)
    return replace(taken, manifest=proved)


def load(server_: Server, path: Path, paper: Manifest, url: str, report: Report = lambda _: None) -> None:
    """Restores a dump into an empty database and compares. Raises NotProved where it is not what was dumped."""
    try:
        manifest.check_file(path, paper)
        server.run(server_, "pg_restore", url, ["--no-owner", "--no-privileges", "--jobs=2", str(path)])
    except ConfigError as error:
        if "No space left on device" in str(error):
            raise
        raise NotProved(_no_backup(path, str(error))) from None
    report("So sánh với lúc sao lưu / comparing")
    with server.connected(url) as session:
        wrong = paper.contents.differences(contents.read(session))
    if wrong:
        raise NotProved(_no_backup(path, ", ".join(wrong)))


def prune(folder: Path, keep: int, epochs: Collection[str]) -> list[Path]:
    """Removes what is older than the `keep` newest verified backups of a register, known by its epochs; the names
    removed. The newest one always stays, and so does what another register has put into the same folder."""
    found = manifest.papers(folder, "giamngheo-*.dump*")  # also what was put aside as broken
    ours = {path: paper for path, paper in found if paper.contents.epoch in epochs}
    verified = sorted((paper.taken_at for paper in ours.values() if paper.verified_at is not None), reverse=True)
    if len(verified) < max(keep, 1):
        return []
    old = sorted(path for path, paper in ours.items() if paper.taken_at < verified[max(keep, 1) - 1])
    for path in old:
        path.unlink(missing_ok=True)
        manifest.path_of(path).unlink(missing_ok=True)
    return old


def _no_backup(path: Path, why: str) -> str:
    return (
        f"Bản sao lưu {path.name} KHÔNG khôi phục được như lúc ghi, nên không được tính là bản sao lưu: {why}\n"
        "This file did not restore to what was dumped: it is no backup, and nothing became durable."
    )


@contextmanager
def sentences(folder: Path) -> Iterator[None]:
    """What the disk and the database refuse, as sentences."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise ConfigError(_no_right(str(error).splitlines()[0])) from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ConfigError(_full(folder)) from None
        raise ConfigError(f"Không ghi được vào {folder} / cannot write there: {error.strerror}") from None
    except ConfigError as error:
        if "No space left on device" in str(error):
            raise ConfigError(_full(folder)) from None
        if "permission denied" in str(error):
            raise ConfigError(_no_right(str(error).splitlines()[-1])) from None
        raise


def _full(folder: Path) -> str:
    return (
        f"Hết chỗ trên ổ đĩa của {folder}; chưa có bản sao lưu nào được ghi. Hãy dọn ổ đĩa (hoặc dùng --keep) rồi chạy "
        "lại.\nThe disk is full; no backup was written. Make room and run it again."
    )


def _no_right(why: str) -> str:
    return (
        "Tài khoản PostgreSQL này không được đọc hết dữ liệu, nên không sao lưu được. Hãy dùng tài khoản sở hữu cơ sở "
        f"dữ liệu (DATABASE_URL).\nThis role may not read all of the register, so it cannot back it up: {why}"
    )
