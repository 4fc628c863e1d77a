"""Another class than the rules propose: a person, a reason, before the meeting."""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.make import rounds
from tests.make.reviews import household
from tests.make.tablets import pull

SignIn = Callable[[str], httpx.Client]
BODY = {"poverty_class": "poor", "reason": "Thu nhập kê khai thấp hơn thực tế"}
READ = {"If-Match": '"1"'}


@pytest.fixture
def review_id(session: Session) -> UUID:
    home = household(session)
    round_id = rounds.review_round(session)
    rounds.cases(session, round_id, [home], stage="surveyed")
    made = rounds.review(session, round_id, home, "near_poor")
    session.commit()
    return made


def test_the_override_stands_beside_the_result_with_person_and_reason(
    review_id: UUID, sign_in: SignIn, session: Session
) -> None:
    officer = sign_in("truc-thai")
    _, cursor = pull(sign_in("xom-3"))
    answer = officer.post(f"/api/v1/reviews/{review_id}/override", json=BODY, headers=READ)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    told = answer.json()
    assert told["result"]["proposed_class"] == "near_poor"
    assert (told["override"]["poverty_class"], told["override"]["by"]) == ("poor", "truc-thai")
    assert told["override"]["reason"] == BODY["reason"]
    changes, _ = pull(sign_in("xom-3"), cursor)
    assert [(c["entity"], c["data"]["override"]["poverty_class"]) for c in changes] == [("review", "poor")]
    logged = session.execute(text("SELECT actor, detail FROM audit_entry WHERE action = 'reviews.override'")).one()
    assert (logged.actor, logged.detail) == ("truc-thai", {"poverty_class": "poor"})
    assert sign_in("truc-ninh").get(f"/api/v1/reviews/{review_id}").json()["override"]["reason"] is None


def test_only_with_the_right_on_the_version_read_and_before_the_meeting(
    review_id: UUID, sign_in: SignIn, session: Session
) -> None:
    officer, address = sign_in("truc-thai"), f"/api/v1/reviews/{review_id}/override"
    assert sign_in("xom-3").post(address, json=BODY, headers=READ).status_code == 403
    assert sign_in("truc-dai").post(address, json=BODY, headers=READ).status_code == 404
    assert officer.post(address, json=BODY).status_code == 428
    assert officer.post(address, json=BODY, headers={"If-Match": '"2"'}).status_code == 412
    assert officer.post(address, json=BODY | {"reason": ""}, headers=READ).status_code == 422
    session.execute(text("UPDATE review_case SET stage = 'agreed'"))
    session.commit()
    late = officer.post(address, json=BODY, headers=READ)
    assert (late.status_code, late.json()["stage"]) == (409, "agreed")
    assert [step["action"] for step in late.json()["allowed"]] == ["post"]


def test_a_review_that_was_replaced_is_not_overridden(review_id: UUID, sign_in: SignIn, session: Session) -> None:
    session.execute(text("UPDATE review SET in_force = false"))
    session.commit()
    answer = sign_in("truc-thai").post(f"/api/v1/reviews/{review_id}/override", json=BODY, headers=READ)
    assert answer.json()["type"] == "/problems/illegal-stage"
