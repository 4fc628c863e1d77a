"""A record that is there already is created again under another submission: it was not looked for, and is found."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.make import tablets
from tests.make.tablets import HAMLET, household, push, submission

SignIn = Callable[[str], httpx.Client]


@pytest.mark.parametrize(
    ("again", "told"),
    [
        ({}, ("applied", 1, None)),
        ({"note": "khác"}, ("rejected", None, "/problems/already-exists")),
        # refused before anything is written, and still for the reason that holds: the id is taken
        ({"hamlet_id": HAMLET[4]}, ("rejected", None, "/problems/already-exists")),
    ],
)
def test_a_household_created_again(sign_in: SignIn, engine: Engine, session: Session, again: Any, told: Any) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    home, fresh = submission("household", household()), submission("household", household(), seq=3)
    push(surveyor, device, home)
    twin = submission("household", household() | again, seq=2, record=home["id"])
    outcome, neighbour = push(surveyor, device, twin, fresh)
    assert (outcome["outcome"], outcome["version"], (outcome["problem"] or {}).get("type")) == told
    assert neighbour["outcome"] == "applied"
    assert session.execute(text("SELECT count(*) FROM household")).scalar_one() == 2
