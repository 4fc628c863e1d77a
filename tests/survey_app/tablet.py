"""A tablet as its surveyor uses it: what is pressed and typed, what is read. Fields are found by the words on the
screen, as a person finds them."""

import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Locator, Page, Playwright, expect

from tests.make.browser import PATIENCE

TABLET, PHONE = (800, 1280), (360, 740)
PIN = "482915"
# a call that did not come through is what offline work is about; the app tells of it in its own words
_LINE = re.compile(
    r"Failed to load resource|net::ERR_|ERR_INTERNET_DISCONNECTED|icon from the Manifest: .*Download error"
)
# The browser tells of the new address a moment later, and until then the screen before is still there, perhaps of
# another household. Whoever listens last hears of it when the app has drawn the new one.
_GO = """to => new Promise(there => {
  const before = location.hash;
  location.hash = '/' + to;
  if (location.hash === before) there(); else addEventListener('hashchange', () => there(), {once: true});
})"""
_FLAGS = ("--no-sandbox", "--disable-gpu", "--lang=vi", "--disable-dev-shm-usage")


class Tablet:
    """One profile of a browser. `complaints`: what the browser said that no surveyor should ever cause."""

    def __init__(
        self, playwright: Playwright, program: str, folder: Path, address: str, size: tuple[int, int] = TABLET
    ) -> None:
        self._playwright, self._program = playwright, program
        self.folder, self.address, self.size = folder, address, size
        self.complaints: list[str] = []
        self.asked_for: set[str] = set()
        self._context: BrowserContext | None = None
        self._offline = False

    # the machine

    def on(self) -> Self:
        """Starts the browser and opens the app, with or without a network as before."""
        width, height = self.size
        self._context = self._playwright.chromium.launch_persistent_context(
            self.folder, executable_path=self._program, args=list(_FLAGS), locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh", viewport={"width": width, "height": height}, accept_downloads=True,
            geolocation={"latitude": 20.2841, "longitude": 106.2193, "accuracy": 12}, permissions=["geolocation"],
        )  # fmt: skip
        self._context.set_default_timeout(PATIENCE)
        self._context.on("console", self._heard)
        self._context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self._context.on("request", lambda request: self.asked_for.add(request.url))
        self._context.set_offline(self._offline)
        self.open()
        return self

    def open(self) -> None:
        self.page.goto(f"{self.address}/app/", wait_until="load")

    def off(self) -> None:
        if self._context is not None:
            self._context.close()
        self._context = None

    def kill(self) -> None:
        """The battery is empty: nothing is told to the browser, nothing is written to an end."""
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and f"--user-data-dir={self.folder}".encode() in _command(folder):
                with suppress(ProcessLookupError):  # it went with the one before
                    os.kill(int(folder.name), signal.SIGKILL)
        assert self._context is not None
        with suppress(Error):  # the driver may have seen it go by itself
            self._context.close()
        self._context = None
        for lock in ("SingletonLock", "SingletonSocket", "SingletonCookie"):
            (self.folder / lock).unlink(missing_ok=True)

    @property
    def page(self) -> Page:
        assert self._context is not None, "the tablet is switched off"
        return self._context.pages[0]

    def network(self, there: bool) -> None:
        self._offline = not there
        assert self._context is not None
        self._context.set_offline(self._offline)

    def network_next(self, there: bool) -> None:
        """What there is when it is switched on again."""
        self._offline = not there

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _LINE.search(message.text):
            self.complaints.append(f"{message.type}: {message.text}")

    # pieces of the screen

    def button(self, words: str | re.Pattern[str], *, exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=words, exact=exact)

    def press(self, words: str, *, exact: bool = True) -> None:
        self.button(words, exact=exact).click()

    def type(self, label: str, value: str) -> None:
        self.page.get_by_label(label).first.fill(value)

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    # who is in

    def enrol(self, username: str, password: str, code: str, pin: str = PIN) -> None:
        """From the first screen to the list of households, everything loaded."""
        self.page.get_by_role("button", name=re.compile("Đăng ký máy này|Thêm người dùng khác")).click()
        self.type("Tên đăng nhập", username)
        self.type("Mật khẩu", password)
        self.press("Tiếp tục")
        self.type("Mã PIN mới", pin)
        self.type("Nhập lại mã PIN", pin)
        self.press("Tiếp tục")
        self.type("Mã đăng ký", code)
        self.press("Đăng ký")
        self.loaded()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def loaded(self) -> None:
        expect(self.page.get_by_role("heading", name="Danh sách hộ")).to_be_visible()
        self.sent()

    def sent(self) -> None:
        """Waits until everything is sent and loaded."""
        expect(self.page.locator("button.sync")).to_contain_text("Đã gửi hết")

    def unlock(self, pin: str = PIN) -> None:
        self.page.get_by_label("Nhập mã PIN để mở").fill(pin)
        self.press("Mở")

    def lock(self) -> None:
        self.go("settings")
        self.press("Khoá máy ngay", exact=False)

    # going about

    def go(self, *parts: str) -> None:
        self.page.evaluate(_GO, "/".join(parts))

    def household(self, home: str) -> None:
        self.go("household", home)
        expect(self.page.get_by_role("heading", name="Người trong hộ")).to_be_visible()

    def writes(self, home: str, label: str, value: str) -> None:
        """Changes one field of a household."""
        self.household(home)
        self.press("Sửa thông tin hộ")
        self.type(label, value)
        self.press("Lưu")
        expect(self.page.get_by_role("heading", name="Người trong hộ")).to_be_visible()

    def send(self) -> None:
        self.go("outbox")
        self.button(re.compile("Gửi ngay")).click()

    def busy(self) -> bool:
        """Is it sending or loading this moment?"""
        return "busy" in (self.page.locator("button.sync").get_attribute("class") or "")

    def tab(self, name: str, number: int | None = None) -> None:
        """Shows one of the lists, which has so many on it as soon as all is read."""
        found = self.page.get_by_role("button", name=re.compile(f"^{name}"))
        found.click()
        if number is not None:
            expect(found.locator(".number")).to_have_text(str(number))

    def disk(self) -> bytes:
        """Every byte that the browser has written about this origin's databases and caches."""
        stores = ("IndexedDB", "Service Worker", "Local Storage", "Session Storage", "File System", "blob_storage")
        files = [
            path for path in self.folder.rglob("*") if path.is_file() and any(name in str(path) for name in stores)
        ]
        assert any("IndexedDB" in str(path) for path in files)
        return b"".join(path.read_bytes() for path in files)


def _command(folder: Path) -> bytes:
    try:
        return (folder / "cmdline").read_bytes()
    except OSError:
        return b""


def until(condition: Any, what: str, page: Page, seconds: float = 60) -> None:
    """Waits for something outside of the page; the page lives on meanwhile."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        page.wait_for_timeout(100)
