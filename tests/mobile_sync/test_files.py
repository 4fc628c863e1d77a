"""Photos over bad lines: cut at any byte, sent twice at once, a server killed in between, and the tablet's own part."""

import os
import random
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from api.attachments import store
from mobile_sync.tablet import Tablet, tablet_tokens
from mobile_sync.tablet_line import Line, Unreachable
from mobile_sync.tablet_storage import Storage
from tests.make import files
from tests.make.clients import client_of
from tests.make.people import PASSWORD
from tests.make.tablets import review
from tests.start.launching import Service, eventually, folder_of

SignIn = Callable[[str], httpx.Client]
SIZE = 200_000


@pytest.fixture
def folder(app: FastAPI, tmp_path: Path) -> Path:
    app.state.settings = app.state.settings.model_copy(update={"files": tmp_path / "files"})
    return tmp_path / "files"


def cut(base_url: str, token: str, sha256: str, offset: int, body: bytes, after: int) -> None:
    """Sends the head of an upload and `after` bytes of its body, and hangs up."""
    parts = urlsplit(base_url)
    head = (
        f"PUT {files.address(sha256)}?offset={offset} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: {token}\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30) as line:
        line.sendall(head.encode() + body[:after])
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):  # until the server has seen it too
            pass


def came(client: httpx.Client, sha256: str, wanted: int) -> int:
    """How much is there once the server has dealt with the cut."""
    told = 0

    def settled() -> bool:
        nonlocal told
        told = client.get(files.address(sha256)).json()["received"]
        return told >= wanted

    eventually(settled, f"{wanted} bytes are there")
    return told


def test_what_came_before_the_cut_is_kept_at_any_byte(
    sign_in: SignIn, base_url: str, engine: Engine, folder: Path
) -> None:
    client = sign_in("xom-3")
    token = client.headers["Authorization"]

    # a failure costs seconds, so it is told as it was found
    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(places=st.lists(st.integers(0, SIZE), max_size=6).map(sorted))
    def one_photo(places: list[int]) -> None:
        photo = files.content(SIZE)
        name = files.sha(photo)
        files.reviewed(client, engine, files.declaration(photo))
        there = 0
        for place in places:
            cut(base_url, token, name, there, photo[there:], place - there)
            assert came(client, name, place) == place
            there = place
        answer = files.put(client, photo, photo[there:], there)
        assert answer.json()["complete"], answer.text
        assert store.whole(folder, name).read_bytes() == photo

    one_photo()


def test_two_uploads_of_one_file_at_once_never_make_a_mixed_one(
    sign_in: SignIn, base_url: str, engine: Engine, folder: Path
) -> None:
    client, photo = sign_in("xom-3"), files.content(SIZE)
    files.reviewed(client, engine, files.declaration(photo))
    wrong = photo[:5] + os.urandom(SIZE - 5)
    start = threading.Barrier(8)

    def send(body: bytes) -> set[int]:
        seen = set()
        with client_of(base_url, headers=client.headers) as own:
            start.wait()
            for _ in range(40):
                there = own.get(files.address(photo)).json()
                if there["complete"]:
                    break
                piece = body[there["received"] :][:30_000]
                seen.add(files.put(own, photo, piece, there["received"]).status_code)
        return seen

    with ThreadPoolExecutor(8) as pool:
        seen = set().union(*pool.map(send, [photo] * 7 + [wrong]))
    assert seen <= {200, 409, 422, 413}
    assert 409 in seen
    while not client.get(files.address(photo)).json()["complete"]:  # only the right one is left
        there = client.get(files.address(photo)).json()["received"]
        answer = files.put(client, photo, photo[there:], there)
        assert answer.status_code in (200, 422), answer.text
    assert store.whole(folder, files.sha(photo)).read_bytes() == photo
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [files.sha(photo)]


def test_a_line_that_is_waited_for_holds_no_connection_of_the_database(
    sign_in: SignIn, base_url: str, engine: Engine, app: FastAPI, folder: Path
) -> None:
    client = sign_in("xom-3")
    photos = [files.content(1000) for _ in range(14)]
    files.reviewed(client, engine, *map(files.declaration, photos))
    parts, lines = urlsplit(base_url), []
    for photo in photos:
        line = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30)
        line.sendall(
            f"PUT {files.address(photo)}?offset=0 HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Authorization: {client.headers['Authorization']}\r\nContent-Length: 1000\r\n\r\n".encode()
            + photo[:500]
        )
        lines.append(line)
    for photo in photos:
        assert came(client, files.sha(photo), 500) == 500
    eventually(lambda: app.state.engine.pool.checkedout() == 0, "no connection is taken")
    for line in lines:
        line.close()


# -- a server that is killed


@pytest.fixture
def killed(database_url: str, engine: Engine) -> Iterator[Callable[[], Service]]:
    """`killed()`: a service of its own on this test's database; call it again after a kill."""
    with folder_of("root") as home, ExitStack() as services:

        def start() -> Service:
            return services.enter_context(Service(home, "root", DATABASE_URL=database_url)).ready()

        yield start


def signed_in(service: Service) -> httpx.Client:
    client = httpx.Client(base_url=f"http://127.0.0.1:{service.port}", timeout=60)
    answer = client.post("/api/v1/auth/token", data={"username": "xom-3", "password": PASSWORD})
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return client


def test_a_server_killed_in_between_loses_nothing_it_has_said(killed: Any, engine: Engine) -> None:
    rng = random.Random(12)
    service = killed()
    said: dict[str, int] = {}
    photos = [files.content(SIZE) for _ in range(20)]
    client = signed_in(service)
    files.reviewed(client, engine, *map(files.declaration, photos))
    for _ in range(2):
        stop = threading.Timer(rng.uniform(0.05, 0.4), lambda pid: os.kill(pid, signal.SIGKILL), service.workers())
        stop.start()
        with pytest.raises(httpx.TransportError):
            _send_until_it_dies(client, photos, said)
        stop.join()
        client.close()
        os.killpg(service.process.pid, signal.SIGKILL)
        service.process.wait(60)
        service = killed()
        client = signed_in(service)
        for name, told in said.items():
            there = client.get(files.address(name)).json()
            assert there["received"] >= min(told, SIZE), "less than was acknowledged"
            assert there["complete"] or told <= SIZE, "a file that was complete is not"
            if told > SIZE:
                answer = client.get(f"/api/v1/attachments/{name}")
                assert files.sha(answer.content) == name
    assert said
    for photo in photos:
        while not (there := client.get(files.address(photo)).json())["complete"]:
            files.put(client, photo, photo[there["received"] :], there["received"])
    assert client.get("/api/v1/attachments").json()["items"] == []
    client.close()


def _send_until_it_dies(client: httpx.Client, photos: list[bytes], said: dict[str, int]) -> None:
    """Writes down what was acknowledged: bytes, and one more for `complete`."""
    while True:
        for photo in photos:
            there = client.get(files.address(photo)).json()["received"]
            told = files.put(client, photo, photo[there : there + 70_000], there).json()
            said[files.sha(photo)] = told["received"] + told["complete"]


# -- the tablet


@pytest.fixture
def tablet(base_url: str, tmp_path: Path, sign_in: SignIn, folder: Path) -> Iterator[Callable[..., Tablet]]:
    """`tablet()`: the tablet of xom-3; asked again, the same one after a restart."""
    made: list[Tablet] = []

    def make(transport: httpx.BaseTransport | None = None, **line: Any) -> Tablet:
        for old in made:
            old.line.close()
            old.storage.close()
        known = bool(made)
        made.clear()
        storage = Storage(tmp_path / "tablet.sqlite")
        more = {"keep_refresh_token": tablet_tokens(storage), "pause": lambda _: None} | line
        one = Tablet(storage, Line(base_url, transport=transport, **more))
        made.append(one)
        one.line.sign_in("xom-3", PASSWORD)
        if not known:
            code = sign_in("truc-thai").post("/sync/v1/enrolments", json={"username": "xom-3"}).json()
            one.enrol(code["enrolment_code"], "máy")
        return one

    yield make
    for one in made:
        one.line.close()
        one.storage.close()


class CutsBodies(httpx.BaseTransport):
    """A line that breaks in the middle of every other piece, on a real socket."""

    def __init__(self, base_url: str) -> None:
        self.inner = httpx.HTTPTransport()
        self.base_url, self.rng, self.sent, self.cuts = base_url, random.Random(7), 0, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            self.sent += 1
            if self.sent % 2:
                self.cuts += 1
                body = request.read()
                offset = int(request.url.params["offset"])
                name = request.url.path.rsplit("/", 1)[1]
                place = self.rng.randrange(len(body) + 1)
                cut(self.base_url, request.headers["Authorization"], name, offset, body, place)
                raise httpx.ReadError("cut", request=request)
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


def test_a_tablet_sends_its_photos_over_a_line_that_breaks(
    tablet: Any, engine: Engine, sign_in: SignIn, base_url: str, folder: Path, tmp_path: Path
) -> None:
    home, round_id = files.home_in_round(engine)
    line = CutsBodies(base_url)
    one = tablet(line)
    photo, mark = files.content(1_300_000), files.content(5000, "image/png")
    (tmp_path / "house.jpg").write_bytes(photo)
    attached = [one.attach(tmp_path / "house.jpg", "house", "image/jpeg"), one.attach(mark, "signature", "image/png")]
    (tmp_path / "house.jpg").unlink()
    one.create("review", review(str(home), str(round_id), attachments=attached))
    assert [sent.state for sent in one.send_files()] == ["waiting", "waiting"]
    assert [told["outcome"] for told in one.push()] == ["applied"]
    line = CutsBodies(base_url)
    one = tablet(line)  # switched off and on again
    assert [sent.state for sent in one.send_files()] == ["complete", "complete"]
    assert line.cuts >= 3
    # no backup has them yet: asked about again, and not sent
    assert [sent.state for sent in one.send_files()] == ["complete", "complete"]
    assert len(one.files.kept()) == 2
    assert store.whole(folder, files.sha(photo)).read_bytes() == photo
    one.pull()
    (pulled,) = one.storage.records("review")
    assert pulled.data["attachments_present"] == 2


def test_a_damaged_photo_is_told_and_not_sent(tablet: Any, engine: Engine, sign_in: SignIn) -> None:
    home, round_id = files.home_in_round(engine)
    one = tablet()
    said = one.attach(files.content(), "house", "image/jpeg")
    one.create("review", review(str(home), str(round_id), attachments=[said]))
    one.push()
    (one.files.folder / said["sha256"]).write_bytes(b"spoilt")
    assert [(sent.sha256, sent.state) for sent in one.send_files()] == [(said["sha256"], "damaged")]
    assert sign_in("xom-3").get(files.address(said["sha256"])).json()["received"] == 0
    assert [kept["sha256"] for kept in one.files.kept()] == [said["sha256"]]


def test_a_photo_of_another_type_is_refused_and_kept(tablet: Any, engine: Engine) -> None:
    home, round_id = files.home_in_round(engine)
    one = tablet()
    said = one.attach(b"GIF89a" + files.content(), "house", "image/jpeg")
    one.create("review", review(str(home), str(round_id), attachments=[said]))
    one.push()
    (sent,) = one.send_files()
    assert (sent.state, sent.problem["reason"]) == ("refused", "media_type")
    assert len(one.files.kept()) == 1


def test_without_a_line_everything_stays(tablet: Any, engine: Engine) -> None:
    class Dead(httpx.BaseTransport):
        dead = False

        def __init__(self) -> None:
            self.inner = httpx.HTTPTransport()

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if self.dead:
                raise httpx.ConnectError("no line", request=request)
            return self.inner.handle_request(request)

        def close(self) -> None:
            self.inner.close()

    line = Dead()
    one = tablet(line)
    one.attach(files.content(), "house", "image/jpeg")
    line.dead = True
    with pytest.raises(Unreachable):
        one.send_files()
    assert len(one.files.kept()) == 1


def test_a_tablet_stops_where_a_record_declares_more_bytes_than_the_file_has(
    tablet: Any, engine: Engine, folder: Path
) -> None:
    class Counts(httpx.HTTPTransport):
        puts = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            self.puts += request.method == "PUT"
            assert self.puts < 20, "it goes round in circles"
            return super().handle_request(request)

    home, round_id = files.home_in_round(engine)
    line = Counts()
    one = tablet(line)
    said = one.attach(files.content(1000), "house", "image/jpeg")
    longer = said | {"size": said["size"] + 500}
    one.create("review", review(str(home), str(round_id), attachments=[longer]))
    assert [told["outcome"] for told in one.push()] == ["applied"]
    for _ in range(2):
        assert [(sent.sha256, sent.state) for sent in one.send_files()] == [(said["sha256"], "waiting")]
    assert line.puts <= 4
    assert [kept["sha256"] for kept in one.files.kept()] == [said["sha256"]]
