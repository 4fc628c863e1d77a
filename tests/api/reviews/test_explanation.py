"""Why a household is proposed as what it is: every point and every flag with its answer and its article, adding up."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session

from tests.make import rounds
from tests.make.households import post_member
from tests.make.reviews import household
from tests.make.tablets import ANSWERS, review

SignIn = Callable[[str], httpx.Client]
MORE = {
    "non_farm_job": "none", "electricity_kwh": 60, "assets": ["motorbike"], "land": [], "cattle": 0, "pigs": 0,
    "poultry": 0, "aquaculture": False, "hired_without_contract": False,
}  # fmt: skip


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


def reviewed(session: Session, officer: httpx.Client, **of_round: Any) -> tuple[str, str]:
    """A review of a household with a pupil who is not at school, and that pupil's id."""
    home = household(session)
    round_id = rounds.review_round(session, **of_round)
    rounds.cases(session, round_id, [home])
    session.commit()
    known = {"health_insurance": True, "social_allowance": False, "pension": False}
    post_member(officer, str(home), labour_status="working", labour_contract=True, qualification="university",
                schooling="none", **known)  # fmt: skip
    pupil = post_member(officer, str(home), birth_year=2014, relation_to_head="child", schooling="none",
                        nutrition="normal", **known)["id"]  # fmt: skip
    sent = review(str(home), str(round_id))
    if of_round.get("kind") == "training":
        form = officer.get("/sync/v1/reference").json()["forms"][-1]
        sent |= {"form": {"code": "form-b", "version": form["version"]}, "b1_entered": None, "paper_no": None}
        sent |= {"answers": ANSWERS | MORE}
    made = officer.post("/api/v1/reviews", json=sent)
    assert made.status_code == 201, made.text
    return str(made.json()["id"]), str(pupil)


def test_the_lines_add_up_to_the_result_and_name_their_article(session: Session, officer: httpx.Client) -> None:
    review_id, pupil = reviewed(session, officer)
    result = officer.get(f"/api/v1/reviews/{review_id}").json()["result"]
    told = officer.get(f"/api/v1/reviews/{review_id}/explanation").json()
    assert (told["b1"], told["b2"], told["proposed_class"]) == (result["b1"], result["b2"], result["proposed_class"])
    assert sum(line["points"] for line in told["b1_lines"]) == told["b1"] == 120
    assert sum(line["points"] for line in told["b2_lines"]) == told["b2"] == 30
    assert [line["code"] for line in told["b2_lines"] if line["deprived"]] == result["deprivations"]
    assert len(told["b2_lines"]) == 12
    assert all(line["document"] and line["article"] and line["label"]["vi"] for line in told["b2_lines"])
    (school,) = [line for line in told["b2_lines"] if line["code"] == "child_school_attendance"]
    assert (school["deprived"], school["member_ids"]) == (True, [pupil])
    (toilet,) = [line for line in told["b2_lines"] if line["code"] == "hygienic_toilet"]
    assert "Không có nhà tiêu" in toilet["answer"]["vi"]
    assert told["proposed_class"] == "poor"
    assert (told["training"], told["reason"]["vi"] != "") == (False, True)


def test_a_training_review_says_so_and_its_points_add_up(session: Session, officer: httpx.Client) -> None:
    review_id, _ = reviewed(session, officer, kind="training", standard_code="training-2022")
    told = officer.get(f"/api/v1/reviews/{review_id}/explanation").json()
    assert (told["training"], told["standard"]) == (True, {"code": "training-2022", "version": 1})
    assert "KHÔNG CÓ GIÁ TRỊ" in told["label"]["vi"]
    assert len(told["b1_lines"]) > 5
    assert sum(line["points"] for line in told["b1_lines"]) == told["b1"]


def test_who_may_not_see_answers_sees_the_points_only(session: Session, officer: httpx.Client, sign_in: SignIn) -> None:
    review_id, pupil = reviewed(session, officer)
    told = sign_in("truc-ninh").get(f"/api/v1/reviews/{review_id}/explanation")
    assert told.status_code == 200
    assert pupil not in told.text
    assert {str(line["answer"]) for line in told.json()["b2_lines"]} == {"None"}
    assert told.json()["withheld"] == ["answer", "member_ids", "warnings"]
    assert sign_in("xom-4").get(f"/api/v1/reviews/{UUID(review_id)}/explanation").status_code == 404
