"""Apps that live on another host: the browser asks whether pages from there may call us (CORS)."""

from collections.abc import Sequence

from fastapi import Request
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import answer
from api.problems import PermissionDenied

_OPEN = ("/api/v1/auth/", "/sync/v1/")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH")
_ASKED = ("Authorization", "Content-Type", "Content-Encoding", "If-None-Match")
_TOLD = ("ETag", "X-Trace-Id", "Retry-After", "Date")
_SECONDS = 3600


class Origins:
    """Lets pages of these origins sign in and use the sync protocol, and nothing else of the service.

    No cookie travels with such a call: the token in its header says who calls, whatever the page was.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self.origins = frozenset(origins)
        self.opened = CORSMiddleware(
            app, allow_origins=origins, allow_methods=_METHODS, allow_headers=_ASKED, expose_headers=_TOLD,
            max_age=_SECONDS,
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_OPEN):
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        if asked.get("origin") not in self.origins:
            await self.app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and "access-control-request-method" in asked:
            allowed = self.opened.preflight_response(asked)
            if allowed.status_code >= 400:  # in words that are not ours
                allowed = answer(Request(scope), PermissionDenied())
            await allowed(scope, receive, send)
        else:
            await self.opened(scope, receive, send)
