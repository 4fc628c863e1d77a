"""A code that the catalogue does not have is no empty list: whoever mistypes it is told which there are."""

from typing import Any

from tests.conftest import SignIn
from tests.make.answers import pointers

NAMES = {"policy", "component", "priority", "stage", "kind", "field"}


def asking(app: Any) -> list[tuple[str, str]]:
    """(address, parameter) of every list that can be asked for a code, as the API describes itself."""
    return [
        (address, one["name"])
        for address, methods in app.openapi()["paths"].items()
        for one in methods.get("get", {}).get("parameters", [])
        if one["in"] == "query" and one["name"] in NAMES and "{" not in address
    ]


def test_every_list_that_takes_a_code_refuses_one_that_is_not_known(sign_in: SignIn, app: Any) -> None:
    client = sign_in("truc-thai")
    asked = asking(app)
    assert {
        ("/api/v1/eligibility", "priority"), ("/api/v1/eligibility", "policy"), ("/api/v1/loans", "policy"),
        ("/api/v1/interventions", "kind"), ("/api/v1/interventions", "stage"), ("/api/v1/deliveries", "policy"),
        ("/api/v1/plan-items", "component"), ("/api/v1/budget-lines", "component"), ("/api/v1/policies", "field"),
    } <= set(asked)  # fmt: skip
    for address, name in asked:
        answer = client.get(address, params={name: "zz"})
        assert answer.status_code == 422, f"{address}?{name}=zz: {answer.status_code} {answer.text[:200]}"
        assert [place for place, _ in pointers(answer)] == [f"#query/{name}"], address


def test_the_codes_that_there_are_are_named(sign_in: SignIn) -> None:
    client = sign_in("truc-thai")
    for address, name, code in (
        ("eligibility", "priority", "women"), ("loans", "policy", "credit_poor"),
        ("interventions", "kind", "housing_case"), ("plan-items", "component", "livelihood"),
        ("interventions", "stage", "handed_over"),
    ):  # fmt: skip
        (said,) = client.get(f"/api/v1/{address}", params={name: "zz"}).json()["errors"]
        assert said["code"] == "unknown_code"
        vi, en = said["details"]["vi"], said["details"]["en"]
        assert (vi.startswith("Không có mã này."), code in vi, code in en) == (True, True, True), vi
        assert client.get(f"/api/v1/{address}", params={name: code}).status_code == 200
