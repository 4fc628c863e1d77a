"""Who sees a citizen number, and what is sensitive; and that no number lies anywhere in clear."""

import json
import logging
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.accounts.actor import narrowed
from api.accounts.permissions import Permission
from api.households.queries import members_with_number
from tests.conftest import SignIn
from tests.make.households import (
    actor,
    hamlet,
    household_body,
    post_household,
    post_member,
    put_household,
    put_member,
)
from tests.make.recognitions import recognise

NUMBER, LATER = "036080771234", "036080775678"
SENSITIVE = {"ethnicity", "disability", "nutrition"}


def test_numbers_are_shown_whole_only_with_the_permission(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    person = post_member(officer, home, personal_id=NUMBER)["id"]
    seen = {
        username: sign_in(username).get(f"/api/v1/members/{person}").json()
        for username in ("truc-thai", "chu-tich", "xom-1", "truc-ninh")
    }
    assert {name: record["personal_id"] for name, record in seen.items()} == {
        "truc-thai": NUMBER,
        "chu-tich": NUMBER,
        "xom-1": "********1234",
        "truc-ninh": "********1234",
    }
    assert {name: set(record["withheld"]) for name, record in seen.items()} == {
        "truc-thai": set(),
        "chu-tich": set(),
        "xom-1": set(),
        "truc-ninh": SENSITIVE,
    }
    assert all(seen["truc-ninh"][name] is None for name in SENSITIVE)
    assert seen["xom-1"]["ethnicity"] == "kinh"
    listed = sign_in("xom-1").get(f"/api/v1/households/{home}/members").json()["items"]
    assert listed == [seen["xom-1"]]


def test_a_surveyor_writes_a_number_and_sees_its_mask(sign_in: SignIn) -> None:
    surveyor = sign_in("xom-1")
    home = post_household(surveyor)["id"]
    person = post_member(surveyor, home, personal_id=NUMBER)
    assert person["personal_id"] == "********1234"
    address = f"/api/v1/members/{person['id']}"
    changed = surveyor.patch(address, json={"personal_id": LATER}, headers={"If-Match": '"1"'})
    assert changed.json()["personal_id"] == "********5678"
    assert sign_in("truc-thai").get(address).json()["personal_id"] == LATER
    same = surveyor.patch(address, json={"personal_id": LATER}, headers={"If-Match": '"2"'})
    assert same.json()["version"] == 2  # sealed anew, yet the same number: no new version


def test_a_number_is_found_by_the_whole_of_it_only(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    person = post_member(officer, post_household(officer)["id"], personal_id=NUMBER)["id"]
    found = officer.post("/api/v1/members/search", json={"personal_id": NUMBER}).json()
    assert [record["id"] for record in found] == [person]
    for part in (NUMBER[:-1], NUMBER[-4:], LATER):
        assert officer.post("/api/v1/members/search", json={"personal_id": part}).json() == []
    assert sign_in("truc-dai").post("/api/v1/members/search", json={"personal_id": NUMBER}).json() == []
    assert sign_in("ngan-hang").post("/api/v1/members/search", json={"personal_id": NUMBER}).json() == []
    assert sign_in("xom-1").post("/api/v1/members/search", json={"personal_id": NUMBER}).status_code == 403


def test_the_bank_finds_people_of_recognised_households(sign_in: SignIn, session: Session) -> None:
    officer, bank = sign_in("truc-thai"), sign_in("ngan-hang")
    poor, other = post_household(officer)["id"], post_household(officer)["id"]
    post_member(officer, poor, personal_id=NUMBER)
    post_member(officer, other, personal_id=NUMBER)
    gone = post_member(officer, poor, personal_id=LATER)["id"]
    recognise(session, UUID(poor), "poor", date(2024, 1, 1))
    recognise(session, UUID(other), "not_poor", date(2024, 1, 1))
    session.commit()
    expected = {"household_id": poor, "hamlet_id": hamlet(1), "current_class": "poor", "personal_id": NUMBER}
    found = bank.post("/api/v1/members/search", json={"personal_id": NUMBER}).json()
    assert found == [{"full_name": "Nguyễn Văn Á"} | expected]
    body = {"left_on": "2024-02-01", "left_reason": "moved"}
    assert officer.patch(f"/api/v1/members/{gone}", json=body, headers={"If-Match": '"1"'}).status_code == 200
    assert bank.post("/api/v1/members/search", json={"personal_id": LATER}).json() == []
    whole = officer.post("/api/v1/members/search", json={"personal_id": NUMBER}).json()
    assert len(whole) == 2
    assert all("withheld" in record and "current_class" not in record for record in whole)


def test_who_reads_there_and_sees_numbers_here_finds_nobody_there(session: Session) -> None:
    far = put_household(session, actor("truc-dai"), hamlet_id=hamlet(1, "14071"))
    put_member(session, actor("truc-dai"), far, personal_id=NUMBER)
    here = put_household(session, actor("truc-thai"))
    person = put_member(session, actor("truc-thai"), here, personal_id=NUMBER)
    two_duties = replace(actor("truc-ninh"), grants=(*actor("truc-ninh").grants, *actor("truc-thai").grants))
    found = members_with_number(session, narrowed(two_duties, Permission.persons_id_full), NUMBER)
    assert [record["id"] for record in found] == [person]


def test_history_masks_like_the_person(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    person = post_member(officer, post_household(officer)["id"], personal_id=NUMBER)["id"]
    address = f"/api/v1/members/{person}"
    change = {"personal_id": LATER, "disability": "mild"}
    assert officer.patch(address, json=change, headers={"If-Match": '"1"'}).status_code == 200
    whole, masked, district = (
        sign_in(username).get(f"{address}/history").json()["items"] for username in ("truc-thai", "xom-1", "truc-ninh")
    )
    assert whole[0]["change"] == {"personal_id": [NUMBER, LATER], "disability": ["none", "mild"]}
    assert whole[1]["change"]["personal_id"] == [None, NUMBER]
    assert masked[0]["change"]["personal_id"] == ["********1234", "********5678"]
    assert district[0]["change"].keys() == {"personal_id"}
    assert district[0]["withheld"] == ["disability"]
    assert set(district[1]["withheld"]) == SENSITIVE


def test_no_table_and_no_log_holds_a_number_in_clear(
    sign_in: SignIn, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        officer = sign_in("truc-thai")
        home = post_household(officer)["id"]
        person = post_member(officer, home, personal_id=NUMBER)["id"]
        address = f"/api/v1/members/{person}"
        assert officer.patch(address, json={"personal_id": LATER}, headers={"If-Match": '"1"'}).status_code == 200
        assert officer.patch(address, json={"personal_id": "1" * 13}, headers={"If-Match": '"2"'}).status_code == 422
        officer.post("/api/v1/members/search", json={"personal_id": NUMBER})
        officer.get(f"{address}/history")
        other = officer.post("/api/v1/households", json=household_body(hamlet_id=hamlet(2))).json()["id"]
        officer.post("/api/v1/households/merge", json={"survivor_id": other, "absorbed_id": home})
        officer.post(f"/api/v1/households/{home}/unmerge")
    for number in (NUMBER, LATER):
        assert number not in caplog.text
        assert _tables_with(engine, number) == set()
    assert _tables_with(engine, person) >= {"member", "record_version", "change_pending", "audit_entry"}  # it can see


def _tables_with(engine: Engine, wanted: str) -> set[str]:
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        return {
            table
            for table in tables
            if connection.execute(
                text(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE :wanted OR to_jsonb(t)::text LIKE :wanted'),
                {"wanted": f"%{wanted}%"},
            ).scalar()
        }


def test_a_refused_number_is_not_repeated(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    for number in ("0360807712345", "03608077123x", 36080771234):
        body = {"full_name": "A", "sex": "male", "birth_year": 1980, "relation_to_head": "head", "ethnicity": "kinh"}
        answer = officer.post(f"/api/v1/households/{home}/members", json=body | {"personal_id": number})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "#/personal_id"
        assert str(number) not in json.dumps(answer.json())
