"""A conflict is decided some days later: the record has gone on, and nobody's work on it is undone by the decision."""

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.areas.tables import area_id
from tests.make import tablets
from tests.make.recognitions import recognise
from tests.make.tablets import household, member, push, submission

SignIn = Callable[[str], httpx.Client]
# two citizen numbers of Vũ Thị Hoà, of whom one is a slip of the pen
NUMBER, OTHER_NUMBER = "036180000001", "036180000002"


@pytest.fixture
def home(sign_in: SignIn, engine: Engine) -> str:
    made = submission("household", household(phone="0", note="0", address="0"))
    push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), made)
    return str(made["id"])


def web(sign_in: SignIn, record: str, kind: str = "households", **changes: Any) -> None:
    officer = sign_in("truc-thai")
    tag = officer.get(f"/api/v1/{kind}/{record}").headers["ETag"]
    answer = officer.patch(f"/api/v1/{kind}/{record}", json=changes, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


def clash(
    sign_in: SignIn, engine: Engine, record: str, entity: str = "household", *, base: int = 1, **changes: Any
) -> str:
    late = submission(entity, changes, base=base, record=record)
    (told,) = push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), late)
    assert told["outcome"] == "conflict"
    return str(told["conflict_id"])


def decided(sign_in: SignIn, conflict: str, **body: Any) -> httpx.Response:
    path = f"/sync/v1/conflicts/{conflict}/resolution"
    return sign_in("truc-thai").post(path, json={"reason": "đã hỏi", **body})


@pytest.mark.parametrize(("choice", "phone"), [("server", "1"), ("device", "2")])
def test_what_the_tablet_sent_without_having_changed_it_is_not_put_back(
    choice: str, phone: str, sign_in: SignIn, engine: Engine, home: str
) -> None:
    web(sign_in, home, phone="1", note="1")
    conflict = clash(sign_in, engine, home, phone="2", note="0", address="2")
    record = decided(sign_in, conflict, choice=choice).json()
    assert (record["phone"], record["note"], record["address"]) == (phone, "1", "2")


@pytest.mark.parametrize("choice", ["server", "device"])
def test_what_somebody_has_changed_since_is_decided_too_and_never_overwritten_unseen(
    choice: str, sign_in: SignIn, engine: Engine, home: str
) -> None:
    web(sign_in, home, phone="1")
    conflict = clash(sign_in, engine, home, phone="2", note="2", address="2")
    web(sign_in, home, note="9")
    refused = decided(sign_in, conflict, choice=choice)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert "note" in refused.json()["detail"]
    assert refused.json()["fields"] == ["note"]
    missing = decided(sign_in, conflict, choice="values", values={"phone": "2"})
    assert missing.status_code == 422
    record = decided(sign_in, conflict, choice="values", values={"phone": "2", "note": "9"}).json()
    assert (record["phone"], record["note"], record["address"]) == ("2", "9", "2")


def test_a_later_edit_that_says_the_same_is_no_clash(sign_in: SignIn, engine: Engine, home: str) -> None:
    web(sign_in, home, phone="1")
    conflict = clash(sign_in, engine, home, phone="2", note="2")
    web(sign_in, home, note="2")
    record = decided(sign_in, conflict, choice="device").json()
    assert (record["phone"], record["note"]) == ("2", "2")


@pytest.mark.parametrize("choice", ["server", "device"])
def test_what_is_emptied_on_a_version_that_never_was_is_asked_about(
    choice: str, sign_in: SignIn, engine: Engine, home: str
) -> None:
    """After a restore a tablet may know versions that this register never had: what it saw there, nobody knows."""
    web(sign_in, home, note=None)
    conflict = clash(sign_in, engine, home, base=7, phone=None, note=None, address="0")
    (listed,) = sign_in("truc-thai").get("/sync/v1/conflicts").json()
    assert listed["fields"] == {"phone": {"base": None, "server": "0", "device": None}}
    web(sign_in, home, note="9")
    assert decided(sign_in, conflict, choice=choice).json()["fields"] == ["note"]
    record = decided(sign_in, conflict, choice="values", values={"phone": None, "note": "9"}).json()
    assert (record["phone"], record["note"], record["address"]) == (None, "9", "0")


@pytest.mark.parametrize(("choice", "note"), [("server", "b"), ("device", "b")])
def test_a_household_merged_away_brings_nothing_back_to_its_survivor(
    choice: str, note: str, sign_in: SignIn, engine: Engine, home: str
) -> None:
    stays = submission("household", household(phone="8", note="b"))
    push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), stays)
    one = {"survivor_id": stays["id"], "absorbed_id": home}
    assert sign_in("truc-thai").post("/api/v1/households/merge", json=one).status_code == 200
    conflict = clash(sign_in, engine, home, phone="2", note="0")
    record = decided(sign_in, conflict, choice=choice).json()
    assert (record["id"], record["phone"], record["note"]) == (stays["id"], "2" if choice == "device" else "8", note)


@pytest.fixture
def stays(sign_in: SignIn, engine: Engine) -> str:
    """A household that has been registered beside the other one, and changed more often."""
    made = submission("household", household(phone="8", note="b", address="0"))
    push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), made)
    for note in ("c", "b"):
        web(sign_in, made["id"], note=note)
    return str(made["id"])


def merged(sign_in: SignIn, stays: str, goes: str) -> None:
    one = {"survivor_id": stays, "absorbed_id": goes}
    assert sign_in("truc-thai").post("/api/v1/households/merge", json=one).status_code == 200


@pytest.mark.parametrize(("choice", "phone"), [("server", "8"), ("device", "2"), ("values", "5")])
def test_merged_away_after_the_conflict_was_opened_the_survivor_is_decided_about(
    choice: str, phone: str, sign_in: SignIn, engine: Engine, home: str, stays: str
) -> None:
    web(sign_in, home, phone="1")
    conflict = clash(sign_in, engine, home, phone="2", note="0", address="2")
    merged(sign_in, stays, home)
    (listed,) = sign_in("truc-thai").get("/sync/v1/conflicts").json()
    assert (listed["record_id"], listed["fields"]["phone"]) == (stays, {"base": "0", "server": "8", "device": "2"})
    answer = decided(sign_in, conflict, choice=choice, **({"values": {"phone": "5"}} if choice == "values" else {}))
    assert answer.status_code == 200, answer.text
    record = answer.json()
    # the note was not changed by the tablet, and the address by nobody else
    assert (record["id"], record["phone"], record["note"], record["address"]) == (stays, phone, "b", "2")
    assert sign_in("truc-thai").get("/sync/v1/conflicts").json() == []


@pytest.mark.parametrize("choice", ["server", "device"])
def test_what_the_survivor_holds_otherwise_is_decided_too(
    choice: str, sign_in: SignIn, engine: Engine, home: str, stays: str
) -> None:
    web(sign_in, home, phone="1")
    conflict = clash(sign_in, engine, home, phone="2", note="2")
    merged(sign_in, stays, home)
    refused = decided(sign_in, conflict, choice=choice)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert "note" in refused.json()["detail"]
    record = decided(sign_in, conflict, choice="values", values={"phone": "2", "note": "b"}).json()
    assert (record["id"], record["phone"], record["note"]) == (stays, "2", "b")


def test_what_belongs_to_a_field_that_was_sent_is_decided_with_it(sign_in: SignIn, engine: Engine, home: str) -> None:
    """The tablet corrected the year and had seen no date; the officer wrote a date meanwhile."""
    person = submission("member", member(home, birth_date=None, birth_year=1960))
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    push(surveyor, device, person)
    at_web = submission("member", {"birth_date": "1961-02-03", "birth_year": 1961}, base=1, record=person["id"])
    push(sign_in("truc-thai"), tablets.enrolled(engine, "truc-thai"), at_web)
    (told,) = push(surveyor, device, submission("member", {"birth_year": 1959}, seq=2, base=1, record=person["id"]))
    assert told["outcome"] == "conflict"
    answer = decided(sign_in, told["conflict_id"], choice="device")
    assert (answer.status_code, answer.json()["birth_year"], answer.json()["birth_date"]) == (200, 1959, None)


@pytest.mark.parametrize("choice", ["server", "device"])
def test_a_household_that_has_gone_since_it_was_named_is_decided_too(
    choice: str, sign_in: SignIn, engine: Engine, home: str, stays: str
) -> None:
    """She was to move to a household that moves away itself before anybody decides."""
    her = person(sign_in, engine, home, occupation="a")
    web(sign_in, her, "members", occupation="b")
    conflict = clash(sign_in, engine, her, "member", occupation="c", household_id=stays)
    elsewhere = {"hamlet_id": str(area_id("14071-01")), "moved_on": "2024-09-02"}
    assert sign_in("truc-thai").post(f"/api/v1/households/{stays}/move", json=elsewhere).is_success
    refused = decided(sign_in, conflict, choice=choice)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["household_id"])
    record = decided(sign_in, conflict, choice="values", values={"occupation": "c", "household_id": home}).json()
    assert (record["occupation"], record["household_id"]) == ("c", home)


def person(sign_in: SignIn, engine: Engine, home: str, **more: Any) -> str:
    made = submission("member", member(home, **more), seq=2)
    push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), made)
    return str(made["id"])


def test_a_citizen_number_that_the_tablet_did_not_change_is_not_put_back(
    sign_in: SignIn, engine: Engine, home: str
) -> None:
    her = person(sign_in, engine, home, personal_id=NUMBER, occupation="a")
    web(sign_in, her, "members", personal_id=OTHER_NUMBER, occupation="b")
    conflict = clash(sign_in, engine, her, "member", personal_id=NUMBER, occupation="c")
    answer = decided(sign_in, conflict, choice="device")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["occupation"], answer.json()["personal_id"]) == ("c", OTHER_NUMBER)


def test_the_same_citizen_number_from_two_people_is_no_clash(sign_in: SignIn, engine: Engine, home: str) -> None:
    her = person(sign_in, engine, home, occupation="a")
    web(sign_in, her, "members", occupation="b")
    conflict = clash(sign_in, engine, her, "member", personal_id=NUMBER, occupation="c")
    web(sign_in, her, "members", personal_id=NUMBER)
    answer = decided(sign_in, conflict, choice="device")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["occupation"], answer.json()["personal_id"]) == ("c", NUMBER)


@pytest.mark.parametrize("note", [unicodedata.normalize("NFD", "cuối xóm"), "  cuối xóm "])
def test_a_text_that_is_only_spelled_otherwise_was_not_changed(
    note: str, sign_in: SignIn, engine: Engine, home: str
) -> None:
    web(sign_in, home, note="cuối xóm")
    web(sign_in, home, note="đầu xóm", phone="1")
    late = submission("household", {"note": note, "phone": "2"}, base=2, record=home)
    (told,) = push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), late)
    assert told["outcome"] == "conflict"
    record = decided(sign_in, told["conflict_id"], choice="device").json()
    assert (record["phone"], record["note"]) == ("2", "đầu xóm")


@pytest.mark.parametrize(("choice", "phone"), [("server", "1"), ("device", "2"), ("values", "5")])
def test_a_field_that_only_we_write_is_nothing_to_decide(
    choice: str, phone: str, sign_in: SignIn, engine: Engine, home: str
) -> None:
    """The tablet sent back the class it had read, none; the household is recognised before anybody decides."""
    web(sign_in, home, phone="1")
    conflict = clash(sign_in, engine, home, phone="2", current_class=None, status="active")
    with Session(engine) as session, session.begin():
        recognise(session, UUID(home), "poor", date(2024, 1, 1))
    answer = decided(sign_in, conflict, choice=choice, **({"values": {"phone": "5"}} if choice == "values" else {}))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["phone"], answer.json()["current_class"]) == (phone, "poor")


@pytest.mark.parametrize("choice", ["server", "device"])
def test_what_means_one_thing_with_a_field_that_was_sent_is_decided_with_it(
    choice: str, sign_in: SignIn, engine: Engine, home: str
) -> None:
    """The tablet found that nobody can work; the officer has written since why somebody can."""
    web(sign_in, home, phone="1")
    conflict = clash(sign_in, engine, home, phone="2", no_labour_capacity=True)
    ground = "còn hai người làm"
    web(sign_in, home, no_labour_capacity_ground=ground)
    refused = decided(sign_in, conflict, choice=choice)
    assert refused.status_code == 409
    assert refused.json()["fields"] == ["no_labour_capacity", "no_labour_capacity_ground"]
    values = {"phone": "2", "no_labour_capacity": False, "no_labour_capacity_ground": ground}
    record = decided(sign_in, conflict, choice="values", values=values).json()
    assert {name: record[name] for name in values} == values


def test_what_means_one_thing_with_a_field_that_clashed_is_decided_with_it(
    sign_in: SignIn, engine: Engine, home: str
) -> None:
    """Two years of birth clash; the officer learns the day before anybody decides."""
    her = person(sign_in, engine, home, birth_year=1960)
    web(sign_in, her, "members", birth_year=1961)
    conflict = clash(sign_in, engine, her, "member", birth_year=1959)
    web(sign_in, her, "members", birth_date="1961-02-03")
    refused = decided(sign_in, conflict, choice="device")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    assert refused.json()["fields"] == ["birth_date"]
    values = {"birth_year": 1959, "birth_date": "1959-02-03"}
    record = decided(sign_in, conflict, choice="values", values=values).json()
    assert {name: record[name] for name in values} == values


def parted(sign_in: SignIn, home: str) -> None:
    officer = sign_in("truc-thai")
    tag = officer.get(f"/api/v1/households/{home}").headers["ETag"]
    answer = officer.post(f"/api/v1/households/{home}/unmerge", headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("choice", "phone", "outcome"), [("server", "0", "rejected"), ("device", "2", "merged")])
def test_a_conflict_under_a_merge_is_decided_about_the_household_itself_once_that_was_taken_back(
    choice: str, phone: str, outcome: str, sign_in: SignIn, engine: Engine, home: str, stays: str
) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    merged(sign_in, stays, home)
    late = submission("household", {"phone": "2"}, base=1, record=home)
    (told,) = push(surveyor, device, late)
    assert (told["outcome"], told["result"]) == ("conflict", {"merged_into": stays})
    parted(sign_in, home)
    (listed,) = sign_in("truc-thai").get("/sync/v1/conflicts").json()
    assert (listed["record_id"], listed["fields"]["phone"]) == (home, {"base": "0", "server": "0", "device": "2"})
    answer = decided(sign_in, told["conflict_id"], choice=choice)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["id"], answer.json()["phone"]) == (home, phone)
    assert sign_in("truc-thai").get(f"/api/v1/households/{stays}").json()["phone"] == "8"
    (now,) = surveyor.get("/sync/v1/submissions", params={"device_id": device}).json()["items"]
    assert (now["outcome"], now["result"]) == (outcome, None)
    assert now["version"] == (answer.json()["version"] if outcome == "merged" else now["version"])


def test_what_was_written_to_the_household_itself_under_the_merge_is_decided_too(
    sign_in: SignIn, engine: Engine, home: str, stays: str
) -> None:
    web(sign_in, home, note="7")
    merged(sign_in, stays, home)
    conflict = clash(sign_in, engine, home, phone="2", address="2")
    parted(sign_in, home)
    web(sign_in, home, address="9")
    refused = decided(sign_in, conflict, choice="device")
    assert (refused.status_code, refused.json()["fields"]) == (409, ["address"])
    record = decided(sign_in, conflict, choice="values", values={"phone": "2", "address": "9"}).json()
    assert (record["id"], record["phone"], record["note"], record["address"]) == (home, "2", "7", "9")
