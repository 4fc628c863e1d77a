"""The list of a round: who belongs on it, which requests lead onto it, and what is said of those left out."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.areas.tables import area_id
from tests.make import rounds, walk
from tests.make.recognitions import recognise
from tests.make.refusals import refused
from tests.make.reviews import acting, counted, household, households

SignIn = Callable[[str], httpx.Client]
LAST_YEAR = date(2025, 12, 1)


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


def build(officer: httpx.Client, round_id: str) -> dict[str, Any]:
    answer = officer.post(f"/api/v1/rounds/{round_id}/list")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def asks(officer: httpx.Client, home: UUID | None, kind: str = "review", on: str = "2026-09-20", **more: Any) -> str:
    body = {"id": str(uuid4()), "household_id": home and str(home), "kind": kind, "received_on": on} | more
    answer = officer.post("/api/v1/requests", json=body)
    assert answer.status_code == 201, answer.text
    return str(body["id"])


def screened(officer: httpx.Client, request_id: str, passed: bool) -> None:
    body = {"passed": passed, "reason": "Đã đến xem nhà", "answers": {}, "screened_on": "2026-09-25"}
    answer = officer.post(f"/api/v1/requests/{request_id}/screening", json=body)
    assert answer.status_code == 200, answer.text


def listed(officer: httpx.Client, round_id: str, **filters: Any) -> dict[str, dict[str, Any]]:
    page = officer.get(f"/api/v1/rounds/{round_id}/households", params=filters)
    assert page.status_code == 200, page.text
    return {case["household_id"]: case for case in page.json()["items"]}


def test_a_periodic_round_lists_the_poor_and_near_poor_of_its_first_day(
    session: Session, officer: httpx.Client
) -> None:
    poor, near, rich, escaped, gone, late, other = households(session, 7)
    abroad = household(session, "14071-01")
    for home, found in ((poor, "poor"), (near, "near_poor"), (rich, "not_poor"), (gone, "poor"), (abroad, "poor")):
        recognise(session, home, found, LAST_YEAR)
    recognise(session, escaped, "poor", LAST_YEAR, date(2026, 8, 1))
    recognise(session, late, "poor", date(2026, 9, 2))
    session.execute(text("UPDATE household SET status = 'left' WHERE id = :id"), {"id": gone})
    session.commit()
    round_id = walk.prepared(officer)["id"]
    told = build(officer, round_id)
    assert (told["added"], told["total"]) == (2, 2)
    assert told["by_ground"] == {"poor": 1, "near_poor": 1, "request": 0, "added": 0}
    assert told["by_hamlet"] == {str(area_id("14080-03")): 2}
    assert {home: (c["ground"], c["class_before"]) for home, c in listed(officer, round_id).items()} == {
        str(poor): ("poor", "poor"),
        str(near): ("near_poor", "near_poor"),
    }
    assert str(other) not in listed(officer, round_id)
    again = build(officer, round_id)
    assert (again["added"], again["total"]) == (0, 2)


def test_requests_lead_onto_the_list_or_are_named_with_the_reason(session: Session, officer: httpx.Client) -> None:
    passed, refused, waiting, left, poor, gone = households(session, 6)
    recognise(session, poor, "poor", LAST_YEAR)
    recognise(session, left, "near_poor", LAST_YEAR)
    session.commit()
    papers = {
        "passed": asks(officer, passed),
        "screened_out": asks(officer, refused),
        "not_screened": asks(officer, waiting),
        "of a poor household": asks(officer, poor, kind="escape"),
        "of a near-poor one": asks(officer, left),
        "no_household": asks(officer, None, hamlet_id=str(area_id("14080-03"))),
        "household_gone": asks(officer, gone),
        "third path": asks(officer, waiting, kind="average_living_standard"),
    }
    session.execute(text("UPDATE household SET status = 'left' WHERE id = :id"), {"id": gone})
    session.commit()
    screened(officer, papers["passed"], True)
    screened(officer, papers["screened_out"], False)
    round_id = walk.prepared(officer)["id"]
    told = build(officer, round_id)
    assert told["by_ground"] == {"poor": 1, "near_poor": 1, "request": 1, "added": 0}
    assert {(one["request_id"], one["reason"]) for one in told["left_out"]} == {
        (papers[reason], reason) for reason in ("screened_out", "not_screened", "no_household", "household_gone")
    }
    found = listed(officer, round_id)
    assert found[str(passed)]["request_id"] == papers["passed"]
    assert found[str(poor)]["request_id"] == papers["of a poor household"]
    assert found[str(left)]["request_id"] == papers["of a near-poor one"]
    screened(officer, papers["not_screened"], True)
    later = build(officer, round_id)
    assert (later["added"], later["by_ground"]["request"]) == (1, 2)


def test_a_request_that_was_refused_in_writing_leads_nowhere_and_a_new_one_does(
    session: Session, sign_in: SignIn, officer: httpx.Client
) -> None:
    """Also where its household is on the list anyway."""
    asking, poor = households(session, 2)
    recognise(session, poor, "poor", LAST_YEAR)
    session.commit()
    papers = [asks(officer, home) for home in (asking, poor)]
    for number, one in enumerate(papers):
        screened(officer, one, False)
        refused(sign_in, one, number=f"{number}/TB", signed_on="2026-09-28")
    round_id = walk.prepared(officer)["id"]
    told = build(officer, round_id)
    assert (told["by_ground"]["request"], told["left_out"]) == (0, [])
    assert {home: case["request_id"] for home, case in listed(officer, round_id).items()} == {str(poor): None}
    again = asks(officer, asking, on="2026-09-29")
    screened(officer, again, True)
    assert build(officer, round_id)["added"] == 1
    assert listed(officer, round_id)[str(asking)]["request_id"] == again


def test_a_regular_round_lists_requests_only_and_nobody_is_on_two_rounds(
    session: Session, officer: httpx.Client
) -> None:
    poor, new = households(session, 2)
    recognise(session, poor, "poor", LAST_YEAR)
    session.commit()
    asks(officer, poor, kind="escape", on="2026-11-16")
    screened(officer, asks(officer, new, on="2026-11-16"), True)
    yearly = walk.prepared(officer)["id"]
    assert build(officer, yearly)["by_ground"]["request"] == 1
    monthly = walk.prepared(officer, kind="regular", opens_on="2026-11-15")["id"]
    told = build(officer, monthly)
    assert (told["total"], [one["reason"] for one in told["left_out"]]) == (0, ["in_another_round"] * 2)
    training = walk.prepared(officer, kind="training", opens_on="2026-11-01")["id"]
    assert build(officer, training)["total"] == 2
    session.execute(text("DELETE FROM review_case WHERE round_id = :id"), {"id": yearly})
    session.commit()
    assert build(officer, monthly)["by_ground"] == {"poor": 0, "near_poor": 0, "request": 2, "added": 0}


def test_a_request_that_was_dealt_with_does_not_come_back(session: Session, officer: httpx.Client) -> None:
    home, absent = households(session, 2)
    session.commit()
    papers = [asks(officer, one, kind="escape", on="2025-09-10") for one in (home, absent)]
    before = rounds.review_round(session, year=2025, opens_on=date(2025, 9, 1), closes_on=date(2025, 12, 14))
    rounds.cases(session, before, [home], request_id=UUID(papers[0]), stage="recognised")
    rounds.cases(session, before, [absent], request_id=UUID(papers[1]), stage="not_reached")
    session.execute(text("UPDATE review_round SET stage = 'closed'"))
    session.commit()
    round_id = walk.prepared(officer)["id"]
    assert build(officer, round_id)["total"] == 1
    assert set(listed(officer, round_id)) == {str(absent)}


def test_a_household_merged_into_another_is_listed_once(session: Session, officer: httpx.Client) -> None:
    absorbed, survivor = households(session, 2)
    for home in (absorbed, survivor):
        recognise(session, home, "poor", LAST_YEAR)
    session.commit()
    round_id = walk.prepared(officer)["id"]
    session.execute(text("UPDATE household SET status = 'left' WHERE id = :id"), {"id": survivor})
    session.commit()
    assert build(officer, round_id)["total"] == 1
    session.execute(text("UPDATE household SET status = 'active' WHERE id = :id"), {"id": survivor})
    session.commit()
    body = {"survivor_id": str(survivor), "absorbed_id": str(absorbed), "reason": "ghi hai lần"}
    assert officer.post("/api/v1/households/merge", json=body).status_code == 200
    assert build(officer, round_id)["total"] == 1
    assert set(listed(officer, round_id)) == {str(survivor)}
    twice = officer.post(
        f"/api/v1/rounds/{round_id}/households", json={"household_id": str(absorbed), "reason": "nêu mã cũ"}
    )
    assert twice.status_code == 409


def test_a_household_is_added_by_hand_with_a_reason(session: Session, officer: httpx.Client, sign_in: SignIn) -> None:
    home, abroad = household(session), household(session, "14071-01")
    session.commit()
    round_id = walk.prepared(officer)["id"]
    body = {"household_id": str(home), "reason": "Trưởng xóm đề nghị: chủ hộ ốm nặng"}
    added = officer.post(f"/api/v1/rounds/{round_id}/households", json=body)
    assert (added.status_code, added.json()["ground"], added.json()["stage"]) == (201, "added", "listed")
    assert added.json()["ground_reason"] == body["reason"]
    twice = officer.post(f"/api/v1/rounds/{round_id}/households", json=body)
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/conflict")
    nowhere = officer.post(f"/api/v1/rounds/{round_id}/households", json=body | {"household_id": str(abroad)})
    assert nowhere.status_code == 404
    shown = listed(sign_in("truc-ninh"), round_id)[str(home)]
    assert (shown["ground_reason"], shown["withheld"]) == (None, ["ground_reason", "not_reached_reason"])


def test_once_the_surveys_are_over_nobody_comes_onto_the_list(session: Session, officer: httpx.Client) -> None:
    home = household(session)
    round_id = rounds.review_round(session, stage="consolidated")
    session.commit()
    built = officer.post(f"/api/v1/rounds/{round_id}/list")
    assert (built.status_code, built.json()["stage"]) == (409, "consolidated")
    assert [step["action"] for step in built.json()["allowed"]][:2] == ["reopen", "ask_opinion"]
    added = officer.post(f"/api/v1/rounds/{round_id}/households", json={"household_id": str(home), "reason": "x"})
    assert added.json()["type"] == "/problems/illegal-stage"


def test_the_list_is_read_by_stage_hamlet_and_name_in_pages(session: Session, officer: httpx.Client) -> None:
    third, fourth = households(session, 5), households(session, 2, "14080-04")
    round_id = rounds.review_round(session)
    rounds.cases(session, round_id, third[:3])
    rounds.cases(session, round_id, third[3:], stage="surveyed")
    rounds.cases(session, round_id, fourth, hamlet="14080-04")
    session.commit()
    name = {"full_name": "Đỗ Thị Mận", "sex": "female", "birth_year": 1950, "relation_to_head": "head",
            "ethnicity": "kinh"}  # fmt: skip
    officer.post(f"/api/v1/households/{third[4]}/members", json=name)
    where = str(round_id)
    assert len(listed(officer, where, stage="surveyed")) == 2
    assert len(listed(officer, where, hamlet_id=str(area_id("14080-04")))) == 2
    assert {h: c["head_name"] for h, c in listed(officer, where, q="man").items()} == {str(third[4]): "Đỗ Thị Mận"}
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        page = officer.get(
            f"/api/v1/rounds/{where}/households", params={"limit": 2} | ({"cursor": cursor} if cursor else {})
        ).json()
        seen += [case["household_id"] for case in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert (len(seen), set(seen)) == (7, {str(home) for home in third + fourth})


def test_a_surveyor_sees_the_list_of_the_own_hamlet_and_tablets_learn_it(
    session: Session, sign_in: SignIn, officer: httpx.Client
) -> None:
    mine, theirs = household(session), household(session, "14080-04")
    recognise(session, mine, "poor", LAST_YEAR)
    recognise(session, theirs, "poor", LAST_YEAR)
    session.commit()
    round_id = walk.prepared(officer)["id"]
    build(officer, round_id)
    assert set(listed(sign_in("xom-3"), round_id)) == {str(mine)}
    assert sign_in("truc-dai").get(f"/api/v1/rounds/{round_id}/households").status_code == 404
    changes = sign_in("xom-3").get("/sync/v1/changes").json()["changes"]
    (told,) = [change for change in changes if change["entity"] == "review_case"]
    assert told["version"] == 1
    assert told["data"] == {
        "round_id": round_id, "household_id": str(mine), "hamlet_id": str(area_id("14080-03")), "stage": "listed",
        "ground": "poor", "class_before": "poor", "surveyor": None, "not_reached_reason": None, "review_id": None,
        "request_id": None, "withheld": [],
    }  # fmt: skip


def test_why_a_household_was_not_met_is_for_those_who_may_know(
    session: Session, sign_in: SignIn, officer: httpx.Client
) -> None:
    home = household(session)
    round_id = rounds.review_round(session)
    rounds.cases(session, round_id, [home], not_reached_reason=None)
    session.commit()
    address = f"/api/v1/rounds/{round_id}/households"
    assert officer.post(f"{address}/{home}/absence", json={"reason": "Cả nhà đi viện"}).is_success
    for who, reason, withheld in (
        ("truc-thai", "Cả nhà đi viện", []),
        ("truc-ninh", None, ["ground_reason", "not_reached_reason"]),
    ):
        (case,) = sign_in(who).get(address).json()["items"]
        assert (case["not_reached_reason"], case["withheld"]) == (reason, withheld)
    changes = sign_in("he-thong").get("/api/v1/changes").json()["changes"]
    (told,) = [change["data"] for change in changes if change["entity"] == "review_case"]
    assert (told["not_reached_reason"], told["withheld"]) == (None, ["not_reached_reason"])


def test_a_long_list_costs_as_many_statements_as_a_short_one(session: Session, engine: Engine) -> None:
    from api.reviews.round_list import build_list

    counts = []
    for many in (2, 100):
        homes = households(session, many)
        for home in homes:
            recognise(session, home, "poor", LAST_YEAR)
        round_id = rounds.review_round(
            session, stage="prepared", opens_on=date(2026, 9, 1), closes_on=date(2026, 12, 14)
        )
        session.commit()
        with counted(engine) as seen:
            assert build_list(session, acting("truc-thai"), round_id).added >= many
        session.commit()
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12
