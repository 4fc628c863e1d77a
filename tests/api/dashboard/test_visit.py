"""Who gets the page, and who does not: cookies, headers, sign-in and sign-out, tokens that end, other sites."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookies import SimpleCookie

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api import clock
from tests.make.people import PASSWORD

Visit = Callable[..., httpx.Client]
NAMES = ("giamngheo_access", "giamngheo_refresh")
FORM = 'action="/sign-in"'


def cookies_of(answer: httpx.Response) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for header in answer.headers.get_list("set-cookie"):
        for name, morsel in SimpleCookie(header).items():
            found[name] = {key: str(value) for key, value in morsel.items() if value} | {"value": morsel.value}
    return found


def signed_in(page: httpx.Response) -> bool:
    assert page.status_code == 200
    return FORM not in page.text and 'action="/sign-out"' in page.text


def test_a_stranger_gets_the_form_and_nothing_else(visit: Visit) -> None:
    for path in ("/", "/?area=14080", "/records?code=poverty_rate&area=14080"):
        page = visit().get(path)
        assert page.status_code == 200
        assert FORM in page.text
        assert "Trực Thái" not in page.text


def test_the_tokens_are_in_cookies_that_no_script_reads_and_no_other_site_sends(visit: Visit) -> None:
    form = {"username": "truc-thai", "password": PASSWORD}
    plain = cookies_of(visit().post("/sign-in", data=form))
    assert set(plain) == set(NAMES)
    for cookie in plain.values():
        assert {"httponly", "samesite", "path", "max-age"} <= set(cookie)
        assert (cookie["samesite"].lower(), cookie["path"]) == ("strict", "/")
        assert "secure" not in cookie, "on plain HTTP the browser would not send it back"
        assert "domain" not in cookie
    behind = cookies_of(visit().post("/sign-in", data=form, headers={"X-Forwarded-Proto": "https"}))
    assert all(cookie["secure"] == "True" for cookie in behind.values())


@pytest.mark.parametrize("path", ["/", "/records?code=poverty_rate", "/?area=nobody", "/?as_of=x"])
def test_every_page_forbids_scripts_frames_and_other_hosts(visit: Visit, path: str) -> None:
    for page in (visit("truc-thai").get(path), visit().get(path)):
        rules = dict(rule.strip().split(" ", 1) for rule in page.headers["content-security-policy"].split(";"))
        assert rules["default-src"] == "'none'"
        assert rules["style-src"] == "'self'"
        assert (rules["form-action"], rules["frame-ancestors"], rules["base-uri"]) == ("'self'", "'none'", "'none'")
        assert "script-src" not in rules
        assert "unsafe" not in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"<script|\son\w+=|\sstyle=|javascript:", page.text)
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page.text)


def test_a_wrong_password_says_one_thing_whoever_it_is(visit: Visit) -> None:
    said = set()
    for username in ("truc-thai", "nobody-has-this-name"):
        page = visit().post("/sign-in", data={"username": username, "password": "sai"})
        assert page.status_code == 401
        assert page.headers["content-type"].startswith("text/html")
        assert not cookies_of(page)
        assert f'value="{username}"' in page.text
        said.add(re.search(r'<p role="alert"[^>]*>(.*?)</p>', page.text).group(1))  # type: ignore[union-attr]
    assert said == {"Sai tên đăng nhập hoặc mật khẩu."}


def test_an_empty_form_is_a_wrong_password(visit: Visit) -> None:
    for form in ({}, {"username": "truc-thai"}, {"password": "x"}, {"username": "a\x00b", "password": "\x00"}):
        page = visit().post("/sign-in", data=form)
        assert (page.status_code, FORM in page.text) == (401, True), form


def test_after_too_many_attempts_the_right_password_has_to_wait(visit: Visit) -> None:
    browser = visit()
    statuses = [
        browser.post("/sign-in", data={"username": "xom-3", "password": f"sai {n}"}).status_code for n in range(40)
    ]
    assert 429 in statuses
    assert set(statuses[: statuses.index(429)]) == {401}
    page = browser.post("/sign-in", data={"username": "xom-3", "password": PASSWORD})
    assert (page.status_code, FORM in page.text) == (429, True)
    assert not cookies_of(page)


def test_another_site_cannot_sign_somebody_in(visit: Visit) -> None:
    form = {"username": "truc-thai", "password": PASSWORD}
    for site in ("cross-site", "same-site"):
        page = visit().post("/sign-in", data=form, headers={"Sec-Fetch-Site": site})
        assert (page.status_code, cookies_of(page)) == (403, {})
    assert visit().post("/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_a_link_from_another_site_signs_nobody_out(visit: Visit) -> None:
    """The browser sends no cookies then; the answer must not take away the ones it has."""
    page = visit().get("/")
    assert FORM in page.text
    assert not page.headers.get_list("set-cookie")


def test_a_renewed_session_goes_on_and_so_does_the_other_tab(visit: Visit) -> None:
    browser = visit("truc-thai")
    refresh = browser.cookies["giamngheo_refresh"]

    def tab(_: int) -> httpx.Response:
        return visit().get("/", headers={"Cookie": f"giamngheo_refresh={refresh}"})

    with ThreadPoolExecutor(2) as two:
        tabs = list(two.map(tab, range(2)))
    for page in tabs:
        assert signed_in(page)
        given = cookies_of(page)
        assert set(given) == set(NAMES)
        again = visit().get("/", headers={"Cookie": f"giamngheo_access={given['giamngheo_access']['value']}"})
        assert signed_in(again)


def test_an_expired_access_token_is_renewed_once_and_kept(visit: Visit) -> None:
    browser = visit("truc-thai")
    refresh = browser.cookies["giamngheo_refresh"]
    with clock.at(clock.now() + timedelta(hours=3)):
        page = browser.get("/")
        assert signed_in(page)
        assert browser.cookies["giamngheo_refresh"] != refresh
        after = browser.get("/")
    assert signed_in(after)
    assert not after.headers.get_list("set-cookie")


def test_signing_out_ends_the_session_for_whoever_kept_its_cookies(visit: Visit) -> None:
    browser = visit("truc-thai")
    kept = dict(browser.cookies)
    assert signed_in(browser.get("/"))
    out = browser.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert not dict(browser.cookies)
    thief = visit()
    for name in NAMES:
        page = thief.get("/", headers={"Cookie": f"{name}={kept[name]}"})
        assert FORM in page.text, name
    assert FORM in thief.get("/", headers={"Cookie": "; ".join(f"{n}={v}" for n, v in kept.items())}).text
    assert thief.get("/sign-out").status_code == 405, "a link must not sign anybody out"


@pytest.mark.parametrize("cookie", ["x", "a.b.c", "", '"', "%00", "é"])
def test_a_forged_cookie_is_no_cookie(visit: Visit, cookie: str) -> None:
    for name in NAMES:
        page = visit().get("/", headers={b"Cookie": f"{name}={cookie}".encode()})
        assert (page.status_code, FORM in page.text) == (200, True)


def test_an_account_that_was_closed_sees_the_form(visit: Visit, session: Session) -> None:
    browser = visit("truc-thai")
    session.execute(text("UPDATE account SET disabled_at = now() WHERE username = 'truc-thai'"))
    session.commit()
    assert FORM in browser.get("/").text
    assert FORM in browser.get("/records?code=poverty_rate").text


def test_whoever_has_no_right_to_numbers_is_told_so(visit: Visit) -> None:
    for username in ("admin", "he-thong"):
        browser = visit(username)
        for path in ("/", "/records?code=poverty_rate"):
            page = browser.get(path)
            assert page.status_code == 403
            assert "Tài khoản này không xem bảng tổng hợp." in page.text
            assert "Trực Thái" not in page.text


def test_an_account_whose_duty_has_ended_is_told_so(visit: Visit, session: Session) -> None:
    browser = visit("truc-thai")
    session.execute(
        text(
            "UPDATE account_grant SET valid_to = '2024-06-01' WHERE account_id ="
            " (SELECT id FROM account WHERE username = 'truc-thai')"
        )
    )
    session.commit()
    assert browser.get("/").status_code == 403
