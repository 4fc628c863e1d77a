"""Every operation of the document, tried as nobody, as one person of each role, and from another commune."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlmodel import Session

from api.accounts.permissions import Permission, holds
from api.openapi import XLSX
from tests.house import trucs
from tests.house.conftest import check_problem
from tests.house.trucs import Known
from tests.house.wire_document import Operation, operations
from tests.make.people import ONE_OF_EACH, Person

SignIn = Callable[[str], httpx.Client]
PUBLIC = {
    "GET /healthz", "GET /readyz", "GET /metrics", "GET /verify/{code}", "POST /api/v1/auth/token",
    "POST /api/v1/auth/refresh", "GET /api/v1/public/fund/{area_code}",
}  # fmt: skip
FLOOR = 50
# Behind these doors the kind of the record says which of the rights it needs; the 403 names that one.
STRANGERS = ("truc-dai", "xom-td-1")


@pytest.fixture
def document(nobody: httpx.Client) -> list[Operation]:
    found = operations(nobody.get("/openapi.json").json())
    assert len(found) >= FLOOR, "the document has lost operations"
    # what ends the session of the caller comes last
    return sorted(found, key=lambda o: ("/auth/" in o.path) * 2 + ("/me" in o.path))


@pytest.fixture
def known(session: Session, sign_in: SignIn) -> Known:
    return trucs.make(session, sign_in("truc-thai"), sign_in("xom-3"))


def call(client: httpx.Client, operation: Operation, ids: dict[str, str]) -> httpx.Response:
    """The operation with its documented example, aimed at records of Trực Thái, so that the door answers."""
    path, query = operation.path, {}
    for parameter in operation.parameters("path"):
        name = parameter["name"]
        value = ids.get(name) or _shown(parameter)
        assert value is not None, f"{operation}: teach tests/house/trucs.py where a {{{name}}} comes from"
        path = path.replace("{" + name + "}", str(value))
    for parameter in operation.parameters("query"):
        if parameter.get("required"):
            query[parameter["name"]] = ids.get(parameter["name"]) or _shown(parameter) or "a"
    body = operation.body()
    headers = (
        {"If-Match": '"1"'} if any(p["name"].lower() == "if-match" for p in operation.parameters("header")) else {}
    )
    if body is None:
        return client.request(operation.method, path, params=query, headers=headers)
    media_type, example = body
    if media_type in ("application/octet-stream", XLSX):
        return client.request(operation.method, path, params=query, headers=headers, content=example.encode())
    if media_type != "application/json":
        return client.request(operation.method, path, params=query, headers=headers, data=example)
    return client.request(operation.method, path, params=query, headers=headers, json=aimed(example, ids))


def _shown(parameter: dict[str, Any]) -> Any:
    schema = parameter.get("schema", {})
    shown = parameter.get("example") or next(iter(schema.get("examples", [])), None)
    return shown or next(iter(schema.get("enum", [])), None) or schema.get("default")


def aimed(example: Any, ids: dict[str, str]) -> Any:
    """The example, with every id it names replaced by one of Trực Thái."""
    if isinstance(example, dict):
        return {
            key: ids[key] if key in ids and isinstance(value, str) else aimed(value, ids)
            for key, value in example.items()
        }
    if isinstance(example, list):
        return [aimed(value, ids) for value in example]
    return example


def test_nobody_gets_in(nobody: httpx.Client, document: list[Operation], known: Known) -> None:
    tokens = {"none": {}, "garbage": {"Authorization": "Bearer x.y.z"}, "basic": {"Authorization": "Basic eDp5"}}
    for name, headers in tokens.items():
        nobody.headers.pop("Authorization", None)
        nobody.headers.update(headers)
        for operation in document:
            if str(operation) in PUBLIC:
                assert not operation.guarded
                continue
            assert operation.guarded, f"{operation} has no door"
            answer = call(nobody, operation, known.ids)
            assert answer.status_code == 401, f"{name}: {operation}: {answer.status_code} {answer.text[:200]}"
            assert check_problem(answer)["type"] == "/problems/not-signed-in"
            assert answer.headers["www-authenticate"] == "Bearer"


def test_only_what_a_sign_in_alone_may_open_names_no_right(document: list[Operation]) -> None:
    unguarded = {str(o) for o in document if o.guarded and not o.permissions}
    assert {path.split(" ")[1] for path in unguarded} <= {
        "/api/v1/me",
        "/api/v1/me/password",
        "/api/v1/auth/sign-out",
        "/api/v1/roles",
    }


@pytest.mark.parametrize("person", ONE_OF_EACH, ids=lambda person: person.role)
def test_a_role_opens_exactly_the_doors_of_the_table(
    person: Person, sign_in: SignIn, document: list[Operation], known: Known
) -> None:
    client = sign_in(person.username)
    opened, refused = 0, 0
    for operation in document:
        if not operation.permissions:
            continue
        answer = call(client, operation, known.ids)
        if not answer.is_success:
            check_problem(answer)
        denied = answer.status_code == 403 and answer.json()["type"] == "/problems/permission-denied"
        held = {right for right in operation.permissions if holds(person.role, person.head, Permission(right))}
        said = f"{operation} as {person.username}: {answer.status_code} {answer.text[:300]}"
        if held:
            opened += 1
            assert answer.status_code != 401, said
            # an operation on records of several kinds may ask for the right of this one, never for one that is held
            assert not denied or answer.json()["permission"] not in held, said
        else:
            refused += 1
            assert denied, said
            assert answer.json()["permission"] in operation.permissions, said
    assert opened > 0
    assert refused > 0


@pytest.mark.parametrize("stranger", STRANGERS)
def test_records_of_another_commune_do_not_exist(
    stranger: str, sign_in: SignIn, document: list[Operation], known: Known, counts: Callable[[], dict[str, int]]
) -> None:
    client = sign_in(stranger)
    before = counts()
    tried = 0
    for operation in document:
        named = {parameter["name"] for parameter in operation.parameters("path")} & set(known.ids)
        if not named or (operation.path.startswith("/api/v1/areas") and operation.method == "get"):
            continue  # areas are public
        answer = call(client, operation, known.ids)
        body = check_problem(answer)
        tried += 1
        assert body["type"] in {"/problems/not-found", "/problems/permission-denied"}, (
            f"{operation}: {answer.text[:300]}"
        )
        told = json.dumps(body)
        assert "Kín" not in told
        assert "901" not in str(body["details"])
    assert tried >= 15
    assert counts() == before


@pytest.mark.parametrize("stranger", STRANGERS)
def test_bodies_that_name_records_of_another_commune_change_nothing(
    stranger: str, sign_in: SignIn, document: list[Operation], known: Known, counts: Callable[[], dict[str, int]]
) -> None:
    client = sign_in(stranger)
    before = counts()
    tried = 0
    for operation in document:
        body = operation.body()
        if operation.path.startswith("/api/v1/auth") or operation.path.startswith("/api/v1/me") or body is None:
            continue
        if json.dumps(aimed(body[1], known.ids)) == json.dumps(body[1]):
            continue
        answer = call(client, operation, known.ids)
        tried += 1
        assert not answer.is_success, f"{operation}: {answer.text[:300]}"
        check_problem(answer)
        # an enrolment names no record: it asks for a code, and the code of the example is not known
        allowed = {403, 404, 422} if operation.path == "/sync/v1/devices" else {403, 404}
        assert answer.status_code in allowed, f"{operation}: {answer.text[:300]}"
    assert tried >= 5
    assert counts() == before


@pytest.mark.parametrize("stranger", [*STRANGERS, "admin"])
def test_lists_show_nothing_of_another_commune(
    stranger: str, sign_in: SignIn, document: list[Operation], known: Known
) -> None:
    client = sign_in(stranger)
    # the administrator sees accounts, tablets, and in the audit log which records were touched; never what is in them
    secrets = known.secrets if stranger != "admin" else frozenset()
    tried = 0
    for operation in document:
        if operation.method != "get" or operation.parameters("path") or not operation.guarded:
            continue
        names = [p["name"] for p in operation.parameters("query")]
        filters = [{name: known.ids[name]} for name in names if name in known.ids]
        filters += [{"q": "Nguyễn Thị Kín"}, {"q": "kin"}] if "q" in names else []
        required = {
            p["name"]: known.ids.get(p["name"], "a") for p in operation.parameters("query") if p.get("required")
        }
        for query in [{}, *filters]:
            answer = client.get(operation.path, params={"limit": 200, **required, **query})
            tried += answer.is_success
            seen = (
                {secret for secret in secrets if secret in answer.text} - set(query.values()) - set(required.values())
            )
            assert seen == set(), f"{operation} {query}: {answer.text[:500]}"
            if answer.is_success:
                assert "Nguyễn Thị Kín" not in answer.text, f"{operation} {query}"
    assert tried >= 5
