"""Roles in areas: they work at the next request, and stop at the next request."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api import clock
from api.areas.tables import area_id
from tests.conftest import SignIn
from tests.make.people import account_id

XOM_1, XOM_2 = str(area_id("14080-01")), str(area_id("14080-02"))
XOM_1_USER = f"/api/v1/users/{account_id('xom-1')}"


def rights(client: httpx.Client) -> list[tuple[str, str]]:
    return [(g["role"], g["area_code"]) for g in client.get("/api/v1/me").json()["grants"]]


def grant(admin: httpx.Client, **fields: Any) -> httpx.Response:
    return admin.post(f"{XOM_1_USER}/grants", json={"role": "hamlet_surveyor", "area_id": XOM_2} | fields)


def grant_id(answer: httpx.Response, code: str) -> str:
    return next(g["id"] for g in answer.json()["grants"] if g["area_code"] == code)


def test_a_grant_works_and_ends_at_the_next_request(sign_in: SignIn) -> None:
    admin, surveyor = sign_in("admin"), sign_in("xom-1")
    given = grant(admin)
    assert (given.status_code, given.headers["etag"]) == (201, '"2"')
    assert ("hamlet_surveyor", "14080-02") in rights(surveyor)
    ended = admin.post(f"{XOM_1_USER}/grants/{grant_id(given, '14080-02')}/end")
    assert (ended.status_code, ended.headers["etag"]) == (200, '"3"')
    assert rights(surveyor) == [("hamlet_surveyor", "14080-01")]


def test_an_old_grant_ends_at_once_too_and_stays_in_the_history(sign_in: SignIn) -> None:
    admin, surveyor = sign_in("admin"), sign_in("xom-1")
    first = grant_id(admin.get(XOM_1_USER), "14080-01")
    ended = admin.post(f"{XOM_1_USER}/grants/{first}/end")
    assert rights(surveyor) == []
    assert surveyor.get("/api/v1/me").json()["permissions"] == []
    held = ended.json()["grants"][0]
    assert (held["valid_from"], held["valid_to"]) == ("2024-01-01", str(clock.today() - timedelta(days=1)))


def test_ending_twice_changes_nothing_more(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    first = grant_id(admin.get(XOM_1_USER), "14080-01")
    versions = [admin.post(f"{XOM_1_USER}/grants/{first}/end").json()["version"] for _ in range(2)]
    assert versions == [2, 2]


def test_a_grant_can_end_on_a_later_day(sign_in: SignIn) -> None:
    admin, surveyor = sign_in("admin"), sign_in("xom-1")
    first = grant_id(admin.get(XOM_1_USER), "14080-01")
    last = clock.today() + timedelta(days=10)
    assert admin.post(f"{XOM_1_USER}/grants/{first}/end", json={"last_day": str(last)}).status_code == 200
    assert rights(surveyor) == [("hamlet_surveyor", "14080-01")]
    past = admin.post(f"{XOM_1_USER}/grants/{first}/end", json={"last_day": str(clock.today() - timedelta(days=1))})
    assert (past.status_code, past.json()["errors"][0]["pointer"]) == (422, "#/last_day")


def test_a_grant_of_the_future_does_not_work_yet_and_can_be_taken_back(sign_in: SignIn) -> None:
    admin, surveyor = sign_in("admin"), sign_in("xom-1")
    given = grant(admin, valid_from=str(clock.today() + timedelta(days=5)))
    assert rights(surveyor) == [("hamlet_surveyor", "14080-01")]
    ended = admin.post(f"{XOM_1_USER}/grants/{grant_id(given, '14080-02')}/end")
    assert ended.status_code == 200
    again = grant(admin)  # nothing stands in its way
    assert again.status_code == 201


def test_the_same_role_in_the_same_area_is_held_once(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    assert grant(admin).status_code == 201
    twice = grant(admin)
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/already-exists")


def test_sent_again_with_its_own_id_it_is_granted_once(sign_in: SignIn) -> None:
    admin, mine = sign_in("admin"), str(uuid4())
    first, again = grant(admin, id=mine), grant(admin, id=mine)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert grant(admin, id=mine, area_id=str(area_id("14080-04"))).status_code == 409


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"area_id": str(area_id("14080"))}, "#/area_id"),
        ({"role": "commune_officer"}, "#/area_id"),
        ({"role": "admin", "head": True}, "#/head"),
        ({"valid_from": "2024-05-02", "valid_to": "2024-05-01"}, "#/valid_to"),
        ({"valid_from": "ngày mai"}, "#/valid_from"),
        ({"area_id": "14080"}, "#/area_id"),
        ({"granted_by": "me"}, "#/granted_by"),
    ],
)
def test_a_grant_that_does_not_fit_is_told_where(sign_in: SignIn, fields: dict[str, Any], pointer: str) -> None:
    answer = grant(sign_in("admin"), **fields)
    assert answer.status_code == 422
    assert pointer in [e["pointer"] for e in answer.json()["errors"]]


def test_a_grant_on_an_area_that_does_not_exist_is_not_found(sign_in: SignIn) -> None:
    assert grant(sign_in("admin"), area_id=str(uuid4())).status_code == 404


def test_a_grant_of_somebody_else_is_not_ended_through_my_user(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    other = grant_id(admin.get(f"/api/v1/users/{account_id('xom-2')}"), "14080-02")
    assert admin.post(f"{XOM_1_USER}/grants/{other}/end").status_code == 404
    assert rights(sign_in("xom-2")) == [("hamlet_surveyor", "14080-02")]
