"""Answers are sent small: a tablet pays for its megabytes, and a page of the feed shrinks to a fifth."""

import gzip
import re
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Below it the saving is eaten by the packet it travels in.
_SMALLEST = 1024
# The processor is shared with the write path: level 1 costs a third of level 6 and packs JSON nearly as well.
_LEVEL = 1
# Packing this much takes longer than the other requests of the event loop should wait.
_LARGE = 64 * 1024
_PACKERS = 2
_WORTH_IT = re.compile(r"text/|application/(?:[a-z0-9.+-]+\+)?(?:json|xml|javascript)|image/svg\+xml")
_QUALITY = re.compile(r"q\s*=\s*0(\.0{0,3})?")


class Compression:
    """Packs an answer of text or JSON with gzip where the client takes it. What comes in pieces (a file), is packed
    already (a PDF, an image), or is small, passes as it is.

    An ETag stays the same: ours name a version of a record or of the reference data, not bytes, and come back in
    If-Match and If-None-Match whatever the encoding was.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._packers: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "HEAD":
            await self.app(scope, receive, send)
            return
        wanted = takes_gzip(Headers(scope=scope).get("accept-encoding", ""))
        start: Message | None = None

        async def packed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _worth_it(message):
                start = message  # its Content-Length is not known before its body
                return
            if start is not None:
                began, start = start, None
                if wanted and not message.get("more_body") and len(message.get("body", b"")) >= _SMALLEST:
                    message = {**message, "body": await self._packed(message["body"])}
                    headers = MutableHeaders(raw=began["headers"])
                    headers["Content-Encoding"] = "gzip"
                    headers["Content-Length"] = str(len(message["body"]))
                await send(began)
            await send(message)

        await self.app(scope, receive, packed)

    async def _packed(self, body: bytes) -> bytes:
        if len(body) < _LARGE:
            return gzip.compress(body, _LEVEL, mtime=0)
        # threads of their own: those of the requests are counted with the connections of the database
        self._packers = self._packers or CapacityLimiter(_PACKERS)
        return await to_thread.run_sync(partial(gzip.compress, body, _LEVEL, mtime=0), limiter=self._packers)


def takes_gzip(accepted: str) -> bool:
    """What an Accept-Encoding says (RFC 9110, 12.5.3)."""
    said: dict[str, bool] = {}
    for choice in accepted.lower().split(","):
        coding, *options = (part.strip() for part in choice.split(";"))
        said[coding] = not any(_QUALITY.fullmatch(option) for option in options)
    return said.get("gzip", said.get("*", False))


def _worth_it(start: Message) -> bool:
    """Could this answer be packed? It then says so (`Vary`), packed or not, and so does its 304."""
    headers = MutableHeaders(raw=start["headers"])
    fitting = _WORTH_IT.match(headers.get("content-type", "")) is not None
    if start["status"] == 304 or fitting:
        headers.add_vary_header("Accept-Encoding")
    return fitting and "content-encoding" not in headers
