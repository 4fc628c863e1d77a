"""What a press costs a slow tablet.

The processor's own time, times six, is the same whatever else the machine does, and is what a test can insist on; the
clock of the throttled browser, which a surveyor would see, also counts the work of everybody else on the machine.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page

from tests.survey_app.tablet import until

SLOWER = 6

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
    """Every kind of press, every time it was made, in milliseconds of a tablet six times slower than this machine.

    `waited`: by the throttled clock. `worked`: the processor until the picture that answers; `after`: what it was left
    to do then. `longest`: the longest that the screen was held at once by something that takes a while.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self._wire = page.context.new_cdp_session(page)
        self.throttled = False
        self.waited: dict[str, list[float]] = defaultdict(list)
        self.worked: dict[str, list[float]] = defaultdict(list)
        self.after: dict[str, list[float]] = defaultdict(list)
        self.longest: dict[str, list[float]] = defaultdict(list)

    def begin(self, *, throttled: bool) -> None:
        self.throttled = throttled
        self._wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER if throttled else 1})
        if throttled:
            self.page.evaluate(_CLOCK)
        else:
            self._wire.send("Performance.enable", {"timeDomain": "threadTicks"})

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
            self.page.evaluate(_DRAWN)
            before = self._work()
            act()
            self.page.evaluate(answered)
            between = self._work()
            self.page.evaluate(_RESTED)
            self.worked[what].append((between - before) * 1000 * SLOWER)
            self.after[what].append((self._work() - between) * 1000 * SLOWER)

    def _work(self) -> float:
        told = self._wire.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in told if one["name"] == "TaskDuration")

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
        yield
        self._wire.send("Tracing.end")
        until(lambda: over, "the trace is whole", self.page)
        self.longest[what].append(_longest(events) / 1000 * SLOWER)

    def told(self) -> str:
        """Every number."""
        kinds = (("clock", self.waited), ("processor x 6", self.worked), ("after its picture", self.after),
                 ("longest piece x 6", self.longest))  # fmt: skip
        return "\n".join(
            f"{what}, {kind}: {sorted(round(one) for one in times)}"
            for kind, found in kinds for what, times in found.items()
        )  # fmt: skip


def _longest(events: list[dict[str, Any]]) -> float:
    """The processor's time of the longest task of the page, in microseconds."""
    named = {(e["pid"], e["tid"]) for e in events if e["ph"] == "M" and e["args"].get("name") == "CrRendererMain"}
    tasks = [e for e in events if e["name"] == "RunTask" and e["ph"] == "X" and (e["pid"], e["tid"]) in named]
    assert len(tasks) > 10
    return max(float(one.get("tdur", 0)) for one in tasks)
