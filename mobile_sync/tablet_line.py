"""A tablet's line to the server: signed in, patient, and never in doubt about what an answer means.

What may pass by itself (no line, 429, 503) is tried again with growing, jittered pauses; `Retry-After` is honoured.
An expired access token is refreshed once. Everything else is a `Refused` with the server's problem.
"""

import random
import time
from collections.abc import Callable
from typing import Any

import httpx

_PASSES = {429, 502, 503, 504}
_LONGEST_PAUSE = 60.0


class Refused(Exception):
    """The server has answered, and the answer is no. `slug` is the problem's type."""

    def __init__(self, response: httpx.Response) -> None:
        try:
            problem = response.json()
        except ValueError:
            problem = {}
        self.status = response.status_code
        self.problem: dict[str, Any] = problem if isinstance(problem, dict) else {}
        self.slug = str(self.problem.get("type", "")).rsplit("/", 1)[-1]
        super().__init__(f"{self.status} {self.slug} {self.problem.get('detail', '')}")


class Unreachable(Exception):
    """No answer after all attempts. What was to be sent is still in the outbox."""


class Line:
    """Calls to the server. `tokens` is asked for and told of the refresh token, so that it can be kept on the disk."""

    def __init__(
        self,
        url: str,
        *,
        transport: httpx.BaseTransport | None = None,
        attempts: int = 6,
        pause: Callable[[float], None] = time.sleep,
        keep_refresh_token: Callable[[str], None] = lambda _: None,
        refresh_token: str | None = None,
    ) -> None:
        self._http = httpx.Client(base_url=url, transport=transport, timeout=60)
        self._attempts = attempts
        self._pause = pause
        self._keep = keep_refresh_token
        self._access: str | None = None
        self._refresh = refresh_token

    def close(self) -> None:
        self._http.close()

    def sign_in(self, username: str, password: str) -> None:
        self._take(self._patiently("POST", "/api/v1/auth/token", data={"username": username, "password": password}))

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The 2xx (or 304) answer. Raises Refused or Unreachable."""
        if self._access is None and self._refresh is not None:
            self._renew()
        response = self._signed(method, path, **more)
        if response.status_code == 401 and Refused(response).slug == "not-signed-in" and self._refresh:
            self._renew()
            response = self._signed(method, path, **more)
        return _good(response)

    def _signed(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {**more.pop("headers", {}), "Authorization": f"Bearer {self._access}"}
        return self._patiently(method, path, headers=headers, **more)

    def _renew(self) -> None:
        # the answer may be lost: the server gives the same successor again within its grace window
        self._take(self._patiently("POST", "/api/v1/auth/refresh", json={"refresh_token": self._refresh}))

    def _take(self, response: httpx.Response) -> None:
        tokens = _good(response).json()
        self._access, self._refresh = tokens["access_token"], tokens["refresh_token"]
        self._keep(tokens["refresh_token"])

    def _patiently(self, method: str, path: str, **more: Any) -> httpx.Response:
        reason: Any = None
        for attempt in range(self._attempts):
            try:
                response = self._http.request(method, path, **more)
            except httpx.TransportError as error:
                reason = error
                self._pause(_backoff(attempt))
                continue
            if response.status_code not in _PASSES:
                return response
            reason = Refused(response)
            self._pause(max(_retry_after(response), _backoff(attempt)))
        raise Unreachable(f"{method} {path}: {reason}") from reason


def _good(response: httpx.Response) -> httpx.Response:
    if response.is_success or response.status_code == 304:
        return response
    raise Refused(response)


def _backoff(attempt: int) -> float:
    # full jitter: twenty tablets that lost the same line do not come back in the same second
    return random.uniform(0, min(_LONGEST_PAUSE, 0.5 * 2**attempt))  # noqa: S311


def _retry_after(response: httpx.Response) -> float:
    try:
        return min(float(response.headers.get("Retry-After", "0")), _LONGEST_PAUSE)
    except ValueError:
        return 0.0
