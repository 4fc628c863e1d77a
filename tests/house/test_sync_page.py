"""The examples of docs/sync-protocol.md, sent to a server in the order of the page."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

PAGE = (Path(__file__).parents[2] / "docs/sync-protocol.md").read_text(encoding="utf-8")


def shown(name: str) -> Any:
    """The JSON block of the page that bears this name."""
    (block,) = re.findall(rf"^```json {name}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return json.loads(block)


def matches(said: Any, promised: Any, place: str = "#") -> None:
    """What was answered holds everything the page shows; `…` stands for any text."""
    if isinstance(promised, dict):
        for key, value in promised.items():
            assert key in said, f"{place}/{key} is missing"
            matches(said[key], value, f"{place}/{key}")
    elif isinstance(promised, list):
        assert len(said) == len(promised), place
        for position, value in enumerate(promised):
            matches(said[position], value, f"{place}/{position}")
    elif promised == "…":
        assert isinstance(said, str), place
        assert said, place
    else:
        assert said == promised, place


def test_the_examples_of_the_page_do_what_it_says(sign_in: Callable[[str], httpx.Client]) -> None:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-3")
    code = officer.post("/sync/v1/enrolments", json=shown("enrolment"))
    assert code.status_code == 201, code.text
    enrolled = surveyor.post(
        "/sync/v1/devices", json=shown("device") | {"enrolment_code": code.json()["enrolment_code"]}
    )
    assert enrolled.status_code == 201, enrolled.text
    assert enrolled.json()["device_id"] == shown("device")["device_id"]

    receipt = surveyor.post("/sync/v1/batches", json=shown("batch"))
    assert receipt.status_code == 200, receipt.text
    matches(receipt.json(), shown("receipt"))
    for outcome in receipt.json()["outcomes"]:
        assert {"replayed", "result", "problem", "conflict_id", "waiting_for"} <= set(outcome)

    again = surveyor.post("/sync/v1/batches", json=shown("batch"))
    matches(again.json(), shown("receipt"))
    assert [outcome["replayed"] for outcome in again.json()["outcomes"]] == [True] * 4

    pulled = surveyor.get("/sync/v1/changes", params={"limit": 100})
    assert pulled.status_code == 200, pulled.text
    matches(pulled.json(), shown("changes"))

    compared = surveyor.get("/sync/v1/digests", params={"cursor": pulled.json()["cursor"]})
    assert compared.status_code == 200, compared.text
    matches(compared.json(), shown("digests"))

    screened = surveyor.post("/sync/v1/batches", json=shown("screening"))
    assert screened.status_code == 200, screened.text
    matches(screened.json(), shown("screening-receipt"))
