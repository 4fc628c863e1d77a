"""A new build comes while somebody works: it waits for the end of the form, and takes over whole."""

import random
import re
from pathlib import Path

from fastapi import FastAPI
from playwright.sync_api import expect

from tests.make import app as survey_app
from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune
from tests.survey_app.interview import Interview, answers
from tests.survey_app.tablet import until

CACHES = "caches.keys().then(names => names.sort())"
WAITS = "navigator.serviceWorker.getRegistration().then(it => it.waiting !== null)"
DRAWN = "new Promise(next => requestAnimationFrame(() => requestAnimationFrame(next)))"


def next_build(folder: Path) -> str:
    """The app of tomorrow: the same, under another version. Which version today's has."""
    survey_app.renamed(survey_app.built(), folder, "tomorrow")
    return survey_app.version(survey_app.built())


def test_a_new_build_waits_until_no_form_is_open(
    new_tablet: NewTablet, commune: Commune, app: FastAPI, tmp_path: Path
) -> None:
    homes = commune.homes(1)
    round_id = commune.round(homes)
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    tablet = new_tablet()
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    interview = Interview(tablet, form, answers(form, random.Random(3)))
    interview.begin(homes[0])
    interview.screen()
    asked = interview.step()
    today = next_build(tmp_path / "tomorrow")
    app.state.settings = app.state.settings.model_copy(update={"app_folder": tmp_path / "tomorrow"})
    page = tablet.page
    assert page.evaluate(CACHES) == [f"app-{today}"]
    page.evaluate("navigator.serviceWorker.getRegistration().then(it => it.update()).then(() => true)")
    until(lambda: page.evaluate(WAITS), "the new build is loaded, and waits", page)
    page.evaluate(DRAWN)
    expect(page.get_by_text("Có bản mới của ứng dụng.")).to_have_count(0)
    interview.onward()
    interview.screen()
    assert interview.step() != asked
    tablet.go("list")
    with page.expect_navigation():
        tablet.press("Cập nhật ngay")
    tablet.unlock()
    until(lambda: page.evaluate(CACHES) == ["app-tomorrow"], "the old build is gone", page)
    expect(page.get_by_text("Có bản mới của ứng dụng.")).to_have_count(0)
    tablet.household(homes[0])
    tablet.press("Làm tiếp phiếu dở")
    tablet.sees(re.compile("Bước 3/"))
    interview.questions()
    interview.onward()
    interview.send()
    tablet.sent()
    assert set(commune.reviews(round_id)) == set(homes)
    assert tablet.complaints == []


NEXT = """navigator.serviceWorker.getRegistration().then(it => new Promise(told => {
  it.addEventListener('updatefound', () => {
    const worker = it.installing;
    worker.addEventListener('statechange', () => told(worker.state));
  });
  it.update();
}))"""


def test_a_build_of_which_a_proxy_gave_something_else_is_not_taken(
    new_tablet: NewTablet, app: FastAPI, tmp_path: Path
) -> None:
    tablet = new_tablet()
    tablet.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    tablet.open()
    next_build(tmp_path / "tomorrow")
    (tmp_path / "tomorrow/main.js").write_text("<html>Bảo trì</html>")
    app.state.settings = app.state.settings.model_copy(update={"app_folder": tmp_path / "tomorrow"})
    assert tablet.page.evaluate(NEXT) == "redundant"
    assert not tablet.page.evaluate("navigator.serviceWorker.getRegistration().then(it => it.waiting !== null)")
    tablet.network(False)
    tablet.open()
    tablet.sees("Chào bạn!")
