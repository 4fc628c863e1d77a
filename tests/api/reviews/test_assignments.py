"""Who surveys whom, how far the work has come, and households that were not met."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.areas.tables import area_id
from api.reviews.assignments import assign
from api.reviews.round_schemas import Assignment, Assignments
from tests.make import rounds
from tests.make.reviews import acting, counted, household, households

SignIn = Callable[[str], httpx.Client]
THIRD, FOURTH = str(area_id("14080-03")), str(area_id("14080-04"))


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


def put(officer: httpx.Client, round_id: UUID, *items: dict[str, Any]) -> httpx.Response:
    return officer.put(f"/api/v1/rounds/{round_id}/assignments", json={"items": list(items)})


def test_hamlets_and_exceptions_from_them_are_assigned(session: Session, officer: httpx.Client) -> None:
    third, fourth = households(session, 3), households(session, 2, "14080-04")
    round_id = rounds.review_round(session)
    rounds.cases(session, round_id, third)
    rounds.cases(session, round_id, fourth, hamlet="14080-04")
    session.commit()
    told = put(
        officer, round_id, {"hamlet_id": THIRD, "username": "xom-3"},
        {"household_id": str(third[0]), "username": "truc-thai"},
    ).json()  # fmt: skip
    assert told == {
        "round_id": str(round_id), "changed": 3, "assigned": {"truc-thai": 1, "xom-3": 2}, "unassigned": 2,
    }  # fmt: skip
    again = put(officer, round_id, {"hamlet_id": THIRD, "username": "xom-3"}).json()
    assert (again["changed"], again["assigned"]) == (1, {"xom-3": 3})
    page = officer.get(f"/api/v1/rounds/{round_id}/households", params={"surveyor": "xom-3"}).json()
    assert {case["household_id"] for case in page["items"]} == {str(home) for home in third}


def test_who_may_not_review_there_and_who_is_not_listed_are_named(session: Session, officer: httpx.Client) -> None:
    home, other = households(session, 2)
    round_id = rounds.review_round(session)
    rounds.cases(session, round_id, [home])
    session.commit()
    answer = put(
        officer, round_id,
        {"hamlet_id": THIRD, "username": "xom-4"},
        {"hamlet_id": THIRD, "username": "chu-tich"},
        {"hamlet_id": THIRD, "username": "khong-co"},
        {"hamlet_id": FOURTH, "username": "xom-4"},
        {"household_id": str(other), "username": "xom-3"},
        {"username": "xom-3"},
        {"hamlet_id": THIRD, "username": "xom-3"},
    )  # fmt: skip
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("#/items/0/username", "may_not_review"),
        ("#/items/1/username", "may_not_review"),
        ("#/items/2/username", "may_not_review"),
        ("#/items/3/hamlet_id", "not-in-round"),
        ("#/items/4/household_id", "not-in-round"),
        ("#/items/5", "one_of"),
    ]
    assert session.execute(text("SELECT count(surveyor_id) FROM review_case")).scalar_one() == 0


def test_after_the_consolidation_nobody_is_assigned(session: Session, officer: httpx.Client, sign_in: SignIn) -> None:
    round_id = rounds.review_round(session, stage="consolidated")
    rounds.cases(session, round_id, [household(session)])
    session.commit()
    body = {"hamlet_id": THIRD, "username": "xom-3"}
    assert put(officer, round_id, body).json()["type"] == "/problems/illegal-stage"
    assert put(sign_in("truc-dai"), round_id, body).status_code == 404
    assert put(sign_in("xom-3"), round_id, body).status_code == 403


def test_assigning_a_hundred_costs_as_many_statements_as_one(session: Session, engine: Engine) -> None:
    counts = []
    for many in (1, 100):
        round_id = rounds.review_round(session)
        rounds.cases(session, round_id, households(session, many))
        session.commit()
        with counted(engine) as seen:
            body = Assignments(items=[Assignment(hamlet_id=area_id("14080-03"), username="xom-3")])
            assert assign(session, acting("truc-thai"), round_id, body).changed == many
        session.commit()
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10


def test_progress_counts_each_hamlet_by_stage(session: Session, officer: httpx.Client, sign_in: SignIn) -> None:
    third, fourth = households(session, 7), households(session, 1, "14080-04")
    round_id = rounds.review_round(session)
    stages = ("listed", "surveyed", "surveyed", "not_reached", "complained", "resurvey", "cleared")
    for home, stage in zip(third, stages, strict=True):
        rounds.cases(session, round_id, [home], stage=stage)
    rounds.cases(session, round_id, fourth, hamlet="14080-04")
    session.commit()
    told = officer.get(f"/api/v1/rounds/{round_id}/progress").json()
    assert (told["total"], told["by_stage"]["surveyed"], told["by_stage"]["listed"]) == (8, 2, 2)
    first, second = told["hamlets"]
    assert (first["hamlet_code"], second["hamlet_code"]) == ("14080-03", "14080-04")
    assert (first["surveyed"], first["not_reached"], first["held_back"], first["percent"]) == (4, 1, 1, 71)
    assert (second["total"], second["percent"]) == (1, 0)
    own = sign_in("xom-4").get(f"/api/v1/rounds/{round_id}/progress").json()
    assert [hamlet["hamlet_id"] for hamlet in own["hamlets"]] == [FOURTH]


def test_a_household_that_was_not_met_says_why(session: Session, sign_in: SignIn, officer: httpx.Client) -> None:
    away, met, unlisted = households(session, 3)
    round_id = rounds.review_round(session)
    rounds.cases(session, round_id, [away])
    rounds.cases(session, round_id, [met], stage="surveyed")
    session.commit()
    surveyor, address = sign_in("xom-3"), f"/api/v1/rounds/{round_id}/households"
    said = surveyor.post(f"{address}/{away}/absence", json={"reason": "Cả nhà đi làm ăn xa"})
    assert (said.status_code, said.json()["stage"]) == (200, "not_reached")
    assert said.json()["not_reached_reason"] == "Cả nhà đi làm ăn xa"
    refused = surveyor.post(f"{address}/{met}/absence", json={"reason": "x"})
    assert (refused.status_code, refused.json()["stage"]) == (409, "surveyed")
    assert "agree" in [step["action"] for step in refused.json()["allowed"]]
    absent = surveyor.post(f"{address}/{unlisted}/absence", json={"reason": "x"})
    assert (absent.status_code, absent.json()["type"]) == (409, "/problems/not-in-round")
    assert sign_in("xom-4").post(f"{address}/{away}/absence", json={"reason": "x"}).status_code == 404
    assert surveyor.post(f"{address}/{away}/absence", json={"reason": ""}).status_code == 422
