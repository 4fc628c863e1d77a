"""Lines that break anywhere: whatever is cut, each submission ends with one outcome, and nothing is lost or doubled."""

import asyncio
import gzip
import json
import random
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from api.problems import NotAcceptable, Problem, TooLarge, Unavailable
from api.wire import Wire, read_body, to_the_last_byte
from mobile_sync.surveyor import LosesAnswers, Surveyor, reckon
from mobile_sync.tablet import Tablet
from mobile_sync.tablet_line import Line, SignedOut, Unreachable
from mobile_sync.tablet_storage import Storage
from tests.make import tablets, walk
from tests.make.bad_line import SLOW, BadLine, Way
from tests.make.people import PASSWORD
from tests.make.tablets import HAMLET, household, member

SignIn = Callable[[str], httpx.Client]
Make = Callable[..., Tablet]
PUSHED = "SELECT count(*), count(DISTINCT submission_id) FROM sync_submission"


@pytest.fixture
def tablet(base_url: str, tmp_path: Path, engine: Engine) -> Iterator[Make]:
    """`tablet(url)`: an enrolled tablet of xom-3 whose line goes through this address."""
    with ExitStack() as open_ones:

        def make(url: str = base_url, who: str = "xom-3", **line: Any) -> Tablet:
            device = tablets.enrolled(engine, who)
            storage = Storage(tmp_path / f"{device}.sqlite")
            one = Tablet(storage, Line(url, **{"pause": lambda _: None} | line))
            open_ones.callback(storage.close)
            open_ones.callback(one.line.close)
            storage.set("device_id", device)
            one.line.sign_in(who, PASSWORD, device)
            return one

        yield make


def a_visit(one: Tablet) -> tuple[str, str]:
    home = one.create("household", household(phone="1"))
    person = one.create("member", member(home))
    return home, person


def each_offset(total: int, many: int) -> list[int]:
    """Both ends, their neighbours, and every k-th byte between them. Two pushes differ by some bytes (ids are random),
    so the end is tried at many places."""
    return sorted({0, 1, 2, *range(total - 10, total + 11, 2), *range(0, total, max(1, total // many))})


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_push_cut_at_any_byte_has_one_outcome_for_each_submission(
    way: Way, tablet: Make, base_url: str, session: Session
) -> None:
    with BadLine(base_url) as line:
        one = tablet(line.url)
        first, _ = a_visit(one)
        one.change("household", first, {"phone": "2"})
        line.measure()
        one.push()
        total = line.sent[way]
        assert total > 800
        tried = each_offset(total, 20)
        for offset in tried:
            home, person = a_visit(one)
            one.change("household", home, {"phone": "2"})
            line.cut_after(offset, way)
            told = one.push()
            assert [o["outcome"] for o in told] == ["applied"] * 3, offset
            assert [(o["id"], o["version"]) for o in told] == [(home, 1), (person, 1), (home, 2)], offset
        assert line.cuts >= len(tried) - 11
    assert one.storage.unsent() == []
    rows, different = session.execute(text(PUSHED)).one()
    assert rows == different == 3 + 3 * len(tried)
    homes = session.execute(text("SELECT count(*), min(version), max(version) FROM household")).one()
    assert homes == (1 + len(tried), 2, 2)
    assert session.execute(text("SELECT count(*) FROM member")).scalar_one() == 1 + len(tried)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_answers_lost_after_the_commit_again_and_again(times: int, tablet: Make, session: Session) -> None:
    one = tablet(transport=LosesAnswers(httpx.HTTPTransport(), "/sync/v1/batches", times=times))
    home, _ = a_visit(one)
    told = one.push()
    assert [(o["outcome"], o["replayed"], o["version"]) for o in told] == [("applied", True, 1)] * 2
    assert session.execute(text("SELECT count(*) FROM sync_batch")).scalar_one() == 1 + times
    assert session.execute(text("SELECT version FROM household")).scalar_one() == 1
    assert next(work.record_id for work in one.receipts()) == home


def test_a_first_sync_cut_in_each_page_brings_everything(
    tablet: Make, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = tablet()
    for _ in range(30):
        a_visit(writer)
    writer.push()
    monkeypatch.setattr("mobile_sync.tablet_pull._PAGE", 7)
    with BadLine(base_url) as line:
        reader = tablet(line.url)
        pages, size = 0, 0
        for cut in range(12):
            line.cut_after(700 + 900 * cut, "down")
            before = line.cuts
            size += reader.pull().pages
            pages += line.cuts - before
            reader.storage.set("cursor", None)  # again from the start
        assert pages >= 8
        reader.pull()
    held = {r.id for kind in ("household", "member") for r in reader.storage.records(kind)}
    assert held == {work.record_id for work in writer.receipts()}
    assert len(held) == 60


def test_a_line_that_breaks_in_every_large_page_carries_small_ones(tablet: Make, base_url: str) -> None:
    writer = tablet()
    for number in range(60):
        writer.create("household", household(note=f"Nhà số {number}, cuối xóm, gần kênh"))
    writer.push()

    class BreaksLate(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if int(request.url.params.get("limit", 0)) > 40:
                raise httpx.ReadError("mất sóng", request=request)
            return super().handle_request(request)

    reader = tablet(transport=BreaksLate(), attempts=2)
    assert reader.pull().put == 60


def test_a_batch_too_large_for_the_line_goes_in_pieces(tablet: Make, session: Session) -> None:
    class BreaksLate(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if len(request.content) > 4000:
                raise httpx.WriteError("mất sóng", request=request)
            return super().handle_request(request)

    one = tablet(transport=BreaksLate(), attempts=2)
    for number in range(100):
        one.create("household", household(note=f"Nhà số {number}"))
    assert {o["outcome"] for o in one.push()} == {"applied"}
    assert session.execute(text("SELECT max(submissions), sum(submissions) FROM sync_batch")).one() == (50, 100)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x00\xa5junk",
        b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\nX-Trace-Id: 1\r\nContent-Encoding: gzip\r\n\r\n" + b"x" * 40,
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n<html>Dang nhap</html>",
        b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/login\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["noise", "broken gzip", "portal", "portal elsewhere", "gateway"],
)
def test_what_is_not_the_servers_answer_is_no_receipt(garbage: bytes, tablet: Make, base_url: str) -> None:
    with BadLine(base_url) as line:
        one = tablet(line.url, attempts=1)
        a_visit(one)
        line.garble(garbage)
        with pytest.raises(Unreachable):
            one.push()
        assert len(one.storage.unsent()) == 2
        line.garble(garbage)
        assert one.pull().pages == 1  # asked again, for a smaller page
        assert [o["outcome"] for o in one.push()] == ["applied"] * 2


def test_a_signed_out_tablet_says_so_and_keeps_its_work(tablet: Make, engine: Engine) -> None:
    one = tablet()
    a_visit(one)
    with engine.begin() as connection:
        connection.execute(text("UPDATE sign_in SET ended_at = now()"))
    for verb in (one.push, one.pull, one.ask_again):
        with pytest.raises(SignedOut) as refused:
            verb()
        assert (refused.value.status, refused.value.slug, one.line.signed_out) == (401, "not-signed-in", True)
    assert len(one.storage.unsent()) == 2
    one.line.sign_in("xom-3", PASSWORD)
    assert not one.line.signed_out
    assert [o["outcome"] for o in one.push()] == ["applied"] * 2


def test_a_refresh_whose_answer_is_lost_signs_nobody_out(tablet: Make, engine: Engine, base_url: str) -> None:
    one = tablet(transport=LosesAnswers(httpx.HTTPTransport(), "/api/v1/auth/refresh", times=3), attempts=2)
    a_visit(one)
    one.line._access = "expired"
    with pytest.raises(Unreachable):
        one.push()
    with engine.begin() as connection:  # the next chance comes long after every grace time
        connection.execute(text("UPDATE sign_in SET rotated_at = rotated_at - interval '3 hours'"))
    assert [o["outcome"] for o in one.push()] == ["applied"] * 2


def waits(*headers: dict[str, str], attempts: int = 2) -> list[float]:
    """What a line pauses between its attempts when the server answers 503 with these headers."""
    told, pauses = iter(headers), list[float]()
    busy = httpx.MockTransport(lambda *_: httpx.Response(503, headers=next(told), json={}))
    with pytest.raises(Unreachable):
        Line("http://server", transport=busy, attempts=attempts, pause=pauses.append).sign_in("x", "x")
    return pauses


def test_retry_after_is_a_number_or_a_date_and_is_never_the_same_for_all() -> None:
    now = datetime.now(UTC) + timedelta(days=400)  # of a server whose clock is another one
    dated = {
        "Date": format_datetime(now, usegmt=True),
        "Retry-After": format_datetime(now + timedelta(seconds=30), True),
    }
    for said, least in (({"Retry-After": "30"}, 30), (dated, 30), ({"Retry-After": "bald"}, 0), ({}, 0)):
        pauses = [waits(said, said)[0] for _ in range(50)]
        assert all(least <= pause <= least + 1 for pause in pauses), said
        assert len({round(pause, 3) for pause in pauses}) > 25, said
        assert max(pauses) - min(pauses) > 0.5, said


def test_a_long_wait_is_told_and_not_slept_through() -> None:
    busy = httpx.MockTransport(lambda *_: httpx.Response(429, headers={"Retry-After": "86400"}, json={}))
    with pytest.raises(Unreachable) as gone:
        Line("http://server", transport=busy, pause=lambda *_: pytest.fail("slept")).sign_in("x", "x")
    assert gone.value.retry_after == 15 * 60


# what it costs: bytes, which cost money, and a line of 32 kbit/s


def fifty_households(one: Tablet) -> list[str]:
    """Written from a tablet with a good line: fifty households with four members each; their ids."""
    homes = []
    for number in range(50):
        home = one.create("household", household(household_no=str(number + 1), address=f"Nhà {number}, đường trục xóm"))
        homes.append(home)
        for person, name in enumerate(("Nguyễn Văn Bình", "Trần Thị Hoà", "Nguyễn Thị Lan", "Nguyễn Đức Hải")):
            relation = "head" if person == 0 else "sibling"
            one.create("member", member(home, name, birth_year=1950 + number, relation_to_head=relation))
    assert {o["outcome"] for o in one.push()} == {"applied"}
    return homes


def test_a_hamlet_and_a_day_of_thirty_visits_over_32_kbit_per_second(
    tablet: Make, base_url: str, sign_in: SignIn, session: Session
) -> None:
    homes = fifty_households(tablet())
    walk.surveying(sign_in, *homes, kind="training", year=2024, opens_on="2024-09-01", closes_on="2024-12-14")
    with BadLine(base_url, bytes_per_second=SLOW, delay=0.05) as line:
        one = tablet(line.url, attempts=1)
        line.measure()
        assert one.pull().put >= 300  # households, members, and who is to be reviewed
        first_sync = line.sent["down"]
        reference = one.line.call("GET", "/sync/v1/reference").json()
        line.measure()
        walker = Surveyor(one, HAMLET[3], random.Random(7), "2024-09-02", reference)
        for _ in range(30):
            walker.visit()
        told = one.push()
        day = dict(line.sent)
        assert {o["outcome"] for o in told} == {"applied"}
        one.pull()
        assert reckon(one, 0, told) == []
    print(f"first sync {first_sync} bytes; a day {day}")
    assert first_sync < 60_000
    assert day["up"] + day["down"] < 60_000


def sizes(client: httpx.Client, path: str, **asked: Any) -> tuple[int, int]:
    """How large this answer is on the road as it is, and packed. The same content both times."""
    found = []
    for encoding in ("identity", "gzip"):
        headers = {"Accept-Encoding": encoding}
        with client.stream("GET", path, params=asked, headers=headers) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.status_code == 200
        assert answer.headers["Content-Length"] == str(len(raw))
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert answer.headers.get("Content-Encoding", "identity") == encoding, path
        found.append((len(raw), raw if encoding == "identity" else gzip.decompress(raw)))
    (plain, said), (packed, unpacked) = found
    assert len(said) == len(unpacked)
    return plain, packed


def test_answers_are_a_quarter_of_their_size_on_the_road_and_never_more_than_a_third(
    tablet: Make, sign_in: SignIn
) -> None:
    fifty_households(tablet())
    surveyor = sign_in("xom-3")
    plain, packed = sizes(surveyor, "/sync/v1/changes", limit=200)
    assert plain > 60_000
    assert packed < plain / 4
    for path in ("/sync/v1/reference", "/openapi.json"):
        plain, packed = sizes(surveyor, path)
        assert packed < plain / 3, path


def test_a_receipt_is_packed_too(tablet: Make, base_url: str) -> None:
    with BadLine(base_url) as line:
        one = tablet(line.url)
        for number in range(100):
            one.create("household", household(note=f"Nhà {number}"))
        line.measure()
        receipt = one.push()
        assert line.sent["down"] < len(json.dumps(receipt)) / 2


def test_what_is_not_worth_it_is_not_packed(sign_in: SignIn) -> None:
    surveyor = sign_in("xom-3")
    small = surveyor.get("/sync/v1/info")
    assert "Content-Encoding" not in small.headers
    assert small.headers["Vary"] == "Accept-Encoding"
    for refused in ("gzip;q=0", "identity", "br", "*;q=0", ""):
        answer = surveyor.get("/sync/v1/reference", headers={"Accept-Encoding": refused})
        assert "Content-Encoding" not in answer.headers, refused
        assert answer.json()["areas"]
    for wanted in ("gzip;q=0.5, br", "*", "GZIP"):
        answer = surveyor.get("/sync/v1/reference", headers={"Accept-Encoding": wanted})
        assert answer.headers["Content-Encoding"] == "gzip", wanted


def test_the_etag_is_the_same_packed_or_not(sign_in: SignIn) -> None:
    surveyor = sign_in("xom-3")
    packed = surveyor.get("/sync/v1/reference")
    plain = surveyor.get("/sync/v1/reference", headers={"Accept-Encoding": "identity"})
    assert (packed.headers["Content-Encoding"], packed.headers["ETag"]) == ("gzip", plain.headers["ETag"])
    same = surveyor.get("/sync/v1/reference", headers={"If-None-Match": plain.headers["ETag"]})
    assert (same.status_code, same.content, same.headers["Vary"]) == (304, b"", "Accept-Encoding")
    assert same.headers["ETag"] == plain.headers["ETag"]


# the server: what a bad line must not do to the others


def test_thirty_slow_uploads_hold_no_connection_of_the_database(
    sign_in: SignIn, engine: Engine, app: Any, base_url: str
) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    server = urlsplit(base_url)
    body = json.dumps(tablets.batch(device, [tablets.submission("household", household())])).encode()
    head = "POST /sync/v1/batches HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
    head += f"Authorization: {surveyor.headers['Authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
    uploads = [socket.create_connection((server.hostname or "", server.port or 80), timeout=30) for _ in range(30)]
    for one in uploads:
        one.sendall(head.encode() + body[:100])
    assert surveyor.get("/sync/v1/changes").status_code == 200
    assert app.state.engine.pool.checkedout() == 0
    for one in uploads:
        one.sendall(body[100:])
    for one in uploads:
        assert one.recv(15).startswith(b"HTTP/1.1 200"), one
        one.close()


def test_an_upload_that_falls_silent_ends() -> None:
    async def silence() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    scope: Scope = {"type": "http", "headers": [], "path": "/"}
    with pytest.raises(Unavailable) as ended:
        asyncio.run(read_body(scope, silence, 100, silence=0.01))
    # nor one in the middle of a photo, which the route reads by itself
    with pytest.raises(Unavailable):
        asyncio.run(to_the_last_byte(silence, 0.01)())  # type: ignore[arg-type]
    assert ended.value.headers["Connection"] == "close"


@pytest.mark.parametrize(("refused", "head", "piece"), [
    (NotAcceptable, gzip.compress(b"{}"), b"x" * 65_536),
    (TooLarge, gzip.compress(b"{}")[:10], b"\x00\x00\x00\xff\xff" * 1000),
], ids=["behind the end", "blocks without a content"])  # fmt: skip
def test_a_packed_body_that_never_ends_is_refused_while_it_comes(
    refused: type[Problem], head: bytes, piece: bytes
) -> None:
    sent = 0

    async def more() -> Message:
        nonlocal sent
        sent += 1
        assert sent < 50, "it would take all that comes"
        return {"type": "http.request", "body": piece if sent > 1 else head, "more_body": True}

    with pytest.raises(refused):
        asyncio.run(read_body({"headers": [(b"content-encoding", b"gzip")]}, more, 100_000))


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_packed_body_is_whole_wherever_it_was_cut_into_pieces(cut: int) -> None:
    packed = gzip.compress(b"{}")
    pieces = [packed[:cut], packed[cut:], b""]

    async def next_one() -> Message:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    scope: Scope = {"headers": [(b"content-encoding", b"gzip")]}
    assert asyncio.run(read_body(scope, next_one, 2)) == b"{}"


def test_more_requests_than_can_be_served_are_told_to_come_again_at_different_times() -> None:
    done, begun = asyncio.Event(), 0

    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal begun
        begun += 1
        if scope["path"] != "/healthz":
            await done.wait()
        await PlainTextResponse("ok")(scope, receive, send)

    async def crowd() -> list[httpx.Response]:
        wire = Wire(busy, lambda *_: 1000, at_once=3, most_at_work=3)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(wire), base_url="http://server") as client:
            first = [asyncio.create_task(client.get("/x")) for _ in range(3)]
            while begun < 3:
                await asyncio.sleep(0)
            late = [await client.get("/x") for _ in range(40)]
            assert (await client.get("/healthz")).status_code == 200
            done.set()
            assert {answer.status_code for answer in await asyncio.gather(*first)} == {200}
            assert (await client.get("/x")).status_code == 200
            return late

    refused = asyncio.run(crowd())
    assert {(answer.status_code, answer.json()["type"]) for answer in refused} == {(503, "/problems/unavailable")}
    told = {int(answer.headers["Retry-After"]) for answer in refused}
    assert len(told) > 3
    assert all(3 <= seconds <= 15 for seconds in told)


def test_of_many_requests_as_many_are_at_work_as_have_a_connection_and_all_have_their_turn() -> None:
    at_work, most = 0, 0

    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        for _ in range(5):
            await asyncio.sleep(0)
        at_work -= 1
        await PlainTextResponse("ok")(scope, receive, send)

    async def crowd() -> list[httpx.Response]:
        transport = httpx.ASGITransport(Wire(busy, lambda *_: 1000, at_once=3))
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            return await asyncio.gather(*(client.get("/x") for _ in range(40)))

    assert {answer.status_code for answer in asyncio.run(crowd())} == {200}
    assert most == 3


def test_who_asks_about_a_file_waits_for_their_turn_and_who_sends_one_does_not(app: FastAPI) -> None:
    limit_of: Any = next(one.kwargs["limit_of"] for one in app.user_middleware if one.cls is Wire)
    file = f"/sync/v1/attachments/{'0' * 64}"
    assert {method: limit_of(method, file) is None for method in ("GET", "HEAD", "PUT", "PATCH")} == {
        "GET": False, "HEAD": False, "PUT": True, "PATCH": True
    }  # fmt: skip


def test_an_answer_over_a_slow_line_keeps_nobody_from_their_turn() -> None:
    ended = asyncio.Event()
    answered: list[str] = []

    async def nothing() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def crowd() -> None:
        wire = Wire(PlainTextResponse("ok"), lambda *_: 1000, at_once=1)
        scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/x", "headers": []}

        async def slow(message: Message) -> None:
            await ended.wait()

        async def quick(message: Message) -> None:
            answered.append(message["type"])

        first = asyncio.create_task(wire(dict(scope), nothing, slow))
        await asyncio.wait_for(wire(dict(scope), nothing, quick), 20)
        ended.set()
        await first

    asyncio.run(crowd())
    assert answered == ["http.response.start", "http.response.body"]


def test_an_exhausted_pool_is_a_503_with_retry_after(sign_in: SignIn, app: Any) -> None:
    surveyor, pool = sign_in("xom-3"), app.state.engine.pool
    pool._timeout = 0.1
    with ExitStack() as taken:
        for _ in range(pool.size() + pool._max_overflow):
            taken.enter_context(app.state.engine.connect())
        answer = surveyor.get("/sync/v1/info")
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
        assert int(answer.headers["Retry-After"]) >= 3
    assert surveyor.get("/sync/v1/info").status_code == 200


def test_a_line_that_falls_silent_is_left_and_the_work_sent_again(
    tablet: Make, base_url: str, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    monkeypatch.setattr("mobile_sync.tablet_line._SILENT_SECONDS", 0.5)
    with BadLine(base_url) as line:
        one = tablet(line.url, attempts=2)
        a_visit(one)
        line.fall_silent()
        with pytest.raises(Unreachable):
            one.push()
        assert len(one.storage.unsent()) == 2
    monkeypatch.undo()
    with BadLine(base_url) as well:
        one.line.close()
        one.line = Line(well.url)
        one.line.sign_in("xom-3", PASSWORD)
        assert [o["outcome"] for o in one.push()] == ["applied"] * 2
        one.line.close()


def test_the_wait_for_an_answer_is_as_long_as_a_slow_line_needs_for_the_body() -> None:
    seen: list[dict[str, float]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, headers={"X-Trace-Id": "1"}, json={"access_token": "a", "refresh_token": "r"})

    line = Line("http://server", transport=httpx.MockTransport(answer))
    line.sign_in("x", "x")
    line.call("POST", "/sync/v1/batches", content=b"x" * 480_000)  # two minutes over 32 kbit/s
    small, large = seen
    assert small["read"] < 70
    assert large["read"] > 480_000 / SLOW + 60
    assert large["write"] == small["write"] == 60


def walked(url: str, folder: Path, device: str, number: int) -> tuple[list[str], list[str | None]]:
    """A surveyor's day with a line that is cut again and again: the records made, the outcomes in the end."""
    storage = Storage(folder / f"{number}.sqlite")
    chance = random.Random(number)
    with BadLine(url) as line:
        one = Tablet(storage, Line(line.url, pause=lambda *_: None))
        storage.set("device_id", device)
        one.line.sign_in(f"xom-{number}", PASSWORD, device)
        made: list[str] = []
        for _ in range(6):
            home = one.create("household", household(number))
            made += [home, one.create("member", member(home))]
            one.change("household", home, {"phone": "2"})
            line.cut_after(chance.randrange(2500), chance.choice(["up", "down"]))
            one.push()
            line.cut_after(chance.randrange(4000), "down")
            one.pull()
        line.measure()
        one.pull()
        outcomes = [work.outcome for work in one.receipts()]
        held = {r.id for kind in ("household", "member") for r in storage.records(kind)}
        assert held == set(made)
        one.line.close()
    storage.close()
    return made, outcomes


def test_five_tablets_at_once_over_bad_lines(base_url: str, engine: Engine, tmp_path: Path, session: Session) -> None:
    numbers = range(1, 6)
    devices = [tablets.enrolled(engine, f"xom-{n}") for n in numbers]
    with ThreadPoolExecutor(5) as pool:
        days = list(pool.map(lambda n: walked(base_url, tmp_path, devices[n - 1], n), numbers))
    assert {outcome for _, outcomes in days for outcome in outcomes} == {"applied"}
    rows, different = session.execute(text(PUSHED)).one()
    assert rows == different == 5 * 6 * 3
    stored = session.execute(text("SELECT id::text FROM household UNION SELECT id::text FROM member")).scalars().all()
    assert set(stored) == {record for made, _ in days for record in made}
    assert session.execute(text("SELECT min(version), max(version) FROM household")).one() == (2, 2)
