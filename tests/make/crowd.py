"""Two hundred surveyors who come in one moment: each with a tablet, a day's work on it, and a line that remembers."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from api.areas.tables import area_id
from mobile_sync.tablet import Tablet
from mobile_sync.tablet_line import Line
from mobile_sync.tablet_storage import Storage
from mobile_sync.tablet_work import Work, screening_of
from tests.make.clients import ROOTS
from tests.make.people import PASSWORD
from tests.make.tablets import member, request, screening
from tests.season.plan import Post

# of the pauses a server asks for: played, not waited for
_FASTER = 6
# seconds that the first to be there waits for the last one: on a loaded machine it takes its time
_PATIENCE = 300


class Witness(httpx.HTTPTransport):
    """A line that keeps what was answered, ("POST /sync/v1/batches", status, Retry-After), and each pause after it."""

    def __init__(self, on_answer: Callable[[int], None] = lambda _: None) -> None:
        super().__init__(verify=ROOTS)  # read once: 20 ms each
        self.heard: list[tuple[str, int, float | None]] = []
        self._on_answer = on_answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        told = response.headers.get("Retry-After")
        self.heard.append((f"{request.method} {request.url.path}", response.status_code, told and float(told)))
        self._on_answer(response.status_code)
        return response

    def pause(self, seconds: float) -> None:
        self.heard.append(("pause", 0, seconds))
        time.sleep(seconds / _FASTER)


@dataclass
class Came:
    """What a tablet ends the morning with."""

    post: Post
    witness: Witness
    works: list[Work] = field(default_factory=list)
    unsent: int = 0
    # everything that was pulled: id -> version
    held: dict[str, int] = field(default_factory=dict)

    def answers(self) -> Counter[int]:
        return Counter(status for what, status, _ in self.witness.heard if what != "pause")

    def batches(self) -> int:
        return sum(what == "POST /sync/v1/batches" and status == 200 for what, status, _ in self.witness.heard)

    def impatient(self) -> list[Any]:
        """Refusals after which it did not wait as long as it was asked to, or that did not say how long."""
        return [
            (one, after)
            for one, after in zip(self.witness.heard, [*self.witness.heard[1:], None], strict=True)
            if one[1] in (429, 503) and (one[2] is None or after is None or (after[2] or 0) < one[2])
        ]


def a_day(tablet: Tablet, hamlet: str, families: int) -> None:
    """Families that asked to be reviewed. For everybody of the same shape: what it costs is the same for everybody."""
    for number in range(families):
        home = tablet.create("household", {"hamlet_id": str(area_id(hamlet)), "residence": "permanent"})
        head = tablet.create("member", member(home, "Vũ Thị Hoà"))
        tablet.create("member", member(home, "Vũ Văn Sơn", sex="male", birth_year=2010, relation_to_head="child"))
        paper = tablet.create("request", request(home))
        tablet.create("screening", screening(paper), screening_of(paper))
        tablet.change("household", home, {"head_member_id": head, "address": f"Ngõ {number}"})


@dataclass
class Morning:
    """When everybody is there, `begins` is done, and all come; when all have pushed and pulled, `ends`."""

    base_url: str
    posts: list[Post]
    devices: dict[str, str]
    begins: Callable[[], None] = lambda: None
    ends: Callable[[], None] = lambda: None
    on_answer: Callable[[int], None] = lambda _: None
    families: int = 3

    def play(self) -> list[Came]:
        """Everybody in a thread of their own: a tablet's file belongs to one. Raises what went wrong with one."""
        self._there = threading.Barrier(len(self.posts), self.begins, _PATIENCE)
        self._done = threading.Barrier(len(self.posts), self.ends, _PATIENCE)
        with ThreadPoolExecutor(len(self.posts)) as pool:
            coming = [pool.submit(self._comes, post) for post in self.posts]
        wrong = [error for one in coming if (error := one.exception()) is not None]
        for error in sorted(wrong, key=lambda one: isinstance(one, threading.BrokenBarrierError)):
            raise error
        return [one.result() for one in coming]

    def _comes(self, post: Post) -> Came:
        witness = Witness(self.on_answer)
        storage = Storage(":memory:")
        tablet = Tablet(storage, Line(self.base_url, transport=witness, pause=witness.pause, attempts=60))
        try:
            storage.set("device_id", self.devices[post.username])
            tablet.line.sign_in(post.username, PASSWORD, tablet.device_id)
            a_day(tablet, post.hamlet, self.families)
            tablet.line._access = None  # of yesterday
            witness.heard.clear()
            self._there.wait()
            tablet.push()
            tablet.pull()
            self._done.wait()
            tablet.pull()  # what the others brought meanwhile
            held = {record_id: version for record_id, _, version, _ in storage.held()}
            return Came(post, witness, tablet.receipts(), len(storage.unsent()), held)
        except BaseException:
            self._there.abort()
            self._done.abort()
            raise
        finally:
            tablet.line.close()
            storage.close()


class Connections(threading.Thread):
    """Looks again and again how many connections the service has to its database."""

    _ASKED = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'giamngheo'"
    )

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url, self._ended = url, threading.Event()
        self.most = self.looks = 0

    def run(self) -> None:
        with psycopg.connect(self._url, autocommit=True, application_name="looks on") as connection:
            while not self._ended.wait(0.02):
                (now,) = connection.execute(self._ASKED).fetchone() or (0,)
                self.most, self.looks = max(self.most, now), self.looks + 1

    @classmethod
    @contextmanager
    def watched(cls, url: str) -> Iterator["Connections"]:
        looking = cls(url)
        looking.start()
        try:
            yield looking
        finally:
            looking._ended.set()
            looking.join()
