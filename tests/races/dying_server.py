"""A real server process that kills itself (SIGKILL) before its n-th word to the database, or just after a COMMIT.

    python -m tests.races.dying_server <database url> <folder of the keys>

says its port, then reads numbers from its input: for each it forks a server, says the pid, waits until it is dead, and
says how it died. Forking spares every server the seconds of loading the program.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from api.config import Settings
from api.main import create_app

ROOT = Path(__file__).parents[2]
# a place that no server comes to
NEVER = 10**9


class Countdown:
    """Kills the process when it has counted down to nothing."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, *_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def watch(engine: Engine, left: int) -> None:
    """Counted: each statement (savepoints too) before it is sent, each COMMIT before it is sent and when it is done."""
    word = Countdown(left)
    event.listen(engine, "before_cursor_execute", word)
    event.listen(engine, "commit", word)
    event.listen(Session, "after_commit", word)


def main(database_url: str, home: str) -> None:
    app = create_app(Settings(home=Path(home), environment="test", pool_size=4, database_url=database_url))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            watch(app.state.engine, int(line))
            config = uvicorn.Config(app, lifespan="off", access_log=False, log_level="error")
            uvicorn.Server(config).run(sockets=[listener])
            os._exit(0)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


class DyingServer:
    """The process above, as a test talks to it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.base_url = f"http://127.0.0.1:{self._said()}"
        self.pid = 0

    def start(self, dies_at: int) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{dies_at}\n")
        self._process.stdin.flush()
        self.pid = self._said()

    def died(self) -> int:
        """Waits for the end of the server; its exit code (-9: killed)."""
        return self._said()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def _said(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@contextmanager
def dying_server(database_url: str, home: Path) -> Iterator[DyingServer]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.races.dying_server", database_url, str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield DyingServer(process)
        assert process.stdin is not None
        process.stdin.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
