"""Certificates: a living one a household, a line a year, a book without gaps, withdrawn when the poverty ends."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.accounts.actor import narrowed
from api.accounts.permissions import Permission
from api.areas.tables import area_id
from api.recognitions import certificates
from api.recognitions.recording import Decision, record_decision
from api.standards.tables import PovertyClass
from tests.make.decisions import decide, people, prepare, ready_round
from tests.make.reviews import acting, counted, household, households

SignIn = Callable[[str], httpx.Client]
CERTIFICATES = "/api/v1/certificates"


def issue(client: httpx.Client, decision_id: str) -> dict[str, Any]:
    answer = client.post(CERTIFICATES, json={"decision_id": decision_id})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def story(session: Session) -> dict[str, UUID]:
    """Lan (poor), Hoa (near-poor) and Cúc (not poor) before their first decision."""
    homes = dict(zip(("lan", "hoa", "cuc"), sorted(households(session, 3)), strict=True))  # as the book numbers them
    for home in homes.values():
        people(session, home, 2)
    found = {"lan": "poor", "hoa": "near_poor", "cuc": "not_poor"}
    homes["round"] = ready_round(
        session, {homes[n]: found[n] for n in found}, opens_on=date(2023, 9, 1), closes_on=date(2023, 12, 14), year=2023
    )
    session.commit()
    return homes


def test_a_certificate_has_a_line_a_year_and_ends_with_the_poverty(
    sign_in: SignIn, session: Session, story: dict[str, UUID]
) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    first = decide(officer, chair, story["round"], "1/QĐ", "2023-12-11")
    told = issue(chair, first)
    assert {n: told[n] for n in ("issued", "extended", "withdrawn", "first_book_no", "last_book_no")} == {
        "issued": 2, "extended": 0, "withdrawn": 0, "first_book_no": 1, "last_book_no": 2,
    }  # fmt: skip
    again = issue(chair, first)
    assert (again["issued"], again["extended"], again["first_book_no"]) == (0, 0, None)
    found = {"lan": "near_poor", "hoa": "not_poor", "cuc": "poor"}
    later = ready_round(session, {story[n]: found[n] for n in found})
    session.commit()
    second = decide(officer, chair, later, "1/QĐ", "2024-12-11")
    told = issue(chair, second)
    assert (told["issued"], told["extended"], told["withdrawn"], told["first_book_no"]) == (1, 1, 1, 3)
    listed = {i["book_no"]: i for i in officer.get(CERTIFICATES).json()["items"]}
    assert {n: (i["household_id"], i["withdrawn_on"] is None) for n, i in listed.items()} == {
        1: (str(story["lan"]), True), 2: (str(story["hoa"]), False), 3: (str(story["cuc"]), True),
    }  # fmt: skip
    assert [(line["year"], line["poverty_class"]) for line in listed[1]["lines"]] == [
        (2023, "poor"),
        (2024, "near_poor"),
    ]
    assert listed[1]["number"] == "1/GCN-HN.HCN"
    one = officer.get(f"{CERTIFICATES}/{listed[1]['id']}")
    assert (one.json(), one.headers["ETag"]) == (listed[1], f'"{listed[1]["version"]}"')
    assert {i["book_no"] for i in officer.get(CERTIFICATES, params={"living": False}).json()["items"]} == {2}
    # the first decision again: nobody's class rests on it any more
    stale = issue(chair, first)
    assert (stale["issued"], stale["extended"], stale["withdrawn"], stale["outdated"]) == (0, 0, 0, 2)


def test_a_second_decision_of_a_year_corrects_the_line_of_that_year(
    sign_in: SignIn, session: Session, story: dict[str, UUID]
) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    issue(chair, decide(officer, chair, story["round"], "1/QĐ", "2023-12-11"))
    regular = ready_round(
        session, {story["hoa"]: "poor"}, kind="regular", opens_on=date(2023, 12, 15), closes_on=date(2023, 12, 29)
    )
    session.commit()
    second = decide(officer, chair, regular, "2/QĐ", "2023-12-20")
    assert (issue(chair, second)["extended"]) == 1
    asked = {"household_id": str(story["hoa"])}
    (paper,) = officer.get(CERTIFICATES, params=asked).json()["items"]
    assert [(line["year"], line["poverty_class"], line["decision_id"]) for line in paper["lines"]] == [
        (2023, "poor", second)
    ]


@pytest.mark.parametrize(("found", "living"), [("poor", [1]), ("not_poor", [])])
def test_households_that_became_one_hold_one_certificate(
    sign_in: SignIn, session: Session, story: dict[str, UUID], found: str, living: list[int]
) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    issue(chair, decide(officer, chair, story["round"], "1/QĐ", "2023-12-11"))
    merge = {"survivor_id": str(story["lan"]), "absorbed_id": str(story["hoa"]), "reason": "ghi hai lần"}
    assert officer.post("/api/v1/households/merge", json=merge).is_success
    later = ready_round(session, {story["lan"]: found})
    session.commit()
    issue(chair, decide(officer, chair, later, "1/QĐ", "2024-12-11"))
    asked: dict[str, Any] = {"household_id": str(story["lan"]), "living": True}
    assert [paper["book_no"] for paper in officer.get(CERTIFICATES, params=asked).json()["items"]] == living


def test_only_a_signed_decision_issues_and_only_the_chair(sign_in: SignIn, story: dict[str, UUID]) -> None:
    made = prepare(sign_in("truc-thai"), story["round"])
    body = {"decision_id": made["id"]}
    waiting = sign_in("chu-tich").post(CERTIFICATES, json=body)
    assert (waiting.status_code, waiting.json()["type"]) == (409, "/problems/conflict")
    assert sign_in("truc-thai").post(CERTIFICATES, json=body).status_code == 403
    assert sign_in("chu-tich").post(CERTIFICATES, json={"decision_id": str(story["lan"])}).status_code == 404


def test_who_sees_which_certificates(sign_in: SignIn, story: dict[str, UUID]) -> None:
    issue(sign_in("chu-tich"), decide(sign_in("truc-thai"), sign_in("chu-tich"), story["round"], "1/QĐ", "2023-12-11"))
    people_seen = {
        who: len(sign_in(who).get(CERTIFICATES).json()["items"])
        for who in ("truc-ninh", "truc-thai", "xom-3", "xom-4", "ngan-hang", "mat-tran", "truc-dai")
    }
    assert people_seen == dict.fromkeys(people_seen, 2) | {"xom-4": 0, "truc-dai": 0}


def test_issuing_at_once_leaves_no_gap_and_no_double(session: Session, sign_in: SignIn) -> None:
    decisions = []
    for number in range(3):
        homes = households(session, 10)
        actor = acting("truc-thai")
        decision = Decision(f"{number}/QĐ", date(2024, 12, 11), "Chủ tịch", area_id("14080"))
        recognised = dict.fromkeys(homes, PovertyClass.poor)
        scope = actor.scope_of(Permission.recognitions_prepare)
        decisions.append(str(record_decision(session, actor, scope, decision, recognised)))
    session.commit()
    chair = sign_in("chu-tich")
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda decision_id: issue(chair, decision_id), decisions * 2))
    assert sum(one["issued"] for one in told) == 30
    session.rollback()
    numbers = session.execute(text("SELECT book_no FROM certificate ORDER BY book_no")).scalars().all()
    assert numbers == list(range(1, 31))


def test_issuing_costs_the_same_for_few_and_many(session: Session, engine: Engine) -> None:
    chair = narrowed(acting("chu-tich"), Permission.certificates_issue)
    officer, spent = acting("truc-thai"), []
    for number, many in enumerate((3, 100)):
        recognised = dict.fromkeys(households(session, many), PovertyClass.near_poor)
        decision = Decision(f"{number}/QĐ", date(2024, 12, 11), "Chủ tịch", area_id("14080"))
        made = record_decision(
            session, officer, officer.scope_of(Permission.recognitions_prepare), decision, recognised
        )
        with counted(engine) as seen:
            assert certificates.issue(session, chair, made).issued == many
        spent.append(len(seen))
    assert spent[0] == spent[1] <= 8


def test_a_dissolved_household_gets_none(sign_in: SignIn, session: Session) -> None:
    home = household(session)
    round_id = ready_round(session, {home: "poor"})
    session.commit()
    made = decide(sign_in("truc-thai"), sign_in("chu-tich"), round_id, "1/QĐ", "2024-12-11")
    assert sign_in("truc-thai").post(f"/api/v1/households/{home}/dissolve").is_success
    assert issue(sign_in("chu-tich"), made)["issued"] == 0
