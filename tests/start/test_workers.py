"""The supervisor of the workers, at the one moment that a test from outside hits only by luck."""

import os
import signal
import threading
from typing import ClassVar

import uvicorn
from uvicorn.supervisors.multiprocess import SIGNALS, Process

from api.workers import _Supervisor


class Asked(Process):
    """A worker that tells when the supervisor asks how it is."""

    asked: ClassVar[threading.Event] = threading.Event()

    def ping(self, timeout: float = 5) -> bool:
        self.asked.set()
        return super().ping(timeout)


def test_a_worker_that_dies_while_it_is_asked_is_noticed_at_once() -> None:
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    config = uvicorn.Config("api.health:router", log_config=None, timeout_worker_healthcheck=120)
    supervisor = _Supervisor(config, [])
    worker = Asked(config, [])
    worker.start()
    supervisor.processes = [worker]
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGSTOP)  # it cannot answer, and is not dead
    check = threading.Thread(target=supervisor.keep_subprocess_alive, daemon=True)
    try:
        check.start()
        assert Asked.asked.wait(30)
        os.kill(worker.pid, signal.SIGKILL)
        check.join(40)
        assert not check.is_alive(), "the supervisor still waits for a dead worker"
        assert supervisor.gave_up
    finally:
        worker.kill()
        worker.join()
        for number, handler in handlers.items():
            signal.signal(number, handler)
