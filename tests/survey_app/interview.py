"""A review as it is asked and typed, by chance: what was given is what the register must hold in the end."""

import random
import struct
import zlib
from typing import Any

from playwright.sync_api import expect

from tests.survey_app.tablet import Tablet

# Presses and types as a finger and a keyboard do: the app hears the same events. One call a screen, or thirty reviews
# would take an hour. `wanted`: label -> what to give.
_ANSWER = """async wanted => {
  const done = [];
  const label = node => node.textContent.replace(/\\s*\\*$/, '').trim();
  for (const field of document.querySelectorAll('main .field')) {
    const name = label(field.querySelector('legend, label'));
    if (!(name in wanted)) continue;
    const given = wanted[name];
    if (field.tagName === 'FIELDSET') {
      for (const choice of field.querySelectorAll('label.choice')) {
        const input = choice.querySelector('input');
        if (given.includes(choice.textContent.trim()) === input.checked) continue;
        input.click();
        await new Promise(next => setTimeout(next));  // as between two presses, the screen is drawn
      }
    } else {
      const input = field.querySelector('input, textarea');
      input.focus();
      input.value = given;
      input.dispatchEvent(new Event('input', {bubbles: true}));
    }
    done.push(name);
  }
  return done;
}"""


def answers(form: Any, luck: random.Random) -> dict[str, Any]:
    """Something for every question that is asked always."""
    return {one["code"]: _answer(one, luck) for one in form["questions"] if one["visible_if"] in (None, True)}


def _answer(question: Any, luck: random.Random) -> Any:
    options = [option["code"] for option in question["options"]]
    if question["type"] == "single":
        return luck.choice(options)
    if question["type"] == "multi":
        return [code for code in options if luck.random() < 0.4]
    if question["type"] == "boolean":
        return luck.random() < 0.5
    assert question["type"] == "number", question
    return luck.randrange(int(question["min"] or 0), min(int(question["max"] or 200), 200))


def typed(question: Any, value: Any) -> Any:
    words = {option["code"]: option["label"]["vi"] for option in question["options"]}
    if question["type"] == "single":
        return [words[value]]
    if question["type"] == "multi":
        return [words[code] for code in value] or ["Không có mục nào"]
    if question["type"] == "boolean":
        return ["Có" if value else "Không"]
    return str(value)


class Interview:
    """One review on the screen of a tablet."""

    def __init__(self, tablet: Tablet, form: Any, given: dict[str, Any]) -> None:
        self.tablet = tablet
        self._wanted = {q["label"]["vi"]: typed(q, given[q["code"]]) for q in form["questions"] if q["code"] in given}
        self.asked: set[str] = set()

    def begin(self, home: str) -> None:
        self.tablet.household(home)
        self.tablet.press("Bắt đầu rà soát")
        self.tablet.press("Đúng, đủ người")

    def screen(self) -> None:
        """Answers what is on the screen, and waits until it is kept."""
        page = self.tablet.page
        self.asked |= set(page.evaluate(_ANSWER, self._wanted))
        expect(page.locator(".saved")).to_have_text("Đã lưu trên máy")

    def shown(self) -> list[str]:
        """What is chosen on the screen, in its order."""
        chosen = self.tablet.page.locator("main .field label.choice:has(input:checked)")
        return [one.strip() for one in chosen.all_inner_texts()]

    def step(self) -> str:
        return self.tablet.page.locator("main h2").first.inner_text()

    def onward(self) -> None:
        self.tablet.press("Tiếp tục")

    def questions(self) -> None:
        """From the first question to the screen after the last one."""
        while self.step().startswith("Phần "):
            self.screen()
            self.onward()

    def photo(self, picture: bytes) -> None:
        page = self.tablet.page
        page.locator("input[type=file]").set_input_files(
            {"name": "nha.png", "mimeType": "image/png", "buffer": picture}
        )
        expect(page.locator(".photos img")).to_be_visible()

    def sign(self) -> None:
        page, canvas = self.tablet.page, self.tablet.page.locator("canvas.signature")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        for x, y in ((60, 70), (100, 30), (140, 80)):
            page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.up()
        self.tablet.sees("Đã lưu chữ ký.")

    def send(self) -> None:
        self.tablet.press("Gửi phiếu")
        self.tablet.sees("Đã lưu phiếu trên máy")


def visit(tablet: Tablet, form: dict[str, Any], home: str, given: dict[str, Any], photo: bytes) -> None:
    """A whole review of a round that asks for photos."""
    interview = Interview(tablet, form, given)
    interview.begin(home)
    interview.questions()
    assert len(interview.asked) == len(given)
    interview.onward()  # causes and needs
    interview.photo(photo)
    interview.onward()
    interview.send()


def picture(luck: random.Random, width: int = 1800, height: int = 1200) -> bytes:
    """A PNG larger than a photo that is kept, unlike every other one."""
    rows = (
        b"".join(luck.randbytes(3) * 40 for _ in range(width // 40)) * min(40, height - start)
        for start in range(0, height, 40)
    )
    return png(width, b"".join(rows))


def png(width: int, pixels: bytes, palette: bytes = b"") -> bytes:
    """A picture of these pixels: three bytes each, or one with a palette."""
    row = width * (1 if palette else 3)
    rows = b"".join(b"\x00" + pixels[at : at + row] for at in range(0, len(pixels), row))
    head = struct.pack(">IIBBBBB", width, len(pixels) // row, 8, 3 if palette else 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
        if body or kind == b"IEND"
    )
