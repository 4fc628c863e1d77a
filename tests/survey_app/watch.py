"""What a press costs a slow tablet.

How much slower a tablet is than this machine is measured, in the same browser, by a piece of work that is always the
same: what a test insists on is the same on a quick machine and on a slow one. The processor's own time counts nobody
else's work; the clock of the throttled browser, which a surveyor would see, does.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page

from tests.survey_app.tablet import until

# the yardstick on a slow tablet, in milliseconds: six times what the machine takes whose numbers stand in
# docs/survey-app.md
SLOW_TABLET = 85
# names made, written as text and read back, put in order by the language's letters, and searched
_YARDSTICK = """() => {
  const letters = new Intl.Collator('vi');
  const name = n => `Nguyễn Thị ${String.fromCharCode(97 + n * 7 % 26)}${n}`;
  const people = Array.from({length: 5000}, (_, n) => ({id: n, name: name(n)}));
  const read = JSON.parse(JSON.stringify(people));
  read.sort((one, other) => letters.compare(one.name, other.name));
  const folded = new Map(read.map(one => [one.id, one.name.normalize('NFD').replace(/\\p{M}/gu, '').toLowerCase()]));
  return [...folded.values()].filter(name => name.includes('thi a')).length;
}"""
_MEASURED = 15
_CLOCK = """() => {
  window.waited = [];
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) if (one.interactionId) window.waited.push(one.duration);
  }).observe({type: 'event', durationThreshold: 16});
}"""
_DRAWN = "new Promise(next => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(next))))"
# the first picture that holds the answer, drawn
_ANSWERED = """async () => {
  const end = performance.now() + 20000;
  do {
    await new Promise(requestAnimationFrame);
    if (performance.now() > end) throw new Error('no answer');
  } while (!(ANSWER));
  await new Promise(next => setTimeout(next));
}"""
# what was put off until after it, too
_RESTED = """new Promise(next => requestAnimationFrame(() => requestIdleCallback(
  () => requestAnimationFrame(() => setTimeout(next)), {timeout: 500})))"""
# two pictures later every press before it was told
_HEARD = """async () => {
  for (let pictures = 0; pictures < 2; pictures++) await new Promise(requestAnimationFrame);
  await new Promise(next => setTimeout(next));
  return Math.max(0, ...window.waited.splice(0));
}"""
_TRACED = "toplevel,devtools.timeline,disabled-by-default-devtools.timeline"


def crowd() -> float:
    """How many times longer than its own time something takes here just now, because others are served in between."""
    by_the_clock, own = time.perf_counter(), time.thread_time()
    while time.thread_time() - own < 0.2:
        pass
    return (time.perf_counter() - by_the_clock) / (time.thread_time() - own)


class Watch:
    """Every kind of press, every time it was made, in milliseconds.

    `waited`: by the throttled clock. The others are of this machine, and count `slower` times. `worked`: the processor
    until the picture that answers; `after`: what it was left to do then. `longest`: the longest that the screen was
    held at once by something that takes a while.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._wire = _measuring(page)
        self._beside = page.context.new_page()  # its memory is its own: nothing of it is tidied up during a press
        self._wire_beside = _measuring(self._beside)
        page.bring_to_front()
        self._yardstick: list[float] = []
        self.throttled = self._traced = False
        self.waited: dict[str, list[float]] = defaultdict(list)
        self.worked: dict[str, list[float]] = defaultdict(list)
        self.after: dict[str, list[float]] = defaultdict(list)
        self.longest: dict[str, list[float]] = defaultdict(list)
        for _ in range(_MEASURED):
            self._measure()

    def begin(self, *, throttled: bool) -> None:
        self.throttled = throttled
        self._wire.send("Emulation.setCPUThrottlingRate", {"rate": max(1, self.slower) if throttled else 1})
        if throttled:
            self.page.evaluate(_CLOCK)

    @property
    def slower(self) -> float:
        """How many times longer a tablet needs than this machine does, in the middle of all that was measured."""
        return SLOW_TABLET / median(self._yardstick)

    def _measure(self) -> None:
        before = _worked(self._wire_beside)
        self._beside.evaluate(_YARDSTICK)
        self._yardstick.append(_worked(self._wire_beside) - before)

    def tap(self, what: str, where: Locator, answer: str = "true") -> None:
        """`answer`: what holds in the page once it has answered."""
        where.scroll_into_view_if_needed()
        box = where.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + min(20, box["height"] / 2)
        self.page.mouse.move(x, y)
        self._press(what, lambda: self.page.mouse.click(x, y), answer)

    def key(self, what: str, key: str, answer: str = "true") -> None:
        self._press(what, lambda: self.page.keyboard.press(key), answer)

    def _press(self, what: str, act: Callable[[], None], answer: str) -> None:
        answered = _ANSWERED.replace("ANSWER", answer)
        if self.throttled:
            self.page.evaluate(_HEARD)
            act()
            self.waited[what].append(self.page.evaluate(_HEARD))
            self.page.evaluate(answered)
        else:
            if not self._traced:  # it would be in the trace itself
                self._measure()
            self.page.evaluate(_DRAWN)
            before = _worked(self._wire)
            act()
            self.page.evaluate(answered)
            between = _worked(self._wire)
            self.page.evaluate(_RESTED)
            self.worked[what].append(between - before)
            self.after[what].append(_worked(self._wire) - between)

    @contextmanager
    def held(self, what: str) -> Iterator[None]:
        """Something that takes a while: how long its longest piece holds the screen, so that no finger is heard."""
        if self.throttled:
            yield
            return
        events: list[dict[str, Any]] = []
        over: list[Any] = []
        self._wire.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
        self._wire.once("Tracing.tracingComplete", lambda told: over.append(told))  # noqa: PLW0108  # the driver marks it
        self._wire.send("Tracing.start", {"categories": _TRACED, "transferMode": "ReportEvents"})
        self._traced = True
        yield
        self._traced = False
        self._wire.send("Tracing.end")
        until(lambda: over, "the trace is whole", self.page)
        self.longest[what].append(_longest(events) / 1000)

    def on_a_tablet(self) -> dict[str, list[float]]:
        """The processor's time of every kind of press, of what was left after it, and of the longest pieces."""
        kinds = (("processor", self.worked), ("after its picture", self.after), ("longest piece", self.longest))
        return {
            f"{what}, {kind}": [one * self.slower for one in times]
            for kind, found in kinds for what, times in found.items()
        }  # fmt: skip

    def told(self) -> str:
        """Every number."""
        clock = {f"{what}, clock": times for what, times in self.waited.items()}
        lines = (f"{what}: {sorted(map(round, times))}" for what, times in (clock | self.on_a_tablet()).items())
        return "\n".join((f"a tablet is {self.slower:.1f} times slower than this machine", *lines))


def _measuring(page: Page) -> CDPSession:
    wire = page.context.new_cdp_session(page)
    wire.send("Performance.enable", {"timeDomain": "threadTicks"})
    return wire


def _worked(wire: CDPSession) -> float:
    """What a page has taken of the processor until now, in milliseconds."""
    told = wire.send("Performance.getMetrics")["metrics"]
    return 1000 * next(float(one["value"]) for one in told if one["name"] == "TaskDuration")


def _longest(events: list[dict[str, Any]]) -> float:
    """The processor's time of the longest task of the page, in microseconds."""
    named = {(e["pid"], e["tid"]) for e in events if e["ph"] == "M" and e["args"].get("name") == "CrRendererMain"}
    tasks = [e for e in events if e["name"] == "RunTask" and e["ph"] == "X" and (e["pid"], e["tid"]) in named]
    assert len(tasks) > 10
    return max(float(one.get("tdur", 0)) for one in tasks)
