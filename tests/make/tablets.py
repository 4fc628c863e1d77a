"""Tablets and what they send, as tests need them."""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import Engine, insert
from sqlmodel import Session

from api.accounts.tables import Device
from api.areas.tables import area_id
from tests.make.people import account_id

HAMLET = {n: str(area_id(f"14080-{n:02d}")) for n in range(1, 9)}
NOW = datetime(2026, 11, 24, 8, tzinfo=timezone(timedelta(hours=7)))


# whatever form B has to ask: deprived of clean water and of a toilet
ANSWERS: dict[str, Any] = {
    "wall_durable": True, "column_durable": True, "roof_durable": True, "floor_area": 60, "water_source": "other",
    "toilet": "none", "internet_used": True, "shared_device": True, "personal_device": True,
}  # fmt: skip


def enrolled(engine: Engine, username: str) -> str:
    """A tablet of this user, put straight into the database; its id."""
    device_id = uuid4()
    with Session(engine) as session, session.begin():
        session.execute(
            insert(Device).values(
                id=device_id, account_id=account_id(username), name="máy", enrolled_at=NOW, last_seq=0
            )
        )
    return str(device_id)


def submission(
    entity: str, data: Any, *, seq: int = 1, base: int | None = None, record: str | None = None
) -> dict[str, Any]:
    return {
        "submission_id": str(uuid4()),
        "seq": seq,
        "entity": entity,
        "id": record or str(uuid4()),
        "base_version": base,
        "recorded_at": NOW.isoformat(),
        "data": data,
    }


def household(hamlet: int = 3, **more: Any) -> dict[str, Any]:
    return {"hamlet_id": HAMLET[hamlet], "residence": "permanent", **more}


def member(household_id: str, name: str = "Vũ Thị Hoà", **more: Any) -> dict[str, Any]:
    return {
        "household_id": household_id,
        "full_name": name,
        "sex": "female",
        "birth_year": 1980,
        "relation_to_head": "head",
        "ethnicity": "kinh",
        **more,
    }


def request(household_id: str | None, **more: Any) -> dict[str, Any]:
    return {"household_id": household_id, "kind": "review", "received_on": "2024-09-02", **more}


def review(household_id: str, round_id: str, **more: Any) -> dict[str, Any]:
    """Of the round of tests/make/rounds.py, from a signed paper: the points of 2022 are not known. B2 is 20."""
    return {
        "household_id": household_id,
        "round_id": round_id,
        "form": {"code": "form-b", "version": 1},
        "surveyed_on": "2024-09-20",
        "paper_no": "B-1",
        "b1_entered": 120,
        "answers": dict(ANSWERS),
        **more,
    }


def screening(request_id: str, **more: Any) -> dict[str, Any]:
    """Phiếu A of a request, found by a person: its items are not known."""
    return {
        "request_id": request_id,
        "passed": True,
        "reason": "Nhà dột, mất việc",
        "screened_on": "2024-09-05",
        **more,
    }


def delivery(household_id: str | None, intervention_id: Any, **more: Any) -> dict[str, Any]:
    """Of an intervention of tests/make/interventions.py."""
    return {
        "intervention_id": str(intervention_id),
        "household_id": household_id,
        "delivered_on": "2024-11-20",
        "form": "cash",
        "amount_vnd": 175_000,
        "received_by": "Nguyễn Văn An",
        **more,
    }


def batch(device_id: str, submissions: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "protocol": 1,
        "batch_id": str(uuid4()),
        "device_id": device_id,
        "sent_at": NOW.isoformat(),
        "submissions": submissions,
        **more,
    }


def push(client: httpx.Client, device_id: str, *submissions: Any) -> list[dict[str, Any]]:
    """The outcomes of one batch."""
    answer = client.post("/sync/v1/batches", json=batch(device_id, list(submissions)))
    assert answer.status_code == 200, answer.text
    outcomes: list[dict[str, Any]] = answer.json()["outcomes"]
    assert [o["submission_id"] for o in outcomes] == [s["submission_id"] for s in submissions]
    return outcomes


def pull(client: httpx.Client, cursor: str | None = None, limit: int = 500) -> tuple[list[dict[str, Any]], str]:
    """All changes after a cursor, and the cursor then."""
    changes: list[dict[str, Any]] = []
    more = True
    while more:
        page = client.get("/sync/v1/changes", params={"limit": limit} | ({"cursor": cursor} if cursor else {}))
        assert page.status_code == 200, page.text
        changes += page.json()["changes"]
        cursor, more = page.json()["cursor"], page.json()["more"]
    assert cursor
    return changes, cursor


def on_tablet(changes: Iterable[dict[str, Any]]) -> dict[str, tuple[str, int, dict[str, Any]]]:
    """What a tablet keeps that takes in these changes: id -> entity, version, data."""
    known: dict[str, tuple[str, int, dict[str, Any]]] = {}
    for change in changes:
        if change["op"] == "put":
            known[change["id"]] = change["entity"], change["version"], change["data"]
        else:
            known.pop(change["id"], None)
    return known


def uuid_of(text: str) -> UUID:
    return UUID(text)
