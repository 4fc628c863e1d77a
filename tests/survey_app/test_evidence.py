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
