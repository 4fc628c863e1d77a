"""Refusals in writing: which requests can be refused, who prepares, who signs, who sees the reasons."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import Session

from api import clock
from api.accounts.permissions import Role
from api.accounts.tables import AccountGrant
from api.areas.tables import area_id
from tests.make.people import account_id
from tests.make.reviews import household
from tests.make.rounds import cases, review, review_round

SignIn = Callable[[str], httpx.Client]
REFUSALS = "/api/v1/refusals"
SIGNATURE = {"number": "31/TB-UBND", "signed_on": "2024-10-28", "signatory": "Chủ tịch UBND xã"}
WHY = "Tổng điểm B1 là 155, cao hơn 140"


def asked(officer: httpx.Client, home: UUID, kind: str = "review") -> str:
    body = {"household_id": str(home), "kind": kind, "received_on": "2024-09-20"}
    answer = officer.post("/api/v1/requests", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def screened(surveyor: httpx.Client, request_id: str, passed: bool) -> None:
    body = {"passed": passed, "reason": "x", "screened_on": "2024-09-21"}
    answer = surveyor.post(f"/api/v1/requests/{request_id}/screening", json=body)
    assert answer.status_code == 200, answer.text


def reviewed(session: Session, home: UUID, request_id: str, found: str, **fields: Any) -> UUID:
    round_id = review_round(session)
    asked_for: dict[str, Any] = {"stage": "cleared", "ground": "request", "request_id": UUID(request_id)}
    cases(session, round_id, [home], **(asked_for | fields))
    review(session, round_id, home, found)
    session.commit()
    return round_id


def refuse(officer: httpx.Client, request_id: str, reasons: str = WHY) -> httpx.Response:
    return officer.post(REFUSALS, json={"request_id": request_id, "reasons": reasons})


@pytest.fixture
def home(session: Session) -> UUID:
    found = household(session)
    session.commit()
    return found


def test_a_request_whose_review_ended_not_poor_is_refused(sign_in: SignIn, session: Session, home: UUID) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    request_id = asked(officer, home)
    assert refuse(officer, request_id).status_code == 409
    round_id = reviewed(session, home, request_id, "not_poor")
    made = refuse(officer, request_id)
    assert (made.status_code, made.json()["round_id"], made.json()["number"]) == (201, str(round_id), None)
    assert refuse(officer, request_id).json() == made.json()
    assert refuse(officer, request_id, "Lý do khác").json()["type"] == "/problems/already-exists"
    address = f"{REFUSALS}/{request_id}/signature"
    assert chair.post(address, json=SIGNATURE).status_code == 428
    signed = chair.post(address, json=SIGNATURE, headers={"If-Match": '"1"'})
    assert (signed.status_code, signed.json()["number"], signed.headers["ETag"]) == (200, "31/TB-UBND", '"2"')
    again = chair.post(address, json=SIGNATURE, headers={"If-Match": '"2"'})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/conflict")
    assert officer.get(f"{REFUSALS}/{request_id}").json() == signed.json()
    assert [i["request_id"] for i in officer.get(REFUSALS, params={"signed": True}).json()["items"]] == [request_id]
    assert officer.get(REFUSALS, params={"signed": False}).json()["items"] == []


@pytest.mark.parametrize(
    ("kind", "before", "found", "status"),
    [
        ("review", None, "poor", 409),
        ("review", None, "not_poor", 201),
        ("escape", "poor", "poor", 201),
        ("escape", "near_poor", "near_poor", 201),
        ("escape", "near_poor", "poor", 201),
        ("escape", "poor", "near_poor", 409),
        ("escape", "near_poor", "not_poor", 409),
    ],
)
def test_who_got_what_was_asked_is_not_refused(
    sign_in: SignIn, session: Session, home: UUID, kind: str, before: str | None, found: str, status: int
) -> None:
    request_id = asked(sign_in("truc-thai"), home, kind)
    reviewed(session, home, request_id, found, class_before=before)
    assert refuse(sign_in("truc-thai"), request_id).status_code == status


def test_a_review_that_is_not_over_refuses_nobody(sign_in: SignIn, session: Session, home: UUID) -> None:
    request_id = asked(sign_in("truc-thai"), home)
    reviewed(session, home, request_id, "not_poor", stage="posted")
    assert refuse(sign_in("truc-thai"), request_id).status_code == 409


@pytest.mark.parametrize(("passed", "status"), [(False, 201), (True, 409)])
def test_a_request_that_was_screened_out_is_refused(
    sign_in: SignIn, session: Session, home: UUID, passed: bool, status: int
) -> None:
    request_id = asked(sign_in("truc-thai"), home)
    screened(sign_in("xom-3"), request_id, passed)
    assert refuse(sign_in("truc-thai"), request_id).status_code == status


def test_whoever_has_passed_since_the_refusal_was_prepared_is_not_refused(sign_in: SignIn, home: UUID) -> None:
    request_id = asked(sign_in("truc-thai"), home)
    screened(sign_in("xom-3"), request_id, False)
    assert refuse(sign_in("truc-thai"), request_id).status_code == 201
    address, tag = f"{REFUSALS}/{request_id}/signature", {"If-Match": '"1"'}
    screened(sign_in("xom-3"), request_id, True)
    answer = sign_in("chu-tich").post(address, json=SIGNATURE, headers=tag)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
    screened(sign_in("xom-3"), request_id, False)
    assert sign_in("chu-tich").post(address, json=SIGNATURE, headers=tag).status_code == 200


def test_a_number_is_used_once_a_year_and_the_preparer_does_not_sign(sign_in: SignIn, session: Session) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    session.add(
        AccountGrant(
            id=uuid4(), account_id=account_id("chu-tich"), role=Role.commune_officer, area_id=area_id("14080"),
            head=False, valid_from=date(2024, 1, 1), created_at=clock.now(),
        )
    )  # fmt: skip
    answers = []
    for preparer in (officer, officer, chair):
        home = household(session)
        session.commit()
        request_id = asked(officer, home)
        reviewed(session, home, request_id, "not_poor")
        assert refuse(preparer, request_id).status_code == 201
        answer = chair.post(f"{REFUSALS}/{request_id}/signature", json=SIGNATURE, headers={"If-Match": '"1"'})
        answers.append((answer.status_code, answer.json().get("type")))
    assert answers == [(200, None), (409, "/problems/already-exists"), (409, "/problems/separation-of-duties")]


def test_reasons_are_for_those_who_may_see_what_is_sensitive(sign_in: SignIn, session: Session, home: UUID) -> None:
    request_id = asked(sign_in("truc-thai"), home)
    reviewed(session, home, request_id, "not_poor")
    assert refuse(sign_in("truc-thai"), request_id).status_code == 201
    seen = {}
    for who in ("truc-ninh", "truc-thai", "chu-tich", "xom-3"):
        told = sign_in(who).get(f"{REFUSALS}/{request_id}").json()
        seen[who] = (told["reasons"], told["withheld"])
    assert seen == dict.fromkeys(seen, (WHY, [])) | {"truc-ninh": (None, ["reasons"])}
    for who in ("xom-4", "truc-dai"):
        assert sign_in(who).get(f"{REFUSALS}/{request_id}").status_code == 404
    assert sign_in("mat-tran").get(REFUSALS).status_code == 403
