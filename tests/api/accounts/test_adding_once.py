"""An account is added once however often it is asked for, and a role is given once."""

from uuid import uuid4

import httpx
import pytest

from tests.api.accounts.test_users import GOOD, SURVEYOR, TRUC_THAI, add, enters, new
from tests.conftest import SignIn

OTHER = {"role": "commune_officer", "area_id": TRUC_THAI}


def test_the_same_grant_twice_is_refused_with_its_place(sign_in: SignIn) -> None:
    answer = sign_in("admin").post("/api/v1/users", json=new(grants=[SURVEYOR, OTHER, SURVEYOR, SURVEYOR]))
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("#/grants/2", "granted_twice"),
        ("#/grants/3", "granted_twice"),
    ]


def test_a_role_on_other_days_is_another_grant(sign_in: SignIn) -> None:
    first = SURVEYOR | {"valid_from": "2024-01-01", "valid_to": "2024-06-30"}
    meets, follows = SURVEYOR | {"valid_from": "2024-06-30"}, SURVEYOR | {"valid_from": "2024-07-01"}
    refused = sign_in("admin").post("/api/v1/users", json=new(grants=[first, meets]))
    assert [e["pointer"] for e in refused.json()["errors"]] == ["#/grants/1"]
    assert len(add(sign_in("admin"), grants=[first, follows])["grants"]) == 2


def test_ids_of_grants_are_used_once(sign_in: SignIn) -> None:
    admin, known = sign_in("admin"), str(uuid4())
    twice = admin.post("/api/v1/users", json=new(grants=[SURVEYOR | {"id": known}, OTHER | {"id": known}]))
    assert (twice.status_code, twice.json()["errors"][0]["pointer"]) == (422, "#/grants/1/id")
    add(admin, grants=[SURVEYOR | {"id": known}])
    taken = admin.post("/api/v1/users", json=new(username="nguoi.khac", grants=[SURVEYOR | {"id": known}]))
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/already-exists")


@pytest.mark.parametrize("password", [None, GOOD])
def test_a_key_adds_one_account_and_tells_its_password_once(
    sign_in: SignIn, nobody: httpx.Client, password: str | None
) -> None:
    admin, key = sign_in("admin"), {"Idempotency-Key": "7"}
    body = new() | ({"password": password} if password else {})
    first = admin.post("/api/v1/users", json=body, headers=key)
    again = admin.post("/api/v1/users", json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() | {"password": None}
    assert enters(nobody, "nguyen.van.a", password or first.json()["password"]) == 200
    for other in ({"username": "nguoi.khac"}, {"full_name": "Người Khác"}, {"grants": [OTHER]}):
        reused = admin.post("/api/v1/users", json=body | other, headers=key)
        assert (reused.status_code, reused.json()["type"]) == (409, "/problems/idempotency-key-reused")
    # the key is the caller's own, and an account that came without it is not the one it made
    elsewhere = admin.post("/api/v1/users", json=body, headers={"Idempotency-Key": "8"})
    assert (elsewhere.status_code, elsewhere.json()["type"]) == (409, "/problems/already-exists")


def test_an_enrolment_says_that_it_takes_no_key(nobody: httpx.Client) -> None:
    operation = nobody.get("/openapi.json").json()["paths"]["/sync/v1/enrolments"]["post"]
    assert "takes no `Idempotency-Key`" in operation["description"]
    assert "idempotency-key" not in [p["name"].lower() for p in operation.get("parameters", [])]
