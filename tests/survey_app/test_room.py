"""The browser may clear away what it has not promised to keep: the surveyor is told in time, and has a way out."""

import re

from playwright.sync_api import expect

from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune
from tests.survey_app.tablet import Tablet

MEGABYTE = 1_000_000
NOT_PROMISED = "Trình duyệt chưa hứa giữ dữ liệu"
PROMISED = "Trình duyệt đã hứa giữ dữ liệu này."
LITTLE = "Máy sắp hết chỗ."


def promises(tablet: Tablet, keeps: bool) -> None:
    """What the browser answers from now on when it is asked to keep what lies there."""
    wire = tablet.page.context.new_cdp_session(tablet.page)
    setting = "granted" if keeps else "denied"
    wire.send("Browser.setPermission", {"permission": {"name": "persistent-storage"}, "setting": setting})


def leaves(tablet: Tablet, megabytes: int) -> None:
    """How much room is left, as a browser tells it that does not make it up."""
    told = f"navigator.storage.estimate = async () => ({{usage: 40e6, quota: 40e6 + {megabytes * MEGABYTE}}})"
    tablet.page.context.add_init_script(told)
    tablet.open()


def test_a_browser_that_promises_nothing_and_is_nearly_full_is_told_of_with_the_way_out(
    new_tablet: NewTablet, commune: Commune
) -> None:
    (home,) = commune.homes(1)
    tablet = new_tablet()
    promises(tablet, keeps=False)
    leaves(tablet, 60)
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    expect(tablet.page.get_by_text(LITTLE)).to_have_count(0)  # nothing is there yet that could be lost
    tablet.network(False)
    tablet.writes(home, "Ghi chú", "Nhà dột")
    tablet.go("list")
    told = tablet.page.get_by_role("status").filter(has_text="Trình duyệt có thể xoá phiếu chưa gửi")
    expect(told).to_be_visible()
    told.get_by_role("link", name="Xem cách giữ phiếu").click()
    expect(tablet.page.get_by_role("status").filter(has_text=NOT_PROMISED)).to_be_visible()
    expect(tablet.page.get_by_role("status").filter(has_text=LITTLE)).to_contain_text("Còn trống 60 MB")
    tablet.press("Xin trình duyệt giữ dữ liệu")
    tablet.sees(re.compile("Trình duyệt vẫn chưa hứa"))
    tablet.press("Đưa phiếu ra tệp, hoặc nhận từ tệp")
    for field in tablet.page.locator("form").first.locator("input[type=password]").all():
        field.fill("mot cau that dai")
    with tablet.page.expect_download() as saving:
        tablet.press("Tạo tệp và lưu")
    assert saving.value.suggested_filename.endswith(".giamngheo")
    assert saving.value.path().stat().st_size > 200
    tablet.network(True)
    tablet.send()
    tablet.sent()
    assert commune.household(home)["note"] == "Nhà dột"
    tablet.go("list")
    expect(told).to_have_count(0)
    assert tablet.complaints == []


def test_a_browser_that_promises_when_it_is_asked_again_is_not_warned_of(
    new_tablet: NewTablet, commune: Commune
) -> None:
    (home,) = commune.homes(1)
    tablet = new_tablet()
    promises(tablet, keeps=False)
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    tablet.writes(home, "Ghi chú", "Nhà dột")
    tablet.go("outbox")
    tablet.sees(NOT_PROMISED)
    expect(tablet.page.get_by_text(LITTLE)).to_have_count(0)
    # this browser makes up a number: none is told
    expect(tablet.page.get_by_text("Còn trống")).to_have_count(0)
    promises(tablet, keeps=True)
    tablet.press("Xin trình duyệt giữ dữ liệu")
    tablet.sees(PROMISED)
    expect(tablet.page.get_by_text(NOT_PROMISED)).to_have_count(0)
    expect(tablet.button("Xin trình duyệt giữ dữ liệu")).to_have_count(0)
    assert tablet.complaints == []


def test_a_browser_is_asked_at_the_enrolment_and_where_it_promises_nobody_is_warned(
    new_tablet: NewTablet, commune: Commune
) -> None:
    (home,) = commune.homes(1)
    tablet = new_tablet()
    # one that promises to whoever asks
    asked = "persisted = async () => kept; navigator.storage.persist = async () => (kept = true)"
    tablet.page.context.add_init_script(f"let kept = false; navigator.storage.{asked}")
    tablet.open()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    tablet.writes(home, "Ghi chú", "Nhà dột")
    tablet.go("outbox")
    tablet.sees(PROMISED)
    expect(tablet.page.locator(".notice.warning")).to_have_count(0)
    assert tablet.complaints == []
