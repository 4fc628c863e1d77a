"""Reviews over the web: typed back from paper, read with what a reader may see, replaced with a reason, re-verified."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api.problems import SeparationOfDuties
from api.reviews.cases import CASE, hold_cases
from api.reviews.review_commands import put_in_force, store_re_verification
from tests.make import rounds
from tests.make.households import post_member
from tests.make.reviews import acting, household, households
from tests.make.tablets import ANSWERS, review

SignIn = Callable[[str], httpx.Client]
SCAN = {"sha256": "a" * 64, "size": 120_000, "media_type": "image/jpeg", "purpose": "scan"}


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


def post(client: httpx.Client, home: str, round_id: str, **fields: Any) -> httpx.Response:
    return client.post("/api/v1/reviews", json=review(home, round_id, **fields))


def test_a_paper_is_typed_back_with_its_number_and_scan(officer: httpx.Client, home: str, round_id: str) -> None:
    review_id = str(uuid4())
    first = post(officer, home, round_id, id=review_id, paper_no="B-17", attachments=[SCAN])
    assert (first.status_code, first.headers["etag"]) == (201, '"1"')
    made = first.json()
    assert (made["paper_no"], made["attachments"], made["surveyor"], made["kind"]) == (
        "B-17", [SCAN | {"present": False}], "truc-thai", "survey",
    )  # fmt: skip
    assert (made["attachments_present"], made["attachments_declared"]) == (0, 1)
    assert (made["in_force"], made["result"]["b1"], made["result"]["proposed_class"]) == (True, 120, None)
    assert post(officer, home, round_id, id=review_id, paper_no="B-17", attachments=[SCAN]).json() == made
    assert post(officer, home, round_id, id=review_id, paper_no="B-18").json()["type"] == "/problems/already-exists"
    assert officer.get(f"/api/v1/reviews/{review_id}").json() == made


def test_a_key_makes_one_review(officer: httpx.Client, home: str, round_id: str) -> None:
    key = {"Idempotency-Key": "phiếu 17".encode().hex()}
    first, again = (officer.post("/api/v1/reviews", json=review(home, round_id), headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    other = officer.post("/api/v1/reviews", json=review(home, round_id, b1_entered=99), headers=key)
    assert other.json()["type"] == "/problems/idempotency-key-reused"


def test_the_web_is_strict(officer: httpx.Client, sign_in: SignIn, session: Session, home: str, round_id: str) -> None:
    unlisted = str(household(session))
    session.commit()
    assert post(officer, str(uuid4()), round_id).status_code == 404
    assert post(sign_in("xom-4"), home, round_id).status_code == 404
    assert post(officer, unlisted, round_id).json()["type"] == "/problems/not-in-round"
    assert post(officer, home, str(uuid4())).json()["errors"][0]["pointer"] == "#/round_id"
    unknown = post(officer, home, round_id, form={"code": "form-b", "version": 77})
    assert (unknown.status_code, unknown.json()["known"]) == (422, [{"code": "form-b", "version": 1}])


def test_a_second_review_names_the_first_and_replaces_it_with_a_reason(
    officer: httpx.Client, sign_in: SignIn, session: Session, home: str, round_id: str
) -> None:
    first = post(officer, home, round_id).json()
    refused = post(officer, home, round_id, paper_no="B-2")
    assert (refused.status_code, refused.json()["type"], refused.json()["review_id"]) == (
        409, "/problems/review-exists", first["id"],
    )  # fmt: skip
    assert post(officer, home, round_id, replaces=True).json()["errors"][0]["pointer"] == "#/reason"
    asked = {"replaces": True, "reason": "Phiếu đầu ghi nhầm nhà bên"}
    assert post(sign_in("xom-3"), home, round_id, **asked).status_code == 403
    second = post(officer, home, round_id, paper_no="B-2", **asked)
    assert (second.status_code, second.json()["in_force"]) == (201, True)
    before = officer.get(f"/api/v1/reviews/{first['id']}").json()
    assert (before["in_force"], before["version"]) == (False, 2)
    (case,) = officer.get(f"/api/v1/rounds/{round_id}/households").json()["items"]
    assert (case["stage"], case["review_id"]) == ("surveyed", second.json()["id"])
    session.execute(text("UPDATE review_case SET stage = 'posted'"))
    session.commit()
    late = post(officer, home, round_id, paper_no="B-3", **asked)
    assert (late.status_code, late.json()["stage"]) == (409, "posted")


def test_reviews_are_found_by_round_household_and_what_is_wrong_with_them(
    officer: httpx.Client, session: Session
) -> None:
    homes = households(session, 3)
    round_id = rounds.review_round(session)
    rounds.cases(session, round_id, homes)
    for home in homes:
        rounds.review(session, round_id, home)
    session.execute(text("UPDATE review SET differs_from_device = true WHERE household_id = :id"), {"id": homes[0]})
    session.execute(
        text("UPDATE review SET undetermined = '{nutrition}', proposed_class = NULL WHERE household_id = :id"),
        {"id": homes[1]},
    )
    session.execute(text("UPDATE review SET in_force = false WHERE household_id = :id"), {"id": homes[2]})
    session.commit()

    def found(**filters: Any) -> set[str]:
        answer = officer.get("/api/v1/reviews", params=filters)
        assert answer.status_code == 200, answer.text
        return {one["household_id"] for one in answer.json()["items"]}

    assert found(differs_from_device=True) == {str(homes[0])}
    assert found(undetermined=True) == {str(homes[1])}
    assert found(in_force=False) == {str(homes[2])}
    assert found(round_id=round_id) == {str(home) for home in homes}
    assert found(household_id=homes[1]) == {str(homes[1])}
    page = officer.get("/api/v1/reviews", params={"limit": 2}).json()
    rest = officer.get("/api/v1/reviews", params={"limit": 2, "cursor": page["next_cursor"]}).json()
    assert len({one["id"] for one in page["items"] + rest["items"]}) == 3
    assert rest["next_cursor"] is None


def test_answers_and_people_are_withheld_from_who_may_not_see_them(
    officer: httpx.Client, sign_in: SignIn, home: str, round_id: str
) -> None:
    post_member(officer, home, health_insurance=False)
    made = post(officer, home, round_id).json()
    assert made["answers"]["toilet"] == ANSWERS["toilet"]
    assert [one["health_insurance"] for one in made["members"]] == [False]
    shown = sign_in("truc-ninh").get(f"/api/v1/reviews/{made['id']}").json()
    assert (shown["answers"], shown["members"], shown["causes"], shown["needs"]) == (None, None, None, None)
    assert shown["withheld"] == ["answers", "members", "causes", "needs", "position", "result.warnings"]
    assert (shown["result"]["b1"], shown["result"]["deprivations"]) == (120, made["result"]["deprivations"])
    assert sign_in("truc-dai").get(f"/api/v1/reviews/{made['id']}").status_code == 404
    assert sign_in("mat-tran").get(f"/api/v1/reviews/{made['id']}").status_code == 403


def test_only_those_who_lived_there_on_the_day_are_kept(officer: httpx.Client, home: str, round_id: str) -> None:
    stays = post_member(officer, home)["id"]
    post_member(officer, home, left_on="2024-09-20", left_reason="moved")
    leaves = post_member(officer, home, left_on="2024-09-21", left_reason="moved")["id"]
    kept = post(officer, home, round_id).json()["members"]
    assert {one["id"] for one in kept} == {stays, leaves}


def test_a_review_goes_with_its_household_through_moves_and_merges(
    officer: httpx.Client, session: Session, home: str, round_id: str
) -> None:
    made = post(officer, home, round_id).json()
    survivor = household(session, "14080-04")
    session.commit()
    body = {"survivor_id": str(survivor), "absorbed_id": home, "reason": "ghi hai lần"}
    assert officer.post("/api/v1/households/merge", json=body).status_code == 200
    shown = officer.get(f"/api/v1/reviews/{made['id']}").json()
    assert shown["household_id"] == str(survivor)
    again = post(officer, str(survivor), round_id, paper_no="B-9")
    assert (again.status_code, again.json()["review_id"]) == (409, made["id"])


def test_a_re_verification_is_made_by_somebody_else_and_can_be_taken_back(
    session: Session, officer: httpx.Client, home: str, round_id: str
) -> None:
    first = UUID(post(officer, home, round_id).json()["id"])
    fields = {k: v for k, v in review(home, round_id, b1_entered=150).items() if k not in ("household_id", "round_id")}

    def held() -> Any:
        return hold_cases(session, CASE.c.household_id == UUID(home))[0]

    with pytest.raises(SeparationOfDuties):
        store_re_verification(session, acting("truc-thai"), held(), fields)
    session.execute(text("UPDATE review_case SET stage = 'complained'"))
    second = store_re_verification(session, acting("xom-3"), held(), fields)
    session.execute(text("UPDATE review_case SET review_id = :id"), {"id": second})
    in_force = text("SELECT id, kind FROM review WHERE in_force")
    assert session.execute(in_force).all() == [(second, "re_verification")]
    put_in_force(session, acting("chu-tich"), held(), first)
    session.execute(text("UPDATE review_case SET review_id = :id"), {"id": first})
    assert session.execute(in_force).all() == [(first, "survey")]
    put_in_force(session, acting("chu-tich"), held(), first)
    assert session.execute(text("SELECT version FROM review WHERE id = :id"), {"id": first}).scalar_one() == 3
