"""Rounds: prepared on their days, approved by somebody else, consolidated when every household is settled."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.make import rounds, tablets, walk
from tests.make.reviews import household, households

SignIn = Callable[[str], httpx.Client]


def test_a_periodic_round_has_the_days_of_the_law_and_its_standard_and_procedure(sign_in: SignIn) -> None:
    made = walk.prepared(sign_in("truc-thai"))
    assert (made["opens_on"], made["closes_on"]) == ("2026-09-01", "2026-12-14")
    assert (made["stage"], made["state"], made["version"]) == ("prepared", "prepared", 1)
    assert (made["standard_code"], made["standard_version"]) == ("vn-2022", 1)
    assert (made["procedure_code"], made["upper_level"]) == ("qd-24-2021", "none")


def test_before_the_district_level_ended_it_gives_the_opinion(sign_in: SignIn) -> None:
    assert walk.prepared(sign_in("truc-thai"), year=2024)["upper_level"] == "district"


def test_a_regular_round_opens_on_the_15th_for_15_days(sign_in: SignIn) -> None:
    made = walk.prepared(sign_in("truc-thai"), kind="regular", opens_on="2026-11-15")
    assert (made["closes_on"], made["upper_level"]) == ("2026-11-29", "none")


def test_a_training_round_takes_any_days_and_the_training_standard(sign_in: SignIn) -> None:
    made = walk.prepared(sign_in("truc-thai"), kind="training", opens_on="2026-03-07", closes_on="2026-03-20")
    assert made["standard_code"] == "training-2022"


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"opens_on": "2026-08-31"}, "#/opens_on", "outside_of_period"),
        ({"closes_on": "2026-12-15"}, "#/closes_on", "outside_of_period"),
        ({"opens_on": "2026-10-01", "closes_on": "2026-09-30"}, "#/closes_on", "days_out_of_order"),
        ({"opens_on": "2025-09-01"}, "#/year", "year_differs"),
        ({"kind": "regular"}, "#/opens_on", "missing"),
        ({"kind": "regular", "opens_on": "2026-11-14"}, "#/opens_on", "wrong_day"),
        ({"kind": "regular", "opens_on": "2026-11-15", "closes_on": "2026-11-30"}, "#/closes_on", "outside_of_period"),
        ({"kind": "training"}, "#/opens_on", "missing"),
        ({"standard": {"code": "vn-1999", "version": 1}}, "#/standard", "unknown_standard"),
        ({"standard": {"code": "training-2022", "version": 1}}, "#/standard", "other_kind"),
        ({"standard": {"code": "vn-2027", "version": 1}}, "#/standard", "not_in_force"),
    ],
)
def test_days_and_standards_that_do_not_fit_are_named(
    sign_in: SignIn, fields: dict[str, Any], pointer: str, code: str
) -> None:
    body = {"area_id": walk.COMMUNE, "kind": "periodic", "year": 2026} | fields
    answer = sign_in("truc-thai").post("/api/v1/rounds", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert (pointer, code) in [(e["pointer"], e["code"]) for e in answer.json()["errors"]]


def test_a_round_is_a_communes(sign_in: SignIn) -> None:
    from api.areas.tables import area_id

    body = {"area_id": str(area_id("14080-03")), "kind": "periodic", "year": 2026}
    answer = sign_in("truc-thai").post("/api/v1/rounds", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_a_commune")
    assert sign_in("truc-dai").post("/api/v1/rounds", json=body | {"area_id": walk.COMMUNE}).status_code == 404


def test_the_same_request_again_prepares_once_and_another_one_of_the_kind_waits(sign_in: SignIn) -> None:
    officer, body = (
        sign_in("truc-thai"),
        {"id": str(uuid4()), "area_id": walk.COMMUNE, "kind": "periodic", "year": 2026},
    )
    first, again = (officer.post("/api/v1/rounds", json=body) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    other = officer.post("/api/v1/rounds", json=body | {"id": str(uuid4())})
    assert (other.status_code, other.json()["type"]) == (409, "/problems/conflict")
    assert other.json()["round_id"] == body["id"]
    reused = officer.post("/api/v1/rounds", json=body | {"kind": "regular", "opens_on": "2026-11-15"})
    assert reused.json()["type"] == "/problems/already-exists"
    assert walk.prepared(officer, kind="regular", opens_on="2026-11-15")["kind"] == "regular"


def test_two_officers_at_once_prepare_one_round(sign_in: SignIn, session: Session) -> None:
    officer, answers = sign_in("truc-thai"), []

    def prepare() -> None:
        answers.append(officer.post("/api/v1/rounds", json={"area_id": walk.COMMUNE, "kind": "periodic", "year": 2026}))

    together = [threading.Thread(target=prepare) for _ in range(4)]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert session.execute(text("SELECT count(*) FROM review_round")).scalar_one() == 1


def test_the_chair_approves_a_list_that_is_not_empty_and_whoever_prepared_it_may_not(
    sign_in: SignIn, session: Session
) -> None:
    home = household(session)
    session.commit()
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    round_id = walk.prepared(officer)["id"]
    empty = chair.post(f"/api/v1/rounds/{round_id}/approval")
    assert (empty.status_code, empty.json()["missing"]) == (409, ["list_is_not_empty"])
    officer.post(f"/api/v1/rounds/{round_id}/households", json={"household_id": str(home), "reason": "mới cháy nhà"})
    assert officer.post(f"/api/v1/rounds/{round_id}/approval").status_code == 403
    session.execute(text("UPDATE review_round SET prepared_by = (SELECT id FROM account WHERE username = 'chu-tich')"))
    session.commit()
    own = chair.post(f"/api/v1/rounds/{round_id}/approval")
    assert (own.status_code, own.json()["type"]) == (409, "/problems/separation-of-duties")
    session.execute(text("UPDATE review_round SET prepared_by = NULL"))
    session.commit()
    stale = chair.post(f"/api/v1/rounds/{round_id}/approval", headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    approved = chair.post(f"/api/v1/rounds/{round_id}/approval", headers={"If-Match": '"1"'})
    assert (approved.status_code, approved.json()["stage"], approved.headers["etag"]) == (200, "surveying", '"2"')
    assert approved.json()["approved_at"]
    again = chair.post(f"/api/v1/rounds/{round_id}/approval")
    assert (again.status_code, again.json()["stage"]) == (409, "surveying")
    assert "consolidate" in [step["action"] for step in again.json()["allowed"]]


def test_a_round_is_consolidated_when_every_household_is_settled_and_can_be_opened_again(
    sign_in: SignIn, session: Session
) -> None:
    officer, homes = sign_in("truc-thai"), households(session, 2)
    round_id = rounds.review_round(session)
    rounds.cases(session, round_id, homes[:1], stage="cleared")
    rounds.cases(session, round_id, homes[1:], stage="surveyed")
    session.commit()
    refused = officer.post(f"/api/v1/rounds/{round_id}/consolidation")
    assert (refused.status_code, refused.json()["missing"]) == (409, ["all_cases_settled"])
    session.execute(text("UPDATE review_case SET stage = 'complained' WHERE stage = 'surveyed'"))
    session.commit()
    done = officer.post(f"/api/v1/rounds/{round_id}/consolidation")
    assert (done.status_code, done.json()["stage"]) == (200, "consolidated")
    back = officer.post(f"/api/v1/rounds/{round_id}/reopening")
    assert (back.status_code, back.json()["stage"]) == (200, "surveying")


def test_a_round_past_its_days_says_why(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    round_id = rounds.review_round(session)
    session.commit()
    assert officer.get(f"/api/v1/rounds/{round_id}/progress").json()["overdue"] is True
    said = officer.patch(f"/api/v1/rounds/{round_id}", json={"overdue_reason": "Phúc tra"}, headers={"If-Match": '"1"'})
    assert (said.status_code, said.json()["overdue_reason"], said.json()["version"]) == (200, "Phúc tra", 2)
    blind = officer.patch(f"/api/v1/rounds/{round_id}", json={"overdue_reason": "x"})
    assert blind.status_code == 428


def test_a_round_prepared_by_mistake_is_taken_back_with_its_list(
    sign_in: SignIn, session: Session, engine: Engine
) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    home = str(household(session))
    session.commit()
    wrong = walk.prepared(officer)["id"]
    added = officer.post(f"/api/v1/rounds/{wrong}/households", json={"household_id": home, "reason": "Xóm đề nghị"})
    seen, cursor = tablets.pull(sign_in("xom-3"))
    assert [c["id"] for c in seen if c["entity"] == "review_case"] == [added.json()["id"]]
    assert sign_in("truc-dai").delete(f"/api/v1/rounds/{wrong}").status_code == 404
    assert officer.delete(f"/api/v1/rounds/{wrong}", headers={"If-Match": '"7"'}).status_code == 412
    assert officer.delete(f"/api/v1/rounds/{wrong}").status_code == 204
    assert officer.get(f"/api/v1/rounds/{wrong}").status_code == 404
    (gone,) = tablets.pull(sign_in("xom-3"), cursor)[0]
    assert (gone["id"], gone["op"], gone["reason"]) == (added.json()["id"], "remove", "deleted")
    right = walk.prepared(officer)["id"]  # the days are free again
    again = officer.post(f"/api/v1/rounds/{right}/households", json={"household_id": home, "reason": "Xóm đề nghị"})
    assert again.status_code == 201
    assert chair.post(f"/api/v1/rounds/{right}/approval").status_code == 200
    refused = officer.delete(f"/api/v1/rounds/{right}")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
