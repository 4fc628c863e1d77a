"""In English no screen has Vietnamese left, but for what people and places are called and what somebody wrote."""

import random
import re
from typing import Any

from playwright.sync_api import expect
from sqlalchemy import Engine

from tests.make import interventions, sheets
from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune, child_name, head_name
from tests.survey_app.interview import answers
from tests.survey_app.tablet import PIN, Tablet, until

HOMES = 6
_SAID = """() => {
  const told = [document.title, document.body.innerText];
  const attributes = ['aria-label', 'placeholder', 'alt', 'title', 'data-of'];
  for (const node of document.querySelectorAll('*')) {
    for (const name of attributes) told.push(node.getAttribute(name) ?? '');
  }
  for (const node of document.querySelectorAll('.unseen, option')) told.push(node.textContent);
  return told.join('\\n');
}"""
_VIETNAMESE = re.compile(
    "[^\\n]*[ăâđêôơưàáạảãằắặẳẵầấậẩẫèéẹẻẽềếệểễìíịỉĩòóọỏõồốộổỗờớợởỡùúụủũừứựửữỳýỵỷỹ][^\\n]*", re.IGNORECASE
)


class Reader:
    """Reads every screen; `left`: what is Vietnamese there, and of the app."""

    def __init__(self, tablet: Tablet, data: list[str]) -> None:
        self.tablet, self._data = tablet, sorted(data, key=len, reverse=True)
        self.left: set[str] = set()
        self.read = 0

    def look(self, name: str) -> None:
        page = self.tablet.page
        assert page.locator("html").get_attribute("lang") == "en"
        said = str(page.evaluate(_SAID))
        for known in self._data:
            said = said.replace(known, "")
        self.left |= {f"{name}: {line.strip()}" for line in _VIETNAMESE.findall(said)}
        self.read += 1

    def at(self, *parts: str, shows: str) -> None:
        self.tablet.go(*parts)
        self.tablet.sees(re.compile(shows))
        self.look("/".join(parts))


def data_of(commune: Commune) -> list[str]:
    """What people and places are called, and what the tests write down."""
    reference = commune.reference()
    areas = [area[name] for area in reference["areas"] for name in ("name", "full_name") if area.get(name)]
    peoples = next(one["values"] for one in reference["codes"] if one["code"] == "ethnicity")
    people = [name(n) for n in range(1, HOMES + 1) for name in (head_name, child_name)]
    places = [f"Nhà số {n}" for n in range(1, HOMES + 1)]
    called = [one["label"]["en"] for one in peoples if "(" not in one["label"]["en"]]
    return [
        *areas,
        *people,
        *places,
        *called,
        "175,000 đ",
        "Mẫu 01",
        "Mẫu 04",
        "Hỗ trợ tiền điện",
        "Quý IV/2024",
        "Tiếng Việt",
    ]


def enrolled_in_english(tablet: Tablet, reader: Reader, username: str, code: str) -> None:
    expect(tablet.page.locator("html")).to_have_attribute("lang", "vi")
    expect(tablet.page.get_by_text("English")).to_have_attribute("lang", "en")
    tablet.press("English")
    tablet.sees("Welcome!")
    reader.look("start")
    tablet.press("Enrol this tablet")
    tablet.type("User name", username)
    reader.look("account")
    tablet.type("Password", PASSWORD)
    tablet.press("Go on")
    tablet.type("New PIN", "123456")
    tablet.type("The PIN again", "123456")
    tablet.press("Go on")
    tablet.sees("too easy to guess")
    reader.look("PIN")
    tablet.type("New PIN", PIN)
    tablet.type("The PIN again", PIN)
    tablet.press("Go on")
    tablet.type("Code", code)
    reader.look("code")
    tablet.press("Enrol")
    expect(tablet.page.get_by_role("heading", name="Households")).to_be_visible(timeout=60_000)
    all_sent(tablet)


def all_sent(tablet: Tablet) -> None:
    expect(tablet.page.locator("button.sync")).to_contain_text("All sent", timeout=60_000)


def households(reader: Reader, home: str, hamlet: str, person: str, line: str) -> None:
    reader.at("household", home, shows="People")
    for parts, shows in (
        (("household", home, "edit"), "Change the household"), (("household", home, "head"), "Another head"),
        (("household", "new", hamlet), "Head of the household"), (("split", home), "Who goes to the new household"),
        (("request", home), "A request"), (("member", "new", home), "Add a person"),
        (("member", person), "Change a person"), (("member", person, "leave"), "Does not live here any more"),
    ):  # fmt: skip
        reader.at(*parts, shows=shows)
        reader.tablet.press("Save")  # what is missing is said, too
        reader.look("/".join((*parts, "saved")))
    reader.at("household", home, shows="People")
    reader.at("delivery", line, shows="Hand over support")
    reader.tablet.press("Save")  # nothing is missing there
    reader.tablet.sees("People")
    reader.look("delivery/saved")


def a_review(reader: Reader, form: Any, home: str, round_id: str) -> None:
    """One answer of each question, whatever it is: each screen is read with and without."""
    tablet = reader.tablet
    tablet.go("review", home, round_id)
    tablet.sees("Who lives in the household?")
    reader.look("review: people")
    tablet.press("Right, that is everybody")
    given = answers(form, random.Random(3))
    labels = {one["label"]["en"] for one in form["questions"] if one["code"] in given}
    while not tablet.page.locator("main h2").first.inner_text().startswith("Causes"):
        for field in tablet.page.locator("main fieldset.field").all():
            assert field.locator("legend").inner_text().rstrip(" *") in labels | _all_labels(form)
            field.locator("label.choice input").first.check()
        for field in tablet.page.locator("main .field > input[type=text]").all():
            field.fill("30")
        reader.look(f"review: {tablet.page.locator('main h2').first.inner_text()}")
        tablet.press("Continue")
    reader.look("review: more")
    tablet.press("Continue")
    tablet.sees("Photos, signature, position")
    reader.look("review: evidence")
    tablet.press("Continue")
    tablet.sees("Proposed")
    reader.look("review: result")
    tablet.press("Send the review")
    tablet.sees("The review is saved on the tablet")
    reader.look("review: saved")


def _all_labels(form: Any) -> set[str]:
    return {one["label"]["en"] for one in form["questions"]}


def trouble(reader: Reader, commune: Commune, homes: list[str]) -> None:
    """One that clashes, one that is refused, one that waits."""
    tablet = reader.tablet
    for home, label, value in ((homes[1], "Household number", "77"), (homes[2], "Phone", "0911111111")):
        tablet.go("household", home)
        tablet.press("Change the household")
        tablet.type(label, value)
        tablet.press("Save")
        tablet.sees("Not sent yet")
    reader.at("outbox", shows="To be sent")
    commune.change(homes[3], household_no="77")
    commune.change(homes[2], phone="0933333333")
    tablet.network(True)
    until(lambda: not tablet.busy(), "a synchronisation ends", tablet.page)
    all_sent(tablet)
    reader.at("outbox", shows="Sent back, to be put right")
    tablet.sees("In conflict, the officer decides")
    for home in homes[1:3]:
        reader.at("household", home, shows="The server did not take|Somebody else changed it")


def test_a_surveyor_reads_english_on_every_screen(new_tablet: NewTablet, commune: Commune, engine: Engine) -> None:
    homes = commune.homes(HOMES)
    round_id = commune.round(homes[:4], "photo", "signature", "position")
    sheet = sheets.drawn_up(commune.officer, interventions.serving(engine), homes[:1], amount_vnd=175_000)
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    tablet = new_tablet()
    reader = Reader(tablet, data_of(commune))
    enrolled_in_english(tablet, reader, "xom-3", commune.code("xom-3"))
    tablet.network(False)
    reader.at("list", shows="To do")
    home = commune.household(homes[0])
    line = sheet["lines"][0]["id"]
    households(reader, homes[0], home["hamlet_id"], home["head_member_id"], line)
    reader.at("drafts", shows="Begun and not saved")
    a_review(reader, form, homes[0], round_id)
    trouble(reader, commune, homes)
    reader.at("outbox", "file", shows="Work to a file")
    reader.at("settings", shows="Lock by itself after")
    expect(tablet.page.get_by_text("Tiếng Việt")).to_have_attribute("lang", "vi")
    reader.at("settings", "pin", shows="Change the PIN")
    reader.at("household", "nowhere", shows="Not on this tablet")
    reader.at("officer", shows="no officer's work")
    tablet.go("settings")
    tablet.press("Lock now")
    tablet.page.get_by_label("Enter your PIN").fill("000731")
    tablet.press("Open")
    tablet.sees("Not right.")
    reader.look("unlock")
    tablet.press("PIN forgotten? Use the password")
    tablet.sees("Password of the account")
    reader.look("unlock: password")
    tablet.press("Use the PIN")
    commune.revoke("xom-3")
    tablet.page.get_by_label("Enter your PIN").fill(PIN)
    tablet.press("Open")
    tablet.sees(re.compile("revoked", re.IGNORECASE))
    reader.look("revoked")
    assert reader.read >= 40
    assert "\n".join(sorted(reader.left)) == ""
    assert tablet.complaints == []


def test_an_officer_reads_english_on_every_screen(new_tablet: NewTablet, commune: Commune) -> None:
    homes = commune.homes(HOMES)
    surveyor = new_tablet("máy xóm 3")
    enrolled_in_english(surveyor, Reader(surveyor, []), "xom-3", commune.code("xom-3"))
    surveyor.network(False)
    trouble(Reader(surveyor, []), commune, homes)
    officer = new_tablet("máy cán bộ")
    reader = Reader(officer, data_of(commune))
    enrolled_in_english(officer, reader, "truc-thai", commune.code("truc-thai"))
    officer.page.get_by_role("link", name="Officer").wait_for()
    reader.at("officer", shows="Conflicts to decide")
    reader.at("officer", "fleet", shows="Tablet of xom-3")
    reader.at("officer", "conflicts", shows="Telephone")
    officer.page.locator("main .rows a").first.click()
    officer.sees("Which value holds?")
    officer.page.get_by_label("Another value").check()
    reader.look("conflict")
    reader.at("officer", "waiting", shows="There is none.")
    assert "\n".join(sorted(reader.left)) == ""
    assert officer.complaints == []
