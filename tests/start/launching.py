"""Starts the service the way a person does, as a process of its own, and watches it from outside."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import httpx
import pytest

from api.postgres_binaries import RunAs, can

ROOT = Path(__file__).parents[2]
# Who starts it: PostgreSQL refuses to be root, so the two ways differ, and root can try both.
PEOPLE = ("root", "ordinary user") if os.geteuid() == 0 else ("ordinary user",)


def eventually(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Waits for a condition, not for a time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def python_of(person: str) -> list[str]:
    """How this person runs our Python. For root trying an ordinary user: as `nobody`."""
    if person == "root" or os.geteuid() != 0:
        return [sys.executable]
    nobody = pwd.getpwnam("nobody")
    if not can(RunAs(nobody.pw_uid, nobody.pw_gid), "-x", ROOT / "migrations"):
        pytest.skip(f"{ROOT} is closed to ordinary users: run the start tests as one, or as root from another folder")
    drop = ["setpriv", "--reuid=nobody", f"--regid={nobody.pw_gid}", "--clear-groups"]
    # Root's own Python often lies in /root; then only the right to look into folders is kept, nothing else of root's.
    # Asked by a grandchild: setpriv itself can still start what its child could not, and workers are grandchildren.
    start = "import subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"
    for more in ([], ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]):
        command = [*drop, *more, sys.executable]
        if subprocess.run([*command, "-c", start], capture_output=True, check=False).returncode == 0:
            return command
    pytest.fail("no Python that `nobody` can run: start the tests as an ordinary user too")


@contextmanager
def folder_of(person: str) -> Iterator[Path]:
    """A folder under /tmp that belongs to this person (pytest's own are closed to everybody else)."""
    folder = Path(tempfile.mkdtemp(prefix="gn-", dir="/tmp"))
    if os.geteuid() == 0 and person != "root":
        shutil.chown(folder, "nobody")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of ours reaches the child by accident: no DATABASE_URL, no GIAMNGHEO_ of the test run."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TZ")}
    return {**kept, "HOME": str(home), "GIAMNGHEO_HOME": str(home), "GIAMNGHEO_WORKERS": "1", **more}


def command_of(pid: str | int) -> bytes:
    """The command line of a process; nothing where it has just ended (sessions come and go while we look)."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


class Service:
    """One `giamngheo serve`; it ends with its `with`. Without a port the system gives it a free one, known once it is
    ready: one that a test chooses for it may be taken meanwhile."""

    def __init__(self, home: Path, person: str, *options: str, port: int = 0, **variables: str) -> None:
        self.port = port
        command = [*python_of(person), "-m", "api.cli", "serve", *options]  # first: it may skip the test
        self.output = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(home, PORT=str(port), **variables),
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a process group of its own, as a shell gives it: Ctrl-C reaches all of it
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def said(self) -> str:
        # pread: the child writes at the offset of the same open file
        size = os.fstat(self.output.fileno()).st_size
        return os.pread(self.output.fileno(), size, 0).decode()

    def get(self, path: str) -> int | None:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=5).status_code
        except httpx.TransportError:
            return None

    def ready(self) -> Self:
        def announced() -> bool:
            if self.process.poll() is not None:
                pytest.fail(f"ended with {self.process.returncode}:\n{self.said()}")
            return "Ctrl-C" in self.said()

        eventually(announced, "the service says that it is ready", 120)
        found = re.search(r"ready: http://127\.0\.0\.1:(\d+)", self.said())
        assert found is not None, self.said()
        self.port = int(found[1])
        eventually(lambda: self.get("/healthz") == 200, "it answers")
        return self

    def workers(self) -> list[int]:
        """The processes that serve, seen from outside: the children that hold the listening socket."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"spawn_main" in command_of(pid)]

    def end(self, sent: signal.Signals = signal.SIGTERM, *, group: bool = False) -> int:
        (os.killpg if group else os.kill)(self.process.pid, sent)
        return self.process.wait(180)

    def close(self) -> None:
        try:
            if self.process.poll() is None:
                self.end()
        finally:
            if self.process.poll() is None:  # it did not end: that fails the test, and harms no other one
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            self.output.close()
