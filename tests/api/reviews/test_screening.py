"""Phiếu A: a person decides with a reason, and it may be put right until it has led onto a list."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlmodel import Session

from tests.make import rounds
from tests.make.reviews import household

SignIn = Callable[[str], httpx.Client]
RESULT = {"passed": False, "reason": "Nhà mái bằng, có lương hưu", "answers": {"A1": True}, "screened_on": "2026-09-25"}


def paper(client: httpx.Client, home: UUID, kind: str = "review") -> str:
    body: dict[str, Any] = {"id": str(uuid4()), "household_id": str(home), "kind": kind, "received_on": "2026-09-20"}
    assert client.post("/api/v1/requests", json=body).status_code == 201
    return str(body["id"])


def test_a_result_is_stored_read_and_put_right(session: Session, sign_in: SignIn) -> None:
    home = household(session)
    session.commit()
    surveyor = sign_in("xom-3")
    address = f"/api/v1/requests/{paper(surveyor, home)}/screening"
    assert surveyor.get(address).status_code == 404
    first = surveyor.post(address, json=RESULT)
    assert (first.status_code, first.json()["passed"], first.json()["screened_by"]) == (200, False, "xom-3")
    second = sign_in("truc-thai").post(address, json=RESULT | {"passed": True, "reason": "Đã xác minh lại"})
    assert second.json()["passed"] is True
    told = surveyor.get(address).json()
    assert (told["reason"], told["answers"], told["screened_by"]) == ("Đã xác minh lại", {"A1": True}, "truc-thai")
    district = sign_in("truc-ninh").get(address).json()
    assert (district["passed"], district["reason"], district["withheld"]) == (True, None, ["reason", "answers"])
    assert sign_in("xom-4").get(address).status_code == 404
    assert sign_in("xom-4").post(address, json=RESULT).status_code == 404
    assert sign_in("chu-tich").post(address, json=RESULT).status_code == 403


def test_only_a_request_to_be_reviewed_needs_it(session: Session, sign_in: SignIn) -> None:
    home = household(session)
    session.commit()
    surveyor = sign_in("xom-3")
    answer = surveyor.post(f"/api/v1/requests/{paper(surveyor, home, 'escape')}/screening", json=RESULT)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")


def test_once_the_household_is_listed_by_it_the_result_stands(session: Session, sign_in: SignIn) -> None:
    home = household(session)
    session.commit()
    surveyor = sign_in("xom-3")
    request_id = paper(surveyor, home)
    rounds.cases(session, rounds.review_round(session), [home], request_id=UUID(request_id))
    session.commit()
    answer = surveyor.post(f"/api/v1/requests/{request_id}/screening", json=RESULT)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/illegal-stage")


def test_a_day_in_the_future_and_a_result_without_reason_are_refused(session: Session, sign_in: SignIn) -> None:
    home = household(session)
    session.commit()
    surveyor = sign_in("xom-3")
    address = f"/api/v1/requests/{paper(surveyor, home)}/screening"
    answer = surveyor.post(address, json=RESULT | {"reason": "", "screened_on": "2099-01-01"})
    assert {error["pointer"] for error in answer.json()["errors"]} == {"#/reason", "#/screened_on"}
