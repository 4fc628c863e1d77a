"""What a person decides about Phiếu A from tablets, and when it is too late for another result."""

import unicodedata
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.make import screening, tablets, walk
from tests.make.screening import FORM
from tests.make.tablets import HAMLET, household, push, request, submission
from tests.mobile_sync import test_screenings
from tests.mobile_sync.test_screenings import SOUND, UNSAFE, read, result

SignIn = Callable[[str], httpx.Client]
home, paper = test_screenings.home, test_screenings.paper


def decided(officer: httpx.Client, clash: dict[str, Any], choice: str, **more: Any) -> httpx.Response:
    body = {"choice": choice, "reason": "đã gọi điện", **more}
    return officer.post(f"/sync/v1/conflicts/{clash['conflict_id']}/resolution", json=body)


def test_the_tablets_value_is_its_whole_result_also_what_it_left_out(
    surveyor: httpx.Client, device: str, paper: str, engine: Engine, session: Session, sign_in: SignIn
) -> None:
    screening.in_force(session)
    session.commit()
    push(surveyor, device, result(paper, form=FORM, answers=SOUND, passed=False, reason=None))
    (clash,) = push(surveyor, tablets.enrolled(engine, "xom-3"), result(paper))
    assert clash["outcome"] == "conflict"
    answer = decided(sign_in("truc-thai"), clash, "device")
    assert answer.status_code == 200, answer.text
    told = read(surveyor, paper)
    assert (told["passed"], told["form"], told["answers"], told["by_rule"]) == (True, None, {}, False)


@pytest.mark.parametrize(("choice", "passed"), [("device", False), ("server", True)])
def test_one_reason_in_two_spellings_is_nothing_to_decide(
    choice: str, passed: bool, surveyor: httpx.Client, device: str, paper: str, engine: Engine, sign_in: SignIn
) -> None:
    reason = unicodedata.normalize("NFD", "Nhà dột, mất việc")
    push(surveyor, device, result(paper, reason=reason))
    (clash,) = push(surveyor, tablets.enrolled(engine, "xom-3"), result(paper, reason=reason, passed=False))
    assert clash["outcome"] == "conflict"
    answer = decided(sign_in("truc-thai"), clash, choice)
    assert answer.status_code == 200, answer.text
    assert read(surveyor, paper)["passed"] is passed


def test_what_the_rule_of_the_form_says_is_nothing_to_decide(
    surveyor: httpx.Client, device: str, paper: str, engine: Engine, session: Session, sign_in: SignIn
) -> None:
    """Both tablets were wrong about the same form, one of them in other answers."""
    screening.in_force(session)
    session.commit()
    sent: dict[str, Any] = {"form": FORM, "passed": False, "reason": None}
    push(surveyor, device, result(paper, answers=UNSAFE, **sent))
    again = result(paper, answers=UNSAFE | {"test_salary": False}, **sent)
    (clash,) = push(surveyor, tablets.enrolled(engine, "xom-3"), again)
    assert clash["outcome"] == "conflict"
    answer = decided(sign_in("truc-thai"), clash, "device")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("choice", "status"), [("device", 409), ("server", 200)])
def test_a_conflict_is_closed_also_once_the_request_has_led_onto_a_list(
    choice: str, status: int, surveyor: httpx.Client, device: str, paper: str, engine: Engine, sign_in: SignIn
) -> None:
    """The result that led there stands, with its own day; no other one can take its place."""
    push(surveyor, device, result(paper))
    push(surveyor, device, result(paper, seq=4, base=1, reason="Nhà sập"))
    other = result(paper, base=1, passed=False, screened_on="2024-09-04")
    (clash,) = push(surveyor, tablets.enrolled(engine, "xom-3"), other)
    assert clash["outcome"] == "conflict"
    walk.surveying(sign_in, kind="periodic", year=2024, opens_on="2024-09-01", closes_on="2024-12-14")
    answer = decided(sign_in("truc-thai"), clash, choice)
    assert answer.status_code == status, answer.text
    told = read(surveyor, paper)
    assert (told["passed"], told["reason"], told["screened_on"]) == (True, "Nhà sập", "2024-09-05")


def test_a_training_round_does_not_settle_it(surveyor: httpx.Client, device: str, paper: str, sign_in: SignIn) -> None:
    push(surveyor, device, result(paper))
    round_id = walk.surveying(sign_in, kind="training", year=2024, opens_on="2024-09-01", closes_on="2024-12-14")
    cases = sign_in("truc-thai").get(f"/api/v1/rounds/{round_id}/households").json()["items"]
    assert len(cases) == 1
    (late,) = push(surveyor, device, result(paper, seq=4, base=1, passed=False))
    assert late["outcome"] == "applied", late


def test_what_waits_three_deep_is_applied_in_the_surveyors_order(surveyor: httpx.Client, device: str) -> None:
    home = submission("household", household(), seq=1)
    paper = submission("request", request(home["id"]), seq=2)
    first = result(paper["id"])
    later = [result(paper["id"], seq=4 + n, base=1 + n, reason=text) for n, text in enumerate(("hai", "ba", "bốn"))]
    for one in (later[1], first, paper, later[0]):
        assert push(surveyor, device, one)[0]["outcome"] == "held"
    outcomes = push(surveyor, device, later[2], home)
    assert [(o["outcome"], o["version"]) for o in outcomes] == [("applied", 4), ("applied", 1)]
    assert read(surveyor, paper["id"])["reason"] == "bốn"


def test_what_was_found_of_a_household_that_moved_is_handed_over(
    surveyor: httpx.Client, device: str, home: str, paper: str, sign_in: SignIn, engine: Engine
) -> None:
    officer = sign_in("truc-thai")
    push(surveyor, device, result(paper))
    moved = submission("household", {"hamlet_id": HAMLET[4]}, base=1, record=home)
    push(officer, tablets.enrolled(engine, "truc-thai"), moved)
    late, anew = result(paper, seq=4, base=1, passed=False), result(paper, seq=5, passed=False)
    assert [told["outcome"] for told in push(surveyor, device, late, anew)] == ["held"] * 2
    waiting = {one["submission_id"]: one for one in officer.get("/sync/v1/submissions/waiting").json()["items"]}
    assert waiting.keys() == {late["submission_id"], anew["submission_id"]}
    assert all(one["why"]["vi"] for one in waiting.values())
    answer = officer.post(f"/sync/v1/submissions/{late['submission_id']}/retry")
    assert answer.json()["outcome"] == "applied"
    assert read(officer, paper)["passed"] is False
