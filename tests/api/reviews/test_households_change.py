"""Households that are merged or move away while their round is under way: the round still comes to its end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import Session

from api.areas.tables import area_id
from api.reviews.cases import case_id
from api.reviews.review_rows import REVIEW
from tests.make import rounds
from tests.make.answers import done
from tests.make.decisions import DECISIONS, people, prepare, ready_round, sign
from tests.make.procedure import complaint, minutes, posting, stages, surveyed
from tests.make.reviews import households
from tests.year.truth import HAVING

SignIn = Callable[[str], httpx.Client]


def review(round_id: UUID, household_id: UUID, **fields: Any) -> dict[str, Any]:
    """A signed paper that makes a household not poor."""
    return {
        "id": str(uuid4()),
        "household_id": str(household_id),
        "round_id": str(round_id),
        "form": {"code": "form-b", "version": 1},
        "surveyed_on": "2024-10-10",
        "paper_no": "B-1",
        "answers": HAVING,
        "b1_entered": 150,
        "causes": [],
        "needs": [],
        "attachments": [],
        **fields,
    }


def merged(officer: httpx.Client, survivor: UUID, absorbed: UUID) -> None:
    done(officer.post("/api/v1/households/merge", json={"survivor_id": str(survivor), "absorbed_id": str(absorbed)}))


def moved_away(officer: httpx.Client, household_id: UUID) -> None:
    body = {"hamlet_id": str(area_id("14071-01")), "moved_on": "2024-10-01", "reason": "Chuyển nhà"}
    done(officer.post(f"/api/v1/households/{household_id}/move", json=body))


@pytest.mark.parametrize("own_name_first", [True, False])
def test_two_listed_households_that_were_one_come_to_one_decision(
    session: Session, sign_in: SignIn, own_name_first: bool
) -> None:
    """Whichever of the two cases has the smaller id: the one under the household's own name stands for it."""
    officer = sign_in("truc-thai")
    round_id = rounds.review_round(session, upper_level="none")
    home, other = sorted(households(session, 2), key=lambda i: case_id(round_id, i), reverse=not own_name_first)
    people(session, home, health_insurance=True, labour_status="working", labour_contract=True)
    rounds.cases(session, round_id, [home, other])
    session.commit()
    merged(officer, home, other)
    done(officer.post("/api/v1/reviews", json=review(round_id, home)))
    assert stages(session, round_id, [home, other]) == ["surveyed", "listed"]
    done(officer.post("/api/v1/meetings", json=minutes(round_id)))
    hung = done(officer.post("/api/v1/postings", json=posting(round_id)))
    done(officer.post(f"/api/v1/postings/{hung['id']}/ending"))
    told = done(officer.get(f"/api/v1/rounds/{round_id}/steps"))
    assert {step["action"]: step["missing"] for step in told["steps"]}["consolidate"] == []
    done(officer.post(f"/api/v1/rounds/{round_id}/consolidation"))
    made = prepare(officer, round_id)
    assert [one["reason"] for one in made["left_out"]] == ["merged"]
    assert sign(sign_in("chu-tich"), made["id"], "1/QĐ-UBND", "2024-12-10").status_code == 200
    assert done(officer.post(f"/api/v1/rounds/{round_id}/closing"))["stage"] == "closed"


def test_a_household_that_moved_away_unsurveyed_does_not_hold_the_round_up(session: Session, sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    stayed, gone = households(session, 2)
    round_id = rounds.review_round(session, upper_level="none")
    rounds.cases(session, round_id, [stayed, gone])
    session.commit()
    done(officer.post(f"/api/v1/rounds/{round_id}/households/{stayed}/absence", json={"reason": "Đi vắng"}))
    refused = officer.post(f"/api/v1/rounds/{round_id}/consolidation")
    assert (refused.status_code, refused.json()["missing"]) == (409, ["all_cases_settled"])
    moved_away(officer, gone)
    assert done(officer.post(f"/api/v1/rounds/{round_id}/consolidation"))["stage"] == "consolidated"


def test_a_household_that_moved_away_after_its_posting_is_left_out_of_the_decision(
    session: Session, sign_in: SignIn
) -> None:
    """Signing it is not this commune's any more; the others are decided and the round is closed."""
    officer = sign_in("truc-thai")
    stayed, gone = households(session, 2)
    round_id = ready_round(session, {stayed: "poor", gone: "near_poor"})
    session.commit()
    moved_away(officer, gone)
    made = prepare(officer, round_id)
    assert [(one["household_id"], one["reason"]) for one in made["left_out"]] == [(str(gone), "moved_away")]
    assert sign(sign_in("chu-tich"), made["id"], "1/QĐ-UBND", "2024-12-10").status_code == 200
    assert officer.post(DECISIONS, json={"round_id": str(round_id)}).status_code == 409
    assert done(officer.post(f"/api/v1/rounds/{round_id}/closing"))["stage"] == "closed"


def test_the_check_of_a_complaint_stays_with_the_case_that_was_posted(session: Session, sign_in: SignIn) -> None:
    """Two posted households are found to be one: the check of the absorbed one leaves the other's review in force."""
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    round_id = rounds.review_round(session)
    home, other = sorted(surveyed(session, round_id, ("poor", "poor")), key=lambda i: case_id(round_id, i))
    people(session, home, health_insurance=True, labour_status="working", labour_contract=True)
    session.commit()
    done(officer.post("/api/v1/meetings", json=minutes(round_id)))
    hung = done(officer.post("/api/v1/postings", json=posting(round_id)))
    made = done(officer.post("/api/v1/complaints", json=complaint(hung["id"], other)))
    merged(officer, home, other)
    checked = {name: value for name, value in review(round_id, other, surveyed_on="2024-10-16").items()
               if name not in ("id", "household_id", "round_id")}  # fmt: skip
    body = {"re_verified_on": "2024-10-16", "finding": "Điểm khác", "review": checked}
    path = f"/api/v1/complaints/{made['id']}"
    done(officer.post(f"{path}/re-verification", json=body))
    decision = {"outcome": "upheld", "reason": "Đúng như phúc tra", "decided_on": "2024-10-17"}
    done(chair.post(f"{path}/decision", json=decision))
    session.rollback()
    in_force = session.execute(select(REVIEW.c.household_id, REVIEW.c.kind).where(REVIEW.c.in_force)).all()
    assert {tuple(row) for row in in_force} == {(home, "survey"), (other, "re_verification")}
