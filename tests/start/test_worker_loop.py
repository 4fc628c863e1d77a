"""How workers share the connections that wait: each gets some, also where all come in one moment."""

import asyncio
import errno
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from api.worker_loop import WorkerLoop

TABLETS = 12


class Greeting(asyncio.Protocol):
    """Says the name of its worker, and leaves the line open."""

    def __init__(self, worker: str, lines: set[Any]) -> None:
        self.worker, self.lines = worker, lines

    def connection_made(self, transport: Any) -> None:
        self.line = transport
        self.lines.add(transport)
        nodelay = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        transport.write(b"%b%d" % (self.worker.encode(), bool(nodelay)))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.lines.discard(self.line)


@contextmanager
def workers(names: str, listener: socket.socket) -> Iterator[None]:
    """Workers that begin to listen in one moment, also on a busy machine."""
    together = threading.Barrier(len(names))
    with ExitStack() as running, ThreadPoolExecutor(len(names)) as starting:
        each = [worker(name, listener, together) for name in names]
        for _ in starting.map(running.enter_context, each):
            pass
        yield


@contextmanager
def worker(
    name: str, listener: socket.socket, together: threading.Barrier | None = None
) -> Iterator[Callable[[], None]]:
    """A worker on this listener, in a thread of its own; what is yielded closes its listener."""
    loop, lines = WorkerLoop(), set[Any]()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def listens() -> Any:
        if together is not None:
            together.wait(30)
        return await loop.create_server(lambda: Greeting(name, lines), sock=listener, backlog=100)

    server = asyncio.run_coroutine_threadsafe(listens(), loop).result(60)

    async def close() -> None:
        server.close()
        await server.wait_closed()

    async def hang_up() -> None:
        await close()
        for line in lines:
            line.abort()
        while lines:
            await asyncio.sleep(0)

    try:
        yield lambda: asyncio.run_coroutine_threadsafe(close(), loop).result(30)
    finally:
        asyncio.run_coroutine_threadsafe(hang_up(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen(100)
        yield bound


@contextmanager
def tablets(listener: socket.socket, count: int) -> Iterator[list[socket.socket]]:
    """Connections that stand in the queue of the listener."""
    lines = [socket.create_connection(listener.getsockname(), timeout=30) for _ in range(count)]
    try:
        yield lines
    finally:
        for line in lines:
            line.close()


def greeted(lines: list[socket.socket]) -> list[str]:
    return [line.recv(2).decode() for line in lines]


def test_of_tablets_that_come_in_one_moment_each_worker_gets_its_share(listener: socket.socket) -> None:
    with tablets(listener, TABLETS) as lines, workers("ab", listener):
        said = greeted(lines)
    taken = {name: sum(one.startswith(name) for one in said) for name in "ab"}
    assert sum(taken.values()) == TABLETS
    assert min(taken.values()) >= TABLETS // 4, taken
    assert {one[1] for one in said} == {"1"}, "an answer waits for the acknowledgement of the one before"


def test_a_worker_that_is_closed_takes_nobody_and_keeps_who_is_there(listener: socket.socket) -> None:
    with worker("a", listener) as close_a, tablets(listener, 1) as there:
        assert greeted(there) == ["a1"]
        close_a()
        with tablets(listener, 3) as later, worker("b", listener):
            assert greeted(later) == ["b1"] * 3
        there[0].settimeout(0)
        with pytest.raises(BlockingIOError):  # neither a word nor an end: it is open
            there[0].recv(1)


class Full(socket.socket):
    """A listener whose process may open no more files, for the first two who come."""

    refusals = 2

    def accept(self) -> tuple[socket.socket, object]:
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


def test_who_comes_while_no_file_can_be_opened_waits(capfd: pytest.CaptureFixture[str]) -> None:
    with Full() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(100)
        with tablets(full, 2) as lines, worker("a", full):
            assert greeted(lines) == ["a1", "a1"]
    assert full.refusals == 0
    assert capfd.readouterr().err.count("no more connections can be taken") == 2  # told once a second, not without end
