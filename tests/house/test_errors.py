"""Bad input of every kind, at every address: one shape of answer, never a 500, nothing stored by halves."""

import gzip
import json
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from api.accounts.permissions import Permission, holds
from tests.house.test_doors import aimed
from tests.house.trucs import HAMLET
from tests.house.wire_document import Operation, operations
from tests.make.people import CAST

Check = Callable[[httpx.Response], dict[str, Any]]
Counts = Callable[[], dict[str, int]]
SignIn = Callable[[str], httpx.Client]

JSON = {"Content-Type": "application/json"}
FIELDS = (
    '"id": 5, "full_name": [], "head": "maybe", "hamlet_id": {}, "base_version": -1, "areas": 7, "q": null, '
    '"cursor": {}, "submissions": "none", "protocol": "one", "username": 12, "grants": {}'
)

# name -> body. None of them may be stored, none may break anything.
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no json": b"{",
    "not utf-8": b'{"full_name": "\xff\xfe"}',
    "a number": b"5",
    "a list": b"[[[]]]",
    "null": b"null",
    "wrong types": f"{{{FIELDS}}}".encode(),
    "unknown field": b'{"ho_ten": "A"}',
    "a pointer in a name": b'{"a/b~c": 1}',
    "NUL": b'{"full_name": "A\\u0000B", "note": "\\u0000", "name": "\\u0000", "username": "a\\u0000"}',
    "half a surrogate": b'{"full_name": "\\ud800", "note": "\\udfff", "name": "\\ud800", "username": "\\ud800"}',
    "half a surrogate in a key": b'{"\\ud800": 1}',
    "deep lists": b"[" * 100_000,
    "deep lists, closed": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"data":' * 100_000 + b"1" + b"}" * 100_000,
    "infinity": b'{"value": 1e999, "version": 1e999, "limit": Infinity, "households": NaN}',
    "a number of 5000 digits": b'{"version": ' + b"9" * 5000 + b', "households": ' + b"9" * 5000 + b"}",
    "a year before time": b'{"on": "0001-01-01", "moved_on": "0001-01-01T00:00:00+14:00", "birth_date": "0001-01-01",'
    b' "sent_at": "0001-01-01T00:00:00+14:00", "valid_from": "9999-12-31T23:59:59-14:00"}',
    "the same field twice": b'{"username": "a", "username": "b", "full_name": 1, "full_name": 2}',
    "a byte order mark": b'\xef\xbb\xbf{"username": "a"}',
}


def writing(nobody: httpx.Client) -> list[Operation]:
    """Every operation that takes a body."""
    found = [o for o in operations(nobody.get("/openapi.json").json()) if "requestBody" in o.said]
    assert len(found) >= 15, "the document has lost its writing operations"
    return found


def address(operation: Operation) -> str:
    path = operation.path
    for parameter in operation.parameters("path"):
        counted = parameter.get("schema", {}).get("type") == "integer"
        path = path.replace("{" + parameter["name"] + "}", "1" if counted else "00000000-0000-7000-8000-000000000000")
    return path


def refused(answer: httpx.Response, problem: Check) -> str:
    body = problem(answer)
    assert answer.status_code in {400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428, 429}, answer.text[:300]
    return str(body["type"])


@pytest.mark.parametrize("name", BODIES)
def test_bad_bodies_are_refused_everywhere_and_store_nothing(
    nobody: httpx.Client, sign_in: SignIn, problem: Check, counts: Counts, name: str
) -> None:
    before = counts()
    for operation in writing(nobody):
        answer = sign_in(who_may(operation)).request(
            operation.method, address(operation), content=BODIES[name], headers=JSON | {"If-Match": '"1"'}
        )
        if answer.is_success:  # an operation whose body may be left out, such as a retry or a sign-out
            assert not operation.said["requestBody"].get("required", False), f"{operation} took {name}"
        else:
            refused(answer, problem)
    assert counts() == before


# In JSON's own spelling, because no library would write them.
UNSTORABLE = {"NUL": '"A\\u0000B"', "half a surrogate": '"A\\ud800B"'}


@pytest.mark.parametrize("name", UNSTORABLE)
def test_one_unstorable_text_in_a_good_body_is_refused_with_its_place(
    nobody: httpx.Client, sign_in: SignIn, problem: Check, counts: Counts, name: str
) -> None:
    before = counts()
    tried = 0
    for operation in writing(nobody):
        media_type, example = operation.body() or ("", None)
        if media_type != "application/json" or operation.path == "/sync/v1/batches":
            continue  # a batch answers by submission: tests/mobile_sync
        good = aimed(example, {"hamlet_id": HAMLET, "to_hamlet_id": HAMLET, "area_id": HAMLET})
        for key in [key for key, value in good.items() if isinstance(value, str)]:
            body = json.dumps(good | {key: "<here>"}).replace('"<here>"', UNSTORABLE[name])
            headers = JSON | {"If-Match": '"1"'}
            answer = sign_in(who_may(operation)).request(
                operation.method, address(operation), content=body, headers=headers
            )
            said = problem(answer)
            tried += 1
            if said["type"] == "/problems/invalid" and "errors" in said:
                assert f"#/{key}" in {error["pointer"] for error in said["errors"]}, f"{operation} {key}: {said}"
    assert tried > 30
    assert counts() == before


def who_may(operation: Operation) -> str:
    """The first of these for whom the door of the operation is open, so that what lies behind it is met."""
    first = ("truc-thai", "xom-3", "admin", "chu-tich", "mat-tran", "truc-ninh", "tai-chinh", "ngan-hang", "van-hoa")
    for username in first:
        person = next(person for person in CAST if person.username == username)
        rights = [Permission(right) for right in operation.permissions]
        if not rights or any(holds(person.role, person.head, right) for right in rights):
            return username
    raise AssertionError(f"nobody here may {operation}")


def test_every_address_refuses_a_body_of_ten_million_characters(
    nobody: httpx.Client, sign_in: SignIn, problem: Check, counts: Counts
) -> None:
    before = counts()
    client = sign_in("truc-thai")
    body = json.dumps({"full_name": "Ă" * 5_000_000}, ensure_ascii=False).encode()
    for operation in writing(nobody):
        answer = client.request(operation.method, address(operation), content=body, headers=JSON)
        assert refused(answer, problem) in {"/problems/too-large", "/problems/invalid"}, operation
    assert counts() == before


@pytest.mark.parametrize("path", ["/sync/v1/batches", "/api/v1/households"])
def test_compressed_bodies_are_bounded(sign_in: SignIn, problem: Check, counts: Counts, path: str) -> None:
    before = counts()
    client = sign_in("xom-3")
    packed = JSON | {"Content-Encoding": "gzip"}
    whole = gzip.compress(b'{"full_name": "A"}')
    cases = {
        "bomb": (gzip.compress(b" " * 200_000_000, 9), packed, 413),
        "bomb in a bomb": (gzip.compress(gzip.compress(b" " * 50_000_000, 9)), packed, 400),
        "not gzip": (b"{}", packed, 415),
        "cut short": (whole[:-9], packed, 415),
        "a changed byte": (whole[:12] + b"\x00\xff" + whole[14:], packed, 415),
        "unknown encoding": (whole, JSON | {"Content-Encoding": "br"}, 415),
        "two encodings": (whole, JSON | {"Content-Encoding": "gzip, gzip"}, 415),
    }
    for name, (body, headers, status) in cases.items():
        answer = client.post(path, content=body, headers=headers)
        problem(answer)
        assert answer.status_code == status, f"{name}: {answer.text[:300]}"
    assert counts() == before


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data", "image/png", "?", ""])
def test_wrong_content_types_are_refused(
    nobody: httpx.Client, sign_in: SignIn, problem: Check, counts: Counts, media_type: str
) -> None:
    before = counts()
    client = sign_in("truc-thai")
    for operation in writing(nobody):
        answer = client.request(
            operation.method, address(operation), content=b"full_name=A", headers={"Content-Type": media_type}
        )
        if operation.said["requestBody"].get("required"):
            refused(answer, problem)
        elif not answer.is_success:
            problem(answer)
    assert counts() == before


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
def test_json_under_another_name_is_415_everywhere(
    nobody: httpx.Client, sign_in: SignIn, problem: Check, counts: Counts, media_type: str | None
) -> None:
    before = counts()
    headers = {"If-Match": '"1"'} | ({"Content-Type": media_type} if media_type else {})
    tried = 0
    for operation in writing(nobody):
        if "application/json" not in operation.said["requestBody"]["content"] or operation.path == "/sync/v1/batches":
            continue  # a batch is read as JSON whatever it is called
        client = sign_in(who_may(operation))
        answer = client.request(operation.method, address(operation), content=b'{"surprise": 1}', headers=headers)
        assert refused(answer, problem) == "/problems/unsupported-encoding", f"{operation}: {answer.text[:300]}"
        if operation.said["requestBody"].get("required"):
            empty = problem(client.request(operation.method, address(operation), headers=headers))
            assert empty["errors"][0]["pointer"] == "#", f"{operation}: {empty}"
            assert empty["errors"][0]["code"] == "missing"
        tried += 1
    assert tried > 12
    assert counts() == before


STRANGE_VALUES = {
    "NUL": "a%00b",
    "half a surrogate": "%ED%A0%80",
    "not utf-8": "%FF",
    "a huge number": "9" * 5000,
    "minus": "-1",
    "1e999": "1e999",
    "a year before time": "0001-01-01",
    "the last day": "9999-12-31",
    "a quote": "'%22;--",
    "a percent": "%25_%25",
    "long": "a" * 20_000,
    "a cursor of ours with NUL": "WyJcdTAwMDAiXQ",
    "a cursor of deep lists": "W1tbW1tbW1tbW10",
    "many dots": "..%2F..%2F",
    "": "",
}


@pytest.mark.parametrize("name", STRANGE_VALUES)
def test_strange_query_and_path_values_are_answered(
    nobody: httpx.Client, sign_in: SignIn, problem: Check, name: str
) -> None:
    value = STRANGE_VALUES[name]
    client = sign_in("truc-thai")
    asked = 0
    for operation in operations(nobody.get("/openapi.json").json()):
        if operation.method != "get":
            continue
        path = operation.path
        for parameter in operation.parameters("path"):
            path = path.replace("{" + parameter["name"] + "}", value[:2000] or "%20")
        names = [parameter["name"] for parameter in operation.parameters("query")]
        for query in [f"{n}={value}" for n in names] + [f"nothing={value}"]:
            answer = client.get(f"{path}?{query}")
            asked += 1
            if not answer.is_success and answer.status_code != 304:
                problem(answer)
    assert asked > 40


def test_a_query_parameter_given_twice_is_answered(nobody: httpx.Client, sign_in: SignIn, problem: Check) -> None:
    client = sign_in("truc-thai")
    for operation in operations(nobody.get("/openapi.json").json()):
        if operation.method == "get" and not operation.parameters("path"):
            for name in [parameter["name"] for parameter in operation.parameters("query")]:
                answer = client.get(operation.path, params=[(name, "1"), (name, "x"), (name, "1")])
                if not answer.is_success:
                    problem(answer)


def test_unknown_addresses_and_methods_have_the_same_shape(nobody: httpx.Client, problem: Check) -> None:
    unknown = (
        "/nothing",
        "/api",
        "/api/v1",
        "/api/v1/nothing",
        "/sync/v2/batches",
        "/favicon.ico",
        "/docs/assets/none",
    )
    for path in unknown:
        assert problem(nobody.get(path))["type"] == "/problems/not-found"
    allowed: dict[str, set[str]] = {}
    for operation in operations(nobody.get("/openapi.json").json()):
        allowed.setdefault(operation.path, set()).add(operation.method.upper())
    for path, methods in allowed.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - methods:
            concrete = path.replace("{", "").replace("}", "")
            answer = nobody.request(method, concrete)
            if answer.status_code == 405:
                assert problem(answer)["type"] == "/problems/method-not-allowed"
                assert methods <= set(answer.headers["allow"].split(", ")), f"{method} {path}"
                assert method not in answer.headers["allow"].split(", ")
            else:  # the address is also that of another operation: /households/{id} and /households/duplicates
                assert answer.status_code in {401, 422}, f"{method} {path}: {answer.text[:200]}"


def test_the_reader_chooses_the_language(nobody: httpx.Client, problem: Check) -> None:
    for asked, told in (
        ("en", "en"),
        ("en-GB,vi;q=0.5", "en"),
        ("vi", "vi"),
        ("fr", "vi"),
        ("", "vi"),
        (",;=", "vi"),
    ):
        answer = nobody.get("/api/v1/nothing", headers={"Accept-Language": asked})
        body = problem(answer)
        assert body["title"] == body["titles"][told]
        assert answer.headers["content-language"] == told


STRANGE_HEADERS: dict[str, bytes] = {
    "Authorization": b"Bearer " + b"x" * 30_000,
    "If-Match": b'"' + b"9" * 3000 + b'"',
    "If-None-Match": "W/\xff".encode("latin-1"),
    "Idempotency-Key": b"\xff\xfe" * 100,
    "Accept-Language": b"x" * 10_000,
    "Content-Length": b"-1",
    "X-Forwarded-For": b"not an address, 10.0.0.1",
    "Content-Type": b"application/json; charset=utf-99",
}


@pytest.mark.parametrize("header", STRANGE_HEADERS)
def test_strange_headers_are_answered(sign_in: SignIn, problem: Check, counts: Counts, header: str) -> None:
    before = counts()
    client = sign_in("truc-thai")
    for method, path in (("POST", "/api/v1/households"), ("GET", "/api/v1/me"), ("POST", "/sync/v1/batches")):
        if header == "Content-Length":
            status = raw(client, f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n".encode())
            assert status in {400, 401}
            continue
        answer = client.request(method, path, content=b"{}", headers={header.encode(): STRANGE_HEADERS[header]})
        if not answer.is_success:
            problem(answer)
    assert counts() == before


def raw(client: httpx.Client, request: bytes) -> int:
    """The status of an answer to bytes that no client library would send."""
    url = urlsplit(str(client.base_url))
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=10) as line:
        line.sendall(request)
        return int(line.recv(100).split(b" ")[1])


def test_a_cut_line_stores_nothing(base_url: str, sign_in: SignIn, counts: Counts) -> None:
    before = counts()
    client = sign_in("xom-3")
    url = urlsplit(base_url)
    head = (
        f"POST /sync/v1/batches HTTP/1.1\r\nHost: x\r\nAuthorization: {client.headers['Authorization']}\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    )
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=10) as line:
        line.sendall(head.encode() + b'{"protocol": 1, "submissions": [')
    assert client.get("/healthz").status_code == 200
    assert counts() == before
