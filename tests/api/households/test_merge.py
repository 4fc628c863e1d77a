"""Two records of one household become one, late edits of the absorbed one still land, and it can be taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from api.changes.edits import Edit, Written
from api.changes.tables import Origin
from api.households.commands import write_households, write_members
from tests.conftest import SignIn
from tests.make.households import actor, hamlet, member_body, post_household, post_member
from tests.make.recognitions import recognise


def merge(client: httpx.Client, survivor: str, absorbed: str) -> httpx.Response:
    return client.post("/api/v1/households/merge", json={"survivor_id": survivor, "absorbed_id": absorbed})


def from_tablet(session: Session, write: Any, *edits: Edit, who: str = "xom-1") -> list[Written]:
    written: list[Written] = write(session, actor(who), edits, Origin.tablet)
    session.commit()
    return written


def people_of(client: httpx.Client, home: str) -> set[str]:
    return {person["id"] for person in client.get(f"/api/v1/households/{home}/members").json()["items"]}


def test_members_move_to_the_survivor_with_their_ids(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    stays, goes = post_household(officer, household_no="1")["id"], post_household(officer, household_no="2")["id"]
    one, two = post_member(officer, stays)["id"], post_member(officer, goes)["id"]
    answer = merge(officer, stays, goes)
    assert (answer.status_code, answer.json()["id"]) == (200, stays)
    assert people_of(officer, stays) == {one, two}
    gone = officer.get(f"/api/v1/households/{goes}").json()
    assert (gone["status"], gone["merged_into"]) == ("merged", stays)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT record_id::text, op, reason, into_id::text FROM change_pending ORDER BY id DESC LIMIT 2")
        ).all()
    assert {tuple(row) for row in rows} == {(goes, "remove", "merged", stays), (two, "put", None, None)}
    assert merge(officer, stays, goes).status_code == 200  # sent again
    assert officer.get(f"/api/v1/households/{goes}").json()["version"] == 2
    post_household(officer, household_no="2")  # its number is free


@pytest.mark.parametrize(
    ("stays", "goes", "status"),
    [
        (None, "poor", 409), ("near_poor", "poor", 409), (None, "near_poor", 409), (None, "escaped", 409),
        ("poor", None, 200), ("poor", "near_poor", 200), ("poor", "poor", 200), ("escaped", "not_poor", 200),
    ],
)  # fmt: skip
def test_nobody_loses_a_class_because_the_duplicate_was_recognised(
    sign_in: SignIn, session: Session, stays: str | None, goes: str | None, status: int
) -> None:
    officer = sign_in("truc-thai")
    homes = [post_household(officer)["id"] for _ in range(2)]
    today = clock.today()
    for home, standing in zip(homes, (stays, goes), strict=True):
        if standing == "escaped":
            recognise(session, UUID(home), "poor", today - timedelta(400), today - timedelta(30))
        if standing is not None:
            recognise(session, UUID(home), "not_poor" if standing == "escaped" else standing, today - timedelta(30))
    session.commit()
    answer = merge(officer, *homes)
    assert answer.status_code == status, answer.text
    if status == 409:
        assert "Hãy giữ lại hộ đó" in answer.json()["details"]["vi"]
        assert merge(officer, *reversed(homes)).status_code == 200


def test_what_a_merge_refuses(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    one, two, three = (post_household(officer)["id"] for _ in range(3))
    far = post_household(sign_in("truc-dai"), hamlet_id=hamlet(1, "14071"))["id"]
    assert merge(officer, one, one).json()["errors"][0]["pointer"] == "#/absorbed_id"
    assert merge(officer, one, far).status_code == 404
    assert merge(officer, far, one).status_code == 404
    assert merge(officer, one, str(uuid4())).status_code == 404
    assert merge(sign_in("xom-1"), one, two).status_code == 403
    merge(officer, one, two)
    assert merge(officer, three, two).json()["merged_into"] == one
    assert merge(officer, two, three).status_code == 409
    assert officer.post(f"/api/v1/households/{three}/unmerge").status_code == 409
    stale = officer.patch(f"/api/v1/households/{two}", json={"phone": "1"}, headers={"If-Match": '"2"'})
    assert (stale.status_code, stale.json()["merged_into"]) == (409, one)


def test_a_late_edit_of_the_absorbed_lands_on_the_survivor(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    stays, goes = post_household(officer, phone="1")["id"], post_household(officer, phone="1", note="cũ")["id"]
    merge(officer, stays, goes)
    written = from_tablet(session, write_households, Edit(UUID(goes), 1, {"phone": "2"}))[0]
    assert (written.outcome, written.version, written.result) == ("merged", 2, {"merged_into": stays})
    assert officer.get(f"/api/v1/households/{stays}").json()["phone"] == "2"
    assert officer.get(f"/api/v1/households/{goes}").json()["phone"] == "1"
    # the survivor never had the absorbed one's note: what the tablet changes from it is held against the survivor's
    clash = from_tablet(session, write_households, Edit(UUID(goes), 1, {"note": "mới"}))[0]
    assert (clash.outcome, clash.clashes) == ("conflict", {"note": {"base": "cũ", "server": None, "device": "mới"}})


def test_new_and_late_members_follow_the_chain(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    first, second, third = (post_household(officer)["id"] for _ in range(3))
    person = post_member(officer, first)["id"]
    merge(officer, second, first)
    merge(officer, third, second)
    new = uuid4()
    edits = (
        Edit(new, None, member_body(household_id=first)),
        Edit(UUID(person), 1, {"household_id": first, "occupation": "thợ nề"}),
        Edit(UUID(person), None, member_body(household_id=first)),
    )
    created, changed, again = from_tablet(session, write_members, *edits)
    assert (created.outcome, created.result) == ("applied", {"merged_into": third})
    assert changed.outcome == "merged"
    assert (again.outcome, again.version) == ("applied", 1)  # what it created then is what it sends now
    assert people_of(officer, third) == {person, str(new)}
    assert officer.get(f"/api/v1/members/{person}").json()["occupation"] == "thợ nề"
    late = from_tablet(session, write_households, Edit(UUID(first), 1, {"address": "Đội 4"}))[0]
    assert late.result == {"merged_into": third}


def test_an_unmerge_gives_back_those_who_still_live_there(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    stays, goes, third = (post_household(officer)["id"] for _ in range(3))
    own = post_member(officer, stays)["id"]
    back, moved_on = post_member(officer, goes)["id"], post_member(officer, goes)["id"]
    merge(officer, stays, goes)
    new = post_member(officer, stays)["id"]
    officer.patch(f"/api/v1/members/{moved_on}", json={"household_id": third}, headers={"If-Match": '"2"'})
    answer = officer.post(f"/api/v1/households/{goes}/unmerge")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["merged_into"], answer.json()["version"]) == ("active", None, 3)
    assert people_of(officer, goes) == {back}
    assert people_of(officer, stays) == {own, new}
    assert people_of(officer, third) == {moved_on}
    written = from_tablet(session, write_households, Edit(UUID(goes), 1, {"phone": "9"}))[0]
    assert (written.outcome, written.result) == ("merged", None)  # the alias has ended
    assert officer.get(f"/api/v1/households/{goes}").json()["phone"] == "9"
    assert merge(officer, stays, goes).status_code == 200  # and it can be merged again
    assert people_of(officer, stays) == {own, new, back}


def test_an_unmerge_in_the_middle_of_a_chain(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    first, second, third = (post_household(officer)["id"] for _ in range(3))
    one, two = post_member(officer, first)["id"], post_member(officer, second)["id"]
    merge(officer, second, first)
    merge(officer, third, second)
    assert officer.post(f"/api/v1/households/{first}/unmerge").status_code == 200
    assert people_of(officer, first) == {one}
    assert people_of(officer, third) == {two}


def test_a_merge_across_hamlets_tells_both(sign_in: SignIn, session: Session, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    stays, goes = post_household(officer, hamlet_id=hamlet(2))["id"], post_household(officer)["id"]
    person = post_member(officer, goes)["id"]
    merge(officer, stays, goes)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT area_id::text, op, reason FROM change_pending WHERE record_id = :id AND version = 2"),
            {"id": person},
        ).all()
    assert {tuple(row) for row in rows} == {(hamlet(1), "remove", "left-area"), (hamlet(2), "put", None)}
    # the surveyor of the old hamlet does not reach the survivor: the late edit waits for a person, under its own name
    late = from_tablet(session, write_households, Edit(UUID(goes), 1, {"phone": "2"}))[0]
    assert (late.outcome, late.waiting_for) == ("held", UUID(goes))


def test_no_member_is_written_into_a_household_while_it_is_merged(sign_in: SignIn) -> None:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-1")
    for _ in range(6):
        stays, goes = (post_household(officer)["id"] for _ in range(2))

        def add(home: str = goes) -> int:
            return surveyor.post(f"/api/v1/households/{home}/members", json=member_body()).status_code

        with ThreadPoolExecutor(2) as pool:
            added, merged = pool.submit(add), pool.submit(merge, officer, stays, goes)
            assert (added.result(), merged.result().status_code) == (201, 200)
        assert people_of(officer, goes) == set()
        assert len(people_of(officer, stays)) == 1
