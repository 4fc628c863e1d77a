"""The event loop of a worker: takes one connection after the other, so that all workers get their share.

Every loop there is takes all connections that wait, in one go. When tablets come home together one worker then has them
all, and the others, a thousandth of a second later, none: so it went every fourth time with four tablets and two
workers. Here who has more to do hesitates longer.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvloop

from api.banner import complain

_HESITATES = 0.002  # seconds for each connection that is open here: an idle worker needs less to be awake
_LONGEST = 0.01  # a new connection waits no longer where all workers are busy
_REST = 1.0  # where no more files can be opened


class WorkerLoop(uvloop.Loop):
    """uvicorn's usual loop (its option `loop` names this one) but for the listening sockets it is handed."""

    async def create_server(self, protocol_factory: Any, *args: Any, sock: Any = None, **more: Any) -> Any:
        if sock is None or more.get("ssl") is not None:
            return await super().create_server(protocol_factory, *args, sock=sock, **more)
        return Listening(self, protocol_factory, sock, more["backlog"])


class Listening:
    """A listening socket that this worker shares with the others; closed and waited for like an asyncio.Server."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, protocol_factory: Callable[[], Any], sock: socket.socket, backlog: int
    ) -> None:
        self._loop, self._protocol_factory, self._socket = loop, protocol_factory, sock
        self._starting: set[asyncio.Task[Any]] = set()
        self._open: list[asyncio.BaseTransport] = []
        self._later: asyncio.TimerHandle | None = None
        sock.setblocking(False)
        sock.listen(backlog)
        loop.add_reader(sock, self._somebody_waits)

    def _somebody_waits(self) -> None:
        self._open = [connection for connection in self._open if not connection.is_closing()]
        busy = len(self._open) + len(self._starting)
        if busy:
            self._come_back(min(busy * _HESITATES, _LONGEST))
        else:
            self._take()

    def _come_back(self, seconds: float) -> None:
        self._loop.remove_reader(self._socket)
        self._later = self._loop.call_later(seconds, self._back)

    def _back(self) -> None:
        self._loop.add_reader(self._socket, self._somebody_waits)
        self._take()

    def _take(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another worker was faster, or the tablet has hung up
        except OSError as error:
            complain(f"Không nhận thêm kết nối được ({error.strerror}) / no more connections can be taken.")
            self._come_back(_REST)  # asked at once, it would be refused without end
            return
        connection.setblocking(False)
        starting = self._loop.create_task(self._loop.connect_accepted_socket(self._protocol_factory, connection))
        self._starting.add(starting)
        starting.add_done_callback(self._started)

    def _started(self, starting: asyncio.Task[Any]) -> None:
        self._starting.discard(starting)
        if not starting.cancelled() and starting.exception() is None:
            self._open.append(starting.result()[0])

    def close(self) -> None:
        """No further connections; those that are open go on."""
        if self._later is not None:
            self._later.cancel()
        self._loop.remove_reader(self._socket)

    async def wait_closed(self) -> None:
        """Nothing is left to wait for but what has been taken and is just starting."""
        await asyncio.gather(*self._starting, return_exceptions=True)
