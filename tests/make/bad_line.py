"""A bad line between a tablet and the server: a TCP proxy that cuts, loses, garbles, crawls and falls silent."""

import socket
import struct
import threading
import time
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

Way = Literal["up", "down"]

# What a line at the edge of the network still carries: 32 kbit/s
SLOW = 4000


class BadLine:
    """`with BadLine(base_url) as line: Line(line.url)`. A fault is armed, strikes once, and the line is well again.

    Bytes are counted from the moment of arming, over all connections: a tablet keeps its connection for many calls.
    """

    def __init__(self, url: str, bytes_per_second: int | None = None, delay: float = 0) -> None:
        server = urlsplit(url)
        self._server = (server.hostname or "", server.port or 80)
        self._speed, self._delay = bytes_per_second, delay
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._cut: dict[Way, int | None] = {"up": None, "down": None}
        self._garbage: bytes | None = None
        self._silent = False
        self.sent: dict[Way, int] = {"up": 0, "down": 0}
        self.cuts = 0
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "BadLine":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for one in self._open:
                _reset(one)
        for thread in self._threads:
            thread.join(timeout=10)

    # faults

    def cut_after(self, count: int, way: Way) -> None:
        """Both ends lose the connection when so many bytes have passed this way; `down`, 0: the answer is lost."""
        with self._lock:
            self.sent = {"up": 0, "down": 0}
            self._cut = {"up": None, "down": None, way: count}

    def garble(self, with_what: bytes) -> None:
        """The next answer is replaced by these bytes, and the connection ends."""
        with self._lock:
            self._garbage = with_what

    def fall_silent(self) -> None:
        """From now on nothing that comes is passed on, and nobody is told: the tablet has left the network."""
        self._silent = True

    def measure(self) -> None:
        """Counts `sent` from nothing."""
        with self._lock:
            self.sent = {"up": 0, "down": 0}

    # how it works

    def _start(self, work: object, *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                tablet, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            with self._lock:
                self._open |= {tablet, server}
            self._start(self._carry, tablet, server, "up")
            self._start(self._carry, server, tablet, "down")

    def _carry(self, source: socket.socket, target: socket.socket, way: Way) -> None:
        # small pieces on a slow line, so that it crawls and does not jump
        piece = max(1, self._speed // 10) if self._speed else 65536
        try:
            while data := source.recv(piece):
                if self._silent:
                    continue
                time.sleep(self._delay + (len(data) / self._speed if self._speed else 0))
                data, over = self._struck(data, way)
                target.sendall(data)
                if over:
                    # what had passed arrives; who sent it hears of the end at once
                    target.shutdown(socket.SHUT_RDWR)
                    self._end(source)
                    return
            target.shutdown(socket.SHUT_WR)
        except OSError:
            self._end(source, target)

    def _struck(self, data: bytes, way: Way) -> tuple[bytes, bool]:
        """What passes of these bytes, and whether the connection is over after them."""
        with self._lock:
            if way == "down" and self._garbage is not None:
                garbage, self._garbage = self._garbage, None
                return garbage, True
            cut = self._cut[way]
            if cut is not None and self.sent[way] + len(data) >= cut:
                data = data[: cut - self.sent[way]]
                self._cut[way] = None
                self.cuts += 1
                self.sent[way] += len(data)
                return data, True
            self.sent[way] += len(data)
            return data, False

    def _end(self, *ends: socket.socket) -> None:
        for end in ends:
            with self._lock:
                self._open.discard(end)
            _reset(end)


def _reset(end: socket.socket) -> None:
    # what a tablet sees when the mast is gone: no farewell
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
