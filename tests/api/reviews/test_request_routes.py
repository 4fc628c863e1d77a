"""Requests over HTTP: created once, changed on the version that was read, seen in one's areas only."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import Session

from api.areas.tables import area_id
from tests.make.reviews import household

SignIn = Callable[[str], httpx.Client]
URL = "/api/v1/requests"


@pytest.fixture
def home(session: Session) -> UUID:
    made = household(session)
    session.commit()
    return made


def body(home: UUID | None, **fields: Any) -> dict[str, Any]:
    return {"household_id": str(home) if home else None, "kind": "review", "received_on": "2024-03-18"} | fields


def test_created_read_changed(sign_in: SignIn, home: UUID) -> None:
    surveyor = sign_in("xom-3")
    made = surveyor.post(URL, json=body(home, reason="Mất mùa"))
    assert made.status_code == 201
    assert made.headers["ETag"] == '"1"'
    request = made.json()
    assert (request["version"], request["hamlet_id"]) == (1, str(area_id("14080-03")))
    where = f"{URL}/{request['id']}"
    assert surveyor.get(where).json() == request
    changed = surveyor.patch(where, json={"kind": "escape"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["kind"], changed.headers["ETag"], changed.json()["reason"]) == ("escape", '"2"', "Mất mùa")


def test_a_change_names_the_version_it_was_made_on(sign_in: SignIn, home: UUID) -> None:
    officer = sign_in("truc-thai")
    where = f"{URL}/{officer.post(URL, json=body(home)).json()['id']}"
    missing = officer.patch(where, json={"kind": "escape"})
    assert (missing.status_code, missing.json()["type"]) == (428, "/problems/version-required")
    assert officer.patch(where, json={"kind": "escape"}, headers={"If-Match": 'W/"1"'}).status_code == 200
    # other fields do not merge over the web: a person looks again
    for tag in ('"1"', '"999"', "abc", '"0"', '"99999999999999999999"'):
        stale = officer.patch(where, json={"reason": "x"}, headers={"If-Match": tag})
        assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale-version"), tag
    assert officer.get(where).json()["version"] == 2


def test_the_same_key_or_id_creates_once(sign_in: SignIn, home: UUID) -> None:
    officer = sign_in("truc-thai")
    key = {"Idempotency-Key": "phieu-17"}
    first = officer.post(URL, json=body(home), headers=key)
    again = officer.post(URL, json=body(home), headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = officer.post(URL, json=body(home, kind="escape"), headers=key)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/idempotency-key-reused")
    # the key is the caller's own
    assert sign_in("xom-3").post(URL, json=body(home), headers=key).json()["id"] != first.json()["id"]
    mine = str(uuid4())
    assert officer.post(URL, json=body(home, id=mine)).json()["id"] == mine
    assert officer.post(URL, json=body(home, id=mine)).status_code == 201
    clash = officer.post(URL, json=body(home, id=mine, kind="escape"))
    assert (clash.status_code, clash.json()["type"]) == (409, "/problems/already-exists")
    assert len(officer.get(URL).json()["items"]) == 3


def test_a_household_that_is_not_there_or_not_mine(sign_in: SignIn, session: Session) -> None:
    foreign = household(session, "14071-02")
    session.commit()
    for unknown in (uuid4(), foreign):
        answer = sign_in("truc-thai").post(URL, json=body(unknown))
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
        assert answer.json()["details"]["en"] == "There is no such household."


def test_seen_in_ones_areas_only(sign_in: SignIn, home: UUID) -> None:
    where = f"{URL}/{sign_in('xom-3').post(URL, json=body(home)).json()['id']}"
    for who in ("xom-3", "truc-thai", "truc-ninh", "chu-tich"):
        assert sign_in(who).get(where).status_code == 200, who
        assert len(sign_in(who).get(URL).json()["items"]) == 1, who
    for who in ("xom-4", "truc-dai", "xom-td-1"):
        assert sign_in(who).get(where).status_code == 404, who
        assert sign_in(who).get(URL).json() == {"items": [], "next_cursor": None}, who
    assert sign_in("xom-4").patch(where, json={"kind": "escape"}, headers={"If-Match": '"1"'}).status_code == 404
    for who in ("ngan-hang", "tai-chinh", "van-hoa", "mat-tran", "admin", "he-thong"):
        assert sign_in(who).get(where).json()["permission"] == "households:read", who
    denied = sign_in("chu-tich").post(URL, json=body(home))
    assert (denied.status_code, denied.json()["permission"]) == (403, "requests:write")


def test_the_list_has_filters_and_pages(sign_in: SignIn, home: UUID) -> None:
    officer = sign_in("truc-thai")
    for day in ("2024-03-01", "2024-03-03", "2024-03-02"):
        officer.post(URL, json=body(home, received_on=day))
    officer.post(URL, json=body(None, hamlet_id=str(area_id("14080-08")), kind="average_living_standard"))
    days, cursor = [], None
    while True:
        asked: dict[str, Any] = {"limit": 2, "kind": "review", **({"cursor": cursor} if cursor else {})}
        page = officer.get(URL, params=asked).json()
        days += [item["received_on"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert days == ["2024-03-03", "2024-03-02", "2024-03-01"]
    assert len(officer.get(URL, params={"household_id": str(home)}).json()["items"]) == 3
    assert len(officer.get(URL, params={"area_id": str(area_id("14080-08"))}).json()["items"]) == 1
    assert len(officer.get(URL, params={"area_id": str(area_id("363"))}).json()["items"]) == 4
    assert officer.get(URL, params={"area_id": str(area_id("14071"))}).json()["items"] == []
    assert officer.get(URL, params={"cursor": "WyJ4IiwgInkiXQ"}).status_code == 422


@pytest.mark.parametrize("field", [{"version": 3}, {"hamlet_id": None}, {"kind": None}])
def test_a_change_takes_only_what_can_be_changed(sign_in: SignIn, home: UUID, field: dict[str, Any]) -> None:
    officer = sign_in("truc-thai")
    where = f"{URL}/{officer.post(URL, json=body(home)).json()['id']}"
    answer = officer.patch(where, json=field, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"#/{next(iter(field))}")
