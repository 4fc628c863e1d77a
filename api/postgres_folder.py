"""The folder of the embedded PostgreSQL: where it lies, how it is made, and how a server is started on it."""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import psycopg

from api.key_files import ConfigError
from api.postgres_binaries import SHARED_STATE, Binaries, RunAs, can

SUPERUSER = "giamngheo"
_START_SECONDS = 120  # after a crash the server first replays what it had acknowledged
# A Unix socket's address has 107 bytes, and the name of its lock file takes the last of them.
_SOCKET_FOLDER_BYTES = 107 - len("/.s.PGSQL.5432.lock")
_LOG_FILES_KEPT = 30

_SETTINGS = {
    "listen_addresses": "",  # no TCP: who may open the 0700 socket folder may connect, nobody else
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "Asia/Ho_Chi_Minh",
    "log_timezone": "Asia/Ho_Chi_Minh",
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgresql-%Y%m%d-%H%M%S.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "10MB",
    # A log is read by people without the right to see personal data: no statements, no values, no "Key (…)=(…)".
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


def locate(home: Path) -> Path:
    """The folder that holds data, log and run: `home/postgres`, or where that symbolic link points."""
    link = home / "postgres"
    return link.readlink() if link.is_symlink() else link


def choose(home: Path, user: RunAs | None) -> Path:
    """Where a new cluster of this home goes; remembered as a symbolic link where that is outside the home."""
    folder = locate(home)
    if folder != home / "postgres" or can(user, "-x", home):
        return folder
    base = SHARED_STATE / "clusters"
    for parent in (SHARED_STATE, base):
        if not parent.is_dir():
            parent.mkdir(parents=True, exist_ok=True)
            parent.chmod(0o711)
    folder = base / secrets.token_hex(8)
    (home / "postgres").symlink_to(folder)
    return folder


def initialise(folder: Path, binaries: Binaries, user: RunAs | None) -> None:
    """Makes the cluster under another name and renames it when complete: a killed first start leaves no half of one."""
    draft = folder.with_name(folder.name + ".new")
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    for part in (draft / "log", draft / "run"):
        part.mkdir(mode=0o700)
    if user is not None:
        for part in (draft / "log", draft / "run", draft):
            os.chown(part, user.uid, user.gid)
    # The same byte order of texts everywhere, whatever locales the machine has; before 17 only libc can give it.
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if binaries.major >= 17
        else ["--locale=C.UTF-8"]
    )
    command = [binaries["initdb"], "--pgdata", str(draft / "data"), "--username", SUPERUSER, "--encoding=UTF8"]
    result = subprocess.run(
        [*command, *locale, "--auth=trust", "--data-checksums"],
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        env={"LC_ALL": "C", "PATH": os.defpath},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise ConfigError(f"Không tạo được cơ sở dữ liệu ở {folder} / initdb failed:\n{result.stderr.strip()}")
    draft.rename(folder)


def check_version(folder: Path, binaries: Binaries) -> None:
    """Raises ConfigError where another major version made the data: PostgreSQL itself would not say what to do."""
    made_by = (folder / "data/PG_VERSION").read_text().strip()
    if made_by != str(binaries.major):
        raise ConfigError(
            f"Dữ liệu ở {folder} thuộc PostgreSQL {made_by}, chương trình là bản {binaries.major}. "
            f"Cài PostgreSQL {made_by} và đặt GIAMNGHEO_PG_BIN, rồi chuyển bằng pg_dump.\n"
            "The data belong to another major version of PostgreSQL: run that one (GIAMNGHEO_PG_BIN) and pg_dump."
        )


def launch(folder: Path, sockets: Path, binaries: Binaries, user: RunAs | None) -> subprocess.Popen[bytes]:
    """Starts the server and waits until it answers on its socket. Raises ConfigError where it does not."""
    _forget_old_logs(folder)
    deadline = time.monotonic() + _START_SECONDS
    while True:
        _clear_stale_pid(folder, sockets)
        # A nameless file takes what is said before the log is open; a named one in `folder` could be a trap that its
        # owner set for root.
        with tempfile.TemporaryFile() as said:
            process = _spawn(folder, sockets, binaries, user, said)
            while time.monotonic() < deadline and process.poll() is None:
                if answers(sockets):
                    return process
                time.sleep(0.02)
            said.seek(0)
            errors = said.read().decode("utf-8", "replace").strip()
        # After kill -9 of the server its sessions need a moment to notice; until then the memory is still in use.
        transient = "shared memory" in errors or "postmaster.pid" in errors
        if time.monotonic() > deadline or not transient:
            process.terminate()
            process.wait()
            raise ConfigError(f"PostgreSQL không khởi động được (nhật ký: {folder / 'log'}) / did not start:\n{errors}")
        time.sleep(0.2)


def server_pid(folder: Path) -> int | None:
    """The process that serves this cluster now, whoever started it; None where the pid file is stale or absent."""
    lines = _pid_file(folder)
    pid = int(lines[0]) if lines and lines[0].isdigit() else 0
    return pid if pid and is_server(pid, folder) else None


def is_server(pid: int, folder: Path) -> bool:
    """Whether this process is a PostgreSQL of this cluster. A number alone says nothing: pids are given again."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == (folder / "data").resolve()
    except OSError:
        return False


def served_at(folder: Path) -> Path | None:
    """The socket folder the server wrote into its pid file, None as long as there is none."""
    lines = _pid_file(folder)
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def answers(sockets: Path) -> bool:
    """Whether a session can be opened: more than a process that exists."""
    try:
        psycopg.connect(host=str(sockets), user=SUPERUSER, dbname="postgres", connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Asks every 20 ms until the condition holds (True) or the time is over (False)."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _spawn(
    folder: Path, sockets: Path, binaries: Binaries, user: RunAs | None, output: IO[bytes]
) -> subprocess.Popen[bytes]:
    command = [binaries["postgres"], "-D", str(folder / "data")]
    for name, value in {**_SETTINGS, "unix_socket_directories": str(sockets)}.items():
        command += ["-c", f"{name}={value}"]
    return subprocess.Popen(
        command,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        umask=0o077,
        env={"LC_ALL": "C", "PATH": os.defpath},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        # Ctrl-C at the terminal reaches the launcher only, which stops the workers before their database.
        start_new_session=True,
    )


def socket_folder(folder: Path, user: RunAs | None) -> Path:
    """Where a server of this cluster listens. TMPDIR may be as long as the home was, hence /tmp by name."""
    sockets = folder / "run"
    if len(os.fsencode(sockets)) <= _SOCKET_FOLDER_BYTES:
        return sockets
    sockets = Path(tempfile.mkdtemp(prefix="giamngheo-", dir="/tmp"))
    if user is not None:
        os.chown(sockets, user.uid, user.gid)
    return sockets


def _clear_stale_pid(folder: Path, sockets: Path) -> None:
    """PostgreSQL trusts a pid file whose number lives again as another process, and would refuse to start."""
    if (folder / "data/postmaster.pid").exists() and server_pid(folder) is None:
        (folder / "data/postmaster.pid").unlink(missing_ok=True)
        (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _forget_old_logs(folder: Path) -> None:
    for old in sorted((folder / "log").glob("postgresql-*.log"))[:-_LOG_FILES_KEPT]:
        old.unlink(missing_ok=True)


def _pid_file(folder: Path) -> list[str]:
    try:
        return [line.strip() for line in (folder / "data/postmaster.pid").read_text().splitlines()]
    except OSError:
        return []
