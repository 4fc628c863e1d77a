"""Databases of the demo: one empty but migrated, one with the demo loaded; each test gets a copy."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from api import serve
from api.config import Settings
from api.demo import load
from api.keys import IdKey
from tests.make import database, people


def quiet(_step: str, _done: int, _total: int) -> None:
    """Nobody watches."""


@pytest.fixture(scope="session")
def id_key(config: Settings) -> IdKey:
    return IdKey(config.secrets().id_key)


@pytest.fixture(scope="session")
def empty_template(postgres: str) -> Iterator[str]:
    name = f"empty_{uuid4().hex[:12]}"
    database.create(postgres, name)
    serve.migrate(database.url_of(postgres, name))  # as at a start: with the standards of this version
    yield name
    database.drop(postgres, name)


@pytest.fixture(scope="session")
def demo_template(postgres: str, empty_template: str, id_key: IdKey) -> Iterator[str]:
    name = f"demo_{uuid4().hex[:12]}"
    database.create(postgres, name, empty_template)
    with database.opened(database.url_of(postgres, name)) as engine:
        assert load(engine, people.PASSWORD, quiet, id_key)
    yield name
    database.drop(postgres, name)


@pytest.fixture
def database_url(postgres: str, demo_template: str) -> Iterator[str]:
    """Here the database of a test is the demo, not the empty commune of the other tests."""
    name = f"test_{uuid4().hex[:12]}"
    database.create(postgres, name, demo_template)
    yield database.url_of(postgres, name)
    database.drop(postgres, name)


@pytest.fixture
def empty_url(postgres: str, empty_template: str) -> Iterator[str]:
    name = f"test_{uuid4().hex[:12]}"
    database.create(postgres, name, empty_template)
    yield database.url_of(postgres, name)
    database.drop(postgres, name)


@pytest.fixture
def fresh(empty_url: str) -> Iterator[Engine]:
    """The database in which nothing is yet."""
    with database.opened(empty_url) as engine:
        yield engine
