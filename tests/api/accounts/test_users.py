"""Accounts over HTTP: what an administrator may do, and where their areas end."""

from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import insert, text
from sqlmodel import Session

from api import clock
from api.accounts.tables import AccountGrant
from api.areas.tables import area_id
from tests.conftest import SignIn
from tests.make.people import PASSWORD, account_id

GOOD = "con trâu đi trước cái cày"
XOM_3 = str(area_id("14080-03"))
TRUC_THAI, TRUC_DAI = str(area_id("14080")), str(area_id("14071"))
SURVEYOR = {"role": "hamlet_surveyor", "area_id": XOM_3, "head": True}


def new(**changes: Any) -> dict[str, Any]:
    return {"username": "nguyen.van.a", "full_name": "Nguyễn Văn Á", "grants": [SURVEYOR]} | changes


def add(client: httpx.Client, **changes: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/users", json=new(**changes))
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


def give(session: Session, username: str, role: str, code: str, **days: date) -> None:
    """A grant straight into the database: what another administrator did before."""
    row = {"id": uuid4(), "account_id": account_id(username), "role": role, "area_id": area_id(code), "head": False}
    row |= {"valid_from": date(2024, 1, 1), "created_at": clock.now()} | days
    session.execute(insert(AccountGrant), row)
    session.commit()


def enters(client: httpx.Client, username: str, password: str) -> int:
    return client.post("/api/v1/auth/token", data={"username": username, "password": password}).status_code


@pytest.fixture
def commune_admin(session: Session, sign_in: SignIn) -> httpx.Client:
    """van-hoa, who here also administers the accounts of Trực Thái, and of nothing else."""
    give(session, "van-hoa", "admin", "14080")
    return sign_in("van-hoa")


def test_a_new_account_gets_a_made_password_told_once(sign_in: SignIn, nobody: httpx.Client) -> None:
    admin = sign_in("admin")
    made = add(admin)
    assert enters(nobody, "nguyen.van.a", made["password"]) == 200
    read = admin.get(f"/api/v1/users/{made['id']}")
    assert "password" not in read.json()
    assert read.headers["etag"] == '"1"'
    assert [(g["role"], g["area_code"], g["area_name"], g["head"]) for g in read.json()["grants"]] == [
        ("hamlet_surveyor", "14080-03", "Xóm 3", True)
    ]


def test_a_given_password_is_taken_and_not_told(sign_in: SignIn, nobody: httpx.Client) -> None:
    assert add(sign_in("admin"), password=GOOD)["password"] is None
    assert enters(nobody, "nguyen.van.a", GOOD) == 200


def test_the_username_is_stored_small(sign_in: SignIn) -> None:
    assert add(sign_in("admin"), username=" Nguyen.Van.A ")["username"] == "nguyen.van.a"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"username": "a"}, "#/username"),
        ({"username": "a" * 41}, "#/username"),
        ({"username": "nguyễn"}, "#/username"),
        ({"username": "a b"}, "#/username"),
        ({"username": "ab\n"}, None),
        ({"username": "<script>"}, "#/username"),
        ({"username": "ab\x00"}, "#/username"),
        ({"full_name": ""}, "#/full_name"),
        ({"full_name": "x" * 121}, "#/full_name"),
        ({"full_name": "hai\ndòng"}, "#/full_name"),
        ({"password": "matkhau123"}, "#/password"),
        ({"password": "nguyen.van.a 123"}, "#/password"),
        ({"grants": []}, "#/grants"),
        ({"grants": [SURVEYOR] * 21}, "#/grants"),
        ({"grants": [SURVEYOR | {"role": "king"}]}, "#/grants/0/role"),
        ({"grants": [SURVEYOR, {"role": "commune_officer", "area_id": XOM_3}]}, "#/grants/1/area_id"),
        ({"grants": [SURVEYOR | {"area_id": TRUC_THAI}]}, "#/grants/0/area_id"),
        ({"grants": [{"role": "commune_officer", "area_id": TRUC_THAI, "head": True}]}, "#/grants/0/head"),
        ({"grants": [SURVEYOR | {"valid_from": "2024-05-02", "valid_to": "2024-05-01"}]}, "#/grants/0/valid_to"),
        ({"grants": [SURVEYOR | {"valid_from": "0001-01-01"}]}, "#/grants/0/valid_from"),
        ({"version": 1}, "#/version"),
    ],
)
def test_bad_input_is_told_with_its_place(sign_in: SignIn, change: dict[str, Any], pointer: str | None) -> None:
    answer = sign_in("admin").post("/api/v1/users", json=new(**change))
    if pointer is None:
        assert answer.status_code == 201  # white space around a username goes, a line break too
        return
    assert answer.status_code == 422, answer.text
    assert pointer in [e["pointer"] for e in answer.json()["errors"]]


def test_a_username_is_given_once(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    add(admin)
    answer = admin.post("/api/v1/users", json=new(full_name="Người khác"))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/already-exists")


def test_sent_again_with_its_own_id_it_is_created_once_and_tells_no_password(sign_in: SignIn) -> None:
    admin, mine = sign_in("admin"), str(uuid4())
    first, again = add(admin, id=mine), add(admin, id=mine)
    assert first["id"] == again["id"] == mine
    assert first["password"]
    assert again["password"] is None
    assert admin.post("/api/v1/users", json=new(id=mine, full_name="Người khác")).status_code == 409
    assert admin.post("/api/v1/users", json=new(id=mine, username="khac")).status_code == 409


def test_the_list_comes_in_pages_and_in_order(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    whole = admin.get("/api/v1/users").json()
    names = [user["username"] for user in whole["items"]]
    assert names == sorted(names)
    assert {"truc-thai", "xom-1", "truc-dai", "admin"} <= set(names)
    met, cursor = [], None
    while True:
        page = admin.get("/api/v1/users", params={"limit": 4} | ({"cursor": cursor} if cursor else {})).json()
        met += [user["username"] for user in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert met == names


def test_search_finds_names_without_tones_exact_tones_first(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    for username, full_name in (("u1", "Nguyễn Văn A"), ("u2", "Nguyễn Văn Á"), ("u3", "Trần Thị Bé")):
        add(admin, username=username, full_name=full_name)

    def found(**params: str) -> list[str]:
        return [user["username"] for user in admin.get("/api/v1/users", params=params).json()["items"]]

    assert found(q="nguyen van a") == ["u1", "u2"]
    assert found(q="Văn Á") == ["u2", "u1"]
    assert found(q="xom-3") == ["xom-3"]
    assert found(q="%") == found(q="_") == found(q="không có ai") == []
    assert found(role="commune_chair") == ["chu-tich"]
    assert found(role="admin", area_id=TRUC_THAI) == []
    assert "u1" in found(area_id=XOM_3)


@pytest.mark.parametrize("q", ["\x00", "x" * 121])
def test_absurd_searches_are_refused(sign_in: SignIn, q: str) -> None:
    assert sign_in("admin").get("/api/v1/users", params={"q": q}).status_code == 422


def test_disabling_ends_every_session_at_once_and_enabling_lets_in_again(sign_in: SignIn, nobody: httpx.Client) -> None:
    admin, surveyor = sign_in("admin"), sign_in("xom-1")
    place = f"/api/v1/users/{account_id('xom-1')}"
    off = admin.patch(place, json={"disabled": True}, headers={"If-Match": '"1"'})
    assert (off.status_code, off.json()["disabled"], off.headers["etag"]) == (200, True, '"2"')
    assert surveyor.get("/api/v1/me").status_code == 401
    assert enters(nobody, "xom-1", PASSWORD) == 401
    assert admin.patch(place, json={"disabled": False}, headers={"If-Match": '"2"'}).status_code == 200
    assert enters(nobody, "xom-1", PASSWORD) == 200
    assert surveyor.get("/api/v1/me").status_code == 401  # what was ended stays ended


def test_a_reset_password_is_told_once_and_ends_every_session(sign_in: SignIn, nobody: httpx.Client) -> None:
    admin, surveyor = sign_in("admin"), sign_in("xom-1")
    place = f"/api/v1/users/{account_id('xom-1')}"
    made = admin.patch(place, json={"generate_password": True}, headers={"If-Match": '"1"'}).json()["password"]
    assert surveyor.get("/api/v1/me").status_code == 401
    assert (enters(nobody, "xom-1", PASSWORD), enters(nobody, "xom-1", made)) == (401, 200)


@pytest.mark.parametrize("reset", [{"generate_password": True}, {"password": "con trâu đi trước"}])
def test_a_reset_password_lifts_the_lock(sign_in: SignIn, nobody: httpx.Client, reset: dict[str, Any]) -> None:
    for _ in range(6):
        last = enters(nobody, "xom-1", "sai bét cả rồi")
    assert last == enters(nobody, "xom-1", PASSWORD) == 429
    place = f"/api/v1/users/{account_id('xom-1')}"
    changed = sign_in("admin").patch(place, json=reset, headers={"If-Match": '"1"'}).json()
    assert enters(nobody, "xom-1", changed["password"] or reset["password"]) == 200
    for _ in range(6):
        assert enters(nobody, "xom-2", "sai bét cả rồi") in (401, 429)
    assert sign_in("admin").patch(place, json={"full_name": "A"}, headers={"If-Match": '"2"'}).status_code == 200
    assert enters(nobody, "xom-2", PASSWORD) == 429  # another account's lock stays


@pytest.mark.parametrize(
    ("if_match", "status"), [(None, 428), ("*", 428), ('"7"', 412), ("rubbish", 412), ('"1"', 200)]
)
def test_a_change_names_the_version_it_was_made_on(sign_in: SignIn, if_match: str | None, status: int) -> None:
    headers = {"If-Match": if_match} if if_match else {}
    place = f"/api/v1/users/{account_id('xom-1')}"
    answer = sign_in("admin").patch(place, json={"full_name": "Tên mới"}, headers=headers)
    assert answer.status_code == status
    if if_match == '"7"':
        assert answer.json()["current_version"] == 1


def test_a_change_of_nothing_makes_no_version(sign_in: SignIn) -> None:
    place = f"/api/v1/users/{account_id('xom-1')}"
    answer = sign_in("admin").patch(place, json={"full_name": "xom-1"}, headers={"If-Match": '"1"'})
    assert answer.json()["version"] == 1


def test_nobody_changes_their_own_account(sign_in: SignIn) -> None:
    admin, place = sign_in("admin"), f"/api/v1/users/{account_id('admin')}"
    assert admin.patch(place, json={"disabled": True}, headers={"If-Match": '"1"'}).status_code == 409
    grant = {"role": "commune_officer", "area_id": TRUC_THAI}
    assert admin.post(f"{place}/grants", json=grant).status_code == 409


def test_an_administrator_sees_the_accounts_of_their_areas_only(commune_admin: httpx.Client) -> None:
    names = {user["username"] for user in commune_admin.get("/api/v1/users").json()["items"]}
    assert {"truc-thai", "chu-tich", "xom-8", "van-hoa"} <= names
    assert not names & {"truc-dai", "xom-td-1", "truc-ninh", "admin", "he-thong"}
    for username in ("truc-dai", "truc-ninh", "admin"):
        place = f"/api/v1/users/{account_id(username)}"
        assert commune_admin.get(place).status_code == 404
        assert commune_admin.patch(place, json={"disabled": True}, headers={"If-Match": '"1"'}).status_code == 404
        assert commune_admin.post(f"{place}/grants", json=SURVEYOR).status_code == 404
        assert commune_admin.post(f"{place}/grants/{uuid4()}/end").status_code == 404
    assert commune_admin.get(f"/api/v1/users/{uuid4()}").status_code == 404


@pytest.mark.parametrize("code", ["14071", "363", "36"])
def test_an_administrator_grants_in_their_areas_only(commune_admin: httpx.Client, code: str) -> None:
    grant = {"role": "admin", "area_id": str(area_id(code))}
    assert commune_admin.post("/api/v1/users", json=new(grants=[SURVEYOR, grant])).status_code == 404
    assert commune_admin.post(f"/api/v1/users/{account_id('xom-1')}/grants", json=grant).status_code == 404


def test_an_account_with_rights_beyond_my_areas_is_read_but_not_changed(
    commune_admin: httpx.Client, session: Session
) -> None:
    give(session, "xom-1", "commune_officer", "14071")
    place = f"/api/v1/users/{account_id('xom-1')}"
    assert commune_admin.get(place).status_code == 200
    change = commune_admin.patch(place, json={"generate_password": True}, headers={"If-Match": '"1"'})
    assert (change.status_code, change.json()["permission"]) == (403, "accounts:write")
    assert commune_admin.post(f"{place}/grants", json=SURVEYOR).status_code == 403


def test_who_left_my_areas_is_out_of_sight_and_who_left_altogether_is_not(
    commune_admin: httpx.Client, session: Session
) -> None:
    session.execute(
        text("UPDATE account_grant SET valid_to = '2024-12-31' WHERE account_id = :id").bindparams(
            id=account_id("xom-1")
        )
    )
    session.commit()
    place = f"/api/v1/users/{account_id('xom-1')}"
    assert commune_admin.get(place).status_code == 200  # nobody else could bring them back
    give(session, "xom-1", "commune_officer", "14071")
    assert commune_admin.get(place).status_code == 404


def test_every_read_and_change_of_an_account_is_in_the_log(sign_in: SignIn, session: Session) -> None:
    admin = sign_in("admin")
    made = add(admin)
    admin.get("/api/v1/users", params={"q": "nguyen van"})
    admin.get(f"/api/v1/users/{made['id']}")
    admin.patch(f"/api/v1/users/{made['id']}", json={"full_name": "Khác"}, headers={"If-Match": '"1"'})
    query = "SELECT action, actor, subject_ids::text FROM audit_entry WHERE action LIKE 'accounts.%' ORDER BY id"
    rows = [tuple(row) for row in session.execute(text(query))]
    ids = "{" + made["id"] + "}"
    assert rows == [(f"accounts.{verb}", "admin", ids) for verb in ("add", "list", "read", "change")]
    details = session.execute(text("SELECT string_agg(detail::text, '') FROM audit_entry")).scalar_one()
    assert made["password"] not in details
    assert "Nguyễn" not in details
