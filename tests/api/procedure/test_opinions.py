"""The chair reports a consolidated round, the district answers; without its agreement nothing is decided."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.procedure.opinion_schemas import Totals
from api.procedure.opinions import opinion_settled
from tests.make import rounds
from tests.make.answers import done
from tests.make.people import account_id
from tests.make.procedure import HAMLET, surveyed

SignIn = Callable[[str], httpx.Client]
OPINIONS = "/api/v1/opinions"
ANSWER = {"verdict": "agree", "letter_number": "210/UBND-LĐTBXH", "answered_on": "2024-11-26"}


def report(round_id: UUID, **fields: Any) -> dict[str, Any]:
    asked = {"round_id": str(round_id), "report_number": "45/BC-UBND", "asked_on": "2024-11-20"}
    return {"id": str(uuid4()), **asked, **fields}


def set_stage(session: Session, round_id: UUID, stage: str) -> None:
    session.execute(text("UPDATE review_round SET stage = :stage WHERE id = :id"), {"stage": stage, "id": round_id})
    session.commit()


def stage_of(session: Session, round_id: UUID) -> str:
    session.rollback()
    return str(session.execute(text("SELECT stage FROM review_round WHERE id = :id"), {"id": round_id}).scalar_one())


@pytest.fixture
def round_id(session: Session) -> UUID:
    """A consolidated periodic round: of xóm 3 two are through, one is held back, one was not met; of xóm 4 one."""
    made = rounds.review_round(session, stage="consolidated")
    homes = surveyed(session, made, ["poor", "near_poor", "poor", "poor"])
    other = surveyed(session, made, ["not_poor"], hamlet="14080-04")
    for home, stage in zip(
        [*homes, *other], ["cleared", "cleared", "complained", "not_reached", "cleared"], strict=True
    ):
        session.execute(
            text("UPDATE review_case SET stage = :stage WHERE household_id = :id"), {"stage": stage, "id": home}
        )
    session.commit()
    return made


def test_the_report_counts_what_the_round_proposes(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    told = done(sign_in("chu-tich").post(OPINIONS, json=report(round_id)))
    assert (told["level"], told["due_on"], told["verdict"]) == ("district", "2024-11-27", None)
    none = dict.fromkeys(Totals.model_fields, 0)
    through = {"poor": 1, "near_poor": 1, "not_poor": 1, "held_back": 1, "not_reached": 1}
    assert told["totals"]["total"] == none | through
    by_hamlet = {row.pop("hamlet_id"): row for row in told["totals"]["hamlets"]}
    assert by_hamlet == {
        HAMLET: none | through | {"not_poor": 0},
        str(area_id("14080-04")): none | {"not_poor": 1},
    }
    assert stage_of(session, round_id) == "opinion_asked"
    assert opinion_settled(session, round_id) is False


@pytest.mark.parametrize(("verdict", "settled"), [("agree", True), ("check", False)])
def test_the_district_answers(session: Session, sign_in: SignIn, round_id: UUID, verdict: str, settled: bool) -> None:
    made = done(sign_in("chu-tich").post(OPINIONS, json=report(round_id)))
    body = ANSWER | {"verdict": verdict, "remarks": "Kiểm tra lại xóm 3."}
    told = done(sign_in("truc-ninh").post(f"{OPINIONS}/{made['id']}/answer", json=body, headers={"If-Match": '"1"'}))
    assert (told["verdict"], told["letter_number"], told["version"]) == (verdict, "210/UBND-LĐTBXH", 2)
    assert stage_of(session, round_id) == "opinion_given"
    assert opinion_settled(session, round_id) is settled


def test_a_round_that_was_opened_again_needs_another_opinion(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    made = done(sign_in("chu-tich").post(OPINIONS, json=report(round_id)))
    done(sign_in("truc-ninh").post(f"{OPINIONS}/{made['id']}/answer", json=ANSWER | {"verdict": "check"}))
    set_stage(session, round_id, "consolidated")  # opened again, mended, consolidated
    assert opinion_settled(session, round_id) is False
    again = done(sign_in("chu-tich").post(OPINIONS, json=report(round_id, asked_on="2024-11-28")))
    late = ANSWER | {"answered_on": "2024-11-29"}
    done(sign_in("truc-ninh").post(f"{OPINIONS}/{again['id']}/answer", json=late))
    assert opinion_settled(session, round_id) is True
    set_stage(session, round_id, "consolidated")
    assert opinion_settled(session, round_id) is False
    told = done(sign_in("chu-tich").get(OPINIONS, params={"round_id": str(round_id)}))["items"]
    assert [one["verdict"] for one in told] == ["agree", "check"]
    assert done(sign_in("chu-tich").get(OPINIONS, params={"waiting": True}))["items"] == []


@pytest.mark.parametrize(
    "fields", [{"upper_level": "none"}, {"kind": "regular"}, {"kind": "training", "upper_level": "none"}]
)
def test_where_no_opinion_is_required_nothing_is_asked(
    session: Session, sign_in: SignIn, fields: dict[str, str]
) -> None:
    made = rounds.review_round(session, stage="consolidated", **fields)
    session.commit()
    assert opinion_settled(session, made) is True
    answer = sign_in("chu-tich").post(OPINIONS, json=report(made))
    assert (answer.status_code, answer.json()["missing"]) == (409, ["opinion_required"])


def test_before_it_is_consolidated_nothing_is_asked(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    set_stage(session, round_id, "surveying")
    answer = sign_in("chu-tich").post(OPINIONS, json=report(round_id))
    assert (answer.status_code, answer.json()["stage"]) == (409, "surveying")
    assert "consolidate" in {step["action"] for step in answer.json()["allowed"]}


def test_who_asks_and_who_answers(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    for who in ("truc-thai", "truc-ninh", "xom-3"):
        assert sign_in(who).post(OPINIONS, json=report(round_id)).status_code == 403, who
    made = done(sign_in("chu-tich").post(OPINIONS, json=report(round_id)))
    address = f"{OPINIONS}/{made['id']}"
    for who in ("chu-tich", "truc-thai"):
        assert sign_in(who).post(f"{address}/answer", json=ANSWER).status_code == 403, who
    assert sign_in("truc-dai").get(address).status_code == 404
    assert sign_in("truc-dai").get(OPINIONS).json()["items"] == []
    early = sign_in("truc-ninh").post(f"{address}/answer", json=ANSWER | {"answered_on": "2024-11-19"})
    assert [e["code"] for e in early.json()["errors"]] == ["too_early"]
    assert sign_in("truc-ninh").post(f"{address}/answer", json=ANSWER, headers={"If-Match": '"9"'}).status_code == 412
    done(sign_in("truc-ninh").post(f"{address}/answer", json=ANSWER))
    again = sign_in("truc-ninh").post(f"{address}/answer", json=ANSWER)
    assert again.json()["type"] == "/problems/conflict"


def test_the_answer_comes_from_the_level_that_the_round_has_fixed(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    session.execute(text("UPDATE review_round SET upper_level = 'province' WHERE id = :id"), {"id": round_id})
    session.commit()
    made = done(sign_in("chu-tich").post(OPINIONS, json=report(round_id)))
    assert made["level"] == "province"
    refused = sign_in("truc-ninh").post(f"{OPINIONS}/{made['id']}/answer", json=ANSWER)
    assert (refused.status_code, refused.json()["permission"]) == (403, "opinions:write")
    assert "Cấp tỉnh" in refused.json()["detail"]
    session.execute(
        text("UPDATE account_grant SET area_id = :area WHERE account_id = :who"),
        {"area": area_id("36"), "who": account_id("truc-ninh")},
    )
    session.commit()
    done(sign_in("truc-ninh").post(f"{OPINIONS}/{made['id']}/answer", json=ANSWER))


def test_whoever_asked_does_not_answer_also_with_both_roles(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    made = done(sign_in("chu-tich").post(OPINIONS, json=report(round_id)))
    session.execute(
        text(
            "INSERT INTO account_grant (id, account_id, role, area_id, head, valid_from, created_at) "
            "SELECT :id, account_id, 'district_officer', :area, false, valid_from, created_at FROM account_grant "
            "WHERE account_id = :who"
        ),
        {"id": uuid4(), "who": account_id("chu-tich"), "area": area_id("363")},
    )
    session.commit()
    refused = sign_in("chu-tich").post(f"{OPINIONS}/{made['id']}/answer", json=ANSWER)
    assert refused.json()["type"] == "/problems/separation-of-duties"


def test_asked_many_times_at_once_it_is_asked_once(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    chair, body = sign_in("chu-tich"), report(round_id)
    with ThreadPoolExecutor(6) as pool:
        same = [pool.submit(chair.post, OPINIONS, json=body) for _ in range(3)]
        others = [pool.submit(chair.post, OPINIONS, json=report(round_id)) for _ in range(3)]
    told = [one.result().status_code for one in (*same, *others)]
    assert session.execute(text("SELECT count(*) FROM opinion")).scalar_one() == 1
    assert sorted(set(told)) == [201, 409]


DEADLINES = "/api/v1/deadlines"


def kinds(client: httpx.Client, **query: Any) -> list[str]:
    return [one["kind"] for one in done(client.get(DEADLINES, params=query))["items"]]


def test_an_opinion_that_is_late_is_a_deadline_of_the_district(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    made = done(sign_in("chu-tich").post(OPINIONS, json=report(round_id)))
    told = done(sign_in("truc-ninh").get(DEADLINES, params={"round_id": str(round_id)}))["items"]
    late = next(one for one in told if one["kind"] == "opinion_to_give")
    assert (late["subject_id"], late["due_on"], late["overdue"]) == (made["id"], "2024-11-27", True)
    assert late["who"] == {"permission": "opinions:write", "roles": ["district_officer"]}
    assert late["days_left"] == (date(2024, 11, 27) - clock.today()).days
    done(sign_in("truc-ninh").post(f"{OPINIONS}/{made['id']}/answer", json=ANSWER))
    assert "opinion_to_give" not in kinds(sign_in("truc-ninh"), round_id=str(round_id))
