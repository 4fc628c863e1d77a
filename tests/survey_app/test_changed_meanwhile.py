"""What somebody else changes while a form is on the screen is not overwritten by what was answered there before it was
seen: the form was made on what stood there when it was opened."""

from typing import Any

from playwright.sync_api import expect

from tests.make import tablets
from tests.make.answers import done
from tests.make.people import PASSWORD
from tests.make.tablets import push, submission
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune, child_name, head_name
from tests.survey_app.tablet import Tablet, until

WIFE = "Vũ Thị Út"
ABOUT_HER = {
    "full_name": WIFE, "sex": "female", "birth_year": 1984, "relation_to_head": "spouse", "ethnicity": "kinh",
}  # fmt: skip


def with_a_wife(commune: Commune) -> tuple[str, dict[str, str]]:
    """A household of three, and their ids by name."""
    (home,) = commune.homes(1)
    done(commune.officer.post(f"/api/v1/households/{home}/members", json=ABOUT_HER))
    told = done(commune.officer.get(f"/api/v1/households/{home}/members"))
    return home, {one["full_name"]: one["id"] for one in told["items"]}


def hears(tablet: Tablet) -> None:
    """The feed comes beside the form that is open."""
    with tablet.page.expect_response(lambda answer: "/sync/v1/changes" in answer.url):
        tablet.page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: not tablet.busy(), "the synchronisation ends", tablet.page)


def outcomes(commune: Commune, tablet: Tablet) -> list[str]:
    tablet.send()
    until(lambda: not tablet.busy(), "the work is sent", tablet.page)
    return [outcome for _, outcome in commune.submissions()]


def head_of(commune: Commune, home: str) -> Any:
    return commune.household(home)["head_member_id"]


def test_another_head_that_the_officer_named_meanwhile_is_a_conflict(new_tablet: NewTablet, commune: Commune) -> None:
    home, people = with_a_wife(commune)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.household(home)
    tablet.press("Đổi chủ hộ")
    commune.change(home, head_member_id=people[child_name(1)])
    hears(tablet)
    tablet.page.get_by_role("group", name="Ai là chủ hộ?").get_by_label(WIFE).check()
    tablet.page.get_by_label(f"{head_name(1)} là gì của chủ hộ mới?").select_option("spouse")
    tablet.press("Lưu")
    expect(tablet.page.get_by_role("heading", name="Người trong hộ")).to_be_visible()
    assert "conflict" in outcomes(commune, tablet)
    assert head_of(commune, home) == people[child_name(1)]


def test_who_goes_to_a_household_of_their_own_was_changed_meanwhile(new_tablet: NewTablet, commune: Commune) -> None:
    home, people = with_a_wife(commune)
    (other,) = commune.homes(1, first=2)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.household(home)
    tablet.press("Tách hộ")
    tablet.page.get_by_label(WIFE).check()
    tablet.page.get_by_role("group", name="Ai là chủ hộ mới?").get_by_label(WIFE).check()
    moved = {"household_id": other, "relation_to_head": "other"}
    change = submission("member", moved, base=1, record=people[WIFE])
    (told,) = push(commune.officer, tablets.enrolled(commune.engine, "truc-thai"), change)
    assert told["outcome"] == "applied"
    hears(tablet)
    tablet.press("Lưu")
    expect(tablet.page.get_by_role("heading", name="Người trong hộ")).to_be_visible()
    assert "conflict" in outcomes(commune, tablet)
    there = done(commune.officer.get(f"/api/v1/households/{other}/members"))["items"]
    assert WIFE in {one["full_name"] for one in there}
