"""What is due, in whose area, and what may be done now."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.procedure.postings import store_posting
from tests.make import rounds
from tests.make.answers import done
from tests.make.households import actor
from tests.make.procedure import HAMLET, complaint, minutes, posted, posting, surveyed
from tests.make.reviews import counted

SignIn = Callable[[str], httpx.Client]
DEADLINES = "/api/v1/deadlines"


def told(client: httpx.Client, **query: Any) -> dict[str, dict[str, Any]]:
    """The deadlines of one round (or all) by kind."""
    found = done(client.get(DEADLINES, params=query))["items"]
    assert [one["due_on"] for one in found] == sorted(one["due_on"] for one in found)
    return {one["kind"]: one for one in found}


@pytest.fixture
def round_id(session: Session) -> UUID:
    made = rounds.review_round(session)
    session.commit()
    return made


def test_each_term_is_there_until_its_step_is_taken(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    officer, mine = sign_in("truc-thai"), {"round_id": str(round_id)}
    found = told(officer, **mine)
    assert found.keys() == {"round_to_decide", "posting_to_end"}
    assert (found["posting_to_end"]["subject_id"], found["posting_to_end"]["hamlet_id"]) == (hung["id"], HAMLET)
    assert (found["posting_to_end"]["due_on"], found["posting_to_end"]["overdue"]) == ("2024-10-17", True)
    made = done(officer.post("/api/v1/complaints", json=complaint(hung["id"], homes[0])))
    done(officer.post(f"/api/v1/postings/{hung['id']}/ending"))
    found = told(officer, **mine)
    assert found.keys() == {"round_to_decide", "complaint_to_re_verify"}
    assert found["complaint_to_re_verify"]["due_on"] == made["due_on"]
    assert found["complaint_to_re_verify"]["who"]["permission"] == "reviews:write"
    check = {"re_verified_on": "2024-10-18", "finding": "Đúng."}
    done(officer.post(f"/api/v1/complaints/{made['id']}/re-verification", json=check))
    assert told(officer, **mine).keys() == {"round_to_decide", "complaint_to_decide"}
    decision = {"outcome": "dismissed", "reason": "Không đổi.", "decided_on": "2024-10-21"}
    done(sign_in("chu-tich").post(f"/api/v1/complaints/{made['id']}/decision", json=decision))
    assert told(officer, **mine).keys() == {"round_to_decide"}


def test_a_complaint_that_holds_nobody_back_has_no_term(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    late = complaint(hung["id"], homes[0], received_on="2024-10-30")
    done(sign_in("truc-thai").post("/api/v1/complaints", json=late))
    assert "complaint_to_re_verify" not in told(sign_in("truc-thai"))


@pytest.mark.parametrize(("kind", "there"), [("periodic", True), ("regular", True), ("training", False)])
def test_a_round_past_its_end_is_overdue_with_or_without_a_reason(
    session: Session, sign_in: SignIn, kind: str, there: bool
) -> None:
    made = rounds.review_round(session, kind=kind)
    session.commit()
    query = {"round_id": str(made)}
    assert ("round_to_decide" in told(sign_in("truc-thai"), **query)) is there
    if not there:
        return
    assert told(sign_in("truc-thai"), **query)["round_to_decide"]["reason_given"] is False
    session.execute(text("UPDATE review_round SET overdue_reason = 'Bão số 3' WHERE id = :id"), {"id": made})
    session.commit()
    assert told(sign_in("truc-thai"), **query)["round_to_decide"]["reason_given"] is True
    session.execute(text("UPDATE review_round SET stage = 'recognised' WHERE id = :id"), {"id": made})
    session.commit()
    assert told(sign_in("truc-thai"), **query) == {}


def test_a_posting_of_the_third_path_has_its_term_too(session: Session, sign_in: SignIn) -> None:
    who, commune, now = actor("truc-thai"), area_id("14080"), clock.today()
    sent = {
        "round_id": None, "hamlet_id": None, "kind": "living_standard", "posted_on": now, "places": ["commune_office"],
        "announced": True,
    }  # fmt: skip
    made = uuid4()
    store_posting(session, who, made, sent, area_id=commune, last_day=now + timedelta(days=3), household_ids=[])
    session.commit()
    found = told(sign_in("truc-thai"))["posting_to_end"]
    assert (found["subject_id"], found["area_id"], found["round_id"]) == (str(made), str(commune), None)
    assert "posting_to_end" not in told(sign_in("truc-dai"))


def test_what_lies_further_away_is_not_near(session: Session, sign_in: SignIn) -> None:
    today = clock.today()
    made = rounds.review_round(session, year=today.year, opens_on=today, closes_on=today + timedelta(days=8))
    session.commit()
    officer, query = sign_in("truc-thai"), {"round_id": str(made)}
    assert told(officer, **query) == {}
    found = told(officer, **query, within_days=8)
    assert (found["round_to_decide"]["days_left"], found["round_to_decide"]["overdue"]) == (8, False)
    assert told(officer, **query, within_days=8, overdue=True) == {}
    assert told(officer, **query, within_days=8, overdue=False) == found


def test_a_year_without_a_periodic_round_is_told_from_the_end_of_august(session: Session, sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    with clock.at(clock.now().replace(month=8, day=20)):
        assert "round_to_open" not in told(officer)
    with clock.at(clock.now().replace(month=8, day=28)):
        found = told(officer)["round_to_open"]
    assert (found["subject_id"], found["days_left"], found["overdue"]) == (str(area_id("14080")), 4, False)
    year = clock.today().year
    rounds.review_round(session, year=year)
    session.commit()
    assert "round_to_open" not in told(officer)
    district = done(sign_in("truc-ninh").get(DEADLINES))["items"]
    without = {one["area_id"] for one in district if one["kind"] == "round_to_open"}
    assert str(area_id("14071")) in without
    assert str(area_id("14080")) not in without


def test_everybody_sees_the_terms_of_their_own_areas(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    posted(session, sign_in("xom-3"), round_id)
    assert {"posting_to_end", "round_to_decide"} <= told(sign_in("xom-3")).keys()
    assert "posting_to_end" not in told(sign_in("xom-4"))
    assert "round_to_decide" in told(sign_in("xom-4"))
    assert told(sign_in("truc-dai")).keys() == {"round_to_open"}
    assert "Lê" not in sign_in("admin").get(DEADLINES).text


def test_pages_hold_everything_once_and_cost_one_statement(session: Session, sign_in: SignIn, app: Any) -> None:
    made = [rounds.review_round(session, year=2020 + n) for n in range(5)]
    session.commit()
    officer, seen, cursor = sign_in("truc-thai"), [], None
    while True:
        page = done(officer.get(DEADLINES, params={"limit": 2} | ({"cursor": cursor} if cursor else {})))
        seen += [one["subject_id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert set(map(str, made)) <= set(seen)
    with counted(app.state.engine) as statements:
        done(officer.get(DEADLINES))
    assert len([one for one in statements if "round_to_decide" in one or "UNION ALL" in one]) == 1
    assert len(statements) <= 3


def test_the_steps_of_a_round_follow_the_table(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    surveyed(session, round_id, ["poor", "near_poor"])
    head = sign_in("xom-3")
    address = f"/api/v1/rounds/{round_id}/steps"
    now = done(head.get(address))
    assert now["stage"] == "surveying"
    assert {step["action"]: step["missing"] for step in now["steps"]} == {"consolidate": ["all_cases_settled"]}
    assert [(one["stage"], one["households"]) for one in now["cases"]] == [("surveyed", 2)]
    assert {step["action"]: step["roles"] for step in now["cases"][0]["steps"]} == {
        "agree": ["commune_officer", "hamlet_surveyor"], "refuse": ["commune_officer", "hamlet_surveyor"],
    }  # fmt: skip
    done(head.post("/api/v1/meetings", json=minutes(round_id)))
    hung = done(head.post("/api/v1/postings", json=posting(round_id)))
    done(head.post(f"/api/v1/postings/{hung['id']}/ending"))
    now = done(head.get(address))
    assert {step["action"]: step["missing"] for step in now["steps"]} == {"consolidate": []}
    assert [step["missing"] for step in now["cases"][0]["steps"]] == [[], []]


def test_a_training_round_ends_and_never_decides(session: Session, sign_in: SignIn) -> None:
    made = rounds.review_round(session, kind="training", upper_level="none", stage="consolidated")
    session.commit()
    now = done(sign_in("mat-tran").get(f"/api/v1/rounds/{made}/steps"))
    assert {step["action"]: step["missing"] for step in now["steps"]} == {
        "reopen": [], "ask_opinion": ["opinion_required"], "sign": ["has_legal_effect"], "end_training": [],
    }  # fmt: skip
    assert sign_in("truc-dai").get(f"/api/v1/rounds/{made}/steps").status_code == 404
