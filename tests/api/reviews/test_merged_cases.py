"""Two households of one list that become one: the case under the survivor's own name stands for both."""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api.reviews.cases import case_id
from tests.make import rounds
from tests.make.answers import done
from tests.make.procedure import HAMLET, minutes, posting, stages
from tests.make.reviews import households
from tests.make.tablets import review

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


def merge(officer: httpx.Client, survivor: UUID, absorbed: UUID) -> None:
    body = {"survivor_id": str(survivor), "absorbed_id": str(absorbed), "reason": "ghi hai lần"}
    done(officer.post("/api/v1/households/merge", json=body))


def by_case(session: Session) -> tuple[UUID, list[UUID]]:
    """A round with an empty list, and two households in the order in which their cases would be locked."""
    round_id = rounds.review_round(session)
    return round_id, sorted(households(session, 2), key=lambda home: case_id(round_id, home))


@pytest.mark.parametrize("survives", [0, 1])
def test_the_survivors_own_case_is_reviewed_and_missed(session: Session, officer: httpx.Client, survives: int) -> None:
    round_id, homes = by_case(session)
    survivor, absorbed = homes[survives], homes[1 - survives]
    rounds.cases(session, round_id, [survivor])
    rounds.cases(session, round_id, [absorbed], stage="surveyed")
    rounds.review(session, round_id, absorbed)
    session.commit()
    merge(officer, survivor, absorbed)
    address = f"/api/v1/rounds/{round_id}/households/{survivor}/absence"
    assert done(officer.post(address, json={"reason": "Đi vắng"}))["stage"] == "not_reached"
    made = done(officer.post("/api/v1/reviews", json=review(str(survivor), str(round_id))))
    assert (made["kind"], made["in_force"]) == ("survey", True)
    assert stages(session, round_id, [survivor, absorbed]) == ["surveyed", "surveyed"]
    again = officer.post("/api/v1/reviews", json=review(str(survivor), str(round_id), paper_no="B-99"))
    assert again.json()["review_id"] == made["id"]


def test_a_case_that_stands_for_nobody_any_more_neither_meets_nor_keeps_the_round_open(
    session: Session, officer: httpx.Client
) -> None:
    round_id, (survivor, absorbed) = by_case(session)
    rounds.cases(session, round_id, [survivor, absorbed], stage="surveyed")
    rounds.review(session, round_id, survivor, "poor")
    rounds.review(session, round_id, absorbed, "near_poor")
    session.commit()
    merge(officer, survivor, absorbed)
    sheet = done(officer.get(f"/api/v1/rounds/{round_id}/hamlets/{HAMLET}/meeting-sheet"))
    assert [(line["household_id"], line["proposed_class"]) for line in sheet["items"]] == [(str(survivor), "poor")]
    assert done(officer.post("/api/v1/meetings", json=minutes(round_id)))["households"] == 1
    assert stages(session, round_id, [survivor, absorbed]) == ["agreed", "surveyed"]
    posted = done(officer.post("/api/v1/postings", json=posting(round_id)))
    assert posted["households"] == 1
    done(officer.post(f"/api/v1/postings/{posted['id']}/ending"))
    steps = done(officer.get(f"/api/v1/rounds/{round_id}/steps"))
    assert [(one["action"], one["missing"]) for one in steps["steps"]] == [("consolidate", [])]
    assert [(one["stage"], one["households"]) for one in steps["cases"]] == [("cleared", 1)]
    assert done(officer.post(f"/api/v1/rounds/{round_id}/consolidation"))["stage"] == "consolidated"


def test_surveyors_are_given_a_merged_household_by_either_id(session: Session, officer: httpx.Client) -> None:
    round_id, (survivor, absorbed) = by_case(session)
    rounds.cases(session, round_id, [absorbed])
    session.commit()
    merge(officer, survivor, absorbed)
    for named in (survivor, absorbed):
        items = [{"household_id": str(named), "username": "xom-3"}]
        told = done(officer.put(f"/api/v1/rounds/{round_id}/assignments", json={"items": items}))
        assert told["assigned"] == {"xom-3": 1}
    surveyors = session.execute(text("SELECT count(surveyor_id) FROM review_case")).scalar_one()
    assert surveyors == 1
