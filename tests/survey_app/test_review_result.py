"""What a review comes to, as the surveyor sees it at the door: what does not fit together is pointed out and stops
nobody; points and class, with every line and reason, are those that the server finds."""

import random
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.make.answers import done
from tests.survey_app.conftest import NewTablet, out_of_reach
from tests.survey_app.field import Commune, child_name
from tests.survey_app.interview import Interview, answers
from tests.survey_app.tablet import Tablet

AT_WORK = "Ghi là đang làm việc hoặc thất nghiệp nhưng chưa đến 13 tuổi: kiểm tra ngày sinh hoặc tình trạng việc làm."
NO_FLOOR = "Diện tích nhà ở ghi là 0 m2: kiểm tra lại."
LOOK = "Xin xem lại, có điều chưa khớp (vẫn gửi được):"


def interview_of(tablet: Tablet, commune: Commune, luck: int, **said: Any) -> Interview:
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    return Interview(tablet, form, answers(form, random.Random(luck)) | said)


def to_the_result(interview: Interview) -> Page:
    interview.questions()
    interview.onward()  # causes and needs
    page = interview.tablet.page
    expect(page.locator(".proposed")).to_be_visible()
    return page


def sent(tablet: Tablet) -> None:
    tablet.network(True)
    tablet.send()
    tablet.sent()


def test_what_does_not_fit_is_pointed_out_kindly_and_stops_nobody(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    round_id = commune.round([home])
    tablet = out_of_reach(new_tablet, commune)
    interview = interview_of(tablet, commune, 2, floor_area=0)
    tablet.household(home)
    tablet.press("Bắt đầu rà soát")
    child = tablet.page.locator("ul.people li", has_text=child_name(1))
    expect(child.locator(".fault")).to_have_count(0)
    child.get_by_role("button").click()
    tablet.page.get_by_label("Việc làm", exact=True).select_option("working")
    tablet.press("Lưu")
    expect(tablet.page.get_by_role("heading", name="Những ai đang sống trong hộ?")).to_be_visible()
    expect(child.locator(".fault")).to_have_text(AT_WORK)
    tablet.press("Đúng, đủ người")
    page = to_the_result(interview)
    told = page.get_by_role("status").filter(has_text=LOOK)
    expect(told.get_by_role("listitem")).to_have_text([f"{child_name(1)}: {AT_WORK}", NO_FLOOR])
    expect(tablet.button("Gửi phiếu")).to_be_enabled()
    told.get_by_role("button", name=re.compile(child_name(1))).click()
    expect(child.locator(".fault")).to_have_text(AT_WORK)
    child.get_by_role("button").click()
    tablet.page.get_by_label("Việc làm", exact=True).select_option("studying")
    tablet.press("Lưu")
    expect(child.locator(".fault")).to_have_count(0)
    tablet.press("Đúng, đủ người")
    page = to_the_result(interview)
    expect(told.get_by_role("listitem")).to_have_text([NO_FLOOR])
    interview.send()
    sent(tablet)
    result = commune.reviews(round_id)[home]["result"]
    assert [(one["code"], one["member_id"]) for one in result["warnings"]] == [("no_floor_area", None)]
    assert (result["differs_from_device"], result["differences"]) == (False, [])
    assert tablet.complaints == []


def lines(page: Page, title: str) -> tuple[int, list[tuple[str, str, str]]]:
    """A part of the result as it stands on the screen: its sum; what was asked, answered, and what it gives."""
    card = page.locator("section.scored").filter(has=page.get_by_role("heading", name=re.compile(f"^{title}")))
    total = re.search(r": (\d+) điểm$", card.locator("h2").inner_text())
    assert total is not None, card.locator("h2").inner_text()
    cells = card.locator("li").evaluate_all(
        "all => all.map(one => ['asked', 'answered', 'points'].map(part => one.querySelector('.' + part).textContent))"
    )
    return int(total[1]), [(asked, answered, given) for asked, answered, given in cells]


def told(server: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """The server's lines in the words of the screen."""
    deprived = {None: "", True: "thiếu hụt · ", False: "không thiếu hụt · "}
    return [
        (
            one["label"]["vi"],
            (one["answer"] or {"vi": ""})["vi"],
            deprived[one["deprived"]] + ("chưa rõ" if one["points"] is None else f"{one['points']} điểm"),
        )
        for one in server
    ]


@pytest.mark.parametrize("luck", [3, 8])
def test_points_and_class_with_their_reasons_are_those_of_the_server(
    new_tablet: NewTablet, commune: Commune, luck: int
) -> None:
    (home,) = commune.homes(1)
    round_id = commune.round([home])
    tablet = out_of_reach(new_tablet, commune)
    interview = interview_of(tablet, commune, luck)
    interview.begin(home)
    page = to_the_result(interview)
    shown = {part: lines(page, f"Điểm {part.upper()}") for part in ("b1", "b2")}
    proposed = page.locator(".proposed strong").inner_text()
    reason = page.locator(".proposed + p").inner_text()
    interview.send()
    sent(tablet)
    review = commune.reviews(round_id)[home]
    explained = done(commune.officer.get(f"/api/v1/reviews/{review['id']}/explanation"))
    assert {part: (explained[part], told(explained[f"{part}_lines"])) for part in shown} == shown
    classes = next(one["values"] for one in commune.reference()["codes"] if one["code"] == "poverty_class")
    words = {one["code"]: one["label"]["vi"] for one in classes}
    assert proposed == words[review["result"]["proposed_class"]]
    assert reason == explained["reason"]["vi"]
    assert (review["result"]["b1"], review["result"]["b2"]) == (shown["b1"][0], shown["b2"][0])
    assert review["result"]["differs_from_device"] is False
    assert tablet.complaints == []
