"""The tablet between households: it locks itself, one window, signing in again, refused work, officers decide."""

import re

from playwright.sync_api import expect

from tests.make.answers import done
from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune, head_name
from tests.survey_app.tablet import PIN, Tablet, until

NEW_PASSWORD = "mot-mat-khau-khac-2026"
PHONES = ("0911000111", "0922000222", "0933000333")


def test_a_tablet_that_nobody_touches_locks_itself_and_keeps_the_form(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    tablet = new_tablet()
    tablet.page.clock.install()
    tablet.open()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.go("household", home, "edit")
    tablet.type("Ghi chú", "Đang viết dở")
    tablet.page.clock.fast_forward("04:00")
    expect(tablet.page.get_by_label("Ghi chú")).to_be_visible()
    tablet.page.clock.fast_forward("01:30")
    tablet.sees("Máy đã tự khoá vì không ai dùng.")
    expect(tablet.page.get_by_text(head_name(1))).to_have_count(0)
    tablet.unlock()
    expect(tablet.page.get_by_label("Ghi chú")).to_have_value("Đang viết dở")
    assert head_name(1) not in tablet.page.title()
    assert tablet.complaints == []


def test_a_second_window_waits_for_the_first(new_tablet: NewTablet, commune: Commune) -> None:
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    first = tablet.page
    second = first.context.new_page()
    second.goto(f"{tablet.address}/app/")
    expect(second.get_by_role("heading", name="Đã mở ở cửa sổ khác")).to_be_visible()
    first.close()
    expect(second.get_by_label("Nhập mã PIN để mở")).to_be_visible()
    assert tablet.complaints == []


def test_another_password_signs_the_tablet_out_and_opens_it_from_then_on(
    new_tablet: NewTablet, commune: Commune
) -> None:
    (home,) = commune.homes(1)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    tablet.writes(home, "Điện thoại", PHONES[0])
    commune.new_password("xom-3", PASSWORD, NEW_PASSWORD)
    tablet.open()
    tablet.unlock()
    tablet.network(True)
    tablet.go("outbox")
    tablet.type("Mật khẩu của xom-3", PASSWORD)
    tablet.press("Đăng nhập")
    tablet.sees("Sai tên đăng nhập hoặc mật khẩu.")
    tablet.type("Mật khẩu của xom-3", NEW_PASSWORD)
    tablet.press("Đăng nhập")
    tablet.sent()
    assert commune.household(home)["phone"] == PHONES[0]
    tablet.lock()
    tablet.press("Quên mã PIN? Mở bằng mật khẩu")
    tablet.type("Mật khẩu tài khoản", NEW_PASSWORD)
    tablet.type("Mã PIN mới", "739154")
    tablet.type("Nhập lại mã PIN", "739154")
    tablet.press("Mở")
    expect(tablet.page.get_by_role("heading", name="Cài đặt")).to_be_visible()
    assert tablet.complaints == []


def test_refused_work_says_why_and_is_put_right_as_a_new_submission(new_tablet: NewTablet, commune: Commune) -> None:
    mine, other = commune.homes(2)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    tablet.writes(mine, "Số hộ", "77")
    commune.change(other, household_no="77")
    tablet.network(True)
    tablet.sent()
    tablet.go("list")
    tablet.page.get_by_role("link", name=re.compile("Hộp gửi.*1 cần sửa")).click()
    expect(tablet.page.get_by_role("heading", name="Bị trả lại, cần sửa (1)")).to_be_visible()
    tablet.sees(re.compile("Số hộ: 77"))
    tablet.press("Sửa lại")
    expect(tablet.page.get_by_label("Số hộ")).to_have_value("77")
    tablet.type("Số hộ", "78")
    tablet.press("Lưu")
    until(lambda: commune.household(mine)["household_no"] == "78", "the right number is on the server", tablet.page)
    assert [outcome for _, outcome in commune.submissions()] == ["rejected", "applied"]
    assert tablet.complaints == []


def conflict(tablet: Tablet, commune: Commune, home: str) -> None:
    tablet.network(False)
    tablet.writes(home, "Điện thoại", PHONES[0])
    commune.change(home, phone=PHONES[1])
    tablet.network(True)
    tablet.send()
    tablet.sent()
    expect(tablet.page.get_by_role("heading", name=re.compile("cán bộ xã đang quyết định"))).to_be_visible()


def test_an_officer_decides_conflicts_on_a_tablet(new_tablet: NewTablet, commune: Commune) -> None:
    theirs, third = commune.homes(2)
    surveyor = new_tablet()
    surveyor.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    for home in (theirs, third):
        conflict(surveyor, commune, home)
    officer = new_tablet("cán bộ")
    officer.enrol("truc-thai", PASSWORD, commune.code("truc-thai"), pin=PIN)
    officer.page.get_by_role("link", name="Cán bộ").click()
    officer.page.get_by_role("link", name=re.compile("Mâu thuẫn chờ quyết định")).click()
    officer.page.get_by_role("link", name=re.compile(head_name(1))).click()
    expect(officer.page.locator("td")).to_have_text(["0912000000", PHONES[1], PHONES[0]])
    decide(officer, "Lấy giá trị của máy tính bảng")
    assert commune.household(theirs)["phone"] == PHONES[0]
    officer.page.get_by_role("link", name=re.compile(head_name(2))).click()
    officer.page.get_by_label("Ghi giá trị khác").check()
    officer.type("Điện thoại", PHONES[2])
    decide(officer, "Ghi giá trị khác")
    officer.sees("Không có mâu thuẫn nào.")
    assert commune.household(third)["phone"] == PHONES[2]
    surveyor.send()
    expect(surveyor.page.get_by_role("heading", name=re.compile("cán bộ xã đang quyết định"))).to_have_count(0)
    surveyor.household(third)
    surveyor.sees(PHONES[2])
    assert officer.complaints == surveyor.complaints == []


def decide(officer: Tablet, choice: str) -> None:
    officer.page.get_by_label(choice).check()
    officer.type("Lý do", "Đã gọi điện hỏi chủ hộ")
    officer.press("Quyết định")
    expect(officer.page.get_by_role("heading", name="Mâu thuẫn chờ quyết định")).to_be_visible()


def test_the_fleet_and_what_waits_are_an_officers_only(new_tablet: NewTablet, commune: Commune) -> None:
    surveyor = new_tablet()
    surveyor.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    expect(surveyor.page.get_by_role("link", name="Cán bộ")).to_have_count(0)
    surveyor.go("officer", "fleet")
    surveyor.sees("Tài khoản này không có việc của cán bộ.")
    officer = new_tablet("cán bộ")
    officer.enrol("truc-thai", PASSWORD, commune.code("truc-thai"))
    officer.page.get_by_role("link", name="Cán bộ").wait_for()
    officer.go("officer", "fleet")
    officer.sees("Máy của xom-3")
    officer.go("officer", "waiting")
    officer.sees("Không có phiếu nào.")
    assert done(commune.officer.get("/sync/v1/devices"))["items"][0]["username"] == "truc-thai"
    assert officer.complaints == surveyor.complaints == []
