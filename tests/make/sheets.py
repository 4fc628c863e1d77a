"""Signing sheets, made and ticked over HTTP by an officer."""

from collections.abc import Sequence
from typing import Any

import httpx

from tests.make.tablets import HAMLET

URL = "/api/v1/signing-sheets"


def body(intervention_id: Any, whom: Sequence[Any], hamlet: int = 3, **more: Any) -> dict[str, Any]:
    """`whom`: households, or (household, person). What is not of a sheet (`amount_vnd`) is of each line."""
    of_lines = {name: more.pop(name) for name in ("amount_vnd", "quantity", "unit") if name in more}
    pairs = [one if isinstance(one, tuple) else (one, None) for one in whom]
    return {
        "intervention_id": str(intervention_id),
        "hamlet_id": HAMLET[hamlet],
        "title": "Hỗ trợ tiền điện",
        "period": "Quý IV/2024",
        "hand_out_on": "2024-11-20",
        "form": "cash",
        "paid_by": "hand",
        "lines": [{"household_id": str(home), "member_id": person} | of_lines for home, person in pairs],
        **more,
    }


def drawn_up(officer: httpx.Client, intervention_id: Any, whom: Sequence[Any], **more: Any) -> dict[str, Any]:
    answer = officer.post(URL, json=body(intervention_id, whom, **more))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def ticked(client: httpx.Client, sheet: dict[str, Any], state: str = "delivered", **more: Any) -> dict[str, Any]:
    """All lines of the sheet in one state."""
    ticks = [{"line_id": line["id"], "state": state, **more} for line in sheet["lines"]]
    answer = client.post(f"{URL}/{sheet['id']}/ticks", json={"ticks": ticks})
    assert answer.status_code == 200, answer.text
    now: dict[str, Any] = answer.json()
    return now
