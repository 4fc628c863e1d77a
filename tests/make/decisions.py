"""Rounds that have come to their decision, put in directly; decisions prepared and signed over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import insert
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.households.commands import write_members
from api.procedure.tables import Opinion
from tests.make.reviews import acting
from tests.make.rounds import cases, review, review_round

DECISIONS = "/api/v1/recognition-decisions"


def people(session: Session, household_id: UUID, count: int = 1, by: str = "truc-thai", **fields: Any) -> list[UUID]:
    """So many members of a household, the first one its head."""
    edits = [
        Edit(
            uuid4(),
            None,
            {
                "household_id": str(household_id),
                "full_name": f"Nguyễn Thị {'ABCDEFGHIKLMNOPQ'[n % 16]}",
                "sex": "female",
                "birth_year": 1970 + n,
                "relation_to_head": "head" if n == 0 else "child",
                "ethnicity": "kinh",
                **fields,
            },
        )
        for n in range(count)
    ]
    assert all(w.outcome == "applied" for w in write_members(session, acting(by), edits, Origin.web))
    return [edit.record_id for edit in edits]


def ready_round(session: Session, found: Mapping[UUID, str], hamlet: str = "14080-03", **fields: Any) -> UUID:
    """A consolidated round with these households cleared, each with a review that proposes its class."""
    round_id = review_round(session, **{"stage": "consolidated", "upper_level": "none"} | fields)
    cases(session, round_id, list(found), hamlet, stage="cleared")
    for household_id, poverty_class in found.items():
        review(session, round_id, household_id, poverty_class)
    return round_id


def opinion(session: Session, round_id: UUID, verdict: str | None, asked_on: date = date(2024, 12, 1)) -> None:
    """What the level above was asked, and what it answered."""
    session.execute(
        insert(Opinion).values(
            id=uuid4(),
            round_id=round_id,
            level="district",
            report_number="45/BC-UBND",
            asked_on=asked_on,
            due_on=asked_on,
            totals={},
            verdict=verdict,
            answered_on=asked_on if verdict else None,
            version=1,
            created_at=clock.now(),
            updated_at=clock.now(),
        )
    )


def prepare(officer: httpx.Client, round_id: UUID | str, **body: Any) -> dict[str, Any]:
    answer = officer.post(DECISIONS, json={"round_id": str(round_id), **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def sign(chair: httpx.Client, decision_id: str, number: str, day: str, version: int = 1) -> httpx.Response:
    body = {"number": number, "decided_on": day, "signatory": "Chủ tịch UBND xã"}
    return chair.post(f"{DECISIONS}/{decision_id}/signature", json=body, headers={"If-Match": f'"{version}"'})


def decide(officer: httpx.Client, chair: httpx.Client, round_id: UUID | str, number: str, day: str) -> str:
    """A decision of the round, prepared and signed; its id."""
    made = prepare(officer, round_id)
    answer = sign(chair, made["id"], number, day)
    assert answer.status_code == 200, answer.text
    return str(made["id"])


def commune(code: str = "14080") -> str:
    return str(area_id(code))
