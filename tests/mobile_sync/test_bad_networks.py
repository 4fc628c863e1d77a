"""Lines that break anywhere: whatever is cut, each submission ends with one outcome, and nothing is lost or doubled."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from mobile_sync.surveyor import LosesAnswers
from mobile_sync.tablet import Tablet
from mobile_sync.tablet_line import Line, SignedOut, Unreachable
from mobile_sync.tablet_storage import Storage
from tests.make import tablets
from tests.make.bad_line import BadLine, Way
from tests.make.people import PASSWORD
from tests.make.tablets import household, member

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
    """Both ends, their neighbours, and every k-th byte between them."""
    return sorted({0, 1, 2, total - 2, total - 1, total, *range(0, total + 1, max(1, total // many))})


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_push_cut_at_any_byte_has_one_outcome_for_each_submission(
    way: Way, tablet: Make, base_url: str, session: Session
) -> None:
    with BadLine(base_url) as line:
        one = tablet(line.url)
        a_visit(one)
        line.measure()
        one.push()
        total = line.sent[way]
        assert total > 400
        tried = each_offset(total, 25)
        for offset in tried:
            home, person = a_visit(one)
            one.change("household", home, {"phone": "2"})
            line.cut_after(offset, way)
            told = one.push()
            assert [o["outcome"] for o in told] == ["applied"] * 3, offset
            assert [(o["id"], o["version"]) for o in told] == [(home, 1), (person, 1), (home, 2)], offset
        assert line.cuts >= len(tried) - 3  # the sizes of two pushes differ by some bytes
    assert one.storage.unsent() == []
    rows, different = session.execute(text(PUSHED)).one()
    assert rows == different == 2 + 3 * len(tried)
    homes = session.execute(text("SELECT count(*), min(version), max(version) FROM household")).one()
    assert homes == (1 + len(tried), 1, 2)
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
    busy = httpx.MockTransport(lambda _: httpx.Response(503, headers=next(told), json={}))
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
    busy = httpx.MockTransport(lambda _: httpx.Response(429, headers={"Retry-After": "86400"}, json={}))
    with pytest.raises(Unreachable) as gone:
        Line("http://server", transport=busy, pause=lambda _: pytest.fail("slept")).sign_in("x", "x")
    assert gone.value.retry_after == 15 * 60


# what it costs: bytes, which cost money, and a line of 32 kbit/s


@pytest.fixture
def hamlet(session: Session, sign_in: SignIn) -> list[str]:
    """Fifty households of xóm 3 with four members each, under survey in a training round; their ids."""
    homes = [str(home) for home in households(session, 50)]
    for number, home in enumerate(homes):
        for person in range(4):
            made = member(home, f"Nguyễn Thị Hoà {number}-{person}", birth_year=1950 + number)
            answer = sign_in("truc-thai").post("/api/v1/members", json=made | {"relation_to_head": "other"})
            assert answer.status_code == 201, answer.text
    walk.surveying(sign_in, *homes, kind="training", year=2024, opens_on="2024-09-01", closes_on="2024-12-14")
    return homes
