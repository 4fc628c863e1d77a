"""The page in a real Chromium on the demo: signed in with the keyboard, looked at on a phone, a tablet and a desk, read
by the checker of accessibility, printed; and how many statements the whole feed takes."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader
from sqlalchemy import text
from sqlmodel import Session

from api import clock
from api.areas.tables import Area, area_id
from api.demo.accounts import account_id
from api.households.tables import Household
from tests.make import browser
from tests.make.people import PASSWORD
from tests.make.reviews import counted

SignIn = Callable[[str], httpx.Client]
AREA, HOUSEHOLD = Area.__table__, Household.__table__  # type: ignore[attr-defined]
WIDTHS = (360, 768, 1200)
# where the pictures are put for whoever wants to look at them; none are kept otherwise
SHOTS = os.environ.get("GIAMNGHEO_SCREENSHOTS")
# Words that stand outside of their picture, or upon each other.
MISPLACED = """[...document.querySelectorAll('figure svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  const words = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim())
    .map(t => ({word: t.textContent, box: t.getBoundingClientRect()}));
  const shared = (a, b, from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]);
  const outside = words.filter(({box}) => box.left < frame.left - 1 || box.right > frame.right + 1
    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1).map(({word}) => 'outside: ' + word);
  const upon = words.flatMap((one, n) => words.slice(n + 1).filter(other =>
    shared(one.box, other.box, 'left', 'right') > 1 && shared(one.box, other.box, 'top', 'bottom') > 2)
    .map(other => one.word + ' upon ' + other.word));
  return [...outside, ...upon];
})"""
SMALLEST = """Math.min(...[...document.querySelectorAll('figure svg text')].filter(t => t.textContent.trim())
  .map(t => t.getBoundingClientRect().height))"""


class Tab:
    """A tab of the browser; what the browser complained of, and every address that it has loaded something from."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked_for: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type != "log" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked_for.append(request.url))

    def wide(self, width: int) -> None:
        """As wide as a phone, a tablet or a desk, in CSS pixels."""
        self.page.set_viewport_size({"width": width, "height": 800})

    def picture(self) -> bytes:
        return self.page.screenshot(full_page=True)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    program = browser.chromium()
    with sync_playwright() as playing:
        running = playing.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.fixture
def tab(chrome: Browser) -> Iterator[Tab]:
    """A fresh one, without history or cookies."""
    context = chrome.new_context(locale="vi-VN")
    context.set_default_timeout(browser.PATIENCE)
    yield Tab(context.new_page())
    context.close()


@pytest.fixture(scope="module")
def axe() -> str:
    return browser.axe()


def enter(tab: Tab, base_url: str, username: str = "truc-thai") -> None:
    tab.page.goto(base_url + "/")
    tab.page.locator("#username").fill(username)
    tab.page.locator("#password").fill(PASSWORD)
    tab.page.locator(".sign-in button").click()
    tab.page.locator(".figures").wait_for()


def keep(name: str, picture: bytes) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        (Path(SHOTS) / name).write_bytes(picture)


def faults(tab: Tab, axe: str) -> list[str]:
    """What the checker finds: WCAG 2.2 A and AA, best practices, and letters 7 to 1."""
    tab.page.evaluate(f"() => {{ {axe} }}")
    found: list[dict[str, Any]] = tab.page.evaluate(
        "axe.run(document, {rules: {'color-contrast-enhanced': {enabled: true}}}).then(r => r.violations.map("
        "v => ({id: v.id, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))})))"
    )
    return [f"{one['id']}: {one['nodes']}" for one in found]


@pytest.mark.parametrize("username", ["truc-thai", "truc-ninh", "xom-3", "mat-tran"])
def test_pictures_fit_on_a_phone_a_tablet_and_a_desk(username: str, base_url: str, tab: Tab, axe: str) -> None:
    enter(tab, base_url, username)
    assert tab.page.evaluate("document.querySelectorAll('figure svg').length") >= 3
    for width in WIDTHS:
        tab.wide(width)
        keep(f"{username}-{width}.png", tab.picture())
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.page.evaluate(MISPLACED) == []
        assert tab.page.evaluate(SMALLEST) >= 9, "letters too small to read"
    assert faults(tab, axe) == []
    assert tab.complaints == []
    assert {
        httpx.URL(address).copy_with(path="/", query=None) for address in tab.asked_for if "data:" not in address
    } == {httpx.URL(base_url + "/")}


def test_the_other_pages_are_readable_too(base_url: str, tab: Tab, axe: str) -> None:
    tab.wide(360)
    tab.page.goto(base_url + "/")
    keep("sign-in-360.png", tab.picture())
    assert faults(tab, axe) == []
    enter(tab, base_url)
    for path in ("/records?code=poor_households", "/records?code=health_insurance", "/?area=nobody"):
        tab.page.goto(base_url + path)
        keep(f"{path.partition('=')[2]}-360.png", tab.picture())
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert faults(tab, axe) == [], path


def test_everything_can_be_reached_with_the_keyboard(base_url: str, tab: Tab) -> None:
    tab.page.goto(base_url + "/")
    reached: list[str] = []
    where = "(e => [e.id || e.innerText, getComputedStyle(e).outlineStyle])(document.activeElement)"
    for _ in range(4):
        tab.page.keyboard.press("Tab")
        name, outline = tab.page.evaluate(where)
        reached.append(name)
        assert outline == "solid", f"nobody sees that {name} has the focus"
        if name in ("username", "password"):
            tab.page.keyboard.insert_text({"username": "truc-thai", "password": PASSWORD}[name])
    assert reached == ["Tới nội dung", "username", "password", "Đăng nhập"]
    with tab.page.expect_navigation():
        tab.page.keyboard.press("Enter")
    tab.page.locator(".figures").wait_for()
    seen: list[str] = []
    # the parts of the day are a stop each
    while len(seen) < 30 and "Bảng số liệu" not in seen:
        tab.page.keyboard.press("Tab")
        seen.append(tab.page.evaluate("document.activeElement.innerText || document.activeElement.id"))
    assert seen[:2] == ["Tới nội dung", "Đăng xuất"]
    assert [name for name in ("ngay", "Xem", "Bảng số liệu") if name in seen] == ["ngay", "Xem", "Bảng số liệu"]
    assert tab.page.evaluate("document.querySelector('details').open") is False
    tab.page.keyboard.press("Enter")
    assert tab.page.evaluate("document.querySelector('details').open") is True


def test_the_paper_shows_every_table_and_no_button(base_url: str, tab: Tab) -> None:
    enter(tab, base_url)
    assert tab.page.evaluate("document.querySelectorAll('details[open]').length") == 0
    printed = tab.page.pdf(format="A4")
    keep("paper.pdf", printed)
    pages = PdfReader(io.BytesIO(printed)).pages
    assert len(pages) <= 6
    assert {(round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4)) for page in pages} == {
        (210, 297)
    }
    content = " ".join("".join(page.extract_text() for page in pages).split())
    for words in tab.page.evaluate("[...document.querySelectorAll('caption')].map(c => c.textContent)"):
        assert words in content, words
    cells = tab.page.evaluate("[...document.querySelectorAll('td')].map(c => c.textContent)")
    assert len(cells) > 100
    assert [cell for cell in cells if cell not in content] == []
    assert "Đăng xuất" not in content
    assert "Bảng số liệu" not in content


@pytest.fixture
def province(session: Session) -> str:
    session.execute(
        text("UPDATE account_grant SET area_id = :province WHERE account_id = :district"),
        {"province": area_id("36"), "district": account_id("truc-ninh")},
    )
    session.commit()
    return "truc-ninh"


def asked(app: FastAPI, client: httpx.Client, **query: str) -> int:
    """How many statements the answer takes, the caller's included."""
    with counted(app.state.engine) as statements:
        answer = client.get("/api/v1/dashboard", params=query)
    assert answer.status_code == 200, answer.text
    return len(statements)


def test_a_new_user_sees_a_full_page(sign_in: SignIn) -> None:
    """What each chart shows: nothing of it is empty on the first day."""
    for username in ("truc-thai", "truc-ninh", "xom-3"):
        feed = sign_in(username).get("/api/v1/dashboard").json()
        lacking = {one["code"]: one["points"][-1] for one in feed["deprivations"]}
        assert len(lacking) == 12
        assert sum(point["numerator"] for point in lacking.values()) > 12, username
        assert all(point["unknown"] < point["denominator"] for point in lacking.values()), username
        this_year = feed["round"]
        assert (this_year["year"], this_year["closed"]) == (clock.today().year, False)
        assert 0 < this_year["surveyed"] < this_year["total"], username
    parts = sign_in("truc-thai").get("/api/v1/dashboard").json()["round"]["parts"]
    assert (parts[0]["surveyed"], parts[-1]["surveyed"]) == (parts[0]["total"], 0)


def test_the_whole_feed_takes_under_20_statements(app: FastAPI, province: str, sign_in: SignIn) -> None:
    for username, query in (
        ("xom-3", {}), ("truc-thai", {}), ("truc-ninh", {"area": "363"}), ("truc-ninh", {"area": "36"}),
    ):  # fmt: skip
        client = sign_in(username)
        cold, warm = asked(app, client, **query), asked(app, client, **query)
        print(f"{username} {query}: {cold} statements cold, {warm} warm")
        assert 5 < warm < 20
        assert cold < 20
