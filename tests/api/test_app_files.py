"""The folder at /app/, and the hosts that may call us from elsewhere."""

import gzip
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from api.config import Settings
from api.main import create_app
from tests.house.conftest import check_problem
from tests.make.clients import client_of
from tests.make.people import PASSWORD

PAGE = "<!doctype html><title>Rà soát</title>"
SCRIPT = "const lời = 'chào';\n" * 200
THERE = "https://may-tinh-bang.example.vn"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "dist"
    (built / "icons").mkdir(parents=True)
    (built / "index.html").write_text(PAGE, encoding="utf-8")
    (built / "main.js").write_text(SCRIPT, encoding="utf-8")
    (built / "sw.js").write_text("// sw", encoding="utf-8")
    (built / "manifest.webmanifest").write_text("{}", encoding="utf-8")
    (built / "icons/192.png").write_bytes(b"\x89PNG")
    (built / ".env").write_text("secret", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return built


@pytest.fixture
def nobody(app: Any, config: Settings, folder: Path, base_url: str) -> Iterator[httpx.Client]:
    app.state.settings = app.state.settings.model_copy(update={"app_folder": folder})
    with client_of(base_url) as client:
        yield client


def test_the_address_leads_to_the_page(nobody: httpx.Client) -> None:
    moved = nobody.get("/app")
    assert (moved.status_code, moved.headers["location"]) == (308, "/app/")
    page = nobody.get("/app/")
    assert page.status_code == 200
    assert page.text == PAGE
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_every_file_comes_as_what_it_is(nobody: httpx.Client) -> None:
    kinds = {
        "main.js": "text/javascript; charset=utf-8",
        "sw.js": "text/javascript; charset=utf-8",
        "manifest.webmanifest": "application/manifest+json",
        "icons/192.png": "image/png",
    }
    assert {name: nobody.get(f"/app/{name}").headers["content-type"] for name in kinds} == kinds


def test_nothing_may_be_loaded_sent_or_framed_that_is_not_ours(nobody: httpx.Client) -> None:
    for path in ("/app/", "/app/main.js", "/app/sw.js"):
        told = nobody.get(path).headers
        policy = dict(part.strip().split(" ", 1) for part in told["content-security-policy"].split(";"))
        assert policy == {
            "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' blob: data:",
            "connect-src": "'self'", "manifest-src": "'self'", "worker-src": "'self'", "base-uri": "'none'",
            "form-action": "'none'", "frame-ancestors": "'none'",
        }  # fmt: skip
        assert told.get_list("x-content-type-options") == ["nosniff"]
        assert told.get_list("referrer-policy") == ["no-referrer"]
        assert told.get_list("cache-control") == ["no-cache"]
        assert told["cross-origin-opener-policy"] == "same-origin"
        assert "camera=(self)" in told["permissions-policy"]
        assert "geolocation=(self)" in told["permissions-policy"]


def test_a_file_that_has_not_changed_is_not_sent_again(nobody: httpx.Client, folder: Path) -> None:
    first = nobody.get("/app/main.js")
    tag = {"If-None-Match": first.headers["etag"]}
    again = nobody.get("/app/main.js", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-security-policy" in again.headers
    (folder / "main.js").write_text(SCRIPT + "// another build", encoding="utf-8")
    newer = nobody.get("/app/main.js", headers=tag)
    assert newer.status_code == 200
    assert newer.text.endswith("another build")


def test_a_file_is_sent_small_to_whoever_takes_it_so(nobody: httpx.Client) -> None:
    with nobody.stream("GET", "/app/main.js", headers={"Accept-Encoding": "gzip"}) as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert len(sent) < len(SCRIPT) / 20
    assert gzip.decompress(sent).decode() == SCRIPT
    plain = nobody.get("/app/main.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == SCRIPT


def test_head_tells_the_same_without_the_file(nobody: httpx.Client) -> None:
    head, whole = nobody.head("/app/main.js"), nobody.get("/app/main.js")
    assert head.status_code == 200
    assert head.content == b""
    for name in ("etag", "content-type", "content-encoding", "content-length"):
        assert head.headers[name] == whole.headers[name]


def raw(base_url: str, target: str) -> bytes:
    """An answer to a target that no client library would send as it stands."""
    place = urlsplit(base_url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as line:
        line.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        heard = b""
        while piece := line.recv(65536):
            heard += piece
    return heard


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "icons/../../secret.txt", "icons/..%2f..%2fsecret.txt",
        "..%5csecret.txt", "//etc/passwd", "%2fetc%2fpasswd", "icons", "icons/", ".env", "main.js/", "MAIN.JS",
        "main.js%00.html", "%00", "none.js", "a" * 5000, "%ff%fe", "./main.js",
    ],
)  # fmt: skip
def test_no_other_name_opens_a_file(nobody: httpx.Client, base_url: str, path: str) -> None:
    heard = raw(base_url, f"/app/{path}")
    assert heard.startswith(b"HTTP/1.1 404 "), heard[:200]
    assert b"application/problem+json" in heard
    assert b"secret\r\n" not in heard
    assert not heard.endswith(b"secret")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_files_are_only_read(nobody: httpx.Client, method: str) -> None:
    answer = nobody.request(method, "/app/main.js")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    check_problem(answer)


def test_without_a_build_it_says_how_to_make_one(nobody: httpx.Client, app: Any, tmp_path: Path) -> None:
    app.state.settings = app.state.settings.model_copy(update={"app_folder": tmp_path / "none"})
    said = check_problem(nobody.get("/app/"))
    assert said["status"] == 404
    assert "make run" in said["details"]["vi"]
    assert "GIAMNGHEO_APP_FOLDER" in said["details"]["en"]


@pytest.fixture
def from_there(
    _stage: Any, base_url: str, config: Settings, database_url: str
) -> Iterator[Callable[..., httpx.Response]]:
    """Calls of a page that lives at THERE, at a service that lets it."""
    stage, url = _stage
    kept = stage.app
    stage.app = create_app(config.model_copy(update={"database_url": database_url, "app_origins": (THERE,)}))
    with client_of(url) as client:
        client.headers["Origin"] = THERE
        yield client.request
    stage.app.state.engine.dispose()
    stage.app = kept


def asks(method: str, *headers: str) -> dict[str, str]:
    return {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": ", ".join(headers)}


def test_a_page_of_a_named_host_may_sign_in_and_synchronise(from_there: Callable[..., httpx.Response]) -> None:
    asked = asks("POST", "Authorization", "Content-Type", "Content-Encoding", "If-None-Match")
    for path in ("/sync/v1/batches", "/api/v1/auth/refresh"):
        told = from_there("OPTIONS", path, headers=asked)
        assert told.status_code == 200
        assert told.headers["access-control-allow-origin"] == THERE
        assert "access-control-allow-credentials" not in told.headers
        assert int(told.headers["access-control-max-age"]) >= 600
    signed_in = from_there("POST", "/api/v1/auth/token", data={"username": "xom-3", "password": PASSWORD})
    assert signed_in.status_code == 200
    token = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    info = from_there("GET", "/sync/v1/info", headers=token)
    assert info.status_code == 200
    assert info.headers["access-control-allow-origin"] == THERE
    assert info.headers["vary"].lower().count("origin") == 1
    exposed = info.headers["access-control-expose-headers"]
    assert {"ETag", "X-Trace-Id", "Retry-After", "Date"} <= {name.strip() for name in exposed.split(",")}


def test_a_page_reads_why_it_was_refused(from_there: Callable[..., httpx.Response]) -> None:
    for answer in (
        from_there("GET", "/sync/v1/info"),
        from_there("POST", "/sync/v1/batches", content=b"no gzip", headers={"Content-Encoding": "gzip"}),
        from_there("POST", "/api/v1/auth/refresh", content=b"{" * 2_000_000),
    ):
        assert answer.status_code in (401, 413, 415)
        check_problem(answer)
        assert answer.headers["access-control-allow-origin"] == THERE


def test_a_preflight_for_more_is_refused_as_everything_is(from_there: Callable[..., httpx.Response]) -> None:
    for asked in (asks("DELETE"), asks("GET", "X-Anything")):
        answer = from_there("OPTIONS", "/sync/v1/info", headers=asked)
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        assert "access-control-allow-origin" not in answer.headers


def test_no_other_page_and_no_other_address_is_opened(
    from_there: Callable[..., httpx.Response], nobody: httpx.Client
) -> None:
    for answer in (
        from_there("GET", "/api/v1/households"),
        from_there("OPTIONS", "/api/v1/households", headers=asks("GET")),
        from_there("GET", "/sync/v1/info", headers={"Origin": "https://evil.example"}),
        from_there("OPTIONS", "/sync/v1/info", headers={"Origin": "https://evil.example"} | asks("GET")),
        from_there("GET", "/sync/v1/info", headers={"Origin": "null"}),
    ):
        check_problem(answer)
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_without_the_setting_no_host_is_opened(nobody: httpx.Client) -> None:
    answer = nobody.get("/sync/v1/info", headers={"Origin": THERE})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("wrong", ["*", "may.example.vn", "https://may.example.vn/app", "ftp://a", "https://a, b"])
def test_a_host_that_is_none_is_refused_at_the_start(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIAMNGHEO_APP_ORIGINS", wrong)
    with pytest.raises(ValueError, match="https://"):
        Settings()


def test_hosts_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIAMNGHEO_APP_ORIGINS", "https://a.example.vn, http://localhost:9000")
    assert Settings().app_origins == ("https://a.example.vn", "http://localhost:9000")
