"""Every answer with points or classes of a training round says that they mean nothing."""

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.make import rounds
from tests.make.answers import done
from tests.make.procedure import HAMLET, minutes, posting, surveyed

SignIn = Callable[[str], httpx.Client]


@pytest.mark.parametrize("kind", ["training", "regular"])
def test_answers_say_whether_they_are_training(session: Session, sign_in: SignIn, kind: str) -> None:
    officer, marked = sign_in("truc-thai"), kind == "training"
    round_id = rounds.review_round(session, kind=kind, upper_level="none")
    (home,) = surveyed(session, round_id, ["poor"])
    address = f"/api/v1/rounds/{round_id}"
    assert done(officer.get(f"{address}/hamlets/{HAMLET}/meeting-sheet"))["training"] is marked
    done(officer.post("/api/v1/meetings", json=minutes(round_id)))
    hung = done(officer.post("/api/v1/postings", json=posting(round_id)))
    assert done(officer.get(f"/api/v1/postings/{hung['id']}/list"))["training"] is marked
    (case,) = done(officer.get(f"{address}/households"))["items"]
    assert (case["household_id"], case["training"]) == (str(home), marked)


def test_a_dry_run_under_the_illustrative_points_says_so(session: Session, sign_in: SignIn) -> None:
    round_id = rounds.review_round(session)
    surveyed(session, round_id, ["poor"])
    session.execute(text("UPDATE review SET answers = '{}'"))
    session.commit()
    for standard, marked in (("training-2022@1", True), ("vn-2022@1", False)):
        query = {"standard": standard}
        told = done(sign_in("truc-thai").get(f"/api/v1/rounds/{round_id}/rescoring", params=query))
        assert told["training"] is marked
