"""schemathesis against a live server, as nobody and as one person of each role: whatever is sent, the answer is one
that the document promises. A fixed seed: the same inputs at every run."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from sqlmodel import Session

from api.openapi import XLSX
from tests.house import trucs
from tests.house.conftest import check_problem
from tests.make.people import ONE_OF_EACH

SignIn = Callable[[str], httpx.Client]
PEOPLE = ("nobody", *(person.username for person in ONE_OF_EACH))
EXAMPLES = 3  # of valid input, and as many of invalid, for each operation and person
SEED = 14080
# These end the session that the other calls need; as nobody they are tried too.
_END_THE_SESSION = {"/api/v1/auth/sign-out", "/api/v1/me/password"}

# a workbook is bytes like any other
schemathesis.serializer.alias(XLSX, "application/octet-stream")

pytestmark = pytest.mark.filterwarnings("ignore")  # the generators' own; what the server says is what counts here


@pytest.mark.parametrize("person", PEOPLE)
def test_no_input_is_answered_in_a_way_that_is_not_written_down(
    person: str,
    session: Session,
    nobody: httpx.Client,
    sign_in: SignIn,
    capsys: pytest.CaptureFixture[str],
) -> None:
    known = trucs.make(session, sign_in("truc-thai"), sign_in("xom-3")).ids
    client = nobody if person == "nobody" else sign_in(person)
    document = nobody.get("/openapi.json").json()
    seen: Counter[int] = Counter()
    tried = 0
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        if person != "nobody" and operation.path in _END_THE_SESSION:
            continue
        tried += 1
        for mode in schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE:
            _try(operation, mode, client, known, seen)
    with capsys.disabled():
        print(f"\n  fuzz {person}: {tried} operations, {seen.total()} requests, answers {dict(sorted(seen.items()))}")
    assert tried >= 50
    assert seen.total() >= tried * EXAMPLES


def _try(operation: Any, mode: Any, client: httpx.Client, known: dict[str, str], seen: Counter[int]) -> None:
    strategy = _strategy(operation, mode)
    if strategy is None:
        return  # nothing about this operation can be wrong: it takes no input

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, meet=st.booleans())
    def send(case: Any, meet: bool) -> None:
        answer = _answer(client, operation, case, known if meet else {})
        if answer is not None:
            seen[answer.status_code] += 1
            _check(operation.definition.raw, answer)

    send()


def _strategy(operation: Any, mode: Any) -> Any:
    from hypothesis.errors import Unsatisfiable

    if mode is schemathesis.GenerationMode.NEGATIVE and not (operation.body or any(_inputs(operation))):
        return None
    try:
        return operation.as_strategy(generation_mode=mode)
    except Unsatisfiable:
        return None


def _inputs(operation: Any) -> list[Any]:
    return [*operation.path_parameters, *operation.query, *operation.headers]


def _answer(client: httpx.Client, operation: Any, case: Any, known: dict[str, str]) -> httpx.Response | None:
    """Sends what schemathesis made; with `known`, to a record that is there."""
    path = operation.path
    for name, value in (case.path_parameters or {}).items():
        path = path.replace("{" + name + "}", known.get(name) or quote(str(value), safe="", errors="replace"))
    headers: dict[str, Any] = {  # httpx sends bytes too, also where the name is a str
        str(name): str(value).encode("utf-8", "replace")
        for name, value in dict(case.headers or {}).items()
        if name.lower() not in {"authorization", "content-length", "host", "transfer-encoding"}
    }
    body: dict[str, Any] = {}
    if not isinstance(case.body, schemathesis.core.NotSet):
        if case.media_type and "form" in case.media_type and isinstance(case.body, dict):
            body = {"data": {str(k): str(v).encode("utf-8", "replace") for k, v in case.body.items()}}
        else:
            raw = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
            body = {"content": raw}
            headers.setdefault("Content-Type", (case.media_type or "application/json").encode())
    query = {name: value for name, value in (case.query or {}).items() if not isinstance(value, dict)}
    try:
        return client.request(operation.method, path, params=query, headers=headers, **body)
    except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeEncodeError, TypeError, ValueError):
        return None  # the client refuses to send it: no server can meet it


def _check(described: dict[str, Any], answer: httpx.Response) -> None:
    if answer.content == b"Invalid HTTP request received.":
        assert answer.status_code == 400  # not HTTP at all: the server below us hangs up
        return
    said = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:400]}"
    if not answer.is_success and answer.status_code != 304:
        check_problem(answer)
    status = str(answer.status_code)
    if status not in described["responses"]:
        # a value with a slash in it makes another address
        assert status in {"404", "405"}, f"not documented: {said}"
        assert (
            "%2F" in str(answer.request.url)
            or not answer.request.url.path.rstrip("/")
            or "." in str(answer.request.url)
        ), said
        return
    content = described["responses"][status].get("content")
    if content and answer.content:
        media_type = answer.headers["content-type"].split(";")[0]
        assert media_type in content, f"content type {media_type} is not documented: {said}"
