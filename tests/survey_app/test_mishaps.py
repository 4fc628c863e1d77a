"""What goes wrong around a form that is open: the household is gone, a finger slips."""

import random

from playwright.sync_api import expect

from tests.make.answers import done
from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet, out_of_reach
from tests.survey_app.field import Commune, head_name
from tests.survey_app.interview import Interview, answers, picture
from tests.survey_app.tablet import Tablet


def interview_of(tablet: Tablet, commune: Commune) -> Interview:
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    return Interview(tablet, form, answers(form, random.Random(5)))


def begun_and_merged(
    new_tablet: NewTablet, commune: Commune
) -> tuple[Tablet, Interview, list[str], tuple[str, list[str]]]:
    """A review is half done when its household (the first) is merged into the second; a third one is half done too."""
    homes = commune.homes(3)
    round_id = commune.round(homes)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    interview = interview_of(tablet, commune)
    interview_of(tablet, commune).begin(homes[2])
    interview.begin(homes[0])
    interview.screen()
    given = interview.shown()
    assert given
    body = {"survivor_id": homes[1], "absorbed_id": homes[0]}
    done(commune.officer.post("/api/v1/households/merge", json=body))
    tablet.send()
    tablet.sent()
    return tablet, interview, homes, (round_id, given)


def test_a_review_whose_household_was_merged_away_is_told_and_can_be_thrown_away(
    new_tablet: NewTablet, commune: Commune
) -> None:
    tablet, _, homes, _ = begun_and_merged(new_tablet, commune)
    tablet.go("list")
    tablet.page.get_by_role("link", name="Làm tiếp 1 phiếu đang sửa dở").click()
    tablet.sees(f"Hộ này đã nhập vào hộ {head_name(2)}")
    expect(tablet.button("Bỏ phần đã ghi")).to_have_count(1)
    tablet.press("Bỏ phần đã ghi")
    tablet.press("Bỏ hẳn")
    expect(tablet.page.get_by_text("Hộ này đã nhập")).to_have_count(0)
    tablet.household(homes[2])
    tablet.press("Làm tiếp phiếu dở")
    tablet.sees("Đã lưu trên máy")
    assert tablet.complaints == []


def test_a_review_whose_household_was_merged_away_goes_on_about_the_one_that_is_left(
    new_tablet: NewTablet, commune: Commune
) -> None:
    tablet, interview, homes, (round_id, given) = begun_and_merged(new_tablet, commune)
    tablet.off()
    tablet.on()
    tablet.unlock()
    tablet.go("review", homes[0], round_id)
    tablet.sees(f"Hộ này đã nhập vào hộ {head_name(2)}.")
    tablet.press("Phiếu đang làm dở về hộ này")
    tablet.press(f"Chuyển phiếu sang hộ {head_name(2)}")
    tablet.sees(head_name(1))  # who lived in the other one lives here now: looked through again
    tablet.press("Đúng, đủ người")
    assert interview.shown() == given
    interview.questions()
    interview.onward()
    interview.send()
    tablet.send()
    tablet.sent()
    reviews = commune.reviews(round_id)
    assert list(reviews) == [homes[1]]
    assert tablet.complaints == []


def test_a_finger_that_only_touches_the_frame_has_not_signed(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    commune.round([home], "signature")
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    interview = interview_of(tablet, commune)
    interview.begin(home)
    interview.questions()
    interview.onward()
    canvas = tablet.page.locator("canvas.signature")
    canvas.click()
    files = """new Promise(async told => {
      const name = (await indexedDB.databases()).map(one => one.name).find(one => one !== 'giamngheo');
      indexedDB.open(name).onsuccess = ({target: {result: db}}) => {
        db.transaction('files').objectStore('files').count().onsuccess = it => (db.close(), told(it.target.result));
      };
    })"""
    tablet.page.wait_for_timeout(500)
    assert tablet.page.evaluate(files) == 0
    expect(tablet.page.get_by_text("Đã lưu chữ ký.")).to_have_count(0)
    interview.sign()
    assert tablet.page.evaluate(files) == 1
    assert tablet.complaints == []


def test_a_review_waits_for_the_picture_that_is_being_kept(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    round_id = commune.round([home], "photo")
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    interview = interview_of(tablet, commune)
    interview.begin(home)
    interview.questions()
    interview.onward()
    tablet.page.evaluate("""() => {
      const ask = Worker.prototype.postMessage;
      const free = new Promise(go => { window.goOn = go });
      Worker.prototype.postMessage = function (...all) { free.then(() => ask.apply(this, all)); };
    }""")
    tablet.page.locator("input[type=file]").set_input_files(
        {"name": "nha.png", "mimeType": "image/png", "buffer": picture(random.Random(1), 200, 160)}
    )
    tablet.sees("Đang xử lý…")
    interview.onward()
    tablet.sees("Đang lưu ảnh, xin chờ một chút rồi gửi.")
    expect(tablet.button("Gửi phiếu")).to_be_disabled()
    tablet.page.evaluate("window.goOn()")
    expect(tablet.button("Gửi phiếu")).to_be_enabled()
    interview.send()
    tablet.send()
    tablet.sent()
    review = commune.reviews(round_id)[home]
    assert [one["purpose"] for one in review["attachments"]] == ["house"]
    assert tablet.complaints == []


def test_a_screen_that_breaks_says_so_and_leads_back(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.page.evaluate("() => { Array.prototype.flatMap = null; }")  # household screens use it
    tablet.go("household", home)
    tablet.sees("Những gì đã lưu vẫn còn trên máy.")
    tablet.press("Mở lại ứng dụng")
    tablet.unlock()
    tablet.household(home)


def test_an_address_that_was_cut_off_opens_the_app(new_tablet: NewTablet) -> None:
    tablet = new_tablet()
    tablet.page.goto("about:blank")
    tablet.page.goto(f"{tablet.address}/app/#/household/%E1%BB")
    tablet.sees("Chào bạn!")
    assert tablet.complaints == []


def test_letters_in_a_number_are_told_at_once_kept_and_not_sent(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    commune.round([home])
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    interview = interview_of(tablet, commune)
    interview.begin(home)
    number = tablet.page.locator("main input[inputmode=numeric], main input[inputmode=decimal]").first
    while number.count() == 0:
        interview.screen()
        interview.onward()
    step = interview.step()
    interview.screen()
    number.fill("3 con")
    expect(tablet.page.locator("main [role=alert]")).to_have_text("Xin ghi một con số, ví dụ 12 hoặc 12,5.")
    expect(tablet.page.locator(".saved")).to_have_text("Đã lưu trên máy")
    tablet.lock()
    tablet.unlock()
    tablet.household(home)
    tablet.press("Làm tiếp phiếu dở")
    assert interview.step() == step
    expect(number).to_have_value("3 con")
    expect(tablet.page.locator("main [role=alert]")).to_have_count(1)
    interview.onward()
    interview.questions()
    interview.onward()
    expect(tablet.button("Gửi phiếu")).to_be_disabled()
    assert tablet.complaints == []


def test_who_leaves_a_form_while_it_is_saved_is_not_sent_back_a_second_time(
    new_tablet: NewTablet, commune: Commune
) -> None:
    (home,) = commune.homes(1)
    tablet = out_of_reach(new_tablet, commune)
    tablet.household(home)
    tablet.press("Sửa thông tin hộ")
    tablet.type("Điện thoại", "0911222333")
    # both before anything is written: the disk of a slow tablet takes its time
    tablet.button("Lưu").evaluate("button => { button.click(); location.hash = '/settings'; }")
    tablet.sees("1 chưa gửi")
    expect(tablet.page.get_by_role("button", name="Khoá máy ngay")).to_be_visible()
    assert tablet.page.evaluate("location.hash") == "#/settings"
    tablet.household(home)
    tablet.sees("0911222333")
    assert tablet.complaints == []
