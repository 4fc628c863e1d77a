"""The server, or its connection to the database, dies between any two statements of a batch: all of it or nothing."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlmodel import Session

from api.config import Settings
from tests.make.mixed_batch import OUTCOMES, Mixed, everything, mixed
from tests.races.dying_server import DyingServer, dying_server

SignIn = Callable[[str], httpx.Client]
# The connection is cut at every fourth statement, or at all of them: GIAMNGHEO_CUTS=1
STEP = int(os.environ.get("GIAMNGHEO_CUTS", "4"))


def sent_again(surveyor: httpx.Client, sent: Mixed, engine: Engine, *, stored: bool) -> None:
    """The same batch once more: applied now if it was not, and never twice."""
    answer = surveyor.post("/sync/v1/batches", json=sent.body)
    assert answer.status_code == 200, answer.text
    outcomes = answer.json()["outcomes"]
    assert [told["submission_id"] for told in outcomes] == sent.ids
    assert [told["outcome"] for told in outcomes] == OUTCOMES
    assert [told["replayed"] for told in outcomes] == [stored] * (len(OUTCOMES) - 1) + [False]
    with Session(engine) as session:
        facts = session.execute(
            text("""
                SELECT (SELECT count(*) FROM sync_submission WHERE batch_id = :batch),
                       (SELECT count(*) FROM record_version WHERE submission_id::text = ANY(:ids)),
                       (SELECT count(*) FROM sync_conflict WHERE submission_id::text = ANY(:ids)),
                       (SELECT count(*) FROM sync_reuse WHERE submission_id = :reused),
                       (SELECT outcome FROM sync_submission WHERE submission_id = :waiting)
            """),
            {
                "batch": sent.body["batch_id"],
                # the reused id is that of work which was applied before
                "ids": sent.ids[:-1],
                "reused": sent.reused,
                "waiting": sent.waiting["submission_id"],
            },
        ).one()
    assert tuple(facts) == (len(OUTCOMES) - 1, 7, 1, 1, "applied")


def killed_at(place: int, server: DyingServer, sent: Mixed, headers: Any) -> bool:
    """Sends the batch to a server that dies at that place; False where it lived to answer."""
    server.start(place)
    try:
        answer = httpx.post(f"{server.base_url}/sync/v1/batches", json=sent.body, headers=headers, timeout=180)
    except httpx.TransportError:
        assert server.died() == -9
        return True
    assert answer.status_code == 200, answer.text
    server.kill()
    assert server.died() == -9
    return False


def test_a_server_killed_at_any_statement_leaves_all_of_a_batch_or_nothing(
    sign_in: SignIn, engine: Engine, database_url: str, config: Settings
) -> None:
    surveyor, officer = sign_in("xom-3"), sign_in("truc-thai")
    fates = []
    with dying_server(database_url, config.home) as server:
        for place in range(1, 1000):
            sent = mixed(surveyor, officer, engine)
            before = everything(engine)
            if not killed_at(place, server, sent, surveyor.headers):
                break
            stored = everything(engine) != before
            fates.append(stored)
            sent_again(surveyor, sent, engine, stored=stored)
        else:
            pytest.fail("the server never came to the end of a batch")
    print(f"killed at {len(fates)} places; what was sent was stored at {sum(fates)} of them")
    # nothing up to the COMMIT, everything after it
    assert fates == [False] * (len(fates) - 1) + [True]
    assert len(fates) > 40


@contextmanager
def cut_at(engine: Engine, place: int) -> Iterator[list[str]]:
    """Ends the database's process behind the connection before its n-th statement; what that statement was."""
    seen = [0]
    cut: list[str] = []

    def word(connection: Connection, *more: Any) -> None:
        seen[0] += 1
        if seen[0] == place:
            cut.append(more[1][:40] if more else "COMMIT")
            pid = connection.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
            with aside.connect() as other:
                assert other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid}).scalar_one()

    from api.db import make_engine

    aside = make_engine(engine.url.render_as_string(hide_password=False), pool_size=1)
    event.listen(engine, "before_cursor_execute", word)
    event.listen(engine, "commit", word)
    try:
        yield cut
    finally:
        event.remove(engine, "before_cursor_execute", word)
        event.remove(engine, "commit", word)
        aside.dispose()


def test_a_connection_cut_at_any_statement_is_a_503_and_leaves_nothing(
    sign_in: SignIn, engine: Engine, app: Any
) -> None:
    surveyor, officer = sign_in("xom-3"), sign_in("truc-thai")
    places = []
    for place in range(1, 1000, STEP):
        sent = mixed(surveyor, officer, engine)
        before = everything(engine)
        with cut_at(app.state.engine, place) as cut:
            answer = surveyor.post("/sync/v1/batches", json=sent.body)
        if not cut:
            assert answer.status_code == 200
            break
        places += cut
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable"), cut
        assert int(answer.headers["Retry-After"]) > 0
        assert everything(engine) == before, cut
        sent_again(surveyor, sent, engine, stored=False)
    print(f"cut at {len(places)} places")
    assert len(places) * STEP > 40
