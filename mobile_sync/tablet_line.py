"""A tablet's line to the server: signed in, patient, and never in doubt about what an answer means.

What may pass by itself (no line, a half answer, the answer of somebody in between, 429, 503) is tried again with
growing, jittered pauses; `Retry-After` is honoured. An expired access token is refreshed once; where the server knows
the user no more, that is a `SignedOut`. Everything else is a `Refused` with the server's problem.

No call has a total time: a line of 32 kbit/s is slow, not broken. A line is given up when nothing moves on it.
"""

import random
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

_PASSES = {429, 502, 503, 504}
_LONGEST_PAUSE = 60.0
# A server that names a longer wait is believed up to here: a proxy's mistake must not silence a tablet for a day.
_LONGEST_RETRY_AFTER = 15 * 60.0
_CONNECT_SECONDS = 20.0
_SILENT_SECONDS = 60.0
# The slowest line that is waited for: 8 kbit/s. What was "sent" may still stand in the buffers of the modem, so the
# wait for an answer is as long as the body needs to get out of them.
_SLOWEST_BYTES = 1000.0


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


class SignedOut(Refused):
    """Nobody is signed in on this tablet any more: the surveyor must type the password again, or (slug
    `device-revoked`) go to the officer. Nothing was sent or pulled; what is in the outbox stays there."""


class Unreachable(Exception):
    """No answer after all attempts, or one that says to come back in more than a minute: `retry_after` seconds, 0
    where nobody said. What was to be sent is still in the outbox."""

    def __init__(self, said: str, retry_after: float = 0) -> None:
        super().__init__(said)
        self.retry_after = retry_after


@cache
def _roots() -> ssl.SSLContext:
    """The certificates that are trusted: read once a process, not once a line (20 ms each)."""
    return httpx.create_ssl_context()


class Line:
    """Calls to the server. `keep_refresh_token` is told of each refresh token, so that it can be kept on the disk."""

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
        self._http = httpx.Client(base_url=url, transport=transport, verify=_roots())
        self._attempts = attempts
        self._pause = pause
        self._keep = keep_refresh_token
        self._access: str | None = None
        self._refresh = refresh_token
        self.signed_out = refresh_token is None

    def close(self) -> None:
        self._http.close()

    def sign_in(self, username: str, password: str, device_id: str | None = None) -> None:
        """Signs in; with the tablet's id, what it pulls counts as its contact from the first call on."""
        form = {"username": username, "password": password} | ({"client_id": device_id} if device_id else {})
        self._take(self._patiently("POST", "/api/v1/auth/token", data=form))

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The 2xx (or 304) answer. Raises SignedOut, Refused or Unreachable."""
        renewed = self._access is None and self._refresh is not None
        if renewed:
            self._renew()
        response = self._signed(method, path, **more)
        if response.status_code == 401 and Refused(response).slug == "not-signed-in" and self._refresh and not renewed:
            self._renew()
            response = self._signed(method, path, **more)
        return self._good(response)

    def _signed(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {**more.pop("headers", {}), "Authorization": f"Bearer {self._access}"}
        return self._patiently(method, path, headers=headers, **more)

    def _renew(self) -> None:
        # the answer may be lost: until we are seen to hold the next token, the server gives it for this one again
        self._take(self._patiently("POST", "/api/v1/auth/refresh", json={"refresh_token": self._refresh}))

    def _take(self, response: httpx.Response) -> None:
        tokens = self._good(response).json()
        # on the disk first: a power cut between the two must not leave the server with a token that nobody has
        self._keep(tokens["refresh_token"])
        self._access, self._refresh = tokens["access_token"], tokens["refresh_token"]
        self.signed_out = False

    def _good(self, response: httpx.Response) -> httpx.Response:
        if response.is_success or response.status_code == 304:
            return response
        if response.status_code == 401:
            self.signed_out = True
            raise SignedOut(response)
        raise Refused(response)

    def _patiently(self, method: str, path: str, **more: Any) -> httpx.Response:
        request = self._http.build_request(method, path, **more)
        size = int(request.headers.get("Content-Length", "0"))
        request.extensions["timeout"] = _timeout(size).as_dict()
        reason: Any = None
        asked = wait = 0.0
        for attempt in range(self._attempts):
            if attempt:
                self._pause(wait)
            asked, wait = 0.0, _backoff(attempt)
            try:
                response = self._http.send(request)
            except httpx.RequestError as error:  # no line, half an answer, an answer that cannot be unpacked
                reason = error
                continue
            if _foreign(response):
                reason = f"{response.status_code} {response.headers.get('Content-Type')}: not the server's answer"
            elif response.status_code in _PASSES:
                reason = Refused(response)
                asked = _retry_after(response)
                wait += asked
            else:
                return response
            if asked > _LONGEST_PAUSE:  # nobody stands in front of a tablet for so long: the caller comes back
                break
        cause = reason if isinstance(reason, Exception) else None
        raise Unreachable(f"{method} {path}: {reason}", asked) from cause


def _timeout(body: int) -> httpx.Timeout:
    """How long nothing may move; never how long it may take."""
    through = body / _SLOWEST_BYTES
    return httpx.Timeout(_SILENT_SECONDS, connect=_CONNECT_SECONDS, read=_SILENT_SECONDS + through)


def _foreign(response: httpx.Response) -> bool:
    """Somebody in between has answered: the sign-in page of a Wi-Fi says 200, or sends elsewhere, and is no receipt."""
    ours = "X-Trace-Id" in response.headers
    return not ours and (response.is_success or response.is_redirect)


def _backoff(attempt: int) -> float:
    # full jitter: twenty tablets that lost the same line do not come back in the same second
    return random.uniform(0, min(_LONGEST_PAUSE, 2.0**attempt))  # noqa: S311


def _retry_after(response: httpx.Response) -> float:
    """What the server asks for, in seconds, as a number or as a date by the server's own clock; the backoff comes on
    top, so that those who were told the same second do not come in it."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said), _LONGEST_RETRY_AFTER)
    until, now = _moment(said), _moment(response.headers.get("Date", "")) or datetime.now(UTC)
    return min(max(0.0, (until - now).total_seconds()), _LONGEST_RETRY_AFTER) if until else 0.0


def _moment(said: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
