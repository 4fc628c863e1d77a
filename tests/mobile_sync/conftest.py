"""Who sends, where nothing else is said: the surveyor of xóm 3 and a tablet of theirs."""

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import Engine

from tests.make import tablets

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def surveyor(sign_in: SignIn) -> httpx.Client:
    return sign_in("xom-3")


@pytest.fixture
def device(engine: Engine) -> str:
    return tablets.enrolled(engine, "xom-3")
