"""The built app, served by the live service, in a real Chromium: one profile of the browser is one tablet."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import Engine

from api.config import Settings
from api.keys import IdKey
from tests.make import app as survey_app
from tests.make import browser
from tests.make.people import PASSWORD
from tests.survey_app.field import Commune
from tests.survey_app.tablet import Tablet

NewTablet = Callable[..., Tablet]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Only as long as the tests of one file: its event loop would be in the way of others."""
    with sync_playwright() as playing:
        yield playing


@pytest.fixture(scope="module")
def program() -> str:
    return browser.chromium()


@pytest.fixture
def address(base_url: str, app: FastAPI, tmp_path: Path) -> str:
    """Where the service stands that serves the app."""
    app.state.settings = app.state.settings.model_copy(
        update={"app_folder": survey_app.built(), "files": tmp_path / "files"}
    )
    return base_url


@pytest.fixture
def new_tablet(playwright: Playwright, program: str, address: str, tmp_path: Path) -> Iterator[NewTablet]:
    """`new_tablet("máy 1")`: a tablet of its own, switched on. What its browser complained of fails the test."""
    with ExitStack() as all_of_them:

        def make(name: str = "tablet", at: str | None = None, **more: Any) -> Tablet:
            tablet = Tablet(playwright, program, tmp_path / name, at or address, **more)
            all_of_them.callback(tablet.off)
            return tablet.on()

        yield make


@pytest.fixture
def commune(engine: Engine, sign_in: Callable[[str], Any], config: Settings) -> Commune:
    return Commune(engine, sign_in, IdKey(config.secrets().id_key))


@pytest.fixture(scope="module")
def axe() -> str:
    return browser.axe()


def out_of_reach(new_tablet: NewTablet, commune: Commune, **more: Any) -> Tablet:
    """The tablet of xóm 3's surveyor, enrolled, and without a network from then on."""
    tablet = new_tablet(**more)
    tablet.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    tablet.network(False)
    return tablet
