"""Tablets: one code enrols one tablet, and a revoked tablet is out at its next request."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from tests.conftest import SignIn
from tests.make.clients import client_of
from tests.make.people import PASSWORD, account_id

XOM_1, XOM_2 = str(area_id("14080-01")), str(area_id("14080-02"))


def code(client: httpx.Client, **bound: str) -> str:
    answer = client.post("/sync/v1/enrolments", json=bound)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["enrolment_code"]
    return made


def enrol(client: httpx.Client, enrolment_code: str, device_id: str | None = None, **more: Any) -> httpx.Response:
    body = {"device_id": device_id or str(uuid4()), "name": "Máy xóm 1", "enrolment_code": enrolment_code}
    return client.post("/sync/v1/devices", json=body | more)


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def token(client: httpx.Client, username: str, **more: str) -> httpx.Response:
    return client.post("/api/v1/auth/token", data={"username": username, "password": PASSWORD, **more})


def test_a_code_enrols_a_tablet_and_binds_the_session_to_it(sign_in: SignIn) -> None:
    officer, surveyor, device = sign_in("truc-thai"), sign_in("xom-1"), str(uuid4())
    answer = enrol(surveyor, code(officer), device, app_version="1.0")
    assert answer.status_code == 201
    assert (answer.json()["device_id"], answer.json()["user"]) == (device, "xom-1")
    assert surveyor.get("/api/v1/me").json()["device"] == {"id": device, "name": "Máy xóm 1"}
    fleet = officer.get("/sync/v1/devices").json()["items"]
    assert [(d["id"], d["username"], d["app_version"], d["silent_days"]) for d in fleet] == [
        (device, "xom-1", "1.0", 0)
    ]


def test_codes_are_long_readable_different_and_stored_as_hashes(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    made = [code(officer) for _ in range(20)]
    assert len(set(made)) == 20
    assert all(len(c) == 10 and not set(c) & set("0O1ILU") for c in made)
    stored = [bytes(h) for h in session.execute(text("SELECT code_hash FROM enrolment_code")).scalars()]
    assert len(stored) == 20
    assert all(len(h) == 32 and c.encode() not in h for h in stored for c in made)


def test_a_code_may_be_typed_small_and_with_dashes(sign_in: SignIn) -> None:
    made = code(sign_in("truc-thai")).lower()
    assert enrol(sign_in("xom-1"), f" {made[:5]}-{made[5:]} ").status_code == 201


@pytest.mark.parametrize("wrong", ["ABCDEFGHJK", "x", "'; DROP TABLE device; --", "\x00\x00", "é" * 10])
def test_a_wrong_code_is_refused_with_its_place(sign_in: SignIn, wrong: str) -> None:
    answer = enrol(sign_in("xom-1"), wrong)
    assert slug(answer) == (422, "invalid")
    assert [e["pointer"] for e in answer.json()["errors"]] == ["#/enrolment_code"]


def test_an_enrolment_whose_answer_was_lost_is_sent_again(sign_in: SignIn, session: Session) -> None:
    officer, surveyor, device = sign_in("truc-thai"), sign_in("xom-1"), str(uuid4())
    made = code(officer)
    first = enrol(surveyor, made, device)
    session.execute(text("UPDATE enrolment_code SET expires_at = used_at"))  # the road was long
    session.commit()
    stored = session.execute(text("SELECT * FROM device")).all()
    again = enrol(surveyor, made, device)
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    session.rollback()
    assert session.execute(text("SELECT * FROM device")).all() == stored
    # the code opens nothing else: no other tablet, no other user, and no tablet that was revoked since
    assert slug(enrol(surveyor, made)) == (422, "invalid")
    assert slug(enrol(sign_in("xom-2"), made, device)) == (422, "invalid")
    assert officer.post(f"/sync/v1/devices/{device}/revoke").status_code == 200
    fresh = token(officer, "xom-1").json()["access_token"]
    surveyor.headers["Authorization"] = f"Bearer {fresh}"
    assert slug(enrol(surveyor, made, device)) == (401, "device-revoked")


def test_a_repeated_enrolment_binds_the_session_it_comes_in(sign_in: SignIn) -> None:
    surveyor, device, made = sign_in("xom-1"), str(uuid4()), code(sign_in("truc-thai"))
    assert enrol(surveyor, made, device).status_code == 201
    surveyor.headers["Authorization"] = f"Bearer {token(surveyor, 'xom-1').json()['access_token']}"
    assert surveyor.get("/api/v1/me").json()["device"] is None
    assert enrol(surveyor, made, device).status_code == 201
    assert surveyor.get("/api/v1/me").json()["device"]["id"] == device


def test_a_code_is_good_once(sign_in: SignIn) -> None:
    made = code(sign_in("truc-thai"))
    assert enrol(sign_in("xom-1"), made).status_code == 201
    assert slug(enrol(sign_in("xom-1"), made)) == (422, "invalid")
    assert slug(enrol(sign_in("xom-2"), made)) == (422, "invalid")


def test_one_code_used_by_ten_at_once_enrols_one(base_url: str, sign_in: SignIn) -> None:
    made = code(sign_in("truc-thai"))
    bearers = [sign_in(f"xom-{1 + n % 8}").headers["Authorization"] for n in range(10)]
    start = threading.Barrier(10)

    def use(bearer: str) -> int:
        with client_of(base_url, headers={"Authorization": bearer}) as client:
            start.wait()
            return enrol(client, made).status_code

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(use, bearers)) == [201] + [422] * 9


def test_a_code_lives_for_three_days(sign_in: SignIn, nobody: httpx.Client) -> None:
    officer = sign_in("truc-thai")
    made, late = code(officer), code(officer)
    for hours, given, status in ((71, made, 201), (73, late, 422)):
        with clock.at(clock.now() + timedelta(hours=hours)):
            bearer = {"Authorization": f"Bearer {token(nobody, 'xom-1').json()['access_token']}"}
            body = {"device_id": str(uuid4()), "name": "Máy", "enrolment_code": given}
            assert nobody.post("/sync/v1/devices", json=body, headers=bearer).status_code == status


def test_a_code_for_a_hamlet_or_a_user_is_no_good_for_others_and_is_not_spent_by_them(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    for bound in ({"hamlet_id": XOM_2}, {"username": "xom-2"}):
        made = code(officer, **bound)
        assert slug(enrol(sign_in("xom-1"), made)) == (422, "invalid")
        assert enrol(sign_in("xom-2"), made).status_code == 201


def test_codes_are_made_for_my_own_areas_only(sign_in: SignIn) -> None:
    def ask(officer: str, **body: str) -> tuple[int, str]:
        return slug(sign_in(officer).post("/sync/v1/enrolments", json=body))

    assert ask("truc-dai", hamlet_id=XOM_1) == (404, "not-found")
    assert ask("truc-dai", username="xom-1") == (404, "not-found")
    assert ask("truc-thai", username="khong-ai") == (404, "not-found")
    assert ask("truc-thai", hamlet_id=str(area_id("14080"))) == (422, "invalid")
    assert ask("xom-1", hamlet_id=XOM_1) == (403, "permission-denied")
    assert ask("admin", hamlet_id=XOM_1) == (403, "permission-denied")


def test_a_code_is_good_in_its_makers_areas_only(sign_in: SignIn, session: Session) -> None:
    foreign = code(sign_in("truc-dai"))
    refused = enrol(sign_in("xom-1"), foreign)
    assert (slug(refused), refused.json()["errors"][0]["code"]) == ((422, "invalid"), "code_for_another")
    assert enrol(sign_in("xom-td-1"), foreign).status_code == 201
    # who is no officer any more has no areas left
    late = code(sign_in("truc-thai"))
    session.execute(
        text("UPDATE account_grant SET valid_to = '2024-06-30' WHERE account_id = :who"),
        {"who": account_id("truc-thai")},
    )
    session.commit()
    assert slug(enrol(sign_in("xom-1"), late)) == (422, "invalid")


def test_a_revoked_tablet_is_not_spoken_for_by_a_session_without_it(sign_in: SignIn, nobody: httpx.Client) -> None:
    officer, surveyor, device = sign_in("truc-thai"), sign_in("xom-1"), str(uuid4())
    assert enrol(surveyor, code(officer), device).status_code == 201
    assert officer.post(f"/sync/v1/devices/{device}/revoke").status_code == 200
    anew = {"Authorization": f"Bearer {token(nobody, 'xom-1').json()['access_token']}"}
    told = nobody.get("/sync/v1/submissions", params={"device_id": device}, headers=anew)
    assert slug(told) == (401, "device-revoked")
    assert officer.get("/sync/v1/submissions", params={"device_id": device}).status_code == 200
    # the person is not locked out: they pull, and enrol the next tablet
    assert nobody.get("/sync/v1/changes", headers=anew).status_code == 200


def test_guesses_at_codes_are_counted(sign_in: SignIn) -> None:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-1")
    assert [enrol(surveyor, "ABCDEFGHJK").status_code for _ in range(11)] == [422] * 10 + [429]
    refused = enrol(surveyor, code(officer))
    assert slug(refused) == (429, "too-many-attempts")
    assert "mã đăng ký" in refused.json()["detail"]
    assert "mật khẩu" not in refused.json()["detail"]
    assert enrol(sign_in("xom-2"), code(officer)).status_code == 201


def test_a_tablet_is_renewed_by_its_own_user_and_taken_by_nobody_else(sign_in: SignIn) -> None:
    officer, device = sign_in("truc-thai"), str(uuid4())
    assert enrol(sign_in("xom-1"), code(officer), device).status_code == 201
    assert enrol(sign_in("xom-1"), code(officer), device, name="Tên mới").status_code == 201
    made = code(officer)
    assert slug(enrol(sign_in("xom-2"), made, device)) == (403, "device-of-another-user")
    assert [(d["name"], d["username"]) for d in officer.get("/sync/v1/devices").json()["items"]] == [
        ("Tên mới", "xom-1")
    ]
    assert enrol(sign_in("xom-2"), made).status_code == 201  # the refusal did not spend the code


def test_a_revoked_tablet_is_out_at_its_next_request_and_for_good(sign_in: SignIn, nobody: httpx.Client) -> None:
    officer, device = sign_in("truc-thai"), str(uuid4())
    tokens = token(nobody, "xom-1").json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    body = {"device_id": device, "name": "Máy", "enrolment_code": code(officer)}
    assert nobody.post("/sync/v1/devices", json=body, headers=bearer).status_code == 201
    revoked = officer.post(f"/sync/v1/devices/{device}/revoke")
    assert (revoked.status_code, revoked.json()["revoked_at"] is not None) == (200, True)

    out = (401, "device-revoked")
    assert slug(nobody.get("/api/v1/me", headers=bearer)) == out
    assert slug(nobody.get("/sync/v1/changes", headers=bearer)) == out
    assert slug(nobody.post("/api/v1/auth/sign-out", headers=bearer)) == out
    assert slug(nobody.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})) == out
    assert slug(token(nobody, "xom-1", client_id=device)) == out
    # who does not know the password does not learn that the tablet was revoked
    wrong = nobody.post("/api/v1/auth/token", data={"username": "xom-1", "password": "sai", "client_id": device})
    assert slug(wrong) == (401, "not-signed-in")

    # the person is not locked out, only the tablet
    other = sign_in("xom-1")
    assert other.get("/api/v1/me").status_code == 200
    assert slug(enrol(other, code(officer), device)) == out
    assert enrol(other, code(officer)).status_code == 201


def test_signing_in_with_the_tablets_id_binds_the_session(sign_in: SignIn, nobody: httpx.Client) -> None:
    device = str(uuid4())
    assert enrol(sign_in("xom-1"), code(sign_in("truc-thai")), device).status_code == 201

    def tablet_of(username: str) -> Any:
        bearer = {"Authorization": f"Bearer {token(nobody, username, client_id=device).json()['access_token']}"}
        return nobody.get("/api/v1/me", headers=bearer).json()["device"]

    assert tablet_of("xom-1")["id"] == device
    assert tablet_of("xom-2") is None  # somebody else on the same tablet
    assert token(nobody, "xom-1", client_id=str(uuid4())).status_code == 200  # not enrolled yet


def test_who_may_revoke_and_where(sign_in: SignIn) -> None:
    device = str(uuid4())
    assert enrol(sign_in("xom-1"), code(sign_in("truc-thai")), device).status_code == 201

    def revoke(username: str, device_id: str = device) -> int:
        return sign_in(username).post(f"/sync/v1/devices/{device_id}/revoke").status_code

    assert revoke("truc-dai") == 404
    assert revoke("xom-1") == 403
    assert revoke("truc-ninh") == 403
    assert revoke("truc-thai", str(uuid4())) == 404
    assert revoke("admin") == 200
    assert revoke("truc-thai") == 200  # again changes nothing


def test_the_fleet_is_seen_within_ones_areas(sign_in: SignIn, session: Session) -> None:
    for officer, user in (("truc-thai", "xom-1"), ("truc-thai", "xom-2"), ("truc-dai", "xom-td-1")):
        assert enrol(sign_in(user), code(sign_in(officer))).status_code == 201
    session.execute(text("UPDATE device SET enrolled_at = now() - interval '9 days 1 hour'"))
    session.commit()

    def fleet(username: str) -> list[tuple[str, int]]:
        return [(d["username"], d["silent_days"]) for d in sign_in(username).get("/sync/v1/devices").json()["items"]]

    assert fleet("truc-thai") == [("xom-1", 9), ("xom-2", 9)]
    assert fleet("truc-dai") == [("xom-td-1", 9)]
    assert fleet("truc-ninh") == fleet("admin") == [("xom-1", 9), ("xom-2", 9), ("xom-td-1", 9)]
    assert sign_in("xom-1").get("/sync/v1/devices").status_code == 403


def test_the_fleet_comes_in_pages(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    for number in range(5):
        assert enrol(sign_in(f"xom-{number + 1}"), code(officer)).status_code == 201
    met, cursor = [], None
    while True:
        page = officer.get("/sync/v1/devices", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        met += [d["username"] for d in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert met == [f"xom-{n}" for n in range(1, 6)]


def test_what_happens_to_tablets_is_in_the_log_and_refusals_too(sign_in: SignIn, session: Session) -> None:
    officer, surveyor, device = sign_in("truc-thai"), sign_in("xom-1"), str(uuid4())
    made = code(officer)
    enrol(surveyor, "ABCDEFGHJK", device)
    enrol(surveyor, made, device)
    officer.post(f"/sync/v1/devices/{device}/revoke")
    rows = session.execute(
        text("SELECT actor, action FROM audit_entry WHERE action LIKE 'devices.%' ORDER BY id")
    ).all()
    assert [tuple(row) for row in rows] == [
        ("truc-thai", "devices.create-code"),
        ("xom-1", "devices.refuse-code"),
        ("xom-1", "devices.enrol"),
        ("truc-thai", "devices.revoke"),
    ]
    details = session.execute(text("SELECT string_agg(detail::text, '') FROM audit_entry")).scalar_one()
    assert made not in details
