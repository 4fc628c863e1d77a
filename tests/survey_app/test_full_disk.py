"""A tablet whose room is used up, by the browser's own count: photos stop, and nothing else does."""

import random
from typing import Any

from playwright.sync_api import CDPSession, expect

from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune
from tests.survey_app.interview import Interview, answers, png
from tests.survey_app.tablet import Tablet, until

MEGABYTE = 1_000_000
# the reserve, what lies on the tablet beside it, and two or three photos
QUOTA = 23 * MEGABYTE
PIECES = 16
LARGE, SMALL = (1600, 1200), (400, 300)
RESERVE = """new Promise(told => {
  indexedDB.open('giamngheo').onsuccess = ({target: {result: db}}) => {
    db.transaction('reserve').objectStore('reserve').count().onsuccess = ({target: {result}}) => {
      db.close();
      told(result);
    };
  };
})"""
PHOTO_REFUSED = "Máy chưa lưu được: có thể đầy bộ nhớ. Phiếu vẫn gửi được."
FULL = "Máy hết chỗ, không nhận thêm ảnh."


class Room:
    """What the browser gives the app. Told anew after each start, before anything is written: it counts what is there
    once, and then what is written."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet
        self._wire: CDPSession = tablet.page.context.new_cdp_session(tablet.page)

    def gives(self, quota: int) -> None:
        self._wire.send("Storage.overrideQuotaForOrigin", {"origin": self._tablet.address, "quotaSize": quota})

    def used(self) -> int:
        return int(self._wire.send("Storage.getUsageAndQuota", {"origin": self._tablet.address})["usage"])

    def stands(self) -> bool:
        """Is the room put aside that work has for itself?"""
        return bool(self._tablet.page.evaluate(RESERVE) == PIECES)


def noise(luck: random.Random, width: int, height: int) -> bytes:
    """A picture that no camera makes smaller."""
    return png(width, luck.randbytes(width * height * 3))


def photos_until_refused(interview: Interview, luck: random.Random, size: tuple[int, int], taken: int) -> int:
    """Where so many were taken; how many are on the screen then."""
    page = interview.tablet.page
    shown, refused = page.locator(".photos img"), page.get_by_text(PHOTO_REFUSED)
    for more in range(20 - taken):
        picture: Any = {"name": "nha.png", "mimeType": "image/png", "buffer": noise(luck, *size)}
        page.locator("input[type=file]").set_input_files(picture)
        expect(shown.nth(taken + more).or_(refused)).to_be_visible()
        if refused.count():
            interview.tablet.press("Trước")  # what was said of this one is not said of the next
            interview.onward()
            expect(refused).to_have_count(0)
            expect(page.locator(".saved")).to_have_text("Đã lưu trên máy")
            return taken + more
    raise AssertionError("no photo was refused")


def reopened(tablet: Tablet, quota: int) -> Room:
    """Switched off and on again."""
    tablet.off()
    tablet.on()
    room = Room(tablet)
    room.gives(quota)
    return room


def other_answers(tablet: Tablet, form: Any, given: dict[str, Any]) -> dict[str, Any]:
    """What is asked with yes or no on the last screen of questions is answered otherwise; what the form then holds."""
    labels = {one["label"]["vi"]: one["code"] for one in form["questions"]}
    changed = {code: not value for code, value in given.items() if isinstance(value, bool)}
    interview = Interview(tablet, form, changed)
    while not interview.step().startswith("Phần "):
        tablet.press("Trước")
    interview.screen()
    assert interview.asked
    return given | {labels[label]: changed[labels[label]] for label in interview.asked}


class Filled:
    """A tablet that photos have filled, with a form that is half done."""

    def __init__(self, tablet: Tablet, commune: Commune) -> None:
        self.tablet, self.commune, self.luck = tablet, commune, random.Random(3)
        self.home, self.other = commune.homes(2)
        self.round_id = commune.round([self.home, self.other], "photo")
        self.form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
        self.given = answers(self.form, self.luck)
        self.interview = Interview(tablet, self.form, self.given)
        self.room = Room(tablet)
        self.taken = self.full = 0

    def fills(self) -> None:
        tablet = self.tablet
        self.room.gives(QUOTA)
        tablet.enrol("xom-3", PASSWORD, self.commune.code("xom-3"))
        until(self.room.stands, "room is put aside", tablet.page)
        tablet.network(False)
        self.interview.begin(self.home)
        self.interview.questions()
        self.interview.onward()
        # what a large one leaves is room for the form itself; after small ones it would be luck whether a byte is left
        self.taken = photos_until_refused(self.interview, self.luck, LARGE, 0)
        assert self.taken > 1
        assert self.room.stands(), "a photo takes none of it"
        tablet.go("list")
        expect(tablet.page.get_by_text(FULL)).to_have_count(0)  # work has all its room
        self.full = self.room.used() - MEGABYTE // 2  # a film takes the last of the room, and a little more

    def opens(self) -> None:
        self.room = reopened(self.tablet, self.full)
        self.tablet.unlock()
        self.tablet.sees(FULL)

    def goes_on(self) -> None:
        self.tablet.household(self.home)
        self.tablet.press("Làm tiếp phiếu dở")
        expect(self.tablet.page.locator(".photos img")).to_have_count(self.taken)

    def changes(self) -> None:
        self.given = other_answers(self.tablet, self.form, self.given)
        self.interview.onward()
        self.interview.onward()
        more = photos_until_refused(self.interview, self.luck, SMALL, self.taken)
        assert more == self.taken, "what was let go of is no room for photos"

    def sends(self) -> None:
        self.interview.onward()
        self.interview.send()
        self.tablet.network(True)
        self.tablet.send()
        self.tablet.sent()
        stored = self.commune.reviews(self.round_id)[self.home]
        assert stored["answers"] == self.given
        assert (stored["attachments_declared"], stored["attachments_present"]) == (self.taken, self.taken)


def test_where_photos_have_filled_the_tablet_everything_else_goes_on(new_tablet: NewTablet, commune: Commune) -> None:
    tablet = new_tablet()
    filled = Filled(tablet, commune)
    filled.fills()
    filled.opens()
    filled.goes_on()
    filled.changes()
    filled.opens()
    tablet.writes(filled.other, "Điện thoại", "0911111111")
    filled.goes_on()
    filled.sends()
    assert commune.household(filled.other)["phone"] == "0911111111"
    filled.room.gives(3 * QUOTA)  # the film is deleted
    tablet.send()
    tablet.sent()
    until(filled.room.stands, "room is put aside again", tablet.page)
    tablet.go("list")
    expect(tablet.page.get_by_text(FULL)).to_have_count(0)
    assert tablet.complaints == []


def test_a_tablet_on_which_not_a_byte_can_be_written_opens_and_counts_wrong_pins(
    new_tablet: NewTablet, commune: Commune
) -> None:
    (home,) = commune.homes(1)
    commune.round([home])
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    given = answers(form, random.Random(3))
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    interview = Interview(tablet, form, given)
    interview.begin(home)
    interview.screen()
    chosen = interview.shown()
    for left in (9, 8):  # nor does it help to end the app
        reopened(tablet, 1)
        tablet.unlock("111111")
        tablet.sees(f"Chưa đúng. Còn {left} lần thử.")
    tablet.unlock()
    tablet.sees(FULL)
    tablet.household(home)
    tablet.press("Làm tiếp phiếu dở")
    assert interview.shown() == chosen
    tablet.page.locator("main label.choice:not(:has(input:checked))").first.click()
    tablet.sees("CHƯA LƯU")

    tablet.off()
    tablet.on()  # and there is room
    tablet.unlock()
    tablet.household(home)
    tablet.press("Làm tiếp phiếu dở")
    assert interview.shown() == chosen
    tablet.go("list")
    expect(tablet.page.get_by_text(FULL)).to_have_count(0)
    assert tablet.complaints == []
