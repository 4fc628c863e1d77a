"""What the disk of a tablet does to its surveyor: it spoils what lies there, or is taken away. Nothing goes unseen."""

import random
import re

from playwright.sync_api import expect

from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune
from tests.survey_app.interview import Interview, answers, picture

FIND = "async () => (await indexedDB.databases()).find(one => one.name !== 'giamngheo').name"
# the first byte of every piece of work is another one
SPOIL = """async name => {
  const db = await new Promise(done => { indexedDB.open(name).onsuccess = event => done(event.target.result); });
  const outbox = db.transaction('outbox', 'readwrite').objectStore('outbox');
  await new Promise(done => {
    outbox.openCursor().onsuccess = ({target: {result: row}}) => {
      if (row === null) return done();
      new Uint8Array(row.value.work.bytes)[0] ^= 1;
      row.update(row.value).onsuccess = () => row.continue();
    };
  });
  db.close();
}"""
TAKE = """async name => {
  const asked = indexedDB.open(name, 99);
  await new Promise(done => { asked.onsuccess = () => { asked.result.close(); done(); }; });
}"""


FULL = """() => {
  window.put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };
}"""
ROOM = "() => { IDBObjectStore.prototype.put = window.put; }"


def test_a_full_disk_is_told_wherever_something_is_written(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    commune.round([home])
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    tablet.household(home)
    tablet.page.evaluate(FULL)
    tablet.press("Không gặp")
    tablet.sees("Máy hết chỗ trống nên chưa ghi được.")
    expect(tablet.page.get_by_text("Đã đến 1 lần không gặp")).to_have_count(0)
    tablet.go("settings")
    tablet.page.locator("label.choice", has_text="15 phút").click()
    tablet.sees("Máy hết chỗ trống nên chưa ghi được.")
    tablet.household(home)
    tablet.page.evaluate(ROOM)
    tablet.press("Không gặp")
    tablet.sees("Đã đến 1 lần không gặp")
    expect(tablet.page.get_by_text("Máy hết chỗ trống")).to_have_count(0)
    assert tablet.complaints == []


def test_work_that_the_disk_has_spoilt_is_told(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    tablet.writes(home, "Điện thoại", "0911111111")
    tablet.lock()
    tablet.page.evaluate(SPOIL, tablet.page.evaluate(FIND))
    tablet.unlock()
    tablet.go("outbox")
    tablet.sees("Bộ nhớ của máy làm hỏng 1 phiếu")
    expect(tablet.page.get_by_text("Không có gì đang chờ")).to_have_count(0)
    assert tablet.complaints == []


def test_photos_that_are_in_no_backup_yet_are_told(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    commune.round([home], "photo")
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    luck = random.Random(9)
    interview = Interview(tablet, form, answers(form, luck))
    interview.begin(home)
    interview.questions()
    interview.onward()
    interview.photo(picture(luck, 400, 300))
    interview.onward()
    interview.send()
    tablet.go("outbox")
    tablet.sees("Ảnh và chữ ký còn trên máy: 1.")
    tablet.network(True)
    tablet.send()
    tablet.sent()
    tablet.sees(re.compile("Đã gửi và an toàn"))
    tablet.sees("Ảnh và chữ ký còn trên máy: 1.")
    assert tablet.complaints == []


def test_a_database_that_a_newer_build_has_taken_locks_the_tablet(new_tablet: NewTablet, commune: Commune) -> None:
    commune.homes(1)
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.page.evaluate(TAKE, tablet.page.evaluate(FIND))
    expect(tablet.page.get_by_label("Nhập mã PIN để mở")).to_be_visible()
    tablet.unlock()
    tablet.sees("Dữ liệu trên máy do bản ứng dụng mới hơn ghi.")
    assert tablet.complaints == []
