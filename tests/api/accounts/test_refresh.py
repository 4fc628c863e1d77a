"""Refresh tokens: a lost answer signs nobody out, a stolen token ends the session."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api import clock
from tests.make.clients import client_of
from tests.make.people import PASSWORD

Tokens = dict[str, str]


def sign_in(client: httpx.Client, username: str = "xom-1") -> Tokens:
    said: Tokens = client.post("/api/v1/auth/token", data={"username": username, "password": PASSWORD}).json()
    return said


def refresh(client: httpx.Client, tokens: Tokens) -> httpx.Response:
    return client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})


def use(client: httpx.Client, tokens: Tokens) -> int:
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}).status_code


def test_a_refresh_gives_the_next_pair(nobody: httpx.Client) -> None:
    first = sign_in(nobody)
    answer = refresh(nobody, first)
    assert answer.status_code == 200
    second = answer.json()
    assert second.keys() == first.keys()
    assert second["refresh_token"] != first["refresh_token"]
    assert use(nobody, second) == 200


def test_a_refresh_whose_answer_was_lost_can_be_asked_again(nobody: httpx.Client) -> None:
    first = sign_in(nobody)
    lost, again = refresh(nobody, first).json(), refresh(nobody, first).json()
    assert again["refresh_token"] == lost["refresh_token"]
    assert use(nobody, again) == 200
    assert refresh(nobody, again).status_code == 200


def test_an_answer_lost_for_days_can_still_be_asked_again(nobody: httpx.Client) -> None:
    first = sign_in(nobody)
    refresh(nobody, first)  # the line went dead before the answer came, and the tablet was offline for a month
    with clock.at(clock.now() + timedelta(days=30)):
        again = refresh(nobody, first)
        assert again.status_code == 200
        assert use(nobody, again.json()) == 200


def test_within_the_grace_time_the_token_before_works_though_the_next_was_used(nobody: httpx.Client) -> None:
    first = sign_in(nobody)
    second = refresh(nobody, first).json()
    assert use(nobody, second) == 200
    with clock.at(clock.now() + timedelta(seconds=100)):
        assert refresh(nobody, first).json()["refresh_token"] == second["refresh_token"]


def test_after_the_grace_time_an_old_token_ends_the_session_for_everybody(
    nobody: httpx.Client, session: Session
) -> None:
    first, other = sign_in(nobody), sign_in(nobody)
    second = refresh(nobody, first).json()
    assert use(nobody, second) == 200
    with clock.at(clock.now() + timedelta(seconds=121)):
        assert refresh(nobody, first).status_code == 401
        assert use(nobody, second) == 401
        assert refresh(nobody, second).status_code == 401
        assert use(nobody, other) == 200  # another session of the same person goes on
    row = session.execute(text("SELECT actor, subject FROM audit_entry WHERE action = 'auth.end-stolen'")).one()
    assert tuple(row) == ("xom-1", "session")
    why = session.execute(text("SELECT ended_why FROM sign_in WHERE ended_at IS NOT NULL")).scalar_one()
    assert why == "refresh-token-reused"


def test_a_token_two_generations_old_ends_the_session_even_within_the_grace_time(nobody: httpx.Client) -> None:
    first = sign_in(nobody)
    second = refresh(nobody, first).json()
    third = refresh(nobody, second).json()
    assert refresh(nobody, first).status_code == 401
    assert use(nobody, third) == 401


def test_one_token_used_by_ten_at_once_gives_all_the_same_successor(base_url: str, nobody: httpx.Client) -> None:
    first = sign_in(nobody)
    start = threading.Barrier(10)

    def ask(_: int) -> httpx.Response:
        with client_of(base_url) as client:
            start.wait()
            return refresh(client, first)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(ask, range(10)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.json()["refresh_token"] for a in answers}) == 1
    assert {use(nobody, a.json()) for a in answers} == {200}


def test_a_refresh_waits_for_the_one_before_it_and_sees_what_it_left(nobody: httpx.Client, session: Session) -> None:
    first = sign_in(nobody)
    # two refreshes of the same session, elsewhere, not committed yet
    session.execute(text("UPDATE sign_in SET generation = generation + 2"))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(refresh, nobody, first)
        time.sleep(0.3)
        assert not asked.done()
        session.commit()
        assert asked.result().status_code == 401  # two generations old; without the wait it would have been the newest


def test_a_session_ends_some_time_after_its_last_refresh(nobody: httpx.Client) -> None:
    first = sign_in(nobody)
    with clock.at(clock.now() + timedelta(days=59)):
        second = refresh(nobody, first).json()
    with clock.at(clock.now() + timedelta(days=118)):
        third = refresh(nobody, second).json()  # it goes on as long as it is used
    with clock.at(clock.now() + timedelta(days=179)):
        assert refresh(nobody, third).status_code == 401


def test_an_access_token_expires(nobody: httpx.Client) -> None:
    first = sign_in(nobody)
    with clock.at(clock.now() + timedelta(seconds=1799)):
        assert use(nobody, first) == 200
    with clock.at(clock.now() + timedelta(seconds=1801)):
        assert use(nobody, first) == 401
        assert refresh(nobody, first).status_code == 200


def test_a_disabled_account_refreshes_nothing(nobody: httpx.Client, session: Session) -> None:
    first = sign_in(nobody)
    session.execute(text("UPDATE account SET disabled_at = now() WHERE username = 'xom-1'"))
    session.commit()
    assert (refresh(nobody, first).status_code, use(nobody, first)) == (401, 401)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
        lambda t: t.replace(".1.", ".2."),
        lambda t: t.replace(".1.", ".-1."),
        lambda t: t.replace(".1.", ".1000000000000000000000000."),
        lambda t: t.replace(".1.", ".١."),
        lambda t: t.upper(),
        lambda t: t + "=",
        lambda t: t + "\u00e9",
        lambda _: "..",
        lambda _: "x",
        lambda _: "0b9d7a52-3c59-4f3c-8a8e-2f0d1f6c9b11.1.AAAA",
    ],
)
def test_a_forged_refresh_token_is_refused_and_harms_nobody(nobody: httpx.Client, change: object) -> None:
    first = sign_in(nobody)
    answer = refresh(nobody, first | {"refresh_token": change(first["refresh_token"])})  # type: ignore[operator]
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/not-signed-in"
    assert refresh(nobody, first).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"refresh_token": 1}', b"{}", b'{"refresh_token": "x", "y": 1}', b'{"refresh_token": "\\ud800"}'],
)
def test_a_broken_body_is_told_so(nobody: httpx.Client, body: bytes) -> None:
    answer = nobody.post("/api/v1/auth/refresh", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 401, 422)
    assert answer.headers["content-type"] == "application/problem+json"
