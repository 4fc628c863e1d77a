"""A day in the field: thirty households without a network, a dead battery, a line that breaks, others who write
meanwhile. In the end the register holds what was typed, each review once."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import expect

from tests.make.bad_line import BadLine
from tests.make.people import PASSWORD
from tests.make.tablets import review
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune
from tests.survey_app.interview import Interview, answers, picture, visit
from tests.survey_app.tablet import Tablet, until

HOUSEHOLDS = 30
KILLED_AT = 15
CONFLICT, MERGED, TWICE = 3, 5, 7


@contextmanager
def breaking(line: BadLine, luck: random.Random) -> Iterator[None]:
    """The line is cut again and again, now what goes up, now what comes down, at any byte."""
    over = threading.Event()

    def cut() -> None:
        while not over.is_set():
            line.cut_after(luck.randrange(0, 30_000), luck.choice(("up", "down")))
            over.wait(luck.uniform(0.2, 1.0))

    thread = threading.Thread(target=cut)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        line.cut_after(10**9, "up")


def test_a_field_day(new_tablet: NewTablet, commune: Commune, address: str) -> None:
    luck = random.Random(7)
    homes = commune.homes(HOUSEHOLDS + 2)
    round_id = commune.round(homes, "photo")
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    given = {home: answers(form, luck) for home in homes[:HOUSEHOLDS]}
    with BadLine(address) as line:
        tablet = new_tablet(at=line.url)
        tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
        tablet.network(False)
        for number, home in enumerate(homes[:HOUSEHOLDS]):
            if number == KILLED_AT:
                killed_in_the_middle(tablet, form, home, given[home], picture(luck))
            else:
                visit(tablet, form, home, given[home], picture(luck))
        tablet.writes(homes[CONFLICT], "Điện thoại", "0911111111")
        tablet.writes(homes[MERGED], "Điện thoại", "0922222222")
        meanwhile(commune, homes, round_id, form)
        with breaking(line, luck):
            tablet.network(True)
            for _ in range(8):
                tablet.send()
                until(lambda: not tablet.busy(), "a synchronisation ends", tablet.page, 120)
        until(lambda: not tablet.busy(), "a synchronisation ends", tablet.page, 120)
        assert line.cuts >= 5
        tablet.send()
        tablet.sent()
        assert tablet.complaints == []
        assert [url for url in tablet.asked_for if url.startswith("http") and not url.startswith(line.url)] == []
        the_register_is_what_was_typed(commune, homes, round_id, given)
        the_surveyor_reads_what_became_of_it(tablet)


def killed_in_the_middle(tablet: Tablet, form: dict[str, Any], home: str, given: dict[str, Any], photo: bytes) -> None:
    """The battery dies in the middle of a form; the next day it goes on at the same screen, with all that was said."""
    interview = Interview(tablet, form, given)
    interview.begin(home)
    for _ in range(3):
        interview.screen()
        interview.onward()
    interview.screen()
    before = interview.step()
    chosen = "[...document.querySelectorAll('main .field input')].map(i => i.checked || i.type === 'text' && i.value)"
    seen = tablet.page.evaluate(chosen)
    tablet.kill()
    tablet.on()
    tablet.unlock()
    tablet.go("drafts")
    tablet.page.locator("ul.people button").click()
    expect(tablet.page.locator("main h2").first).to_have_text(before)
    assert tablet.page.evaluate(chosen) == seen
    interview.onward()
    interview.questions()
    assert len(interview.asked) == len(given)
    interview.onward()
    interview.photo(photo)
    interview.onward()
    interview.send()


def meanwhile(commune: Commune, homes: list[str], round_id: str, form: dict[str, Any]) -> None:
    """The officer writes about three of the households, too."""
    commune.change(homes[CONFLICT], phone="0933333333")
    commune.change(homes[MERGED], address="Nhà mới, cuối xóm")
    paper = review(homes[TWICE], round_id, form={"code": form["code"], "version": form["version"]},
                   surveyed_on="2026-11-20", paper_no="B-7")  # fmt: skip
    del paper["b1_entered"]
    made = commune.officer.post("/api/v1/reviews", json=paper)
    assert made.status_code == 201, made.text


def the_register_is_what_was_typed(commune: Commune, homes: list[str], round_id: str, given: dict[str, Any]) -> None:
    stored = commune.reviews(round_id)
    sent = {home: stored[home] for n, home in enumerate(homes[:HOUSEHOLDS]) if n != TWICE}
    assert {home: one["answers"] for home, one in sent.items()} == {home: given[home] for home in sent}
    assert {one["surveyor"] for one in sent.values()} == {"xom-3"}
    assert [one["result"]["differences"] for one in sent.values() if one["result"]["differs_from_device"]] == []
    assert {(one["attachments_declared"], one["attachments_present"]) for one in sent.values()} == {(1, 1)}
    assert len({one["attachments"][0]["sha256"] for one in sent.values()}) == len(sent)
    assert (commune.household(homes[CONFLICT])["phone"], commune.household(homes[MERGED])["phone"]) == (
        "0933333333", "0922222222",
    )  # fmt: skip
    assert commune.household(homes[MERGED])["address"] == "Nhà mới, cuối xóm"
    told = commune.submissions()
    assert len({submission for submission, _ in told}) == len(told) == HOUSEHOLDS + 2
    outcomes = [outcome for _, outcome in told]
    assert {kind: outcomes.count(kind) for kind in set(outcomes)} == {
        "applied": HOUSEHOLDS - 1, "merged": 1, "conflict": 2,
    }  # fmt: skip


def the_surveyor_reads_what_became_of_it(tablet: Tablet) -> None:
    tablet.go("outbox")
    expect(tablet.page.get_by_role("heading", name="Trái nhau, cán bộ xã đang quyết định (2)")).to_be_visible()
    expect(tablet.page.get_by_role("heading", name=f"Đã gửi và an toàn ({HOUSEHOLDS})")).to_be_visible()
    tablet.go("list")
    tablet.tab("Chưa làm", 2)
