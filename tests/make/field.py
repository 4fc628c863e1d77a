"""Tablets on bad roads, for histories: each with its own storage and line, and a road on which things happen."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx

from mobile_sync.tablet import Tablet, tablet_tokens
from mobile_sync.tablet_line import Line
from mobile_sync.tablet_storage import Storage
from tests.make.people import PASSWORD

BATCHES = "/sync/v1/batches"
HAZARDS = ("cut", "lost", "twice", "part", "turned")
NOW = datetime(2026, 11, 24, 8, tzinfo=timezone(timedelta(hours=7)))


def body_of(request: httpx.Request) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(gzip.decompress(request.content))
    return read


def with_submissions(request: httpx.Request, submissions: list[Any]) -> httpx.Request:
    content = gzip.compress(json.dumps(body_of(request) | {"submissions": submissions}).encode())
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, content=content)


@dataclass
class Road(httpx.BaseTransport):
    """The way from a tablet to the server: the next batches meet these `hazards`, one each; then the road is good."""

    below: httpx.BaseTransport
    arrived: Callable[[list[dict[str, Any]], list[dict[str, Any]]], None]  # submissions, and their outcomes
    told: Callable[[dict[str, Any]], None]  # a page of changes
    hazards: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != BATCHES:
            response = self._sent(request)
            if request.url.path == "/sync/v1/changes" and response.status_code == 200:
                self.told(response.json())
            return response
        if "Content-Encoding" not in request.headers:  # a test sends old work by hand
            return self._sent(request)
        hazard = self.hazards.pop(0) if self.hazards else "none"
        if hazard == "cut":
            raise httpx.ConnectError("không có sóng", request=request)
        submissions = body_of(request)["submissions"]
        if hazard == "part":
            request = with_submissions(request, submissions[: (len(submissions) + 1) // 2])
        elif hazard == "turned":
            request = with_submissions(request, submissions[::-1])
        response = self._batch(request)
        if hazard == "twice":
            response = self._batch(request)
        if hazard == "lost":
            raise httpx.ReadError("mất sóng sau khi máy chủ đã ghi", request=request)
        return response

    def _batch(self, request: httpx.Request) -> httpx.Response:
        response = self._sent(request)
        if response.status_code == 200:
            self.arrived(body_of(request)["submissions"], response.json()["outcomes"])
        return response

    def _sent(self, request: httpx.Request) -> httpx.Response:
        response = self.below.handle_request(request)
        response.read()
        return response


@dataclass
class Hand:
    """A tablet in somebody's hand. It is reopened after a crash: what counts is on its disk."""

    username: str
    path: Path
    road: Road
    base_url: str
    tablet: Tablet = field(init=False)
    skew: timedelta = timedelta()
    revoked: bool = False
    # what was pulled and not yet looked at
    pages: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._open()
        self.tablet.line.sign_in(self.username, PASSWORD)

    def crash(self) -> None:
        self.tablet.storage.close()
        self._open()

    def close(self) -> None:
        self.tablet.storage.close()
        self.path.unlink()

    def _open(self) -> None:
        storage = Storage(self.path)
        line = Line(
            self.base_url,
            transport=self.road,
            attempts=2,
            pause=lambda _: None,
            keep_refresh_token=tablet_tokens(storage),
            refresh_token=storage.setting("refresh_token"),
        )
        self.tablet = Tablet(storage, line, clock=lambda: NOW + self.skew)
