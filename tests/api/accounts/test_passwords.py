"""What a password must be, and how somebody changes their own."""

import string

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session

from api.accounts import passwords
from api.accounts.password_rules import faults, normalised, plain
from tests.conftest import SignIn
from tests.make.people import PASSWORD

GOOD = "con trâu đi trước cái cày"


def codes(password: str, username: str = "xom-1") -> list[str]:
    return [fault.code for fault in faults(normalised(password), username, passwords._common())]


@pytest.mark.parametrize("password", [GOOD, "k7mq-3xwd-9fhr-p2ta", "ba con gà mái 47", "x" * 4 + "y" * 4 + "zt"])
def test_good_passwords(password: str) -> None:
    assert codes(password) == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ngắn quá", "password_length"),
        ("a1b2c3d4e", "password_length"),
        ("con trâu " * 23, "password_length"),
        ("matkhau123", "password_common"),
        ("Mật Khẩu 123", "password_common"),
        ("MẬT-KHẨU-123", "password_common"),
        ("giảm nghèo", "password_common"),
        ("1234567890", "password_common"),
        ("qwertyuiop", "password_common"),
        ("Password123", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("abababababab", "password_common"),
        ("matkhau123matkhau123", "password_common"),
        ("tôi là xom-1 đây", "password_contains_username"),
        ("tôi là Xóm 1 đây", "password_contains_username"),
    ],
)
def test_bad_passwords(password: str, code: str) -> None:
    assert code in codes(password)


def test_the_list_is_worth_its_name() -> None:
    common = passwords._common()
    assert len(common) > 350
    assert {plain("mật khẩu 123"), plain("anh yêu em"), plain("giảm nghèo"), plain("Abc@123456")} <= common
    assert all(len(word) >= 3 for word in common)


@given(st.text(max_size=250), st.text(alphabet=string.ascii_lowercase + "._-", max_size=40))
def test_no_text_breaks_the_rules(password: str, username: str) -> None:
    for fault in faults(password, username, passwords._common()):
        assert fault.vi
        assert fault.en


def test_made_passwords_keep_the_rules() -> None:
    made = {passwords.generated() for _ in range(200)}
    assert len(made) == 200
    assert all(codes(password) == [] for password in made)


def change(client: httpx.Client, old: str, new: str) -> httpx.Response:
    return client.post("/api/v1/me/password", json={"old_password": old, "new_password": new})


def enters(client: httpx.Client, password: str) -> int:
    return client.post("/api/v1/auth/token", data={"username": "xom-1", "password": password}).status_code


def test_changing_my_password_ends_my_other_sessions_but_not_this_one(
    nobody: httpx.Client, sign_in: SignIn, session: Session
) -> None:
    me = sign_in("xom-1")
    other = nobody.post("/api/v1/auth/token", data={"username": "xom-1", "password": PASSWORD}).json()
    assert change(me, PASSWORD, GOOD).status_code == 204
    assert me.get("/api/v1/me").status_code == 200
    bearer = {"Authorization": f"Bearer {other['access_token']}"}
    assert nobody.get("/api/v1/me", headers=bearer).status_code == 401
    assert (enters(nobody, PASSWORD), enters(nobody, GOOD)) == (401, 200)
    said = session.execute(text("SELECT detail::text FROM audit_entry WHERE action = 'accounts.change-password'"))
    assert said.scalar_one() == '{"ended_sessions": 1}'


def test_the_old_password_is_asked_for_and_guesses_are_counted(nobody: httpx.Client, sign_in: SignIn) -> None:
    me = sign_in("xom-1")
    for _ in range(5):
        answer = change(me, "không phải cái này", GOOD)
        assert answer.status_code == 422
        assert [e["pointer"] for e in answer.json()["errors"]] == ["#/old_password"]
    assert change(me, PASSWORD, GOOD).status_code == 429
    assert enters(nobody, PASSWORD) == 429  # the same count as at the door


def test_a_new_password_that_breaks_a_rule_is_refused_with_its_place(nobody: httpx.Client, sign_in: SignIn) -> None:
    answer = change(sign_in("xom-1"), PASSWORD, "matkhau123")
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("#/new_password", "password_common")]
    assert enters(nobody, PASSWORD) == 200


@pytest.mark.parametrize("new", ["x" * 201, "có NUL \x00 ở giữa", "x" * 1_000_000, None, 5])
def test_absurd_new_passwords_are_refused(sign_in: SignIn, new: object) -> None:
    answer = sign_in("xom-1").post("/api/v1/me/password", json={"old_password": PASSWORD, "new_password": new})
    assert answer.status_code in (413, 422)


def test_half_a_surrogate_pair_is_no_password(sign_in: SignIn) -> None:
    body = b'{"old_password": "x", "new_password": "0123 \\ud800 mot hai ba"}'
    answer = sign_in("xom-1").post("/api/v1/me/password", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def test_no_password_is_stored_or_logged_in_clear(sign_in: SignIn, session: Session) -> None:
    assert change(sign_in("xom-1"), PASSWORD, GOOD).status_code == 204
    stored = session.execute(text("SELECT password_hash FROM account")).scalars().all()
    assert all(h.startswith("$argon2id$") for h in stored)
    logged = session.execute(text("SELECT string_agg(detail::text, ' ') FROM audit_entry")).scalar_one()
    assert GOOD not in logged
    assert "argon2" not in logged
