"""A paper of a household that was merged away stands under the survivor, on the wire, in the feed, and back again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from mobile_sync.appliers import KINDS
from tests.make import tablets
from tests.make.households import hamlet, post_household
from tests.make.tablets import pull, push, submission

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


def paper(client: httpx.Client, household_id: str | None, **more: Any) -> str:
    body = {"household_id": household_id, "kind": "review", "received_on": "2024-09-02"} | more
    answer = client.post("/api/v1/requests", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def merge(client: httpx.Client, survivor: str, absorbed: str) -> None:
    answer = client.post("/api/v1/households/merge", json={"survivor_id": survivor, "absorbed_id": absorbed})
    assert answer.status_code == 200, answer.text


def unmerge(client: httpx.Client, absorbed: str) -> None:
    answer = client.post(f"/api/v1/households/{absorbed}/unmerge")
    assert answer.status_code == 200, answer.text


def listed(client: httpx.Client, **query: str) -> dict[str, str]:
    items = client.get("/api/v1/requests", params=query).json()["items"]
    return {item["id"]: item["household_id"] for item in items}


def told(changes: list[dict[str, Any]], entity: str = "request") -> dict[str, Any]:
    of_kind = [change for change in changes if change["entity"] == entity]
    return {c["id"]: c["data"]["household_id"] if c["op"] == "put" else c["op"] for c in of_kind}


def test_papers_follow_a_chain_of_merges_and_come_back(officer: httpx.Client, sign_in: SignIn) -> None:
    tablet = sign_in("xom-1")
    first, second, third = (post_household(officer)["id"] for _ in range(3))
    papers = {home: paper(officer, home) for home in (first, second, third)}
    loose = paper(officer, None, hamlet_id=hamlet(1))
    seen, cursor = pull(tablet)
    assert told(seen) == {papers[first]: first, papers[second]: second, papers[third]: third, loose: None}

    merge(officer, second, first)
    seen, cursor = pull(tablet, cursor)
    assert told(seen) == {papers[first]: second}
    merge(officer, third, second)
    seen, cursor = pull(tablet, cursor)
    assert told(seen) == {papers[first]: third, papers[second]: third}
    assert listed(officer) == dict.fromkeys(papers.values(), third) | {loose: None}
    assert listed(officer, household_id=third) == dict.fromkeys(papers.values(), third)
    assert listed(officer, household_id=second) == {}
    assert officer.get(f"/api/v1/requests/{papers[first]}").json()["household_id"] == third
    # a tablet that starts now is told the same, the household before its papers
    fresh, _ = pull(tablet)
    assert told(fresh) == dict.fromkeys(papers.values(), third) | {loose: None}
    order = [change["id"] for change in fresh]
    assert all(order.index(third) < order.index(one) for one in papers.values())

    late = paper(officer, third)
    unmerge(officer, first)
    seen, cursor = pull(tablet, cursor)
    assert told(seen) == {papers[first]: first, late: third}
    unmerge(officer, second)
    seen, cursor = pull(tablet, cursor)
    assert told(seen) == {papers[second]: second}
    assert listed(officer) == {one: home for home, one in papers.items()} | {loose: None, late: third}
    assert pull(tablet, cursor)[0] == []


def test_papers_merged_into_another_hamlet_leave_the_old_one(officer: httpx.Client, sign_in: SignIn) -> None:
    here, there = sign_in("xom-1"), sign_in("xom-2")
    goes, stays = post_household(officer)["id"], post_household(officer, hamlet_id=hamlet(2))["id"]
    one = paper(officer, goes)
    (_, old), (_, new) = pull(here), pull(there)
    merge(officer, stays, goes)
    seen, old = pull(here, old)
    assert told(seen) == {one: "remove"}
    seen, new = pull(there, new)
    assert told(seen) == {one: stays}
    assert here.get(f"/api/v1/requests/{one}").status_code == 404
    assert there.get(f"/api/v1/requests/{one}").json()["hamlet_id"] == hamlet(2)
    assert listed(here) == {}
    unmerge(officer, goes)
    assert told(pull(here, old)[0]) == {one: goes}
    assert told(pull(there, new)[0]) == {one: "remove"}
    assert listed(there) == {}


@pytest.mark.parametrize("read_between", [True, False])
def test_who_left_the_absorbed_household_before_is_not_told_again(
    read_between: bool, officer: httpx.Client, sign_in: SignIn, session: Session
) -> None:
    absorbed, survivor, other = (post_household(officer)["id"] for _ in range(3))
    one = paper(officer, absorbed)
    _, cursor = pull(sign_in("xom-1"))
    changed = officer.patch(f"/api/v1/requests/{one}", json={"household_id": other}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    if read_between:
        _, cursor = pull(sign_in("xom-1"), cursor)
    merge(officer, survivor, absorbed)
    seen, _ = pull(sign_in("xom-1"), cursor)
    assert told(seen) == ({} if read_between else {one: other})
    group = session.scalar(text("SELECT household_id FROM change_feed WHERE record_id = :id"), {"id": one})
    assert str(group) == other


def test_a_paper_shown_under_the_survivor_keeps_its_own_household(
    officer: httpx.Client, session: Session, sign_in: SignIn
) -> None:
    absorbed, survivor = post_household(officer)["id"], post_household(officer)["id"]
    one = paper(officer, absorbed)
    merge(officer, survivor, absorbed)
    _, cursor = pull(sign_in("xom-1"))
    shown = {"household_id": survivor, "reason": "bổ sung"}  # the survivor's id as it was read, sent back
    answer = officer.patch(f"/api/v1/requests/{one}", json=shown, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["household_id"]) == (200, survivor)
    assert told(pull(sign_in("xom-1"), cursor)[0]) == {one: survivor}
    group = session.scalar(text("SELECT household_id FROM change_feed WHERE record_id = :id"), {"id": one})
    assert str(group) == survivor
    unmerge(officer, absorbed)
    assert listed(officer) == {one: absorbed}


def test_an_edit_and_a_conflict_of_such_a_paper_belong_to_the_survivors_hamlet(
    officer: httpx.Client, sign_in: SignIn, engine: Engine, session: Session
) -> None:
    absorbed, survivor = post_household(officer)["id"], post_household(officer, hamlet_id=hamlet(2))["id"]
    one = paper(officer, absorbed, reason="a")
    merge(officer, survivor, absorbed)
    assert officer.patch(f"/api/v1/requests/{one}", json={"reason": "b"}, headers={"If-Match": '"1"'}).is_success
    late = submission("request", {"reason": "c"}, base=1, record=one)
    (clash,) = push(sign_in("xom-2"), tablets.enrolled(engine, "xom-2"), late)
    assert clash["outcome"] == "conflict"
    area = session.scalar(text("SELECT area_id FROM sync_conflict WHERE record_id = :id"), {"id": one})
    assert str(area) == hamlet(2)
    (kept,) = push(sign_in("xom-1"), tablets.enrolled(engine, "xom-1"), late | {"submission_id": str(uuid4())})
    assert (kept["outcome"], kept["waiting_for"]) == ("held", one)


def test_where_a_conflict_of_a_moved_paper_lies(officer: httpx.Client, session: Session) -> None:
    home = post_household(officer)["id"]
    one = paper(officer, home)
    body = {"hamlet_id": hamlet(2), "moved_on": "2024-09-03"}
    assert officer.post(f"/api/v1/households/{home}/move", json=body).is_success
    places = KINDS["request"].place
    assert places is not None
    assert [tuple(row) for row in session.execute(places)] == [(UUID(one), UUID(hamlet(2)))]
