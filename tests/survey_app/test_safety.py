"""What whoever finds, borrows or takes over a tablet learns from it: nothing."""

import random
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from playwright.sync_api import expect
from sqlalchemy import text

from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune, child_name, head_name
from tests.survey_app.interview import Interview, answers, picture, visit
from tests.survey_app.tablet import PIN, Tablet, until

NOTE = "Ốm nặng, nợ Quỹ tín dụng"
# of every database of this origin: {name: {store: rows}}
ROWS = """async () => {
  const told = {};
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise(done => { indexedDB.open(name).onsuccess = e => done(e.target.result); });
    told[name] = {};
    for (const store of db.objectStoreNames) {
      const asked = db.transaction(store).objectStore(store).count();
      told[name][store] = await new Promise(done => { asked.onsuccess = () => done(asked.result); });
    }
    db.close();
  }
  return told;
}"""


def half_a_form(tablet: Tablet, commune: Commune, home: str) -> None:
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    interview = Interview(tablet, form, answers(form, random.Random(1)))
    interview.begin(home)
    interview.screen()


def found_on(disk: bytes, words: str) -> bool:
    return any(words.encode(coding) in disk for coding in ("utf-8", "utf-16-le", "utf-16-be"))


def test_the_disk_shows_nobody(new_tablet: NewTablet, commune: Commune) -> None:
    homes = commune.homes(12)
    commune.round(homes)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    tablet.writes(homes[0], "Ghi chú", NOTE)
    half_a_form(tablet, commune, homes[1])
    tablet.off()
    disk = tablet.disk()
    assert len(disk) > 50_000
    assert found_on(disk, "xom-3"), "what is told openly is not found: this looks at the wrong place"
    names = [head_name(n) for n in range(1, 13)] + [child_name(n) for n in range(1, 13)]
    words = [*names, NOTE, "0912000000", "Nhà số", *homes, PIN, PASSWORD]
    assert [one for one in words if found_on(disk, one)] == []
    assert tablet.complaints == []


def test_a_second_surveyor_of_the_tablet_sees_their_own_hamlet_only(new_tablet: NewTablet, commune: Commune) -> None:
    commune.homes(3)
    commune.homes(2, "14080-04", first=70)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.go("household", "nowhere")
    tablet.lock()
    tablet.page.get_by_role("button", name="Quay lại").click()
    tablet.enrol("xom-4", PASSWORD, commune.code("xom-4"), pin="739154")
    tablet.sees(head_name(70))
    expect(tablet.page.get_by_text(head_name(1))).to_have_count(0)
    tablet.off()
    tablet.on()
    tablet.page.get_by_role("button", name=re.compile("xom-3")).click()
    tablet.unlock("739154")
    tablet.sees("Chưa đúng. Còn 9 lần thử.")
    tablet.unlock()
    tablet.sees(head_name(1))
    assert tablet.complaints == []


def test_wrong_pins_wait_longer_and_longer_and_lock_in_the_end_and_nothing_is_lost(
    new_tablet: NewTablet, commune: Commune
) -> None:
    (home,) = commune.homes(1)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    tablet.writes(home, "Ghi chú", NOTE)
    tablet.lock()
    now, waits = datetime.now(UTC), []
    for count in range(1, 11):
        tablet.page.clock.set_fixed_time(now)
        wrong_pin(tablet, count, f"Còn {10 - count} lần" if count < 10 else "bị khoá")
        if 3 <= count < 10:
            expect(tablet.page.get_by_label("Nhập mã PIN để mở")).to_be_disabled()
            waits.append(_seconds(tablet))
            tablet.page.clock.set_fixed_time(now - timedelta(days=400))
            tablet.page.wait_for_timeout(1100)  # the seconds are counted anew
            assert _seconds(tablet) <= waits[-1], "a clock that is put back asks for more"
        now += timedelta(hours=2)
        tablet.page.clock.set_fixed_time(now)
        if 3 <= count < 10:
            expect(tablet.page.get_by_role("status").filter(has_text="thử lại được")).to_be_visible()
            expect(tablet.page.locator("[role=alert]")).to_have_count(0)
    assert len(waits) == 7
    assert waits[0] >= 25
    assert all(2 * one - 2 <= other or other == 3600 for one, other in pairwise(waits)), waits
    tablet.sees(re.compile("Mã PIN đã bị khoá"))
    tablet.type("Mật khẩu tài khoản", "không phải")
    tablet.type("Mã PIN mới", "739154")
    tablet.type("Nhập lại mã PIN", "739154")
    tablet.press("Mở")
    expect(tablet.page.locator("[role=alert]")).to_have_text(re.compile("Chưa đúng"))
    tablet.type("Mật khẩu tài khoản", PASSWORD)
    tablet.press("Mở")
    tablet.household(home)
    tablet.sees(NOTE)
    assert tablet.complaints == []


def wrong_pin(tablet: Tablet, number: int, told: str) -> None:
    expect(tablet.page.get_by_label("Nhập mã PIN để mở")).to_be_enabled()
    tablet.unlock(f"0{number:02d}731")
    expect(tablet.page.locator("[role=alert]")).to_have_text(re.compile(told))


def _seconds(tablet: Tablet) -> int:
    timer = tablet.page.get_by_role("timer")
    assert timer.get_attribute("aria-live") == "off", "a screen reader would talk every second"
    told = re.search(r"Còn (\d+) giây", timer.inner_text())
    return int(told[1]) if told else 0


def test_a_photo_of_refused_work_keeps_nobody_on_the_tablet(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    commune.round([home], "photo")
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    visit(tablet, form, home, answers(form, random.Random(3)), picture(random.Random(3), 200, 160))
    with commune.engine.begin() as connection:  # the officer has taken it off the list
        connection.execute(text("DELETE FROM review_case WHERE household_id = :home"), {"home": home})
    tablet.network(True)
    tablet.send()
    until(lambda: "rejected" in [outcome for _, outcome in commune.submissions()], "it is refused", tablet.page)
    tablet.go("settings")
    tablet.press("Gỡ khỏi máy…")
    tablet.sees("1 ảnh của phiếu bị trả lại, hoặc đã hỏng trên máy, sẽ mất theo.")
    tablet.press("Gỡ xom-3 khỏi máy")
    tablet.sees("Chào bạn!")
    left = tablet.page.evaluate(ROWS)
    del left["giamngheo"]["reserve"]
    assert left == {"giamngheo": {"profiles": 0, "tries": 0}}
    assert tablet.complaints == []


def test_a_revoked_tablet_is_wiped_and_unsent_work_stays_sealed(new_tablet: NewTablet, commune: Commune) -> None:
    homes = commune.homes(5)
    commune.round(homes)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    tablet.writes(homes[0], "Ghi chú", NOTE)
    half_a_form(tablet, commune, homes[1])
    tablet.household(homes[2])
    tablet.press("Không gặp")
    tablet.sees("Đã đến 1 lần không gặp")
    commune.revoke("xom-3")
    tablet.network(True)
    tablet.sees("Máy đã bị thu hồi")
    tablet.sees(re.compile("xom-3: 1 phiếu chưa gửi, 1 phiếu làm dở"))
    rows: dict[str, Any] = tablet.page.evaluate(ROWS)
    (left,) = (stores for name, stores in rows.items() if name != "giamngheo")
    assert {name: count for name, count in left.items() if count} == {"outbox": 1, "drafts": 1}
    with tablet.page.expect_download() as saving:
        tablet.press("Lưu tệp")
    saved = saving.value.path().read_bytes()
    assert len(saved) > 200
    assert not found_on(saved, NOTE)
    tablet.press("Về màn hình đầu")
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.sees(head_name(2))
    tablet.go("outbox", "file")
    tablet.type("Mật khẩu lúc đó", PASSWORD)
    tablet.press("Lấy lại phiếu")
    tablet.sees("Đã đưa 1 phiếu vào hộp gửi; 1 phiếu làm dở nằm lại")
    tablet.household(homes[1])
    tablet.press("Làm tiếp phiếu dở")
    tablet.sees("Đã lưu trên máy")
    tablet.send()
    tablet.sent()
    assert commune.household(homes[0])["note"] == NOTE
    tablet.off()
    assert not found_on(tablet.disk(), NOTE)
    assert tablet.complaints == []


def test_the_address_and_the_title_name_nobody_once_nobody_is_in(new_tablet: NewTablet, commune: Commune) -> None:
    homes = commune.homes(2)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.household(homes[0])
    tablet.household(homes[1])
    expect(tablet.page).to_have_title("Hộ")
    tablet.lock()
    expect(tablet.page.get_by_label("Nhập mã PIN để mở")).to_be_visible()
    assert tablet.page.url == f"{tablet.address}/app/#/"
    expect(tablet.page).to_have_title("Chào xom-3")
    tablet.page.go_back()
    expect(tablet.page.get_by_label("Nhập mã PIN để mở")).to_be_visible()
    expect(tablet.page.get_by_text(head_name(2))).to_have_count(0)
    tablet.unlock()
    expect(tablet.page.get_by_role("heading", name="Người trong hộ")).to_be_visible()
    tablet.lock()
    tablet.unlock()
    expect(tablet.page.get_by_role("heading", name="Cài đặt")).to_be_visible()
    tablet.send()
    tablet.sent()
    tablet.go("settings")
    tablet.press("Gỡ khỏi máy…")
    tablet.press("Gỡ xom-3 khỏi máy")
    tablet.sees("Chào bạn!")
    assert tablet.page.url == f"{tablet.address}/app/#/"
    tablet.page.go_back()
    tablet.sees("Chào bạn!")
    left = tablet.page.evaluate(ROWS)
    del left["giamngheo"]["reserve"]  # bytes that say nothing
    assert left == {"giamngheo": {"profiles": 0, "tries": 0}}
    assert tablet.complaints == []
