"""Every screen on a tablet and on a phone: it fits, a finger hits what is to be pressed, the checker of accessibility
has nothing serious to say. `make screenshots` keeps the pictures in docs/survey-app."""

import base64
import os
import random
from pathlib import Path
from typing import Any

from playwright.sync_api import expect
from sqlalchemy import Engine

from tests.make import interventions, sheets
from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune
from tests.survey_app.interview import Interview, answers, picture, png
from tests.survey_app.tablet import PHONE, TABLET, Tablet

SHOTS = os.environ.get("GIAMNGHEO_APP_SCREENSHOTS")
LARGEST = 60_000
FINGER = 44
_SERIOUS = """axe.run(document, {resultTypes: ['violations']}).then(told => told.violations
  .filter(one => ['serious', 'critical'].includes(one.impact))
  .map(one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')))"""
_SMALL = """least => [...document.querySelectorAll('button, a[href], input:not([type=file]), select, label.choice')]
  .filter(one => !one.closest('label.choice') || one.matches('label.choice'))
  .map(one => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.height > 0 && box.height < least && getComputedStyle(one).display !== 'inline')
  .map(([one, box]) => Math.round(box.height) + ' px: ' + one.outerHTML.slice(0, 120))"""


# The picture in 255 colours at most: 16 steps a channel, the rarest as the nearest of the others.
_INDEXED = """async shot => {
  const picture = await createImageBitmap(await (await fetch('data:image/png;base64,' + shot)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const pen = canvas.getContext('2d');
  pen.drawImage(picture, 0, 0);
  const {data} = pen.getImageData(0, 0, picture.width, picture.height);
  const step = value => Math.round(value / 17);
  const colours = new Uint16Array(data.length / 4).map((_, at) =>
    step(data[at * 4]) << 8 | step(data[at * 4 + 1]) << 4 | step(data[at * 4 + 2]));
  const counts = new Map();
  for (const one of colours) counts.set(one, (counts.get(one) ?? 0) + 1);
  const palette = [...counts].sort((one, other) => other[1] - one[1]).slice(0, 255).map(([one]) => one);
  const parts = one => [one >> 8, one >> 4 & 15, one & 15];
  const apart = (one, other) => parts(one).reduce((sum, part, at) => sum + (part - parts(other)[at]) ** 2, 0);
  const places = new Map(palette.map((one, place) => [one, place]));
  for (const one of counts.keys()) {
    if (!places.has(one)) places.set(one, palette.reduce((best, other, place) =>
      apart(one, other) < apart(one, palette[best]) ? place : best, 0));
  }
  const indexed = new Uint8Array(colours.length).map((_, at) => places.get(colours[at]));
  const text = [];
  for (let at = 0; at < indexed.length; at += 8192) text.push(String.fromCharCode(...indexed.subarray(at, at + 8192)));
  return {width: picture.width, palette: palette.map(parts), indexed: btoa(text.join(''))};
}"""


class Album:
    """What is found wrong with the screens, and their pictures."""

    def __init__(self, axe: str) -> None:
        self._axe = axe
        self.wrong: list[str] = []
        self.seen: list[str] = []

    def shoot(self, tablet: Tablet, name: str) -> None:
        page = tablet.page
        self.seen.append(name)
        for kind, (width, height) in (("phone", PHONE), ("tablet", TABLET)):
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("scrollTo(0, 0)")
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.wrong.append(f"{name}: {wide} px wide on {width}")
            small = page.evaluate(_SMALL, FINGER)
            self.wrong += [f"{name}: {one}" for one in small]
            if SHOTS:
                self._keep(tablet, f"{name}-{kind}.png")
        page.evaluate(f"() => {{ {self._axe} }}")
        self.wrong += [f"{name}: {one}" for one in page.evaluate(_SERIOUS)]

    def _keep(self, tablet: Tablet, name: str) -> None:
        assert SHOTS
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        shot = base64.b64encode(tablet.page.screenshot(animations="disabled", caret="hide")).decode()
        desk = tablet.page.context.new_page()  # a blank one: the app's policy lets nothing be fetched
        told = desk.evaluate(_INDEXED, shot)
        desk.close()
        palette = bytes(17 * part for colour in told["palette"] for part in colour)
        small = png(told["width"], base64.b64decode(told["indexed"]), palette)
        (Path(SHOTS) / name).write_bytes(small)
        if len(small) > LARGEST:
            self.wrong.append(f"{name}: {len(small)} bytes")


def enrolling(tablet: Tablet, album: Album, username: str, code: str) -> None:
    album.shoot(tablet, "start")
    tablet.press("Đăng ký máy này")
    album.shoot(tablet, "enrol-account")
    tablet.type("Tên đăng nhập", username)
    tablet.type("Mật khẩu", PASSWORD)
    tablet.press("Tiếp tục")
    tablet.type("Mã PIN mới", "123456")
    tablet.type("Nhập lại mã PIN", "123456")
    tablet.press("Tiếp tục")
    album.shoot(tablet, "enrol-pin")
    tablet.type("Mã PIN mới", "482915")
    tablet.type("Nhập lại mã PIN", "482915")
    tablet.press("Tiếp tục")
    tablet.type("Mã đăng ký", code)
    album.shoot(tablet, "enrol-code")
    tablet.page.route("**/sync/v1/changes*", lambda route: route.abort())
    tablet.press("Đăng ký")
    tablet.sees("Tải dữ liệu lần đầu")
    album.shoot(tablet, "first-sync")
    tablet.page.unroute("**/sync/v1/changes*")
    tablet.loaded()  # it tries again by itself
    tablet.page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def household_screens(tablet: Tablet, album: Album, home: str, hamlet: str) -> None:
    tablet.household(home)
    album.shoot(tablet, "household")
    child = tablet.page.get_by_role("button", name="Nguyễn Thị Con").first
    for words, name in (
        ("Sửa thông tin hộ", "household-edit"), ("Thêm người", "member-new"), ("Đổi chủ hộ", "head"),
        ("Tách hộ", "split"), ("Ghi giấy đề nghị", "request"),
    ):  # fmt: skip
        tablet.household(home)
        tablet.press(words)
        expect(tablet.page.get_by_role("heading", name="Người trong hộ")).to_have_count(0)
        album.shoot(tablet, name)
    tablet.go("request", home)
    tablet.page.get_by_role("radio", name="Đề nghị rà soát", exact=False).first.check()
    tablet.press("Lưu")
    tablet.sees("Làm Phiếu A")
    album.shoot(tablet, "household-asked")
    tablet.press("Làm Phiếu A")
    album.shoot(tablet, "screening")
    tablet.household(home)
    child.click()
    album.shoot(tablet, "member")
    tablet.press("Người này không còn ở hộ")
    album.shoot(tablet, "member-leave")
    tablet.go("household", "new", hamlet)
    tablet.sees("Hộ mới")
    album.shoot(tablet, "household-new")
    tablet.household(home)
    tablet.page.get_by_role("button", name="Hỗ trợ tiền điện").click()
    album.shoot(tablet, "delivery")


def review_screens(tablet: Tablet, album: Album, form: Any, home: str) -> None:
    luck = random.Random(5)
    interview = Interview(tablet, form, answers(form, luck))
    tablet.household(home)
    tablet.press("Bắt đầu rà soát")
    album.shoot(tablet, "review-people")
    tablet.press("Đúng, đủ người")
    interview.screen()
    album.shoot(tablet, "review-questions")
    interview.questions()
    album.shoot(tablet, "review-more")
    interview.onward()
    interview.photo(picture(luck, 400, 300))
    interview.sign()
    tablet.press("Lấy vị trí")
    tablet.sees("Đã lấy vị trí")
    album.shoot(tablet, "review-evidence")
    tablet.go("drafts")
    album.shoot(tablet, "drafts")
    tablet.page.locator("ul.people button").first.click()
    interview.onward()
    expect(tablet.page.get_by_text("Đang tính điểm")).to_have_count(0)
    album.shoot(tablet, "review-result")
    interview.send()
    album.shoot(tablet, "review-saved")


def lists_and_settings(tablet: Tablet, album: Album) -> None:
    tablet.go("list")
    tablet.tab("Chưa làm")
    album.shoot(tablet, "list")
    tablet.page.get_by_role("searchbox").fill("tran thi")
    expect(tablet.page.get_by_text("Phạm Thị")).to_have_count(0)
    album.shoot(tablet, "search")
    tablet.page.get_by_role("searchbox").fill("")
    for parts, name in ((["settings"], "settings"), (["settings", "pin"], "settings-pin"),
                        (["outbox", "file"], "outbox-file")):  # fmt: skip
        tablet.go(*parts)
        expect(tablet.page.get_by_role("heading", name="Danh sách hộ")).to_have_count(0)
        album.shoot(tablet, name)
    tablet.lock()
    tablet.sees("Nhập mã PIN để mở")
    album.shoot(tablet, "unlock")
    tablet.press("Quên mã PIN? Mở bằng mật khẩu")
    album.shoot(tablet, "unlock-password")
    tablet.press("Dùng mã PIN")
    tablet.unlock()


def trouble(tablet: Tablet, album: Album, commune: Commune, homes: list[str]) -> None:
    """What is refused and what contradicts: written without a network while the officer writes otherwise."""
    for home, label, value in ((homes[2], "Số hộ", "77"), (homes[3], "Điện thoại", "0911111111")):
        tablet.writes(home, label, value)
    tablet.go("outbox")
    album.shoot(tablet, "outbox-waiting")
    commune.change(homes[4], household_no="77")
    commune.change(homes[3], phone="0933333333")
    tablet.network(True)
    tablet.sent()
    expect(tablet.page.get_by_role("heading", name="Bị trả lại, cần sửa (1)")).to_be_visible()
    album.shoot(tablet, "outbox")


def test_every_screen_of_a_surveyor(new_tablet: NewTablet, commune: Commune, engine: Engine, axe: str) -> None:
    homes = commune.homes(40)
    commune.round(homes[:30], "photo", "signature", "position")
    sheets.drawn_up(commune.officer, interventions.serving(engine), homes[:1], amount_vnd=175_000)
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    album, tablet = Album(axe), new_tablet()
    enrolling(tablet, album, "xom-3", commune.code("xom-3"))
    tablet.network(False)
    household_screens(tablet, album, homes[0], commune.household(homes[0])["hamlet_id"])
    review_screens(tablet, album, form, homes[1])
    lists_and_settings(tablet, album)
    trouble(tablet, album, commune, homes)
    commune.revoke("xom-3")
    tablet.send()
    tablet.sees("Máy đã bị thu hồi")
    album.shoot(tablet, "revoked")
    assert len(album.seen) >= 30
    assert album.wrong == []
    assert tablet.complaints == []


def test_every_screen_of_an_officer(new_tablet: NewTablet, commune: Commune, axe: str) -> None:
    homes = commune.homes(6)
    album, surveyor = Album(axe), new_tablet("máy xóm 3")
    surveyor.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    surveyor.network(False)
    trouble(surveyor, Album(axe), commune, homes)
    officer = new_tablet("máy cán bộ")
    officer.enrol("truc-thai", PASSWORD, commune.code("truc-thai"))
    officer.page.get_by_role("link", name="Cán bộ").click()
    album.shoot(officer, "officer")
    for name in ("conflicts", "waiting", "fleet"):
        officer.go("officer", name)
        officer.page.wait_for_load_state("networkidle")
        album.shoot(officer, f"officer-{name}")
    officer.go("officer", "conflicts")
    officer.page.locator("main .rows a, main .rows button").first.click()
    officer.sees("0911111111")
    album.shoot(officer, "officer-conflict")
    assert album.wrong == []
    assert officer.complaints == []
