"""A real Chromium without a window, driven through its own protocol: what an officer sees, presses and prints.

No package drives it: the protocol is JSON over a web socket, and the service ships a library for those.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self

from websockets.sync.client import ClientConnection, connect

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The path of the browser: GIAMNGHEO_CHROMIUM, or the first known name that is installed."""
    given = os.environ.get("GIAMNGHEO_CHROMIUM")
    return given or next((found for name in _NAMES if (found := shutil.which(name))), None)


class Tab:
    """One tab of the browser."""

    def __init__(self, wire: ClientConnection, session_id: str) -> None:
        self._wire, self._session, self._last = wire, session_id, 0
        self._seen: list[dict[str, Any]] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """A command and its answer; what the tab tells meanwhile is kept for `until` and `complaints`."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params, "sessionId": self._session}
        self._wire.send(json.dumps(message))
        while True:
            heard = self._hear()
            if heard.get("id") == self._last:
                assert "error" not in heard, heard
                answer: dict[str, Any] = heard["result"]
                return answer

    def _hear(self) -> dict[str, Any]:
        heard: dict[str, Any] = json.loads(self._wire.recv(timeout=60))
        if "method" in heard:
            self._seen.append(heard)
        return heard

    def until(self, method: str, since: int) -> None:
        """Waits for an event that came after the first `since` ones."""
        while not any(heard["method"] == method for heard in self._seen[since:]):
            self._hear()

    def open(self, url: str) -> Self:
        since = len(self._seen)
        self.ask("Page.navigate", url=url)
        self.until("Page.loadEventFired", since)
        return self

    def leading_on(self, script: str) -> None:
        """Runs what leads to another page, and waits for that page."""
        since = len(self._seen)
        self.run(script)
        self.until("Page.loadEventFired", since)

    def run(self, script: str) -> Any:
        """The value of an expression; a promise is waited for."""
        said = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def wide(self, width: int, height: int = 800) -> None:
        """As wide as a phone, a tablet or a desk, in CSS pixels."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )

    def press(self, key: str) -> None:
        codes = {"Tab": 9, "Enter": 13}
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=codes[key], **text)

    def picture(self) -> bytes:
        """The whole page as PNG."""
        shot = self.ask("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def paper(self) -> bytes:
        """The page as it is printed on A4."""
        printed = self.ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)
        return base64.b64decode(printed["data"])

    def complaints(self) -> list[str]:
        """What the browser complained of: refused by the page's policy, failed, thrown."""
        return [json.dumps(one) for one in self._seen if one["method"] in ("Log.entryAdded", "Runtime.exceptionThrown")]

    def asked_for(self) -> list[str]:
        """Every address that a page of this tab has loaded something from."""
        return [one["params"]["request"]["url"] for one in self._seen if one["method"] == "Network.requestWillBeSent"]


@contextmanager
def browsing(program: str) -> Iterator[Tab]:
    """A fresh browser without history or cookies, and its tab."""
    # snap-wrapped browsers may not write to /tmp of others; ours is under the folder for temporary files either way
    home = Path(tempfile.mkdtemp(prefix="giamngheo-browser-"))
    flags = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--lang=vi")
    quiet = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions")
    process = subprocess.Popen(
        [program, *flags, *quiet, "--remote-debugging-port=0", f"--user-data-dir={home}", "about:blank"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    reader: threading.Thread | None = None
    try:
        assert process.stderr is not None
        address = _address(process.stderr)
        # nobody reads what it says from here on, and a full pipe would stop it
        reader = threading.Thread(target=deque, args=(process.stderr, 0), daemon=True)
        reader.start()
        with connect(address, max_size=None, proxy=None) as wire:
            yield _tab(wire)
    finally:
        process.kill()
        process.wait()
        if reader is not None:
            reader.join()
        if process.stderr is not None:
            process.stderr.close()
        shutil.rmtree(home, ignore_errors=True)


def _address(said: IO[str]) -> str:
    """Where the browser listens: it says so once it does."""
    lines: list[str] = []
    for line in said:
        lines.append(line)
        if found := re.search(r"DevTools listening on (ws://\S+)", line):
            return found.group(1)
    raise AssertionError(f"the browser did not start: {''.join(lines)[-2000:]}")


def _tab(wire: ClientConnection) -> Tab:
    def ask(number: int, method: str, **params: Any) -> dict[str, Any]:
        wire.send(json.dumps({"id": number, "method": method, "params": params}))
        while (heard := json.loads(wire.recv(timeout=60))).get("id") != number:
            pass
        answer: dict[str, Any] = heard["result"]
        return answer

    target = ask(1, "Target.createTarget", url="about:blank")["targetId"]
    attached = ask(2, "Target.attachToTarget", targetId=target, flatten=True)
    return Tab(wire, attached["sessionId"])
