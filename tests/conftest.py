"""A real PostgreSQL, a real HTTP server, real people. Every test has its own database, cloned from a migrated one."""

import copy
import os
import shutil
import socket
import threading
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from uuid import uuid4

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.datastructures import State
from starlette.types import Receive, Scope, Send

from api.config import Settings
from api.db import close
from api.keys import IdKey
from api.main import create_app, furnish, warm
from tests.make import database, people
from tests.make.clients import client_of

pytest_plugins = ("tests.make.company",)

SignIn = Callable[[str], httpx.Client]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server on which databases can be made: GIAMNGHEO_TEST_SERVER, otherwise the embedded PostgreSQL."""
    given = os.environ.get("GIAMNGHEO_TEST_SERVER")
    if given:
        yield given
        return
    from api import embedded

    home = database.home_of_a_server(tmp_path_factory.mktemp("home"))
    cluster = embedded.start(home)
    database.forget_power_cuts(cluster.url)
    yield cluster.url
    cluster.destroy()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with keys of this test run; the database is told per test."""
    return Settings(home=tmp_path_factory.mktemp("keys"), environment="test", pool_size=10, count_ahead=False)


@pytest.fixture(scope="session")
def template(postgres: str, config: Settings) -> Iterator[str]:
    """A database with every migration, the contract's areas and the whole cast: the mould of every test's database."""
    name = f"template_{uuid4().hex[:12]}"
    database.create(postgres, name)
    url = database.url_of(postgres, name)
    database.migrate(url)
    with database.opened(url) as engine, Session(engine) as session, session.begin():
        session.info["id_key"] = IdKey(config.secrets().id_key)
        areas = tomllib.loads(files("api.areas").joinpath("data/truc-ninh.toml").read_text(encoding="utf-8"))
        people.load(session, areas)
    yield name
    database.drop(postgres, name)


@pytest.fixture
def database_url(postgres: str, template: str) -> Iterator[str]:
    """A database for this test alone, with real commits, gone afterwards."""
    name = f"test_{uuid4().hex[:12]}"
    database.create(postgres, name, template)
    yield database.url_of(postgres, name)
    database.drop(postgres, name)


@pytest.fixture
def engine(database_url: str, config: Settings) -> Iterator[Engine]:
    with database.opened(database_url) as engine:
        yield engine


@pytest.fixture
def session(engine: Engine, config: Settings) -> Iterator[Session]:
    """A session to look into the database, or to arrange it; what a request should see must be committed."""
    with Session(engine, expire_on_commit=False) as session:
        session.info["id_key"] = IdKey(config.secrets().id_key)
        yield session


class _Stage:
    """What the one live server serves: the app of the test that is running."""

    def __init__(self) -> None:
        self.app: Callable[[Scope, Receive, Send], object] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None, "a request came while no test had an app"
        await self.app(scope, receive, send)  # type: ignore[misc]


@pytest.fixture(scope="session")
def _stage() -> Iterator[tuple[_Stage, str]]:
    stage = _Stage()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(stage, lifespan="off", access_log=False, log_level="error", workers=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield stage, f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def _service(config: Settings) -> FastAPI:
    """The service without a database: its routes, resolved once. They do not change, and take a third of a second."""
    service = create_app(config.model_copy(update={"database_url": "postgresql+psycopg://nobody@127.0.0.1:1/none"}))
    warm(service)
    return service


@pytest.fixture
def app(_service: FastAPI, database_url: str, config: Settings) -> Iterator[object]:
    """The service on this test's database (its background threads are started by the tests that need them)."""
    app = copy.copy(_service)
    # only the routes are shared: a late request of another test finds its own state, never this one's
    app.state, app.middleware_stack = State(), None
    furnish(app, config.model_copy(update={"database_url": database_url}))
    yield app
    close(app.state.engine)


@pytest.fixture
def base_url(_stage: tuple[_Stage, str], app: object) -> Iterator[str]:
    """The address of the live server that serves this test's app."""
    stage, url = _stage
    stage.app = app  # type: ignore[assignment]
    yield url
    stage.app = None


@pytest.fixture
def nobody(base_url: str) -> Iterator[httpx.Client]:
    """A client that has not signed in."""
    with client_of(base_url) as client:
        yield client


@pytest.fixture
def sign_in(base_url: str) -> Iterator[SignIn]:
    """`sign_in("truc-thai")`: a client with that person's token, from a real sign-in; the same one when asked again."""
    clients: dict[str, httpx.Client] = {}

    def as_person(username: str) -> httpx.Client:
        if username not in clients:
            client = clients[username] = client_of(base_url)
            form = {"username": username, "password": people.PASSWORD}
            answer = client.post("/api/v1/auth/token", data=form)
            assert answer.status_code == 200, answer.text
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return clients[username]

    yield as_person
    for client in clients.values():
        client.close()
