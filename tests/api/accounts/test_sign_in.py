"""Signing in: who gets in, who is kept out, and what a guesser learns."""

import base64
import hashlib
import hmac
import json
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from jose import jwt
from sqlalchemy import text
from sqlmodel import Session

from api import clock, security
from api.accounts.addresses import caller_address
from tests.conftest import SignIn
from tests.make.clients import client_of
from tests.make.people import PASSWORD, account_id

TOKEN = "/api/v1/auth/token"


def attempt(client: httpx.Client, username: str, password: str = "sai mật khẩu rồi", **more: str) -> httpx.Response:
    return client.post(TOKEN, data={"username": username, "password": password, **more})


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_the_right_password_gets_a_pair_of_tokens(nobody: httpx.Client) -> None:
    answer = attempt(nobody, "truc-thai", PASSWORD)
    assert answer.status_code == 200
    said = answer.json()
    assert (said["token_type"], said["expires_in"]) == ("bearer", 1800)
    me = nobody.get("/api/v1/me", headers={"Authorization": f"Bearer {said['access_token']}"}).json()
    assert me["username"] == "truc-thai"
    assert [(g["role"], g["area_code"], g["area_name"]) for g in me["grants"]] == [
        ("commune_officer", "14080", "xã Trực Thái")
    ]
    assert "households:write" in me["permissions"]
    assert "accounts:write" not in me["permissions"]
    assert me["device"] is None


def test_capitals_and_spaces_around_the_name_do_not_matter(nobody: httpx.Client) -> None:
    assert attempt(nobody, " Xom-1 ", PASSWORD).status_code == 200


def test_a_password_typed_with_separate_marks_is_the_same_password(nobody: httpx.Client) -> None:
    assert attempt(nobody, "xom-1", unicodedata.normalize("NFD", PASSWORD)).status_code == 200


def test_unknown_name_wrong_password_and_disabled_account_sound_alike(nobody: httpx.Client, session: Session) -> None:
    session.execute(text("UPDATE account SET disabled_at = now() WHERE username = 'xom-2'"))
    session.commit()
    answers = [attempt(nobody, "khong-ai"), attempt(nobody, "xom-1"), attempt(nobody, "xom-2")]
    bodies = [{k: v for k, v in a.json().items() if k != "trace_id"} for a in answers]
    assert bodies[0] == bodies[1] == bodies[2]
    assert {problem(a) for a in answers} == {(401, "not-signed-in")}
    assert all(a.headers["www-authenticate"] == "Bearer" for a in answers)


def test_who_knows_the_password_of_a_disabled_account_is_told_so(nobody: httpx.Client, session: Session) -> None:
    session.execute(text("UPDATE account SET disabled_at = now() WHERE username = 'xom-2'"))
    session.commit()
    answer = attempt(nobody, "xom-2", PASSWORD)
    assert problem(answer) == (401, "not-signed-in")
    assert answer.json()["details"]["vi"].startswith("Tài khoản này đã bị khoá.")


def test_the_hash_is_computed_also_for_a_name_that_nobody_has(
    nobody: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real = security._HASHER.verify

    def verify(_: object, password: str, hashed: str) -> bool:
        seen.append(hashed)
        return real(password, hashed)

    monkeypatch.setattr(security, "_HASHER", type("Spy", (), {"verify": verify})())
    attempt(nobody, "khong-ai")
    attempt(nobody, "tên có dấu không ai có")
    assert len(seen) == 2


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"username": "xom-1"},
        {"username": "xom-1", "password": PASSWORD, "client_id": "máy-1"},
        {"username": "xom-1", "password": PASSWORD, "grant_type": "client_credentials"},
        {"username": "xom-1", "password": PASSWORD, "role": "admin"},
        {"username": "x" * 5000, "password": PASSWORD},
        {"username": "xom-1", "password": "x" * 100_000},
    ],
)
def test_a_broken_form_is_told_where(nobody: httpx.Client, form: dict[str, str]) -> None:
    answer = nobody.post(TOKEN, data=form)
    assert problem(answer) == (422, "invalid")
    assert all(error["pointer"].startswith("#/") for error in answer.json()["errors"])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"username": "xom-1"}', "application/json"),
        (b"\x00\xff\xfe%00%ff", "application/x-www-form-urlencoded"),
        (b"username=%00&password=%ED%A0%80", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data"),
    ],
)
def test_no_bytes_at_all_break_the_door(nobody: httpx.Client, content: bytes, kind: str) -> None:
    answer = nobody.post(TOKEN, content=content, headers={"Content-Type": kind})
    assert answer.status_code in (400, 401, 422)
    problem(answer)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (f"username=xom-1&password={PASSWORD}".encode(), 200),  # curl -d, as typed
        (f"username=xom-1&password={quote(PASSWORD)}".encode(), 200),
        (f"username=xom-1&password={PASSWORD}".encode("utf-16"), 422),
        (b"username=xom-1&password=m\xe2t kh\xe2u", 401),
    ],
)
def test_a_form_is_read_as_utf_8_raw_or_percent_encoded(nobody: httpx.Client, sent: bytes, status: int) -> None:
    answer = nobody.post(TOKEN, content=sent, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == status, answer.text


def test_five_failures_close_the_pair_and_say_for_how_long(nobody: httpx.Client) -> None:
    for _ in range(5):
        assert problem(attempt(nobody, "xom-1")) == (401, "not-signed-in")
    refused = attempt(nobody, "xom-1", PASSWORD)
    assert problem(refused) == (429, "too-many-attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 901
    # another account from the same address still gets in
    assert attempt(nobody, "xom-2", PASSWORD).status_code == 200


def test_the_window_passes(nobody: httpx.Client) -> None:
    for _ in range(6):
        last = attempt(nobody, "xom-1")
    assert last.status_code == 429
    with clock.at(clock.now() + timedelta(seconds=901)):
        assert attempt(nobody, "xom-1", PASSWORD).status_code == 200


def test_a_success_starts_the_count_of_the_account_anew(nobody: httpx.Client) -> None:
    for _ in range(3):
        for _ in range(4):
            assert attempt(nobody, "xom-1").status_code == 401
        assert attempt(nobody, "xom-1", PASSWORD).status_code == 200


def test_names_that_nobody_has_are_counted_too(nobody: httpx.Client) -> None:
    assert [attempt(nobody, "khong-ai").status_code for _ in range(6)] == [401] * 5 + [429]


def test_one_address_may_not_try_name_after_name(nobody: httpx.Client, app: Any) -> None:
    app.state.settings = app.state.settings.model_copy(update={"sign_in_address_failures": 30})
    codes = [attempt(nobody, f"ai-{n}").status_code for n in range(31)]
    assert codes == [401] * 30 + [429]
    assert attempt(nobody, "xom-1", PASSWORD).status_code == 429


def test_an_account_is_closed_also_for_guesses_from_many_addresses(nobody: httpx.Client, app: Any) -> None:
    app.state.settings = app.state.settings.model_copy(update={"trusted_proxies": ("127.0.0.1",)})
    codes = []
    for n in range(21):
        headers = {"X-Forwarded-For": f"198.51.100.{n}"}
        form = {"username": "xom-1", "password": "sai"}
        codes.append(nobody.post(TOKEN, data=form, headers=headers).status_code)
    assert codes == [401] * 20 + [429]


def test_guesses_sent_all_at_once_get_no_more_tries(base_url: str) -> None:
    start = threading.Barrier(20)

    def guess(_: int) -> int:
        with client_of(base_url) as client:
            start.wait()
            return attempt(client, "xom-1").status_code

    with ThreadPoolExecutor(20) as pool:
        codes = sorted(pool.map(guess, range(20)))
    assert codes == [401] * 5 + [429] * 15


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("192.0.2.1", "10.0.0.1", (), "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", ("192.0.2.1",), "198.51.100.7"),
        ("192.0.2.1", "1.2.3.4, 198.51.100.7", ("192.0.2.0/24",), "198.51.100.7"),
        ("192.0.2.1", "1.2.3.4, 192.0.2.9", ("192.0.2.0/24",), "1.2.3.4"),
        ("192.0.2.1", "nonsense", ("192.0.2.1",), "192.0.2.1"),
        ("192.0.2.1", None, ("192.0.2.1",), "192.0.2.1"),
        ("192.0.2.1", "1.2.3.4", ("*",), "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", None, (), "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", None, (), "192.0.2.1"),
        (None, "1.2.3.4", ("0.0.0.0/0",), "unknown"),
    ],
)
def test_only_named_proxies_are_believed(
    peer: str | None, forwarded: str | None, trusted: tuple[str, ...], address: str
) -> None:
    assert caller_address(peer, forwarded, trusted) == address


def test_refusals_stay_in_the_log_although_the_request_was_refused(nobody: httpx.Client, session: Session) -> None:
    attempt(nobody, "khong-ai")
    attempt(nobody, "xom-1")
    rows = session.execute(
        text("SELECT actor, actor_id, detail->>'why' FROM audit_entry WHERE action = 'auth.refuse' ORDER BY id")
    ).all()
    assert [tuple(row) for row in rows] == [
        ("khong-ai", None, "unknown"),
        ("xom-1", account_id("xom-1"), "password"),
    ]


def _claims(**changes: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    claims = {"iss": "giamngheo", "aud": "giamngheo-api", "sub": str(account_id("xom-1")), "iat": now, "exp": now + 600}
    return {k: v for k, v in (claims | changes).items() if v is not None}


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Forger:
    """Somebody who has a good token and the public key, and tries what the libraries of others fell for."""

    def __init__(self, own: str, key: str) -> None:
        self.own, self.key = own.split("."), key
        self.session_id = json.loads(base64.urlsafe_b64decode(self.own[1] + "=="))["sid"]
        public = load_pem_private_key(key.encode(), None).public_key()
        self.pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.body = _b64(json.dumps(self.claims()).encode())

    def claims(self, **changes: Any) -> dict[str, Any]:
        return _claims(**({"sid": self.session_id, "gen": 1} | changes))

    def signed(self, **changes: Any) -> str:
        return jwt.encode(self.claims(**changes), self.key, algorithm="ES256")

    def symmetric(self, secret: bytes) -> str:
        said = _b64(b'{"alg":"HS256","typ":"JWT"}') + "." + self.body
        return said + "." + _b64(hmac.digest(secret, said.encode(), hashlib.sha256))

    def headed(self, header: bytes) -> str:
        return ".".join([_b64(header), *self.own[1:]])

    def tokens(self) -> dict[str, str]:
        none = _b64(b'{"alg":"none"}') + "." + self.body + "."
        claims: dict[str, dict[str, Any]] = {
            "no exp": {"exp": None},
            "no aud": {"aud": None},
            "no sub": {"sub": None},
            "no iss": {"iss": None},
            "no session": {"sid": None},
            "other audience": {"aud": "somebody-else"},
            "other issuer": {"iss": "somebody-else"},
            "expired": {"exp": 1},
            "other session": {"sid": str(account_id("nobody"))},
            "other account": {"sub": str(account_id("admin"))},
            "claims of other kinds": {"gen": {"a": 1}},
            "exp is no number": {"exp": "never"},
            "exp is infinite": {"exp": float("inf")},
        }
        return {name: self.signed(**changes) for name, changes in claims.items()} | {
            "alg none": none,
            "alg none, our signature": none + self.own[2],
            "HS256 with the public key": self.symmetric(self.pem),
            "HS256 with the public key, stripped": self.symmetric(self.pem.strip()),
            "body changed": ".".join([self.own[0], self.body, self.own[2]]),
            "nested header": self.headed(b"[" * 7000),
            "header of 10 kB": self.headed(b'{"alg":"ES256","x":"' + b"x" * 10_000 + b'"}'),
            "garbage": "garbage",
            "dots": "...",
            "long": "x" * 10_000,
            "no ascii": "\u00e9.\u00e9.\u00e9",
        }


def test_forged_tokens_open_nothing(nobody: httpx.Client, sign_in: SignIn, app: Any) -> None:
    own = sign_in("xom-1").headers["Authorization"].removeprefix("Bearer ")
    forger = Forger(own, app.state.tokens.token_key_pem)

    def me(token: str) -> httpx.Response:
        return nobody.get("/api/v1/me", headers=[(b"Authorization", b"Bearer " + token.encode("latin-1"))])

    assert me(forger.signed()).status_code == 200  # the control: signed with our key, all claims right
    for name, token in forger.tokens().items():
        assert (name, *problem(me(token))) == (name, 401, "not-signed-in")


def test_a_token_in_another_place_opens_nothing(nobody: httpx.Client, sign_in: SignIn) -> None:
    token = sign_in("xom-1").headers["Authorization"].removeprefix("Bearer ")
    assert nobody.get("/api/v1/me", params={"access_token": token}).status_code == 401
    assert nobody.get("/api/v1/me", headers={"Authorization": f"Basic {token}"}).status_code == 401
    assert nobody.get("/api/v1/me", headers={"Cookie": f"access_token={token}"}).status_code == 401


def test_signing_out_ends_this_session_at_once_and_no_other(nobody: httpx.Client) -> None:
    first, second = (attempt(nobody, "xom-1", PASSWORD).json() for _ in range(2))

    def me(tokens: dict[str, str]) -> int:
        return nobody.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}).status_code

    bearer = {"Authorization": f"Bearer {first['access_token']}"}
    assert nobody.post("/api/v1/auth/sign-out", headers=bearer).status_code == 204
    assert (me(first), me(second)) == (401, 200)
    assert nobody.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]}).status_code == 401


def test_signing_out_everywhere_ends_every_session(nobody: httpx.Client, sign_in: SignIn) -> None:
    other = sign_in("xom-2")
    tokens = [attempt(nobody, "xom-1", PASSWORD).json()["access_token"] for _ in range(3)]
    bearer = {"Authorization": f"Bearer {tokens[0]}"}
    assert nobody.post("/api/v1/auth/sign-out", params={"all": True}, headers=bearer).status_code == 204
    codes = [nobody.get("/api/v1/me", headers={"Authorization": f"Bearer {t}"}).status_code for t in tokens]
    assert codes == [401] * 3
    assert other.get("/api/v1/me").status_code == 200
