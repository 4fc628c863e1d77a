"""Around every request: a trace id, a bounded body (gzip unpacked), one log line without personal data."""

import asyncio
import json
import logging
import time
import zlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from fastapi import Request
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import answer
from api.forms import percent_encoded
from api.problems import InternalError, NotAcceptable, Problem, TooLarge, Unavailable

log = logging.getLogger("giamngheo.access")

_REQUESTS = Counter("giamngheo_requests_total", "Answered requests", ["method", "route", "status"])
_SECONDS = Histogram("giamngheo_request_seconds", "Time to answer", ["method", "route"])


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

# A line on which nothing came for so many seconds is given up.
_SILENCE = 120.0


class Wire:
    """The outermost layer. `limit_of(method, path)` gives the largest body, in bytes after unpacking; None: the route
    reads the body itself, as it comes, and bounds it.

    `at_once` requests are worked on, the others wait for their turn, in the order in which their bodies came. A request
    keeps its connection of the database from its first thread to its last: of more requests than connections, those
    that have one would wait for a thread, and those that have a thread for a connection, until the pool gives up.

    Of more than `most_at_work` requests whose body has come, the newest is told to come again (503): in a queue that
    grows without end everybody is answered after having given up, and comes again on top of it.
    """

    def __init__(
        self, app: ASGIApp, limit_of: Callable[[str, str], int | None], at_once: int = 10, most_at_work: int = 500
    ) -> None:
        self.app = app
        self.limit_of = limit_of
        self.most_at_work = most_at_work
        self.at_work = 0
        self._turns = asyncio.Semaphore(at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        trace_id = uuid4().hex
        scope.setdefault("state", {})["trace_id"] = trace_id
        status = 0

        async def traced(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                said = {name.lower() for name, _ in message["headers"]}
                ours = [(name, value) for name, value in _SECURITY_HEADERS if name not in said]
                message["headers"] = [*message["headers"], (b"x-trace-id", trace_id.encode()), *ours]
            await send(message)

        try:
            limit = self.limit_of(scope["method"], scope["path"])
            if limit is None:
                await self.app(scope, to_the_last_byte(receive), traced)
                return
            body = await read_body(scope, receive, limit)
            # no request thread and no connection of the database was taken until here, however slow the line
            await self._serve(scope, _replay(body, receive), traced)
        except ClientGone:
            pass
        except Problem as problem:
            await answer(Request(scope), problem)(scope, receive, traced)
        except Exception:
            # the handler for bugs has answered and re-raised; anything that had no answer yet gets one here
            if not status:
                log.exception("bug trace=%s", trace_id)
                await answer(Request(scope), InternalError())(scope, receive, traced)
        finally:
            _note(scope, status, time.perf_counter() - started, trace_id)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in _WITHOUT_QUEUE:
            await self.app(scope, receive, send)
            return
        if self.at_work >= self.most_at_work:
            raise Unavailable()
        self.at_work += 1
        try:
            await self._in_turn(scope, receive, send)
        finally:
            self.at_work -= 1

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The turn is over when the answer begins: its transaction has ended, and the line may be slow."""
        await self._turns.acquire()
        over = False

        def passed_on() -> None:
            nonlocal over
            if not over:
                over = True
                self._turns.release()

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                passed_on()
            await send(message)

        try:
            await self.app(scope, receive, answered)
        finally:
            passed_on()


# the launcher and the proxy ask these whether the process is well: busy is well
_WITHOUT_QUEUE = {"/healthz", "/readyz", "/metrics"}

_SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


# head and tail of a gzip body; its blocks add less than a hundredth
_PACKING = 1000


async def read_body(scope: Scope, receive: Receive, limit: int, silence: float = _SILENCE) -> bytes:
    """The whole body, unpacked, never more than `limit` bytes, however slowly it comes, as long as it comes.

    Raises TooLarge, NotAcceptable, ClientGone, and Unavailable after `silence` seconds without a byte.
    """
    unpack = _unpacker(scope)
    parts: list[bytes] = []
    size = came = 0
    more = True
    while more:
        message = await _heard(receive, silence)
        chunk = message.get("body", b"")
        part = _unpacked(unpack, chunk, limit - size + 1) if unpack else chunk
        size, came = size + len(part), came + len(chunk)
        # packed it is hardly ever longer: what goes on and on without a content is none
        if max(size, came - _PACKING - limit // 100) > limit:
            raise TooLarge(
                f"Tối đa {limit} byte (sau khi giải nén). Hãy chia nhỏ rồi gửi lại; chưa có gì được lưu.",
                f"At most {limit} bytes (unpacked). Split and send again; nothing was stored.",
                max_bytes=limit,
            )
        parts.append(part)
        more = message.get("more_body", False)
    if unpack and not unpack.eof:
        raise NotAcceptable("Nội dung nén gzip bị cắt giữa chừng.", "The gzip body is cut short.")
    if unpack:
        scope["headers"] = [(n, v) for n, v in scope["headers"] if n not in (b"content-encoding", b"content-length")]
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return percent_encoded(kind, b"".join(parts))


def _unpacker(scope: Scope) -> Any:
    """What unpacks the body, None where it is not packed. Raises NotAcceptable for a packing that is not gzip."""
    encoding = next((value for name, value in scope["headers"] if name == b"content-encoding"), b"").strip().lower()
    if encoding not in (b"identity", b"gzip", b""):
        raise NotAcceptable("Chỉ nhận nén gzip.", "Only gzip is understood.")
    return zlib.decompressobj(31) if encoding == b"gzip" else None


def _unpacked(unpack: Any, chunk: bytes, most: int) -> bytes:
    """At most so many bytes of what this piece holds. Raises NotAcceptable where it is broken, or goes on behind its
    end: at once, for zlib collects what stands there, and copies all of it for every further piece."""
    try:
        part: bytes = unpack.decompress(chunk, most)
    except zlib.error as error:
        raise NotAcceptable("Nội dung nén gzip bị hỏng.", "The gzip body is broken.") from error
    if unpack.unused_data:
        raise NotAcceptable("Có dữ liệu thừa sau nội dung nén gzip.", "There is something behind the gzip body.")
    return part


async def _heard(receive: Receive, silence: float) -> Message:
    """The next piece of the body. Raises ClientGone where the line was cut, Unavailable where nothing comes for
    `silence` seconds: a tablet that lost its line in the middle of an upload leaves a connection without an end."""
    message = await _before(receive, silence)
    if message["type"] == "http.disconnect":
        raise ClientGone()
    return message


async def _before(receive: Receive, silence: float) -> Message:
    try:
        return await asyncio.wait_for(receive(), silence)
    except TimeoutError:
        problem = Unavailable("Đường truyền bị ngắt giữa chừng, hãy gửi lại.", "The line went silent, send it again.")
        problem.headers["Connection"] = "close"
        raise problem from None


class ClientGone(Exception):
    """The line was cut while the request was read: nothing was started, nobody is there to be answered."""


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def to_the_last_byte(receive: Receive, silence: float = _SILENCE) -> Receive:
    """The body as it comes, also what came just before the line was cut. Raises Unavailable after `silence` seconds
    without a byte.

    uvicorn tells of the cut first, and what it has read and not yet handed out would be lost with it: on a bad line
    that is what the tablet has paid for. Its request object keeps those bytes; another server's may not, and then
    they are sent again.
    """
    told = False

    async def received() -> Message:
        nonlocal told
        message = await _before(receive, silence)
        if message["type"] != "http.disconnect" or told:
            return message
        told = True
        cycle = getattr(receive, "__self__", None)
        rest = bytes(getattr(cycle, "body", b""))
        if not rest:
            return message
        return {"type": "http.request", "body": rest, "more_body": bool(getattr(cycle, "more_body", True))}

    return received


def _note(scope: Scope, status: int, seconds: float, trace_id: str) -> None:
    # The route's template, never the path or the query: both can name a person.
    route: Any = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None) or "unmatched"
    # A method is a word of the caller's choice: counted by name only where it is one of those we answer.
    method = scope["method"] if route and scope["method"] in _METHODS else "-"
    _REQUESTS.labels(method, path, status).inc()
    _SECONDS.labels(method, path).observe(seconds)
    line = {
        "trace": trace_id,
        "method": scope["method"],
        "route": path,
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    log.info(json.dumps(line))
