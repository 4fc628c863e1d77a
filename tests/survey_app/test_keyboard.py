"""Without a finger or a mouse: everything is reached by the keyboard, one sees where one is, and nothing is lost by a
key that is held down. What is shown is also said."""

import random
import re
from typing import Any

from playwright.sync_api import expect

from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune, head_name
from tests.survey_app.interview import answers, typed
from tests.survey_app.tablet import PHONE, PIN, Tablet

MOST_STOPS = 120
# where the focus is: what it is called, its group, what kind it is, and what is wrong with how it is shown
_STOP = """() => {
  const here = document.activeElement;
  if (here === document.body) return {name: '', group: undefined, kind: 'BODY', checked: false, wrong: ''};
  const plain = node => node?.textContent.replace(/\\s*\\*$/, '').replace(/\\s+/g, ' ').trim();
  const shown = here.closest('.choice') ?? here;
  const style = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const wrong = [];
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) wrong.push('not marked');
  if (box.top < 0 || box.bottom > innerHeight) wrong.push('out of sight');
  else if (top === null || !(shown.contains(top) || top.contains(shown))) wrong.push('covered');
  if (here.tabIndex > 0) wrong.push('out of order');
  return {
    name: here.getAttribute('aria-label') ?? plain(here.labels?.[0] ?? here),
    group: plain(here.closest('fieldset')?.querySelector('legend')),
    kind: here.type ?? here.tagName, checked: here.checked ?? false, wrong: wrong.join(', '),
  };
}"""


class Keys:
    """A keyboard, and what is told of where it stands. `wrong`: stops that nobody would see."""

    def __init__(self, tablet: Tablet) -> None:
        self.page, self.wrong = tablet.page, list[str]()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def next(self, key: str = "Tab") -> dict[str, Any]:
        self.press(key)
        stop: dict[str, Any] = self.page.evaluate(_STOP)
        if stop["wrong"]:
            self.wrong.append(f"{stop['name']!r}: {stop['wrong']}")
        return stop

    def to(self, name: str, key: str = "Tab") -> None:
        """On until something of this name has the focus."""
        seen = []
        for _ in range(MOST_STOPS):
            stop = self.next(key)
            seen.append(stop["name"])
            if re.search(name, stop["name"] or ""):
                return
        raise AssertionError(f"{name!r} is not reached by {key}: {seen}")

    def go(self, name: str) -> None:
        """Presses what has this name."""
        self.to(name)
        self.press("Enter")

    def reads(self, heading: str) -> None:
        """A new screen or step is where the focus is: its heading is what is read out."""
        page = self.page
        expect(page.locator("h1:focus, h2:focus")).to_have_text(re.compile(heading))

    def answers(self, wanted: dict[str, Any]) -> set[str]:
        """From the heading of a step to the button that leads on: which questions were answered on the way."""
        done: set[str] = set()
        for _ in range(MOST_STOPS):
            stop = self.next()
            question = stop["group"] or stop["name"]
            if stop["name"] == "Tiếp tục":
                return done
            if question not in wanted or (question in done and stop["kind"] == "radio"):
                continue
            done.add(question)
            given = wanted[question]
            if stop["kind"] == "radio":
                self._choose(given[0], stop)
            elif stop["kind"] == "checkbox":
                if stop["name"] in given:
                    self.press("Space")
            else:
                self.write(given)
        raise AssertionError("no way on")

    def _choose(self, wanted: str, stop: dict[str, Any]) -> None:
        if stop["name"] == wanted:
            if not stop["checked"]:
                self.press("Space")
            return
        for _ in range(12):
            stop = self.next("ArrowDown")
            if stop["name"] == wanted:
                return
        raise AssertionError(f"{wanted!r} is not reached")


def held_down(tablet: Tablet, key: str, times: int = 6) -> None:
    """A key that a heavy hand keeps down repeats."""
    for _ in range(times):
        tablet.page.keyboard.down(key)
    tablet.page.keyboard.up(key)


def enrolled(tablet: Tablet, commune: Commune, username: str = "xom-3") -> Tablet:
    tablet.enrol(username, PASSWORD, commune.code(username))
    return tablet


def test_a_review_is_done_from_the_lock_to_the_lock_by_the_keyboard_alone(
    new_tablet: NewTablet, commune: Commune
) -> None:
    homes = commune.homes(30)
    round_id = commune.round(homes)
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    given = answers(form, random.Random(11))
    wanted = {q["label"]["vi"]: typed(q, given[q["code"]]) for q in form["questions"] if q["code"] in given}
    tablet = enrolled(new_tablet(size=PHONE), commune)
    tablet.network(False)
    tablet.lock()
    keys = Keys(tablet)
    from_the_lock_to(17, keys)
    review(keys, wanted)
    from_the_result_to_the_outbox(keys)
    tablet.network(True)
    keys.go("^Gửi ngay$")
    said = tablet.page.get_by_role("status")
    expect(said.filter(has_text=re.compile(r"^Đã gửi hết lúc \d\d:\d\d$"))).to_have_count(1)
    keys.go("^Cài đặt$")
    keys.reads("^Cài đặt$")
    keys.go("Khoá máy ngay")
    expect(tablet.page.get_by_label("Nhập mã PIN để mở")).to_be_focused()
    assert commune.reviews(round_id)[homes[16]]["answers"] == given
    assert keys.wrong == []
    assert tablet.complaints == []


def from_the_lock_to(number: int, keys: Keys) -> None:
    """Unlocks, searches, opens the household of this number."""
    expect(keys.page.get_by_label("Nhập mã PIN để mở")).to_be_focused()
    keys.write(PIN)
    keys.press("Enter")
    keys.reads("Cài đặt")  # where it was locked
    keys.go("^Danh sách$")
    keys.reads("Danh sách hộ")
    keys.to("Tìm theo tên")
    keys.write(f"nha so {number}")
    expect(keys.page.locator("main .windowed li")).to_have_count(1)
    keys.go(head_name(number))
    keys.reads(head_name(number))


def review(keys: Keys, wanted: dict[str, Any]) -> None:
    """From the household through every question to the result."""
    keys.go("Bắt đầu rà soát")
    keys.reads("Những ai đang sống trong hộ?")
    keys.go("Đúng, đủ người")
    asked: set[str] = set()
    while True:
        keys.reads("^(Phần|Nguyên nhân)")
        if keys.page.locator("h2:focus").inner_text().startswith("Nguyên nhân"):
            break
        asked |= keys.answers(wanted)
        keys.press("Enter")
    assert asked == wanted.keys()
    keys.go("Tiếp tục")
    keys.reads("^Kết quả$")


def from_the_result_to_the_outbox(keys: Keys) -> None:
    """Saves the review, which is said as well as shown."""
    keys.go("Gửi phiếu")
    keys.reads("^Kết quả$")
    said = keys.page.get_by_role("status")
    expect(said.filter(has_text="Đã lưu phiếu trên máy.")).to_have_count(1)
    expect(said.filter(has_text=re.compile("^Chưa gửi 1$"))).to_have_count(1)
    keys.go("Mở hộp gửi")
    keys.reads("Hộp gửi")


def test_a_key_that_is_held_down_throws_no_half_filled_form_away(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    tablet = enrolled(new_tablet(), commune)
    tablet.network(False)
    tablet.go("household", home, "edit")
    tablet.type("Ghi chú", "Đang viết dở")
    tablet.household(home)
    tablet.press("Sửa thông tin hộ")
    throw_away = tablet.button("Bỏ, làm lại từ đầu")
    throw_away.focus()
    held_down(tablet, "Enter")
    expect(tablet.page.get_by_label("Ghi chú")).to_have_value("Đang viết dở")
    expect(tablet.button("Không, giữ lại")).to_be_focused()
    tablet.page.keyboard.press("Escape")
    expect(throw_away).to_be_focused()
    tablet.page.keyboard.press("Enter")
    expect(tablet.button("Không, giữ lại")).to_be_focused()
    tablet.page.keyboard.press("Tab")
    tablet.page.keyboard.press("Enter")
    expect(tablet.page.get_by_role("heading", name="Người trong hộ")).to_be_visible()
    tablet.press("Sửa thông tin hộ")
    expect(tablet.page.get_by_label("Ghi chú")).to_have_value("")
    assert tablet.complaints == []


def test_what_a_question_asks_has_the_focus_and_escape_leaves_it(new_tablet: NewTablet, commune: Commune) -> None:
    tablet = enrolled(new_tablet(), commune)
    keys = Keys(tablet)
    tablet.go("settings")
    keys.reads("Cài đặt")
    keys.to(r"Gỡ khỏi máy…")
    held_down(tablet, "Enter")
    expect(tablet.button("Không gỡ")).to_be_visible()
    expect(tablet.page.get_by_text("Bạn chắc chứ?")).to_be_visible()
    expect(tablet.button("Không gỡ")).to_be_focused()
    keys.press("Escape")
    expect(tablet.button("Gỡ khỏi máy…")).to_be_focused()
    expect(tablet.page.get_by_text("Bạn chắc chứ?")).to_have_count(0)
    assert keys.wrong == []
    assert tablet.complaints == []
