"""Tablets with the reference client on them, against the live server of a test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from mobile_sync.tablet import Tablet, tablet_tokens
from mobile_sync.tablet_line import Line
from mobile_sync.tablet_storage import Storage
from tests.make.people import PASSWORD

Make = Callable[..., Tablet]


class Heard(httpx.BaseTransport):
    """A line that keeps what went over it: (path, bytes of the answer)."""

    def __init__(self) -> None:
        self._below = httpx.HTTPTransport()
        self.calls: list[tuple[str, int]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._below.handle_request(request)
        self.calls.append((request.url.path, len(response.read())))
        return response

    def close(self) -> None:
        self._below.close()

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.calls]


@contextmanager
def tablets(base_url: str, folder: Path, sign_in: Callable[[str], httpx.Client]) -> Iterator[Make]:
    """`make("truc-thai", name="a", transport=…)`: an enrolled tablet of this user."""
    made: list[Tablet] = []

    def make(username: str = "xom-3", name: str = "a", **line: Any) -> Tablet:
        storage = Storage(folder / f"{username}-{name}.sqlite")
        line = {"keep_refresh_token": tablet_tokens(storage), "pause": lambda _: None} | line
        one = Tablet(storage, Line(base_url, **line))
        made.append(one)
        one.line.sign_in(username, PASSWORD)
        code = sign_in("truc-dai" if username.startswith(("truc-dai", "xom-td")) else "truc-thai").post(
            "/sync/v1/enrolments", json={"username": username}
        )
        assert code.status_code == 201, code.text
        one.enrol(code.json()["enrolment_code"], name)
        return one

    yield make
    for one in made:
        one.line.close()
        one.storage.close()


def records(tablet: Tablet) -> dict[str, tuple[str, int, Any]]:
    """Everything that was pulled: id -> (kind, version, data)."""
    found = {}
    for record_id, entity, version, _ in tablet.storage.held():
        pulled = tablet.storage.pulled(record_id)
        assert pulled is not None
        found[record_id] = (entity, version, pulled.data)
    return found
