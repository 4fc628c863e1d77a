"""The reference client against a live server: offline work, lost answers, restarts, resync, a whole day."""

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from mobile_sync.surveyor import LosesAnswers, Surveyor, reckon
from mobile_sync.tablet import Tablet, tablet_tokens, uuid7
from mobile_sync.tablet_line import Line, Refused, Unreachable
from mobile_sync.tablet_storage import Storage
from tests.make import sheets, tablets, walk
from tests.make.households import put_member
from tests.make.interventions import serving
from tests.make.people import PASSWORD
from tests.make.reviews import acting, households
from tests.make.tablets import HAMLET, household, member, request, review, submission
from tests.mobile_sync.test_reviews import ADULT

SignIn = Callable[[str], httpx.Client]
Make = Callable[..., Tablet]


@pytest.fixture
def tablet(base_url: str, tmp_path: Path, sign_in: SignIn) -> Iterator[Make]:
    """`tablet()`: an enrolled tablet of xom-3; `tablet(transport=…)` with a faulty line."""
    made: list[Tablet] = []

    def make(name: str = "a", transport: httpx.BaseTransport | None = None, enrol: bool = True, **line: Any) -> Tablet:
        storage = Storage(tmp_path / f"{name}.sqlite")
        line = {"keep_refresh_token": tablet_tokens(storage), "pause": lambda _: None} | line
        one = Tablet(storage, Line(base_url, transport=transport, **line))
        made.append(one)
        if enrol:
            one.line.sign_in("xom-3", PASSWORD)
            code = sign_in("truc-thai").post("/sync/v1/enrolments", json={"username": "xom-3"}).json()
            one.enrol(code["enrolment_code"], name)
        return one

    yield make
    for one in made:
        one.line.close()
        one.storage.close()


def test_work_is_seen_at_once_and_is_the_servers_after_a_push(tablet: Make) -> None:
    one = tablet()
    home = one.create("household", household(phone="1"))
    person = one.create("member", member(home))
    one.change("household", home, {"head_member_id": person, "phone": "2"})
    one.create("request", request(home))
    seen = one.storage.record(home)
    assert seen is not None
    assert (seen.version, seen.data["phone"]) == (None, "2")
    assert [told["outcome"] for told in one.push()] == ["applied"] * 4
    one.pull()
    stored = one.storage.pulled(home)
    assert stored is not None
    assert (stored.version, stored.data["phone"], stored.data["head_member_id"]) == (2, "2", person)


def test_changes_of_one_record_follow_each_other_and_never_clash_with_themselves(tablet: Make) -> None:
    one, two = tablet("a"), tablet("b")
    home = one.create("household", household(phone="0"))
    one.push()
    two.pull()
    two.change("household", home, {"note": "của máy b"})
    two.push()
    for phone in ("1", "2", "3"):
        one.change("household", home, {"phone": phone})
    assert [told["outcome"] for told in one.push()] == ["merged"] * 3
    one.pull()
    stored = one.storage.pulled(home)
    assert stored is not None
    assert (stored.version, stored.data["phone"], stored.data["note"]) == (5, "3", "của máy b")


def test_a_review_goes_after_all_that_was_written_of_the_people_before_it(tablet: Make) -> None:
    one = tablet()
    home = one.create("household", household())
    person = one.create("member", member(home))
    one.change("member", person, {"birth_year": 1990})
    one.create("review", review(home, uuid7()))
    assert [(told["entity"], told["version"]) for told in one.push()] == [
        ("household", 1), ("member", 1), ("member", 2), ("review", None),
    ]  # fmt: skip


def test_a_lost_answer_is_asked_for_again_and_nothing_is_written_twice(tablet: Make, session: Session) -> None:
    one = tablet(transport=LosesAnswers(httpx.HTTPTransport(), "/sync/v1/batches", times=2))
    home = one.create("household", household())
    (told,) = one.push()
    assert (told["outcome"], told["replayed"], told["id"]) == ("applied", True, home)
    assert session.execute(text("SELECT count(*) FROM sync_batch")).scalar_one() == 3
    assert session.execute(text("SELECT version FROM household")).scalar_one() == 1


def test_what_no_receipt_named_is_sent_again_after_a_restart_as_it_was(tablet: Make, session: Session) -> None:
    lost = LosesAnswers(httpx.HTTPTransport(), "/sync/v1/batches", times=99)
    one = tablet(transport=lost, attempts=2)
    home = one.create("household", household())
    one.change("household", home, {"note": "sau"})
    with pytest.raises(Unreachable):
        one.push()
    assert len(one.storage.unsent()) == 2
    again = tablet(enrol=False, refresh_token=one.storage.setting("refresh_token"))
    assert [(told["outcome"], told["replayed"]) for told in again.push()] == [("applied", True), ("applied", False)]
    assert session.execute(text("SELECT note FROM household")).scalar_one() == "sau"


def test_what_is_too_large_for_the_server_keeps_nothing_else_back(tablet: Make, app: Any, session: Session) -> None:
    one = tablet()
    bytes_taken = app.state.settings.sync_max_bytes
    before, large, after = (one.create("household", household(note=note)) for note in ("1", "x" * bytes_taken, "3"))
    one.change("household", large, {"phone": "2"})
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            one.push()
        assert (refused.value.status, refused.value.slug) == (413, "too-large")
        assert [work.record_id for work in one.storage.unsent()] == [large, large]
    assert set(map(str, session.execute(text("SELECT id FROM household")).scalars())) == {before, after}


def test_a_batch_is_split_to_the_limits_of_the_server(tablet: Make, app: Any, session: Session) -> None:
    one = tablet()
    app.state.settings = app.state.settings.model_copy(update={"sync_max_submissions": 7})
    for _ in range(20):
        one.create("household", household())
    assert len(one.push()) == 20
    sizes = session.execute(text("SELECT submissions FROM sync_batch ORDER BY id")).scalars().all()
    assert sizes == [7, 7, 6]


def test_a_batch_that_is_too_large_after_all_is_halved(tablet: Make, app: Any, session: Session) -> None:
    class Shrinks(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            if request.url.path == "/sync/v1/info":
                app.state.settings = app.state.settings.model_copy(update={"sync_max_submissions": 3})
            return response

    one = tablet(transport=Shrinks())
    for _ in range(10):
        one.create("household", household())
    assert {told["outcome"] for told in one.push()} == {"applied"}
    assert session.execute(text("SELECT max(submissions), sum(submissions) FROM sync_batch")).one() == (3, 10)


def test_an_expired_access_token_is_renewed_on_the_way(tablet: Make) -> None:
    one = tablet()
    one.line._access = "expired"
    one.create("household", household())
    assert one.push()[0]["outcome"] == "applied"


def test_retry_after_is_honoured_and_patience_ends() -> None:
    pauses: list[float] = []
    busy = httpx.MockTransport(lambda _: httpx.Response(503, headers={"Retry-After": "7"}, json={}))
    line = Line("http://server", transport=busy, attempts=3, pause=pauses.append)
    with pytest.raises(Unreachable):
        line.sign_in("xom-3", "x")
    assert len(pauses) == 2  # nobody waits after the last attempt
    assert min(pauses) >= 7


def test_every_attempt_may_wait_twice_as_long_as_the_one_before_and_never_over_a_minute() -> None:
    """By chance within that: twenty tablets that lost the same line do not come back in the same second."""
    busy = httpx.MockTransport(lambda _: httpx.Response(503, json={}))
    waited: list[list[float]] = []
    for _ in range(100):
        waited.append([])
        with pytest.raises(Unreachable):
            Line("http://server", transport=busy, attempts=9, pause=waited[-1].append).sign_in("xom-3", "x")
    for most, waits in zip((1, 2, 4, 8, 16, 32, 60, 60), zip(*waited, strict=True), strict=True):
        assert most / 2 < max(waits) <= most
        assert min(waits) < most / 2


def test_a_refusal_is_not_retried(tablet: Make) -> None:
    one = tablet()
    one.storage.set("device_id", uuid7())
    one.create("household", household())
    with pytest.raises(Refused) as refused:
        one.push()
    assert refused.value.slug == "device-not-enrolled"
    assert len(one.storage.unsent()) == 1


def test_after_a_restore_the_tablet_starts_again_and_offers_what_it_kept(
    tablet: Make, session: Session, engine: Engine
) -> None:
    one = tablet()
    kept, gone = one.create("household", household()), one.create("household", household())
    one.push()
    one.pull()
    one.change("household", kept, {"note": "chưa gửi"})
    session.execute(text("DELETE FROM record_version WHERE record_id = :id"), {"id": gone})
    session.execute(text("DELETE FROM change_feed WHERE record_id = :id"), {"id": gone})
    session.execute(text("DELETE FROM household WHERE id = :id"), {"id": gone})
    session.execute(text("DELETE FROM sync_submission WHERE record_id = :id"), {"id": gone})
    session.execute(text("UPDATE feed_epoch SET system_identifier = 'restored'"))
    session.commit()
    from api.changes.epoch import guard_epoch

    guard_epoch(engine)
    assert one.pull().resynced
    assert one.storage.pulled(gone) is None
    assert one.storage.pulled(kept) is not None
    assert len(one.storage.unsent()) == 3
    told = {(outcome["id"], outcome["version"]): outcome for outcome in one.push()}
    assert {outcome["outcome"] for outcome in told.values()} == {"applied"}
    assert {what: outcome["replayed"] for what, outcome in told.items()} == {
        (kept, 1): True, (gone, 1): False, (kept, 2): False,
    }  # fmt: skip
    assert one.storage.unsent() == []


def test_an_older_version_told_after_a_newer_one_changes_nothing_until_a_new_first_sync(tablet: Make) -> None:
    one = tablet(enrol=False)
    home = uuid7()

    def told(version: int, phone: str, life: int) -> tuple[int | None, str]:
        one.storage.put("household", home, version, {"phone": phone}, life, HAMLET[3])
        stored = one.storage.pulled(home)
        assert stored is not None
        assert one.storage.damaged() == []
        return stored.version, stored.data["phone"]

    assert told(3, "mới", 1) == (3, "mới")
    assert told(2, "cũ", 1) == (3, "mới")
    assert told(3, "mới nhất", 1) == (3, "mới nhất")
    assert told(1, "khôi phục", 2) == (1, "khôi phục")  # the server was restored, and knows no more


@pytest.mark.parametrize("held", [0, 3])
def test_a_page_that_breaks_off_while_it_is_stored_is_asked_for_again(
    held: int, tablet: Make, sign_in: SignIn, engine: Engine, tmp_path: Path
) -> None:
    officer, device = sign_in("truc-thai"), tablets.enrolled(engine, "truc-thai")
    homes = [submission("household", household()) for _ in range(held + 5)]
    one = tablet()
    if held:
        tablets.push(officer, device, *homes[:held])
        one.pull()
    tablets.push(officer, device, *homes[held:])
    full = "(SELECT count(*) FROM record) = 4 BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as disk:
        disk.execute(f"CREATE TRIGGER full BEFORE INSERT ON record WHEN {full}")
        with pytest.raises(sqlite3.IntegrityError, match="disk full"):
            one.pull()
        one.storage.close()  # and the battery is empty
        disk.execute("DROP TRIGGER full")
    again = tablet(enrol=False, refresh_token=one.line._refresh)
    assert len(again.storage.records("household")) == held
    again.pull()
    assert {home.id for home in again.storage.records("household")} == {home["id"] for home in homes}


def test_a_removed_record_goes_and_the_work_on_it_stays(tablet: Make, sign_in: SignIn, engine: Engine) -> None:
    one = tablet()
    home = one.create("household", household())
    one.push()
    one.pull()
    one.change("household", home, {"note": "chưa gửi"})
    officers = tablets.enrolled(engine, "truc-thai")
    tablets.push(sign_in("truc-thai"), officers, submission("household", {"hamlet_id": HAMLET[4]}, base=1, record=home))
    assert one.pull().removed == 1
    assert one.storage.pulled(home) is None
    assert one.push()[0]["outcome"] == "held"


def test_ids_made_on_the_tablet_are_uuid7_and_rise(tablet: Make) -> None:
    from uuid import UUID

    ids = [uuid7() for _ in range(50)]
    assert {UUID(one).version for one in ids} == {7}
    assert len(set(ids)) == 50


def test_a_day_of_forty_visits_adds_up(tablet: Make, session: Session) -> None:
    one = tablet(transport=LosesAnswers(httpx.HTTPTransport(), "/sync/v1/batches", times=1))
    one.pull()
    walker = Surveyor(one, HAMLET[3], random.Random(7), "2024-09-02")
    for _ in range(40):
        walker.visit()
    told = one.push()
    one.pull()
    assert reckon(one, 0, told) == []
    assert {work.outcome for work in one.receipts()} == {"applied"}
    assert session.execute(text("SELECT count(*) FROM sync_submission")).scalar_one() == len(one.receipts()) > 40


def test_a_day_in_a_training_round_reviews_with_the_servers_own_result(
    tablet: Make, session: Session, sign_in: SignIn
) -> None:
    homes = households(session, 12)
    for home in homes:
        put_member(session, acting("truc-thai"), home, birth_year=None, **ADULT)
    session.commit()
    walk.surveying(sign_in, *map(str, homes), kind="training", year=2024, opens_on="2024-09-01", closes_on="2024-12-14")
    one = tablet()
    one.pull()
    reference = sign_in("xom-3").get("/sync/v1/reference").json()
    walker = Surveyor(one, HAMLET[3], random.Random(7), "2024-09-02", reference)
    for _ in range(60):
        walker.visit()
    told = one.push()
    one.pull()
    assert reckon(one, 0, told) == []
    reviews = session.execute(text("SELECT * FROM review")).mappings().all()
    assert walker.day.done["phiếu rà soát"] == len(reviews) > 5
    for row in reviews:
        assert (row["in_force"], row["differs_from_device"]) == (True, False)
        assert row["device_result"] == {name: row[name] for name in ("b1", "b2", "proposed_class", "deprivations")}
    assert all(row["b1"] is not None for row in reviews)
    assert {work.outcome for work in one.receipts() if work.entity == "review"} == {"applied"}


def test_a_day_of_handing_out_is_told_back_as_it_was_done(
    tablet: Make, session: Session, sign_in: SignIn, engine: Engine
) -> None:
    homes = [str(home) for home in households(session, 12)]
    session.commit()
    sheet = sheets.drawn_up(sign_in("truc-thai"), serving(engine), homes, amount_vnd=175_000)
    one = tablet()
    one.pull()
    walker = Surveyor(one, HAMLET[3], random.Random(7), "2024-11-20")
    for _ in range(40):
        walker.visit()
    told = one.push()
    one.pull()
    assert reckon(one, 0, told) == []
    outcomes = [work.outcome for work in one.receipts() if work.entity == "delivery"]
    assert outcomes == ["applied"] * walker.day.done["lượt hỗ trợ"]
    states = sign_in("truc-thai").get(f"{sheets.URL}/{sheet['id']}").json()["by_state"]
    assert states["delivered"] + states["refused"] == len(outcomes) > 5


def test_what_does_not_add_up_is_said(tablet: Make, session: Session) -> None:
    one = tablet()
    home = one.create("household", household(phone="1"))
    told = one.push()
    session.execute(text("UPDATE household SET phone = '2'"))
    session.commit()
    one.pull()
    assert reckon(one, 0, told) == [f"{home}.phone: đã gửi '1', tải về '2'"]
    assert "0 kết quả" in reckon(one, 0, [])[0]


def test_the_command_plays_a_surveyor_as_a_process_of_its_own(base_url: str) -> None:
    command = [sys.executable, "-m", "api.cli", "tablet", "--hamlet", "14080-03", "--visits", "8", "--url", base_url]
    played = subprocess.run(
        command, env=os.environ | {"GIAMNGHEO_DEMO_PASSWORD": PASSWORD}, capture_output=True, text=True, check=False
    )
    assert played.returncode == 0, played.stdout + played.stderr
    assert "Khớp" in played.stdout


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["--hamlet", "abc"], "mã xóm có dạng 14080-03"),
        (["--hamlet", "14071-01"], "hãy nêu --user"),
        (["--hamlet", "14080-03", "--password", "sai"], "từ chối"),
        (["--hamlet", "14080-99", "--user", "xom-3"], "từ chối"),
    ],
)
def test_a_wrong_word_on_the_command_line_is_answered_with_a_sentence(
    base_url: str, asked: list[str], sentence: str
) -> None:
    command = [sys.executable, "-m", "api.cli", "tablet", "--visits", "1", "--url", base_url, *asked]
    played = subprocess.run(
        command, env=os.environ | {"GIAMNGHEO_DEMO_PASSWORD": PASSWORD}, capture_output=True, text=True, check=False
    )
    assert played.returncode != 0
    assert "Traceback" not in played.stderr
    assert sentence in " ".join((played.stdout + played.stderr).split())
