"""A record that is there already is created again under another submission: it was not looked for, and is found."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.make import tablets
from tests.make.interventions import serving
from tests.make.rounds import listed
from tests.make.tablets import HAMLET, delivery, household, member, push, request, review, submission

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


def test_whatever_names_a_household_that_was_merged_away_says_so_when_it_is_sent_again(
    sign_in: SignIn, engine: Engine
) -> None:
    """Each kind, by another submission: the tablet lost its receipt, and learns where its household went."""
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    stays, goes = (submission("household", household(), seq=n) for n in (1, 2))
    person = submission("member", member(goes["id"]), seq=3)
    push(surveyor, device, stays, goes, person)
    round_id = listed(engine, goes["id"])
    sent = [
        goes,
        person,
        submission("request", request(goes["id"]), seq=4),
        submission("review", review(goes["id"], round_id), seq=5),
        submission("delivery", delivery(goes["id"], serving(engine)), seq=6),
    ]
    first = push(surveyor, device, *sent[2:])
    assert [(one["outcome"], (one["result"] or {}).get("merged_into")) for one in first] == [("applied", None)] * 3
    merged = {"survivor_id": stays["id"], "absorbed_id": goes["id"]}
    assert sign_in("truc-thai").post("/api/v1/households/merge", json=merged).status_code == 200
    again = push(surveyor, device, *({**one, "submission_id": str(uuid4())} for one in sent))
    told = {
        one["entity"]: (said["outcome"], (said["result"] or {}).get("merged_into"))
        for one, said in zip(sent, again, strict=True)
    }
    assert told == dict.fromkeys(told, ("applied", stays["id"]))
    assert sorted(told) == ["delivery", "household", "member", "request", "review"]
