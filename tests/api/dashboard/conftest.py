"""A commune where something has happened, and browsers without a screen: clients that keep cookies."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random

import httpx
import pytest
from sqlalchemy import Engine

from api.config import Settings
from tests.make.clients import client_of
from tests.make.commune_facts import Commune
from tests.make.people import PASSWORD

Visit = Callable[..., httpx.Client]


@pytest.fixture
def commune(engine: Engine, config: Settings) -> Commune:
    commune = Commune(engine, config.secrets().id_key, Random(5), datetime(2024, 9, 20, 2, tzinfo=UTC))
    commune.settle(25)
    return commune


@pytest.fixture
def visit(base_url: str) -> Iterator[Visit]:
    """`visit("truc-thai")`: a new browser in which that person has signed in with the form; None: nobody has."""
    opened: list[httpx.Client] = []

    def as_person(username: str | None = None, password: str = PASSWORD) -> httpx.Client:
        client = client_of(base_url)
        opened.append(client)
        if username is not None:
            answer = client.post("/sign-in", data={"username": username, "password": password})
            assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
        return client

    yield as_person
    for client in opened:
        client.close()
