"""What a season stands on: the plan, the server, the folder of the tablets' storages, and who may kill a worker."""

import os
import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.bench.stage import Server
from tests.season.plan import Plan
from tests.season.road import Traffic


@dataclass
class Stage:
    """One season's ground. `folder` holds one SQLite file for each tablet."""

    plan: Plan
    server: Server
    url: str
    folder: Path
    traffic: Traffic
    day: int = 0
    fault_rate: float = 0.2
    _until_kill: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def on(cls, plan: Plan, server: Server, url: str, folder: Path) -> "Stage":
        limits = httpx.Limits(max_connections=40, max_keepalive_connections=20)
        stage = cls(plan, server, url, folder, Traffic(httpx.HTTPTransport(limits=limits)))
        stage.traffic.on_request = stage._count_down
        return stage

    def arm(self) -> None:
        """From here on this day's blow may fall (not while people arrange things in the morning)."""
        self._until_kill = self.plan.kill_after(self.day)

    def disarm(self) -> None:
        self._until_kill = None

    def _count_down(self) -> None:
        with self._lock:
            if self._until_kill is None:
                return
            self._until_kill -= 1
            if self._until_kill > 0:
                return
            self._until_kill = None
        self._kill_a_worker()

    def _kill_a_worker(self) -> None:
        workers = _workers(self.server.process.pid)
        # one of two or more: with none left the road is no longer bad but gone
        if len(workers) > 1:
            os.kill(workers[0], signal.SIGKILL)
            self.traffic.fault("worker killed with -9")


def _workers(launcher: int) -> list[int]:
    children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
