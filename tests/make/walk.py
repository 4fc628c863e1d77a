"""The first steps of a round, as people take them over HTTP."""

from collections.abc import Callable
from typing import Any

import httpx

from api.areas.tables import area_id

SignIn = Callable[[str], httpx.Client]
COMMUNE = str(area_id("14080"))
YEAR = 2026


def prepared(officer: httpx.Client, **fields: Any) -> dict[str, Any]:
    """A round of Trực Thái, prepared: the periodic one of 2026 unless told otherwise."""
    body = {"area_id": COMMUNE, "kind": "periodic", "year": YEAR} | fields
    answer = officer.post("/api/v1/rounds", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def surveying(sign_in: SignIn, *households: str, **fields: Any) -> str:
    """A round that the chair has approved, with these households on its list besides whoever belongs there; its id."""
    officer = sign_in("truc-thai")
    round_id = str(prepared(officer, **fields)["id"])
    built = officer.post(f"/api/v1/rounds/{round_id}/list")
    assert built.status_code == 200, built.text
    for household in households:
        body = {"household_id": household, "reason": "Trưởng xóm đề nghị"}
        added = officer.post(f"/api/v1/rounds/{round_id}/households", json=body)
        assert added.status_code == 201, added.text
    approved = sign_in("chu-tich").post(f"/api/v1/rounds/{round_id}/approval")
    assert approved.status_code == 200, approved.text
    return round_id
