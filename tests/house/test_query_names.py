"""A query parameter that nobody knows: refused with its name, but only to whom the door is open."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.house.test_errors import address
from tests.house.wire_document import operations

Check = Callable[[httpx.Response], dict[str, Any]]
SignIn = Callable[[str], httpx.Client]


def test_every_operation_refuses_an_unknown_parameter_after_the_sign_in(
    nobody: httpx.Client, sign_in: SignIn, problem: Check
) -> None:
    tried = 0
    for operation in operations(nobody.get("/openapi.json").json()):
        # probes and the programs that open a QR code add parameters of their own
        if operation.path in {"/healthz", "/readyz", "/metrics", "/verify/{code}"}:
            continue
        where = f"{address(operation)}?hamlet=3"
        if operation.guarded:
            assert problem(nobody.request(operation.method, where))["status"] == 401, operation
            stranger = nobody.request(operation.method, where, headers={"Authorization": "Bearer x.y.z"})
            assert problem(stranger)["status"] == 401, operation
        client = sign_in("truc-thai") if operation.guarded else nobody
        body = problem(client.request(operation.method, where))
        assert (body["status"], body["errors"][0]["pointer"]) == (422, "#query/hamlet"), operation
        assert body["errors"][0]["code"] == "extra_forbidden", operation
        tried += 1
    assert tried > 45


def test_monitoring_may_add_whatever_it_likes(nobody: httpx.Client) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert nobody.get(path, params={"t": "1732400000"}).status_code == 200
