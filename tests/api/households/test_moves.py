"""Households move, split, and end."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from api.changes.feed import number
from tests.conftest import SignIn
from tests.make.households import hamlet, post_household, post_member


def announced(engine: Engine) -> list[tuple[str, str, str, str, str | None]]:
    """(entity, record, area, op, reason) of what waits for the feed, in the order it was written."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT entity, record_id::text, area_id::text, op, reason FROM change_pending ORDER BY id")
        )
        return [tuple(row) for row in rows]


def clear(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM change_pending"))


def move(client: Any, home: str, to: str, on: str = "2024-02-01") -> Any:
    return client.post(f"/api/v1/households/{home}/move", json={"hamlet_id": to, "moved_on": on, "reason": "về quê"})


def test_a_move_takes_the_people_along(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer, household_no="5")["id"]
    person = post_member(officer, home)["id"]
    moved = move(officer, home, hamlet(2))
    assert moved.status_code == 200
    assert (moved.json()["hamlet_id"], moved.json()["household_no"], moved.json()["version"]) == (hamlet(2), "5", 2)
    assert sign_in("xom-1").get(f"/api/v1/members/{person}").status_code == 404
    assert sign_in("xom-2").get(f"/api/v1/members/{person}").status_code == 200
    feed = announced(engine)
    for entity, record in (("household", home), ("member", person)):
        assert (entity, record, hamlet(1), "remove", "left-area") in feed
        assert (entity, record, hamlet(2), "put", None) in feed


def test_requests_follow_without_being_known(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    paper = officer.post(
        "/api/v1/requests", json={"household_id": home, "kind": "review", "received_on": "2024-01-05"}
    ).json()["id"]
    number(engine)  # the feed is read meanwhile: the paper stands in change_feed, not among what waits
    assert announced(engine) == []
    move(officer, home, hamlet(2))
    feed = announced(engine)
    assert ("request", paper, hamlet(1), "remove", "left-area") in feed
    assert ("request", paper, hamlet(2), "put", None) in feed
    clear(engine)
    move(officer, home, hamlet(3), "2024-03-01")
    assert ("request", paper, hamlet(1), "remove", "left-area") not in announced(engine)  # it is not there any more


def test_who_has_left_the_household_does_not_follow_it(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    home, other = post_household(officer)["id"], post_household(officer, hamlet_id=hamlet(3))["id"]
    married = post_member(officer, home)["id"]
    officer.patch(f"/api/v1/members/{married}", json={"household_id": other}, headers={"If-Match": '"1"'})
    for read_before in (False, True):
        if read_before:
            number(engine)
        waiting = len(announced(engine))
        move(officer, home, hamlet(5 + read_before))
        assert married not in {record for _, record, *_ in announced(engine)[waiting:]}


@pytest.mark.parametrize("there", [1, 3])
def test_nor_does_who_has_left_it_since_the_feed_was_read(there: int, sign_in: SignIn, engine: Engine) -> None:
    """Readers know the person in the household, and that they live elsewhere now still waits to be told."""
    officer = sign_in("truc-thai")
    home, other = post_household(officer)["id"], post_household(officer, hamlet_id=hamlet(there))["id"]
    married = post_member(officer, home)["id"]
    number(engine)
    officer.patch(f"/api/v1/members/{married}", json={"household_id": other}, headers={"If-Match": '"1"'})
    move(officer, home, hamlet(5))
    number(engine)
    with engine.connect() as connection:
        told = connection.execute(
            text("SELECT area_id::text, household_id::text FROM change_feed WHERE record_id = :id AND op = 'put'"),
            {"id": married},
        ).all()
    assert told == [(hamlet(there), other)]


def test_a_move_out_of_my_areas_is_shown_once_and_gone(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    assert move(officer, home, hamlet(1, "14071")).json()["hamlet_id"] == hamlet(1, "14071")
    assert officer.get(f"/api/v1/households/{home}").status_code == 404
    assert sign_in("truc-dai").get(f"/api/v1/households/{home}").status_code == 200


def test_the_same_move_sent_again_changes_nothing(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    assert move(officer, home, hamlet(2)).json() == move(officer, home, hamlet(2)).json()
    assert move(officer, home, hamlet(2), "2024-02-02").status_code == 409
    assert move(officer, home, str(uuid4())).json()["errors"][0]["pointer"] == "#/hamlet_id"
    assert move(officer, home, hamlet(3), "2999-01-01").status_code == 422


def test_a_number_that_is_taken_there_is_given_up(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    post_household(officer, household_no="5", hamlet_id=hamlet(2))
    home = post_household(officer, household_no="5")["id"]
    assert move(officer, home, hamlet(2)).json()["household_no"] is None


def test_a_split_makes_a_household_of_those_who_leave(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer, address="Xóm 1")["id"]
    father, son, wife = (post_member(officer, home, full_name=name)["id"] for name in ("Vũ Cha", "Vũ Con", "Mai Dâu"))
    officer.patch(f"/api/v1/households/{home}", json={"head_member_id": father}, headers={"If-Match": '"1"'})
    clear(engine)
    body = {"id": str(uuid4()), "member_ids": [son, wife], "head_member_id": son, "household_no": "12"}
    made = officer.post(f"/api/v1/households/{home}/split", json=body)
    assert made.status_code == 201, made.text
    new = made.json()
    assert (new["id"], new["hamlet_id"], new["head_member_id"]) == (body["id"], hamlet(1), son)
    assert (new["household_no"], new["address"], new["version"]) == ("12", "Xóm 1", 1)
    people = officer.get(f"/api/v1/households/{new['id']}/members").json()["items"]
    assert {p["id"]: p["relation_to_head"] for p in people} == {son: "head", wife: "head"}
    assert [p["id"] for p in officer.get(f"/api/v1/households/{home}/members").json()["items"]] == [father]
    assert {(entity, record, op) for entity, record, _, op, _ in announced(engine)} == {
        ("household", new["id"], "put"),
        ("member", son, "put"),
        ("member", wife, "put"),
    }
    again = officer.post(f"/api/v1/households/{home}/split", json=body)
    assert (again.status_code, again.json()) == (201, new)
    other = officer.post(f"/api/v1/households/{home}/split", json=body | {"member_ids": [father]})
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("chosen", "head", "pointer"),
    [
        (["father"], None, "#/member_ids/0"),  # the head stays
        (["son", "stranger"], None, "#/member_ids/1"),
        (["son", "gone"], None, "#/member_ids/1"),
        (["son"], "wife", "#/head_member_id"),
        ([], None, "#/member_ids"),
    ],
)
def test_what_a_split_refuses(chosen: list[str], head: str | None, pointer: str, sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    people = {name: post_member(officer, home, full_name=name)["id"] for name in ("father", "son", "wife")}
    people["gone"] = post_member(officer, home, left_on="2024-01-01", left_reason="died")["id"]
    people["stranger"] = post_member(officer, post_household(officer)["id"])["id"]
    officer.patch(f"/api/v1/households/{home}", json={"head_member_id": people["father"]}, headers={"If-Match": '"1"'})
    body: dict[str, Any] = {"member_ids": [people[name] for name in chosen]}
    if head:
        body["head_member_id"] = people[head]
    answer = officer.post(f"/api/v1/households/{home}/split", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_somebody_has_to_stay(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    people = [post_member(officer, home)["id"] for _ in range(2)]
    answer = officer.post(f"/api/v1/households/{home}/split", json={"member_ids": people})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "nobody_stays")


def test_a_household_ends_and_comes_back_without_its_number(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer, household_no="8")["id"]
    assert officer.post(f"/api/v1/households/{home}/dissolve").json()["status"] == "dissolved"
    assert officer.post(f"/api/v1/households/{home}/dissolve").json()["version"] == 2
    post_household(officer, household_no="8")  # the number is free again
    back = officer.post(f"/api/v1/households/{home}/reopen").json()
    assert (back["status"], back["household_no"]) == ("active", None)
    assert officer.post(f"/api/v1/households/{home}/leave").json()["status"] == "left"
