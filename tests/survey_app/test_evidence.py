"""What a round asks for beside the answers comes to the register, and is not asked where nobody switched it on."""

import random

from playwright.sync_api import expect

from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune
from tests.survey_app.interview import Interview, answers


def test_a_signature_and_a_position_come_to_the_register(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    round_id = commune.round([home], "signature", "position")
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    interview = Interview(tablet, form, answers(form, random.Random(4)))
    interview.begin(home)
    interview.questions()
    interview.onward()
    expect(tablet.page.get_by_text("Chụp ảnh")).to_have_count(0)
    interview.sign()
    tablet.press("Lấy vị trí")
    tablet.sees("Đã lấy vị trí")
    interview.onward()
    interview.send()
    tablet.network(True)
    tablet.send()
    tablet.sent()
    stored = commune.reviews(round_id)[home]
    assert [one["purpose"] for one in stored["attachments"]] == ["signature"]
    assert stored["attachments_present"] == 1
    assert stored["position"] == {"lat": 20.2841, "lon": 106.2193, "accuracy_m": 12}
    assert tablet.complaints == []


# as a position under trees: the satellites answer when somebody says so
_SLOW_SATELLITES = """() => {
  const coords = {latitude: 20.2841, longitude: 106.2193, accuracy: 12};
  navigator.geolocation.getCurrentPosition = found => { window.found = () => found({coords}); };
}"""


def test_a_position_that_comes_when_the_form_was_left_and_entered_again_is_kept_with_the_answers_since(
    new_tablet: NewTablet, commune: Commune
) -> None:
    (home,) = commune.homes(1)
    round_id = commune.round([home], "position")
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    interview = Interview(tablet, form, answers(form, random.Random(4)))
    interview.begin(home)
    interview.questions()
    interview.onward()
    tablet.page.evaluate(_SLOW_SATELLITES)
    tablet.press("Lấy vị trí")
    tablet.household(home)
    tablet.press("Làm tiếp phiếu dở")
    tablet.press("Trước")
    tablet.type("Người trả lời", "Vũ Thị Hoà")
    expect(tablet.page.locator(".saved")).to_have_text("Đã lưu trên máy")
    tablet.page.evaluate("window.found()")
    interview.onward()
    tablet.sees("Đã lấy vị trí")
    tablet.lock()
    tablet.unlock()
    tablet.household(home)
    tablet.press("Làm tiếp phiếu dở")
    tablet.sees("Đã lấy vị trí")
    interview.onward()
    interview.send()
    tablet.network(True)
    tablet.send()
    tablet.sent()
    stored = commune.reviews(round_id)[home]
    assert stored["position"] == {"lat": 20.2841, "lon": 106.2193, "accuracy_m": 12}
    assert stored["respondent"] == "Vũ Thị Hoà"
    assert tablet.complaints == []


def test_a_round_without_evidence_asks_for_none(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    commune.round([home])
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    interview = Interview(tablet, form, answers(form, random.Random(4)))
    interview.begin(home)
    interview.questions()
    interview.onward()
    expect(tablet.button("Gửi phiếu")).to_be_visible()
    assert tablet.complaints == []
