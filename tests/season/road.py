"""The road between a tablet and the server: it loses, cuts, repeats and delays, and remembers what went over it."""

import gzip
import json
import random
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
BATCHES, CHANGES = "/sync/v1/batches", "/sync/v1/changes"


class Crash(BaseException):
    """The tablet goes out in the middle of a request. No client can catch it; only who plays the season does."""


@dataclass
class Witness:
    """What went over one tablet's road, whatever the tablet learnt of it."""

    # ids in bodies that the server answered with 200, also where the answer was lost
    accepted: set[str] = field(default_factory=set)
    # ids in bodies that were sent in full and had no answer at all (a worker was killed)
    doubtful: set[str] = field(default_factory=set)
    batches: int = 0
    batches_doubtful: int = 0
    # every different (outcome, version) told about a submission, in the order of the server's answers
    told: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    server_errors: list[str] = field(default_factory=list)
    pages: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def saw(self, request: httpx.Request, response: httpx.Response) -> None:
        """An answer of the server itself."""
        with self.lock:
            if response.status_code >= 500:
                said = f"{request.method} {request.url.path}: {response.status_code} {response.text[:200]}"
                self.server_errors.append(said)
            if request.url.path == BATCHES and response.status_code == 200:
                self.batches += 1
                self.accepted |= _ids(request)
                for outcome in response.json()["outcomes"]:
                    self.told.setdefault(outcome["submission_id"], []).append(outcome)
            if request.url.path == CHANGES and response.status_code == 200:
                self.pages += 1

    def doubts(self, request: httpx.Request) -> None:
        if request.url.path == BATCHES:
            with self.lock:
                self.batches_doubtful += 1
                self.doubtful |= _ids(request)


def _ids(request: httpx.Request) -> set[str]:
    body = request.content
    if request.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return {one["submission_id"] for one in json.loads(body)["submissions"]}


@dataclass
class Traffic:
    """All roads together: the faults by kind, the requests by address, and who is told of each request."""

    below: httpx.BaseTransport
    faults: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    on_request: Callable[[], None] = lambda: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, kind: str) -> None:
        with self._lock:
            self.faults[kind] += 1

    def passed(self, path: str) -> None:
        with self._lock:
            self.requests[_ID.sub("{id}", path)] += 1
        self.on_request()


# kind -> its share of the faults; those of the second row only where a batch is sent
_ANYWHERE = {"no line": 3, "answer lost": 4, "busy 503": 3, "sent twice": 2}
_BATCHES = {"request cut": 3, "sent twice at once": 2, "arrives late": 3, "crash before": 1, "crash after": 2}


@dataclass
class Road(httpx.BaseTransport):
    """One tablet's road. `rate` is the share of requests to which something happens."""

    traffic: Traffic
    luck: random.Random
    rate: float = 0.0
    witness: Witness = field(default_factory=Witness)
    on_page: Callable[[dict[str, Any]], None] = lambda _: None
    late: list[httpx.Request] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        kind = self._fault(request)
        if kind is None:
            return self._delivered(request, self._send(request))
        self.traffic.fault(kind)
        played: Callable[[httpx.Request], httpx.Response] = getattr(self, f"_{kind.replace(' ', '_')}")
        return played(request)

    def close(self) -> None:
        """The line below is everybody's."""

    def deliver_late(self, share: float = 1.0) -> None:
        """What was held up somewhere arrives now; nobody waits for the answers any more."""
        waiting, self.late = self.late, []
        for request in waiting:
            if self.luck.random() < share:
                try:
                    self._send(request)
                except httpx.TransportError:
                    continue
            else:
                self.late.append(request)

    def _fault(self, request: httpx.Request) -> str | None:
        if self.luck.random() >= self.rate:
            return None
        kinds = _ANYWHERE | (_BATCHES if request.url.path == BATCHES else {})
        return self.luck.choices(list(kinds), list(kinds.values()))[0]

    def _send(self, request: httpx.Request) -> httpx.Response:
        self.traffic.passed(request.url.path)
        try:
            response = self.traffic.below.handle_request(_copy(request))
            response.read()
        except httpx.ConnectError:
            raise
        except httpx.TransportError:
            self.witness.doubts(request)
            raise
        response.request = request
        self.witness.saw(request, response)
        return response

    def _delivered(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.url.path == CHANGES and response.status_code == 200:
            self.on_page(response.json())
        return response

    # the faults

    def _no_line(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("không có sóng", request=request)

    def _busy_503(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            503, headers={"Retry-After": "1"}, json={"type": "/problems/unavailable"}, request=request
        )

    def _answer_lost(self, request: httpx.Request) -> httpx.Response:
        self._send(request)
        raise httpx.ReadError("mất sóng sau khi máy chủ đã trả lời", request=request)

    def _sent_twice(self, request: httpx.Request) -> httpx.Response:
        self._send(request)
        return self._delivered(request, self._send(request))

    def _sent_twice_at_once(self, request: httpx.Request) -> httpx.Response:
        with ThreadPoolExecutor(2) as pool:
            one, other = [pool.submit(self._send, request) for _ in range(2)]
            other.exception()
            return self._delivered(request, one.result())

    def _arrives_late(self, request: httpx.Request) -> httpx.Response:
        self.late.append(request)
        raise httpx.ReadTimeout("không có trả lời", request=request)

    def _request_cut(self, request: httpx.Request) -> httpx.Response:
        where = urlsplit(str(request.url))
        head = f"{request.method} {where.path} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in request.headers.items()
        )
        body = request.content
        with socket.create_connection((where.hostname, where.port), timeout=10) as line:
            line.sendall(head.encode() + b"\r\n" + body[: len(body) // 2])
        raise httpx.WriteError("mất sóng khi đang gửi", request=request)

    def _crash_before(self, _request: httpx.Request) -> httpx.Response:
        raise Crash

    def _crash_after(self, request: httpx.Request) -> httpx.Response:
        self._send(request)
        raise Crash


def _copy(request: httpx.Request) -> httpx.Request:
    return httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
