"""The worker processes of the launcher: uvicorn, one process per core, all on one listening socket."""

import http.client
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from ipaddress import IPv4Address

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from api.banner import complain, say
from api.config import ConfigError, Settings
from api.worker_process import PARENT_VARIABLE

_STOP_SECONDS = 20
_LONGEST_PAUSE = 30.0


class _Supervisor(Multiprocess):
    """uvicorn's supervisor, which starts a dead worker again, also one that died while it started: its database may
    have been away for longer than a worker waits. Only while none has ever answered it gives up instead: what breaks
    at the start would break for ever, and the traceback would scroll by without end."""

    answered = False
    gave_up = False
    _pause = 0.0
    _rests_until = 0.0

    def keep_subprocess_alive(self) -> None:
        if time.monotonic() < self._rests_until:
            return
        for place, worker in enumerate(self.processes):
            # Our copy of its end of the line: while it is open, a worker that dies just when it is asked how it is
            # would be waited for as if it were only busy, for a whole minute.
            worker.child_conn.close()
            # not while others are being stopped: a signal may have come since
            if self.should_exit.is_set() or worker.is_alive(self.config.timeout_worker_healthcheck):
                continue
            worker.kill()
            worker.join()
            if not self.answered:
                self.gave_up = True
                self.should_exit.set()
                return
            self._rest_after(worker)
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()

    def _rest_after(self, worker: Process) -> None:
        if worker.exitcode != STARTUP_FAILURE:
            self._pause = 0.0
            return
        self._pause = min(self._pause * 2 + 1, _LONGEST_PAUSE)
        self._rests_until = time.monotonic() + self._pause
        complain(f"Một tiến trình phục vụ không khởi động được, thử lại (nghỉ {self._pause:.0f} giây) / trying again.")


def check_port(host: str, port: int) -> None:
    """Raises ConfigError where somebody listens there. Asked first: nobody waits for a database to learn this."""
    probe = _bound(host, port)
    try:
        probe.listen()
    except OSError as error:
        raise _in_use(host, port, error) from None
    finally:
        probe.close()


def run_workers(settings: Settings, url: str, on_ready: Callable[[str], None]) -> int:
    """Serves until told to stop; the exit code. `on_ready` gets the address once a worker has answered."""
    listener = _bound(settings.host, settings.port)
    listener.set_inheritable(True)
    port = int(listener.getsockname()[1])
    metrics = tempfile.mkdtemp(prefix="giamngheo-metrics-")
    os.environ.update(
        {
            "GIAMNGHEO_DATABASE_URL": url,
            "GIAMNGHEO_HOME": str(settings.home),
            PARENT_VARIABLE: str(os.getpid()),
            # The counters of all workers together; one worker's alone would jump with every request of /metrics.
            "PROMETHEUS_MULTIPROC_DIR": metrics,
        }
    )
    say(f"Khởi động {settings.workers} tiến trình phục vụ / starting the workers")
    supervisor = _Supervisor(_uvicorn_config(settings, port), [listener])

    def announce() -> None:
        if _wait_healthy(settings.host, port, supervisor.should_exit):
            supervisor.answered = True
            on_ready(_address(settings.host, port))

    threading.Thread(target=announce, name="announce", daemon=True).start()
    try:
        supervisor.run()
    finally:
        listener.close()
        shutil.rmtree(metrics, ignore_errors=True)
    if supervisor.gave_up:
        codes = ", ".join(str(worker.exitcode) for worker in supervisor.processes)
        complain(f"Máy chủ không khởi động được (mã {codes}), xem lỗi ở trên / the service did not start, see above.")
        return 1
    return 0


def _uvicorn_config(settings: Settings, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        "api.main:create_app",
        factory=True,
        host=settings.host,
        port=port,
        workers=settings.workers,
        loop="api.worker_loop:WorkerLoop",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        ws="none",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=_STOP_SECONDS,
        # A worker busy with one long batch is not a dead worker.
        timeout_worker_healthcheck=60,
    )


def _wait_healthy(host: str, port: int, stopped: threading.Event) -> bool:
    while not stopped.wait(0.05):
        connection = http.client.HTTPConnection(_reachable(host), port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return True
        except (OSError, http.client.HTTPException):
            continue
        finally:
            connection.close()
    return False


def _bound(host: str, port: int) -> socket.socket:
    """A socket bound to this address. A predecessor killed a moment ago may hold it for another moment."""
    deadline = time.monotonic() + 2
    while True:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            listener.close()
            if time.monotonic() > deadline:
                raise _in_use(host, port, error) from None
            time.sleep(0.1)
        else:
            return listener


def _in_use(host: str, port: int, error: OSError) -> ConfigError:
    return ConfigError(
        f"Không mở được cổng {port} trên {host}: {error.strerror}. Có chương trình khác đang dùng? "
        f"Chọn cổng khác: PORT={port + 1 if port < 65535 else 8000} make run\n"
        "The port cannot be opened: choose another one with PORT=…"
    )


def _reachable(host: str) -> str:
    """Where a client on this machine finds a server that listens on all addresses."""
    return {str(IPv4Address(0)): "127.0.0.1", "::": "::1"}.get(host, host)


def _address(host: str, port: int) -> str:
    shown = _reachable(host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
