"""The embedded PostgreSQL of an installation: started, watched, adopted after a crash, and stopped by its launcher.

`home/postgres` holds everything: `data`, `log` and `run` (the socket). Started by root it runs as another user; where
that user cannot reach the home (/root, a private folder), `home/postgres` is a symbolic link into
/var/lib/giamngheo/clusters instead, because nobody's folders are opened for it. A copy of the home is then no
backup of the data: `giamngheo database` names the address that pg_dump takes.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from api import postgres_folder as files
from api.key_files import ConfigError, make_home
from api.postgres_binaries import Binaries, RunAs, find, run_as

_DATABASE = "giamngheo"


class AlreadyRunning(ConfigError):
    """Another launcher owns this home."""


@dataclass
class Cluster:
    """A running PostgreSQL and its launcher's hold on it. Everybody else needs only `url`."""

    home: Path
    folder: Path
    binaries: Binaries
    user: RunAs | None
    lock: IO[str] = field(repr=False)
    pid: int = 0
    sockets: Path = Path()
    process: subprocess.Popen[bytes] | None = None  # None for a server adopted from a killed launcher
    _mutex: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _stopping: threading.Event = field(default_factory=threading.Event, repr=False)
    _watcher: threading.Thread | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the database `giamngheo`; the same after the server was started again."""
        return _url(self.sockets)

    def alive(self) -> bool:
        """Whether the server process is there."""
        if self.process is not None:
            return self.process.poll() is None
        return files.is_server(self.pid, self.folder)

    def watch(self, report: Callable[[str], None]) -> None:
        """Starts the server again whenever it dies without our doing (`kill -9`, out of memory), and says so."""
        self._watcher = threading.Thread(target=self._watch, args=(report,), name="postgres-watch", daemon=True)
        self._watcher.start()

    def unwatch(self) -> None:
        """Lets a server that dies from now on be dead. One that is just being started again is waited for."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()

    def stop(self) -> None:
        """Stops the server (open transactions roll back, everything committed is on disk) and frees the home."""
        self.unwatch()
        with self._mutex:
            for sent, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
                if not self.alive():
                    break
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, sent)
                files.wait_until(lambda: not self.alive(), seconds)
            if self.sockets.name and self.sockets.parent != self.folder:
                shutil.rmtree(self.sockets, ignore_errors=True)
            self.lock.close()

    def destroy(self) -> None:
        """Stops the server and deletes its data. For tests and throw-away databases."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            (self.home / "postgres").unlink(missing_ok=True)

    def _launch(self) -> None:
        if not self.sockets.is_dir() or not self.sockets.name:
            self.sockets = files.socket_folder(self.folder, self.user)
        self.process = files.launch(self.folder, self.sockets, self.binaries, self.user)
        self.pid = self.process.pid

    def _adopt(self) -> bool:
        """Takes over the server a killed launcher left running. It may still be starting, or just be stopping."""
        pid = files.server_pid(self.folder)
        if pid is None:
            return False

        def reachable() -> bool:
            sockets = files.served_at(self.folder)
            return sockets is not None and files.answers(sockets)

        files.wait_until(lambda: reachable() or not files.is_server(pid, self.folder), 120)
        sockets = files.served_at(self.folder)
        if sockets is None or not reachable():
            return False
        self.pid, self.sockets = pid, sockets
        return True

    def _watch(self, report: Callable[[str], None]) -> None:
        pause = 0.0
        while not self._stopping.wait(0.2 + pause):
            with self._mutex:
                if self._stopping.is_set() or self.alive():
                    pause = 0.0
                    continue
                report("PostgreSQL dừng đột ngột, đang khởi động lại / PostgreSQL died, starting it again")
                try:
                    self._launch()
                    report("PostgreSQL đã chạy lại, không mất dữ liệu / PostgreSQL runs again")
                except (ConfigError, OSError) as error:
                    pause = min(pause * 2 + 1, 30)
                    report(f"Chưa khởi động lại được PostgreSQL, thử lại sau {pause:.0f} giây: {error}")


def start(home: Path, report: Callable[[str], None] = lambda _: None) -> Cluster:
    """Starts the PostgreSQL of this home, making it first where there is none; adopts one that a killed launcher left.

    Raises AlreadyRunning where another launcher owns the home, ConfigError where no PostgreSQL can run.
    """
    make_home(home)
    lock = _locked(home)
    cluster = None
    try:
        user = _owner(home) or run_as()
        folder = files.choose(home, user)
        cluster = Cluster(home, folder, find(user), user, lock)
        if not folder.exists():
            report("Tạo cơ sở dữ liệu mới / making a new database")
            files.initialise(folder, cluster.binaries, user)
        files.check_version(folder, cluster.binaries)
        if not cluster._adopt():
            cluster._launch()
        _create_database(cluster.sockets)
    except BaseException:
        if cluster is not None and cluster.process is not None:
            cluster.stop()
        lock.close()
        raise
    return cluster


def running(home: Path) -> str | None:
    """The SQLAlchemy URL of the server that runs in this home now, None where none answers."""
    sockets = files.served_at(files.locate(home))
    return _url(sockets) if sockets is not None and files.answers(sockets) else None


def _locked(home: Path) -> IO[str]:
    """The home, held until the file is closed or its process dies: a lock cannot go stale, a pid file can."""
    lock = (home / "launcher.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        owner = lock.read().strip() or "?"
        lock.close()
        raise AlreadyRunning(
            f"giamngheo đang chạy với thư mục {home} (tiến trình {owner}). "
            "Hãy dừng nó trước, hoặc đặt GIAMNGHEO_HOME khác.\n"
            "Another giamngheo runs with this home: stop it first, or set another GIAMNGHEO_HOME."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _owner(home: Path) -> RunAs | None:
    """The user an existing cluster belongs to: it stays theirs even if a user `postgres` appears later."""
    data = files.locate(home) / "data"
    if os.geteuid() != 0 or not data.exists():
        return None
    stat = data.stat()
    return RunAs(stat.st_uid, stat.st_gid)


def _create_database(sockets: Path) -> None:
    with psycopg.connect(
        host=str(sockets), user=files.SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=10
    ) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_DATABASE,)).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {_DATABASE}")


def _url(sockets: Path) -> str:
    return f"postgresql+psycopg://{files.SUPERUSER}@/{_DATABASE}?host={quote(str(sockets), safe='')}"
