"""A photo is made smaller beside the screen, and where the browser gives no worker, on it; what is no photo is told."""

import random
import struct
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune
from tests.survey_app.interview import Interview, answers, picture

# the browser's own, as it is where a script of a worker cannot be had
NO_WORKER = """globalThis.Worker = class {
  postMessage() { setTimeout(() => this.onerror(new Event('error'))); }
  terminate() {}
};"""


def sides(jpeg: bytes) -> tuple[int, int]:
    """Width and height, as the first frame of a JPEG says them."""
    at = 2
    while True:
        marker, length = struct.unpack(">HH", jpeg[at : at + 4])
        if 0xFFC0 <= marker <= 0xFFC2:
            height, width = struct.unpack(">HH", jpeg[at + 5 : at + 9])
            return width, height
        at += 2 + length


@pytest.mark.parametrize("worker", [True, False], ids=["a worker", "no worker"])
def test_a_large_photo_comes_small_to_the_register(new_tablet: NewTablet, commune: Commune, worker: bool) -> None:
    (home,) = commune.homes(1)
    round_id = commune.round([home], "photo")
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    tablet = new_tablet()
    if not worker:
        tablet.page.add_init_script(NO_WORKER)
        tablet.open()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    interview = Interview(tablet, form, answers(form, random.Random(4)))
    interview.begin(home)
    interview.questions()
    interview.onward()
    chosen: Any = {"name": "phieu.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff not a picture"}
    tablet.page.locator("input[type=file]").set_input_files(chosen)
    tablet.sees("Không đọc được ảnh này. Xin chụp lại.")
    expect(tablet.page.locator(".photos img")).to_have_count(0)
    interview.photo(picture(random.Random(5), 3000, 4000))
    interview.onward()
    interview.send()
    tablet.sent()
    (photo,) = commune.reviews(round_id)[home]["attachments"]
    assert (photo["media_type"], photo["present"]) == ("image/jpeg", True)
    stored = commune.officer.get(f"/api/v1/attachments/{photo['sha256']}")
    assert (stored.status_code, sides(stored.content)) == (200, (1200, 1600))
    assert tablet.complaints == []
