"""Needs of households, the organisations of the commune, and everything that stands of one household in one place."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import insert
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.deliveries.tables import Delivery
from tests.conftest import SignIn
from tests.make.answers import done, refused
from tests.make.decisions import people
from tests.make.programme_work import COMMUNE, HAMLET, enrolled, opened, organisation
from tests.make.recognitions import recognise
from tests.make.reviews import counted, household, households

NEEDS, ORGANISATIONS = "/api/v1/needs", "/api/v1/organisations"
MET = {"state": "met", "ended_on": "2024-06-02", "reason": "Đã được vay vốn"}


@pytest.fixture
def home(session: Session) -> UUID:
    found = household(session)
    session.commit()
    return found


def need(home: UUID | str, **more: Any) -> dict[str, Any]:
    return {"household_id": str(home), "kind": "credit", "noted_on": "2024-05-10", **more}


def test_a_need_is_open_once_and_ends_met_or_withdrawn(sign_in: SignIn, home: UUID) -> None:
    surveyor = sign_in("xom-3")
    answer = surveyor.post(NEEDS, json=need(home, note="Nuôi bò"))
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    noted = answer.json()
    assert (noted["state"], noted["note"], noted["hamlet_id"]) == ("open", "Nuôi bò", HAMLET)
    twice = sign_in("truc-thai").post(NEEDS, json=need(home))
    assert (*refused(twice), twice.json()["need_id"]) == (409, "conflict", noted["id"])
    assert surveyor.post(NEEDS, json=need(home, kind="job")).status_code == 201
    address = f"{NEEDS}/{noted['id']}/ending"
    for change, code in (
        ({"state": "open"}, "not_an_ending"),
        ({"ended_on": "2024-05-01"}, "before_the_need"),
        ({"reason": " "}, "string_too_short"),
    ):
        answer = surveyor.post(address, json=MET | change)
        assert [e["code"] for e in answer.json()["errors"]] == [code], change
    stale = surveyor.post(address, json=MET, headers={"If-Match": '"7"'})
    assert refused(stale) == (412, "stale-version")
    ended = done(surveyor.post(address, json=MET, headers={"If-Match": '"1"'}))
    assert (ended["state"], ended["ended_on"], ended["version"]) == ("met", "2024-06-02", 2)
    assert done(surveyor.post(address, json=MET))["version"] == 2
    assert refused(surveyor.post(address, json=MET | {"state": "withdrawn"})) == (409, "conflict")
    # and can come up again
    assert surveyor.post(NEEDS, json=need(home)).status_code == 201


def test_a_need_may_be_met_by_an_intervention_that_one_sees(sign_in: SignIn, home: UUID) -> None:
    officer = sign_in("truc-thai")
    made = opened(sign_in, "support_round")
    noted = done(officer.post(NEEDS, json=need(home, kind="livelihood")))
    address = f"{NEEDS}/{noted['id']}/ending"
    assert refused(officer.post(address, json=MET | {"intervention_id": str(uuid4())})) == (404, "not-found")
    gone = officer.post(address, json=MET | {"state": "withdrawn", "intervention_id": made["id"]})
    assert [e["code"] for e in gone.json()["errors"]] == ["not_met"]
    assert done(officer.post(address, json=MET | {"intervention_id": made["id"]}))["intervention_id"] == made["id"]


def test_needs_are_of_ones_own_hamlet_and_their_words_are_withheld(
    sign_in: SignIn, session: Session, home: UUID
) -> None:
    noted = done(sign_in("truc-thai").post(NEEDS, json=need(home, kind="nutrition", note="Cháu suy dinh dưỡng")))
    address = f"{NEEDS}/{noted['id']}"
    assert done(sign_in("xom-3").get(address))["note"] == "Cháu suy dinh dưỡng"
    seen = done(sign_in("truc-ninh").get(address))
    assert (seen["note"], seen["withheld"]) == (None, ["note", "ended_reason"])
    for stranger in ("xom-4", "truc-dai"):
        assert refused(sign_in(stranger).get(address)) == (404, "not-found")
        assert refused(sign_in(stranger).post(f"{address}/ending", json=MET)) == (404, "not-found")
        assert refused(sign_in(stranger).post(NEEDS, json=need(home))) == (404, "not-found")
        assert done(sign_in(stranger).get(NEEDS))["items"] == []
    assert refused(sign_in("chu-tich").post(NEEDS, json=need(home))) == (403, "permission-denied")
    assert refused(sign_in("mat-tran").get(NEEDS)) == (403, "permission-denied")
    stranger_of_it = people(session, household(session))[0]
    session.commit()
    wrong = sign_in("truc-thai").post(NEEDS, json=need(home, member_id=str(stranger_of_it)))
    assert refused(wrong) == (404, "not-found")
    unknown = sign_in("truc-thai").post(NEEDS, json=need(home, kind="yacht"))
    assert [(e["pointer"], e["code"]) for e in unknown.json()["errors"]] == [("#/kind", "enum")]


def test_needs_are_listed_by_kind_state_and_place(sign_in: SignIn, session: Session, home: UUID) -> None:
    officer = sign_in("truc-thai")
    other = household(session, "14080-04")
    child = people(session, home)[0]
    session.commit()
    ids = [
        done(officer.post(NEEDS, json=body))["id"]
        for body in (
            need(home), need(home, kind="job", member_id=str(child), noted_on="2024-05-11"),
            need(other, noted_on="2024-05-12"),
        )
    ]  # fmt: skip
    done(officer.post(f"{NEEDS}/{ids[0]}/ending", json=MET))

    def found(**only: Any) -> list[str]:
        return [one["id"] for one in done(officer.get(NEEDS, params=only))["items"]]

    assert found() == [ids[2], ids[1], ids[0]]
    assert found(kind="credit") == [ids[2], ids[0]]
    assert found(state="open") == [ids[2], ids[1]]
    assert found(area_id=HAMLET) == [ids[1], ids[0]]
    assert found(household_id=str(other)) == [ids[2]]
    page = done(officer.get(NEEDS, params={"limit": 2}))
    assert [one["id"] for one in done(officer.get(NEEDS, params={"cursor": page["next_cursor"]}))["items"]] == [ids[0]]


def test_a_need_follows_its_household_into_a_merge(sign_in: SignIn, session: Session, home: UUID) -> None:
    officer = sign_in("truc-thai")
    survivor = household(session, "14080-04")
    session.commit()
    sent = need(home, id=str(uuid4()))
    noted = done(officer.post(NEEDS, json=sent))
    asked = {"survivor_id": str(survivor), "absorbed_id": str(home), "reason": "ghi hai lần"}
    done(officer.post("/api/v1/households/merge", json=asked))
    assert done(officer.get(f"{NEEDS}/{noted['id']}"))["household_id"] == str(survivor)
    for name in (home, survivor):
        assert refused(officer.post(NEEDS, json=need(name))) == (409, "conflict"), name
    assert done(officer.post(NEEDS, json=sent))["id"] == noted["id"]
    assert refused(officer.post(NEEDS, json=sent | {"kind": "job"})) == (409, "already-exists")
    moved = done(officer.post(NEEDS, json=need(home, kind="job")))
    assert moved["household_id"] == str(survivor)


def test_two_who_note_the_same_need_at_once_note_it_once(sign_in: SignIn, session: Session) -> None:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-3")
    for one in households(session, 3):
        session.commit()
        with ThreadPoolExecutor(2) as pool:
            post = lambda client, one=one: client.post(NEEDS, json=need(one))  # noqa: E731
            answers = list(pool.map(post, (officer, surveyor)))
        assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_organisations_are_the_communes_and_end_with_a_day(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    coop = organisation(officer, name="Hợp tác xã A", led_by=["woman", "woman", "disabled_person"])
    school = organisation(officer, kind="school", name="Trường tiểu học B")

    def found(**only: Any) -> list[str]:
        return [one["id"] for one in done(officer.get(ORGANISATIONS, params=only))["items"]]

    assert (found(), found(kind="school"), found(led_by="woman")) == ([coop, school], [school], [coop])
    assert done(officer.get(f"{ORGANISATIONS}/{coop}"))["led_by"] == ["woman", "disabled_person"]
    address = f"{ORGANISATIONS}/{coop}"
    ended = done(officer.patch(address, json={"ended_on": "2024-01-31"}, headers={"If-Match": '"1"'}))
    assert (ended["ended_on"], ended["version"], ended["name"]) == ("2024-01-31", 2, "Hợp tác xã A")
    assert refused(officer.patch(address, json={"name": "x"}, headers={"If-Match": '"1"'})) == (412, "stale-version")
    assert (found(ended=True), found(ended=False)) == ([coop], [school])
    body = {"kind": "vocational_course", "area_id": COMMUNE, "year": 2024, "title": "Lớp", "organisation_id": coop}
    assert refused(officer.post("/api/v1/interventions", json=body)) == (404, "not-found")
    # the Front reads them, only the officer writes, and other communes know nothing
    assert done(sign_in("mat-tran").get(address))["name"] == "Hợp tác xã A"
    assert done(sign_in("xom-3").get(address))["name"] == "Hợp tác xã A"
    assert refused(sign_in("mat-tran").patch(address, json={"name": "x"})) == (403, "permission-denied")
    for method, sent in (("GET", None), ("PATCH", {"name": "x"})):
        assert refused(sign_in("truc-dai").request(method, address, json=sent)) == (404, "not-found")
    strange = {"area_id": str(area_id("14071")), "kind": "bank", "name": "Ngân hàng"}
    assert refused(officer.post(ORGANISATIONS, json=strange)) == (404, "not-found")
    named = {"id": str(uuid4()), "area_id": COMMUNE, "kind": "bank", "name": "Ngân hàng"}
    assert done(officer.post(ORGANISATIONS, json=named)) == done(officer.post(ORGANISATIONS, json=named))
    assert refused(officer.post(ORGANISATIONS, json=named | {"name": "Khác"})) == (409, "already-exists")


def delivered(session: Session, made: dict[str, Any], home: UUID, **more: Any) -> None:
    values = {
        "id": uuid4(), "intervention_id": UUID(made["id"]), "household_id": home, "form": "cash",
        "delivered_on": date(2024, 6, 20), "amount_vnd": 500_000, "outcome": "delivered", "received_by": "Nguyễn Thị A",
        "attachments": [], "version": 1, "created_at": clock.now(), "updated_at": clock.now(),
    }  # fmt: skip
    session.execute(insert(Delivery).values(**values | more))
    session.commit()


def _listed(officer: httpx.Client, records: str, household_id: UUID) -> int:
    """How many a list has of a household, under whichever of its ids."""
    return len(done(officer.get(f"/api/v1/{records}", params={"household_id": str(household_id)}))["items"])


def test_everything_of_a_household_stands_in_one_place_also_after_a_merge(
    sign_in: SignIn, session: Session, home: UUID, app: Any
) -> None:
    officer = sign_in("truc-thai")
    survivor = household(session)
    for one in (home, survivor):
        recognise(session, one, "poor", date(2024, 1, 1))
    session.commit()
    case = opened(sign_in, "housing_case", area_id=None, household_id=str(home))
    shared = opened(sign_in, "support_round")
    enrolled(officer, shared, {"role": "recipient", "household_id": str(home)})
    noted = done(officer.post(NEEDS, json=need(home)))
    delivered(session, shared, home)
    address = f"/api/v1/households/{home}/support"
    with counted(app.state.engine) as few:
        before = done(officer.get(address))
    assert [one["id"] for one in before["about"]] == [case["id"]]
    (part,) = before["takes_part"]
    assert (part["intervention_id"], part["class_on_joining"], part["kind_label"]["vi"]) == (
        shared["id"], "poor", "Đợt hỗ trợ",
    )  # fmt: skip
    assert [one["id"] for one in before["needs"]] == [noted["id"]]
    assert [(one["amount_vnd"], one["reversed"]) for one in before["received"]] == [(500_000, False)]
    asked = {"survivor_id": str(survivor), "absorbed_id": str(home), "reason": "ghi hai lần"}
    done(officer.post("/api/v1/households/merge", json=asked))
    enrolled(officer, opened(sign_in, "support_round"), {"role": "recipient", "household_id": str(survivor)})
    delivered(session, shared, survivor, reversed_at=clock.now(), reversal_reason="trả lại")
    for name in (home, survivor):
        with counted(app.state.engine) as more:
            after = done(officer.get(f"/api/v1/households/{name}/support"))
        assert after["household_id"] == str(survivor)
        assert [len(after[part]) for part in ("about", "takes_part", "needs", "received")] == [1, 2, 1, 2]
        assert {one["household_id"] for one in after["about"] + after["needs"]} == {str(survivor)}
        assert sorted(one["reversed"] for one in after["received"]) == [False, True]
        assert len(more) == len(few)
        assert [_listed(officer, one, name) for one in ("interventions", "needs", "deliveries")] == [1, 1, 2]
    for username, status in (("xom-3", 200), ("xom-4", 404), ("truc-dai", 404), ("mat-tran", 403), ("chu-tich", 200)):
        assert sign_in(username).get(address).status_code == status, username
    nobody = officer.get(f"/api/v1/households/{uuid4()}/support")
    assert nobody.json()["details"] == sign_in("truc-dai").get(address).json()["details"]
