"""Decisions: what they collect and leave out, who signs, what the signature gives, and what refuses it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.accounts.permissions import Role
from api.accounts.tables import AccountGrant
from api.areas.tables import area_id
from api.recognitions import preparing, signing
from api.recognitions.decision_schemas import DecisionIn, SignatureIn
from tests.make.answers import done
from tests.make.decisions import DECISIONS, opinion, people, prepare, ready_round, sign
from tests.make.people import account_id
from tests.make.procedure import posted
from tests.make.recognitions import recognise
from tests.make.reviews import acting, counted, household, households
from tests.make.rounds import cases, review, review_round

SignIn = Callable[[str], httpx.Client]


def class_rows(session: Session, household_id: UUID) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.execute(
        text("SELECT poverty_class, days::text FROM recognition WHERE household_id = :id ORDER BY lower(days)"),
        {"id": household_id},
    )
    return [(row[0], row[1]) for row in rows]


def stages_of(session: Session, round_id: UUID) -> dict[UUID, str]:
    session.rollback()
    rows = session.execute(
        text("SELECT household_id, stage FROM review_case WHERE round_id = :id"), {"id": round_id}
    ).all()
    return {row.household_id: row.stage for row in rows}


@pytest.fixture
def story(session: Session) -> dict[str, UUID]:
    """Families of xóm 3 with a past, and a round of 2024 that has come to its decision."""
    names = ("lan", "hoa", "cuc", "mai", "dao", "que", "sen")
    homes = dict(zip(names, households(session, len(names)), strict=True))
    for count, home in enumerate(homes.values(), start=1):
        people(session, home, count)
    recognise(session, homes["lan"], "poor", date(2022, 12, 12))
    recognise(session, homes["hoa"], "near_poor", date(2022, 12, 12))
    recognise(session, homes["cuc"], "poor", date(2021, 12, 12), date(2022, 12, 12))
    recognise(session, homes["cuc"], "not_poor", date(2022, 12, 12))
    recognise(session, homes["sen"], "poor", date(2022, 12, 12))
    found = {"lan": "not_poor", "hoa": "near_poor", "cuc": "poor", "mai": "near_poor", "dao": "not_poor"}
    homes["round"] = ready_round(session, {homes[name]: found[name] for name in found})
    cases(session, homes["round"], [homes["que"]], stage="complained")
    review(session, homes["round"], homes["que"], "poor")
    cases(session, homes["round"], [homes["sen"]], stage="not_reached", not_reached_reason="vắng")
    session.commit()
    return homes


def test_a_decision_collects_what_is_cleared_and_says_who_is_left_out(sign_in: SignIn, story: dict[str, UUID]) -> None:
    made = prepare(sign_in("truc-thai"), story["round"])
    assert (made["kind"], made["state"], made["number"], made["version"]) == ("main", "prepared", None, 1)
    assert made["totals"] == {
        "poor": {"households": 1, "persons": 3},
        "near_poor": {"households": 2, "persons": 6},
        "not_poor": {"households": 2, "persons": 6},
        "movements": {
            "escaped_poor": 1, "new_near_poor": 1, "relapsed_poor": 1, "stays": 1, "stays_not_poor": 1,
        },
        "living_standard": 0,
        "suppressed": False,
    }  # fmt: skip
    assert {(out["household_id"], out["reason"]) for out in made["left_out"]} == {
        (str(story["que"]), "held_back"),
        (str(story["sen"]), "not_reached"),
    }
    listed = sign_in("truc-thai").get(f"{DECISIONS}/{made['id']}/households").json()["items"]
    told = {i["household_id"]: (i["class_before"], i["poverty_class"], i["movement"], i["persons"]) for i in listed}
    assert told == {
        str(story["lan"]): ("poor", "not_poor", "escaped_poor", 1),
        str(story["hoa"]): ("near_poor", "near_poor", "stays", 2),
        str(story["cuc"]): ("not_poor", "poor", "relapsed_poor", 3),
        str(story["mai"]): (None, "near_poor", "new_near_poor", 4),
        str(story["dao"]): (None, "not_poor", "stays_not_poor", 5),
    }
    assert all(item["head_name"] for item in listed)


def test_the_signature_gives_the_classes(sign_in: SignIn, session: Session, story: dict[str, UUID]) -> None:
    made = prepare(sign_in("truc-thai"), story["round"])
    signed = sign(sign_in("chu-tich"), made["id"], "112/QĐ-UBND", "2024-12-11")
    assert signed.status_code == 200, signed.text
    assert (signed.json()["state"], signed.json()["number"], signed.headers["ETag"]) == ("signed", "112/QĐ-UBND", '"2"')
    assert class_rows(session, story["lan"]) == [("poor", "[2022-12-12,2024-12-11)"), ("not_poor", "[2024-12-11,)")]
    assert class_rows(session, story["cuc"])[-1] == ("poor", "[2024-12-11,)")
    assert class_rows(session, story["mai"]) == [("near_poor", "[2024-12-11,)")]
    # nobody was ever poor here: there is nothing to recognise
    assert class_rows(session, story["dao"]) == []
    # whoever is not in the decision keeps what they had
    assert class_rows(session, story["sen"]) == [("poor", "[2022-12-12,)")]
    at = stages_of(session, story["round"])
    assert {name: at[story[name]] for name in ("lan", "dao", "que", "sen")} == {
        "lan": "recognised", "dao": "recognised", "que": "complained", "sen": "not_reached",
    }  # fmt: skip
    assert sign_in("xom-3").get(f"/api/v1/rounds/{story['round']}").json()["stage"] == "recognised"
    changed = sign_in("xom-3").get(f"/api/v1/households/{story['lan']}").json()
    assert (changed["current_class"], changed["class_since"]) == ("not_poor", "2024-12-11")
    # a second signature finds it signed
    again = sign(sign_in("chu-tich"), made["id"], "113/QĐ-UBND", "2024-12-12", version=2)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/conflict")


def test_a_supplementary_decision_recognises_who_was_held_back(
    sign_in: SignIn, session: Session, story: dict[str, UUID]
) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    refused = officer.post(DECISIONS, json={"round_id": str(story["round"]), "kind": "supplementary"})
    assert (refused.status_code, refused.json()["kind"]) == (409, "main")
    first = prepare(officer, story["round"])
    assert sign(chair, first["id"], "112/QĐ-UBND", "2024-12-11").is_success
    nothing = officer.post(DECISIONS, json={"round_id": str(story["round"])})
    assert nothing.status_code == 409
    assert nothing.json()["left_out"] == {"recognised_before": 5, "held_back": 1, "not_reached": 1}
    session.execute(text("UPDATE review_case SET stage = 'cleared' WHERE household_id = :id"), {"id": story["que"]})
    session.commit()
    second = prepare(officer, story["round"])
    assert (second["kind"], second["totals"]["poor"]["households"]) == ("supplementary", 1)
    body = {"id": second["id"], "round_id": str(story["round"]), "household_ids": [str(story["lan"])]}
    assert officer.post(DECISIONS, json=body).json()["type"] == "/problems/already-exists"
    used = sign(chair, second["id"], "112/qđ-ubnd", "2024-12-20")
    assert (used.status_code, used.json()["type"]) == (409, "/problems/already-exists")
    assert sign(chair, second["id"], "119/QĐ-UBND", "2024-12-20").status_code == 200
    assert class_rows(session, story["que"]) == [("poor", "[2024-12-20,)")]


def test_the_number_is_free_again_in_another_year_and_another_commune(sign_in: SignIn, session: Session) -> None:
    home, other = household(session), household(session, "14071-01")
    mine = ready_round(session, {home: "poor"})
    theirs = ready_round(session, {other: "poor"}, "14071-01", commune="14071")
    session.commit()
    made, foreign = prepare(sign_in("truc-thai"), mine), prepare(sign_in("truc-dai"), theirs)
    assert sign(sign_in("chu-tich"), made["id"], "1/QĐ-UBND", "2024-12-11").is_success
    with Session(session.get_bind()) as other_session:
        signing.refuse_used_number(other_session, area_id("14080"), 2025, "1/QĐ-UBND")
        signing.refuse_used_number(other_session, area_id("14071"), 2024, "1/QĐ-UBND")
    assert sign(sign_in("chu-tich"), foreign["id"], "1/QĐ-UBND", "2024-12-11").status_code == 404


def test_one_decision_waits_at_a_time_and_can_be_discarded(sign_in: SignIn, story: dict[str, UUID]) -> None:
    officer = sign_in("truc-thai")
    made = prepare(officer, story["round"])
    second = officer.post(DECISIONS, json={"round_id": str(story["round"])})
    assert (second.status_code, second.json()["decision_id"]) == (409, made["id"])
    assert officer.delete(f"{DECISIONS}/{made['id']}", headers={"If-Match": '"9"'}).status_code == 412
    assert officer.delete(f"{DECISIONS}/{made['id']}").status_code == 204
    assert officer.get(f"{DECISIONS}/{made['id']}").status_code == 404
    anew = prepare(officer, story["round"], household_ids=[str(story["lan"])])
    assert {(o["household_id"], o["reason"]) for o in anew["left_out"]} >= {(str(story["hoa"]), "not_named")}
    assert sign(sign_in("chu-tich"), anew["id"], "112/QĐ-UBND", "2024-12-11").is_success
    refused = officer.delete(f"{DECISIONS}/{anew['id']}")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")


def test_preparing_twice_prepares_once(sign_in: SignIn, story: dict[str, UUID]) -> None:
    officer, own = sign_in("truc-thai"), str(uuid4())
    first = prepare(officer, story["round"], id=own)
    second = prepare(officer, story["round"], id=own)
    assert first == second
    listed = officer.get(DECISIONS, params={"round_id": str(story["round"])}).json()["items"]
    assert [d["id"] for d in listed] == [own]


def test_the_preparer_does_not_sign(sign_in: SignIn, session: Session, story: dict[str, UUID]) -> None:
    session.add(
        AccountGrant(
            id=uuid4(),
            account_id=account_id("chu-tich"),
            role=Role.commune_officer,
            area_id=area_id("14080"),
            head=False,
            valid_from=date(2024, 1, 1),
            created_at=session.execute(text("SELECT now()")).scalar_one(),
        )
    )
    session.commit()
    made = prepare(sign_in("chu-tich"), story["round"])
    refused = sign(sign_in("chu-tich"), made["id"], "112/QĐ-UBND", "2024-12-11")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/separation-of-duties")
    assert class_rows(session, story["mai"]) == []


def test_what_changed_since_it_was_prepared_is_refused(
    sign_in: SignIn, session: Session, story: dict[str, UUID]
) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    made = prepare(officer, story["round"])
    # a complaint about Mai; Hoa's household was merged into another; Cúc's class is another one by now
    session.execute(text("UPDATE review_case SET stage = 'complained' WHERE household_id = :id"), {"id": story["mai"]})
    session.commit()
    merged = {"survivor_id": str(story["lan"]), "absorbed_id": str(story["hoa"]), "reason": "ghi hai lần"}
    assert officer.post("/api/v1/households/merge", json=merged).is_success
    recognise(session, story["dao"], "not_poor", date(2024, 10, 1))
    session.commit()
    refused = sign(chair, made["id"], "112/QĐ-UBND", "2024-12-11")
    assert (refused.status_code, refused.json()["households"]) == (409, 3)
    changed = {story["mai"], story["hoa"], story["dao"]}
    assert set(refused.json()["household_ids"]) == {str(i) for i in changed}
    assert class_rows(session, story["cuc"])[-1][0] == "not_poor"
    assert officer.delete(f"{DECISIONS}/{made['id']}").status_code == 204
    anew = prepare(officer, story["round"])
    assert {(o["household_id"], o["reason"]) for o in anew["left_out"]} >= {
        (str(story["mai"]), "held_back"),
        (str(story["lan"]), "merged"),
    }
    assert sign(chair, anew["id"], "112/QĐ-UBND", "2024-12-11").is_success


def test_who_was_merged_is_decided_under_the_survivor(sign_in: SignIn, session: Session) -> None:
    absorbed, survivor = households(session, 2)
    round_id = ready_round(session, {absorbed: "poor"})
    session.commit()
    merged = {"survivor_id": str(survivor), "absorbed_id": str(absorbed), "reason": "ghi hai lần"}
    assert sign_in("truc-thai").post("/api/v1/households/merge", json=merged).is_success
    made = prepare(sign_in("truc-thai"), round_id)
    assert made["left_out"] == []
    assert sign(sign_in("chu-tich"), made["id"], "1/QĐ-UBND", "2024-12-11").is_success
    assert class_rows(session, survivor) == [("poor", "[2024-12-11,)")]
    assert stages_of(session, round_id) == {absorbed: "recognised"}


@pytest.mark.parametrize(
    ("verdicts", "status"), [([], 409), ([None], 409), (["agree"], 200), (["check"], 409), (["check", "agree"], 200)]
)
def test_the_level_above_has_to_agree_first(
    sign_in: SignIn, session: Session, verdicts: list[str | None], status: int
) -> None:
    home = household(session)
    round_id = ready_round(session, {home: "poor"}, upper_level="district", stage="opinion_given")
    for number, verdict in enumerate(verdicts, start=1):
        opinion(session, round_id, verdict, date(2024, 12, number))
    session.commit()
    made = prepare(sign_in("truc-thai"), round_id)
    answer = sign(sign_in("chu-tich"), made["id"], "1/QĐ-UBND", "2024-12-11")
    assert answer.status_code == status, answer.text
    if status == 409:
        assert answer.json()["missing"] == ["opinion_settled"]
        assert class_rows(session, home) == []


@pytest.mark.parametrize(
    ("stage", "kind"), [("surveying", "periodic"), ("closed", "periodic"), ("consolidated", "training")]
)
def test_nothing_is_decided_in_other_stages_or_in_training(
    sign_in: SignIn, session: Session, stage: str, kind: str
) -> None:
    home = household(session)
    round_id = ready_round(session, {home: "poor"}, stage=stage, kind=kind)
    session.commit()
    answer = sign_in("truc-thai").post(DECISIONS, json={"round_id": str(round_id)})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/illegal-stage")


def test_bad_input_is_refused_with_its_place(sign_in: SignIn, session: Session, story: dict[str, UUID]) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    for body, pointer in (
        ({}, "#/round_id"),
        ({"round_id": str(story["round"]), "living_standard_case_ids": []}, "#/living_standard_case_ids"),
        ({"kind": "living_standard", "round_id": str(story["round"])}, "#/round_id"),
        ({"kind": "living_standard"}, "#/living_standard_case_ids"),
    ):
        answer = officer.post(DECISIONS, json=body)
        assert answer.status_code == 422, body
        assert pointer in {error["pointer"] for error in answer.json()["errors"]}, body
    stranger = officer.post(DECISIONS, json={"round_id": str(story["round"]), "household_ids": [str(uuid4())]})
    assert stranger.status_code == 404
    made = prepare(officer, story["round"])
    early = sign(chair, made["id"], "1/QĐ", "2024-08-31")
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "#/decided_on")
    body = {"number": "1/QĐ", "decided_on": "2024-12-11", "signatory": "Chủ tịch"}
    assert chair.post(f"{DECISIONS}/{made['id']}/signature", json=body).status_code == 428
    assert sign(chair, made["id"], "1/QĐ", "2024-12-11", version=2).status_code == 412


def test_a_proposal_is_seen_by_who_reads_households_a_decision_by_who_sees_classes(
    sign_in: SignIn, session: Session, story: dict[str, UUID]
) -> None:
    made = prepare(sign_in("truc-thai"), story["round"])
    everybody = ("truc-ninh", "truc-thai", "chu-tich", "xom-3", "xom-4", "ngan-hang", "tai-chinh", "mat-tran")

    def seen() -> dict[str, int]:
        query = {"round_id": str(story["round"])}
        return {who: len(sign_in(who).get(DECISIONS, params=query).json()["items"]) for who in everybody}

    readers = {"truc-ninh", "truc-thai", "chu-tich", "xom-3", "xom-4"}
    assert seen() == {who: int(who in readers) for who in everybody}
    assert sign_in("mat-tran").get(f"{DECISIONS}/{made['id']}").status_code == 404
    assert sign_in("mat-tran").get(f"{DECISIONS}/{made['id']}/households").status_code == 404
    assert sign(sign_in("chu-tich"), made["id"], "1/QĐ", "2024-12-11").is_success
    assert seen() == dict.fromkeys(everybody, 1)
    lines = {who: len(sign_in(who).get(f"{DECISIONS}/{made['id']}/households").json()["items"]) for who in everybody}
    # the bank sees recognised households: the poor, the near-poor, the newly escaped
    assert lines == dict.fromkeys(everybody, 5) | {"xom-4": 0, "ngan-hang": 4}
    for stranger in ("truc-dai", "xom-td-1"):
        assert sign_in(stranger).get(DECISIONS).json()["items"] == []
        assert sign_in(stranger).get(f"{DECISIONS}/{made['id']}").status_code == 404
    some = sign_in("truc-thai").get(f"{DECISIONS}/{made['id']}/households", params={"class": "poor", "limit": 1})
    assert [item["household_id"] for item in some.json()["items"]] == [str(story["cuc"])]


def test_the_lines_come_in_pages(sign_in: SignIn, story: dict[str, UUID]) -> None:
    officer = sign_in("truc-thai")
    made, seen, cursor = prepare(officer, story["round"]), [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = officer.get(f"{DECISIONS}/{made['id']}/households", params=query).json()
        seen += [item["household_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_two_chairs_at_once_sign_once(sign_in: SignIn, session: Session, story: dict[str, UUID]) -> None:
    made = prepare(sign_in("truc-thai"), story["round"])
    chair = sign_in("chu-tich")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: sign(chair, made["id"], f"{n}/QĐ", "2024-12-11"), range(4)))
    assert sorted(a.status_code for a in answers) == [200, 412, 412, 412]
    assert class_rows(session, story["mai"]) == [("near_poor", "[2024-12-11,)")]


def test_two_preparing_at_once_leave_one(sign_in: SignIn, session: Session, story: dict[str, UUID]) -> None:
    officer = sign_in("truc-thai")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: officer.post(DECISIONS, json={"round_id": str(story["round"])}), range(4)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]


def test_a_decision_on_two_hundred_costs_as_many_statements_as_one_on_five(session: Session, engine: Engine) -> None:
    officer, chair = acting("truc-thai"), acting("chu-tich")
    spent = []
    for number, many in enumerate((5, 200)):
        homes = households(session, many)
        round_id = ready_round(session, dict(zip(homes, ["poor", "near_poor", "not_poor"] * many, strict=False)))
        session.commit()
        with counted(engine) as seen:
            made = preparing.prepare(session, officer, DecisionIn(round_id=round_id), None)
            body = SignatureIn(number=f"{number}/QĐ", decided_on=date(2024, 12, 11), signatory="Chủ tịch")
            signing.sign(session, chair, made.id, 1, body)
        session.commit()
        spent.append(len(seen))
    assert spent[0] == spent[1] <= 45


def test_a_decision_comes_after_the_last_day_of_the_lists_it_rests_on(session: Session, sign_in: SignIn) -> None:
    """Until then anybody may complain; a day written back would have a class begin while the list still hung."""
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    round_id = review_round(session, upper_level="none")
    _, hung = posted(session, officer, round_id)
    done(officer.post(f"/api/v1/postings/{hung['id']}/ending"))
    done(officer.post(f"/api/v1/rounds/{round_id}/consolidation"))
    made = prepare(officer, round_id)
    early = sign(chair, made["id"], "12/QĐ-UBND", hung["last_day"])
    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "before_end_of_posting")
    assert "17/10/2024" in early.json()["errors"][0]["detail"]
    assert sign(chair, made["id"], "12/QĐ-UBND", "2024-10-18").status_code == 200
