"""A client that hangs up in the middle of its request, and a server that ends: nothing stays open or half done."""

import gc
import json
import logging
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn
from fastapi import Request
from sqlalchemy import Engine, text
from sqlalchemy.exc import InvalidRequestError
from sqlmodel import Session

from api.db import unit_of_work
from tests.make.households import hamlet, household_body
from tests.start.launching import eventually

SignIn = Callable[[str], httpx.Client]

_WAITING = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
_THERE = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")


def asked(engine: Engine, query: Any, **values: Any) -> Any:
    with engine.connect() as connection:
        return connection.scalar(query, values)


@pytest.fixture
def no_luck() -> Iterator[None]:
    """The garbage collector would close a forgotten connection sooner or later."""
    gc.disable()
    yield
    gc.enable()


@contextmanager
def hung_up_in_the_middle(address: str, officer: httpx.Client, engine: Engine) -> Iterator[tuple[UUID, int]]:
    """A household that is being written and waits for the log of who does what, its client gone: its id, and the
    number of its connection's process. The wait ends with the block."""
    body = household_body(id=(home := str(uuid4())), hamlet_id=hamlet(3))
    content = json.dumps(body).encode()
    host, port = address.removeprefix("http://").split(":")
    with Session(engine) as other:
        other.execute(text("LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE"))
        with socket.create_connection((host, int(port))) as line:
            head = {
                "Host": host,
                "Authorization": officer.headers["Authorization"],
                "Content-Type": "application/json",
                "Content-Length": len(content),
            }
            told = "".join(f"{name}: {value}\r\n" for name, value in head.items())
            line.sendall(f"POST /api/v1/households HTTP/1.1\r\n{told}\r\n".encode() + content)
            eventually(lambda: asked(engine, _WAITING), "the request waits")
        pid: int = asked(engine, _WAITING)
        yield UUID(home), pid


def stored(engine: Engine, home: UUID) -> tuple[int, int]:
    """Is the household there, and is it written down who made it?"""
    households = text("SELECT count(*) FROM household WHERE id = :home")
    entries = text("SELECT count(*) FROM audit_entry WHERE subject_ids @> ARRAY[CAST(:home AS uuid)]")
    return asked(engine, households, home=home), asked(engine, entries, home=home)


def test_a_request_that_outlives_its_server_closes_its_connection_behind_it(
    sign_in: SignIn, engine: Engine, app: Any, base_url: str, no_luck: None
) -> None:
    with hung_up_in_the_middle(base_url, sign_in("truc-thai"), engine) as (home, pid):
        app.state.engine.dispose()  # what a server does last
        assert asked(engine, _THERE, pid=pid) == 1
    eventually(lambda: not asked(engine, _THERE, pid=pid), "its connection is closed", 20)
    assert stored(engine, home) == (1, 1)


@contextmanager
def served(app: Any) -> Iterator[tuple[str, Callable[[], None]]]:
    """A server with all that belongs to a start and an end, which waits a second for what is at work: its address,
    and what ends it."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="on", log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()

    def end() -> None:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive(), "the server did not end"

    collecting = gc.get_threshold()
    try:
        eventually(lambda: server.started, "the server has started")
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", end
    finally:
        end()
        gc.unfreeze()  # a start tunes the collector, of this process
        gc.set_threshold(*collecting)


def test_what_is_at_work_at_the_end_of_a_server_is_stopped_whole(
    sign_in: SignIn, engine: Engine, app: Any, base_url: str, no_luck: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    officer = sign_in("truc-thai")
    with served(app) as (address, end), hung_up_in_the_middle(address, officer, engine) as (home, pid):
        end()
        # the lock is held to the end: it did not get what it waited for
        assert not asked(engine, _THERE, pid=pid)
    assert stored(engine, home) == (0, 0)
    assert [one.getMessage() for one in caplog.records if one.name.startswith("api.db")] == []


def test_a_thread_that_a_cancelled_request_left_behind_begins_nothing_anew(app: Any) -> None:
    work = unit_of_work(Request({"type": "http", "app": app}))
    assert isinstance(work, Generator)
    session = next(work)
    session.execute(text("SELECT 1"))
    work.close()
    with pytest.raises(InvalidRequestError, match="permanently closed"):
        session.execute(text("SELECT 1"))
