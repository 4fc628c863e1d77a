"""A conflict of two reviews is decided some days later: by then another one than the first may be in force."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from tests.make import tablets
from tests.make.rounds import listed
from tests.make.tablets import household, push, review, submission

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def home(sign_in: SignIn, engine: Engine) -> str:
    made = submission("household", household())
    push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), made)
    return str(made["id"])


def reviewed(sign_in: SignIn, engine: Engine, home: str, round_id: str, b1: int, **more: Any) -> dict[str, Any]:
    """The outcome of a review from a tablet of its own."""
    sent = submission("review", review(home, round_id, b1_entered=b1, **more))
    return push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), sent)[0]


def server_side(officer: httpx.Client) -> dict[str, Any]:
    """What the only open conflict shows as the server's."""
    (one,) = officer.get("/sync/v1/conflicts").json()
    return {name: sides["server"] for name, sides in one["fields"].items()}


def test_the_servers_side_is_the_review_in_force_today(sign_in: SignIn, engine: Engine, home: str) -> None:
    """Of three reviews the third is decided about after the second has taken the place of the first."""
    officer, round_id = sign_in("truc-thai"), listed(engine, home)
    reviewed(sign_in, engine, home, round_id, 110)
    second = reviewed(sign_in, engine, home, round_id, 130, respondent="Con gái")
    reviewed(sign_in, engine, home, round_id, 150)
    path = f"/sync/v1/conflicts/{second['conflict_id']}/resolution"
    assert officer.post(path, json={"choice": "device", "reason": "Đã hỏi lại"}).status_code == 200
    shown = server_side(officer)
    assert (shown["b1_entered"], shown["household_id"], shown["round_id"]) == (130, home, round_id)


def test_after_a_failed_vote_the_servers_side_is_the_new_review(sign_in: SignIn, engine: Engine, home: str) -> None:
    officer, round_id = sign_in("truc-thai"), listed(engine, home)
    reviewed(sign_in, engine, home, round_id, 110)
    reviewed(sign_in, engine, home, round_id, 130)
    with engine.begin() as connection:
        connection.execute(text("UPDATE review_case SET stage = 'resurvey'"))
    assert reviewed(sign_in, engine, home, round_id, 140)["outcome"] == "applied"
    assert server_side(officer)["b1_entered"] == 140
