"""Rounds, cases and reviews put in directly, for tests of what comes after them; the caller commits."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.reviews.cases import case_id
from api.reviews.tables import Review, ReviewCase, ReviewRound


def review_round(session: Session, commune: str = "14080", **fields: Any) -> UUID:
    """A round of 2024 in its time of surveys."""
    row: dict[str, Any] = {
        "id": uuid4(),
        "area_id": area_id(commune),
        "kind": "periodic",
        "year": 2024,
        "standard_code": "vn-2022",
        "standard_version": 1,
        "procedure_code": "qd-24-2021",
        "procedure_version": 1,
        "upper_level": "district",
        "opens_on": date(2024, 9, 1),
        "closes_on": date(2024, 12, 14),
        "stage": "surveying",
        "version": 1,
        "created_at": clock.now(),
        "updated_at": clock.now(),
        **fields,
    }
    session.execute(insert(ReviewRound).values(**row))
    return row["id"]


def cases(
    session: Session, round_id: UUID, household_ids: Sequence[UUID], hamlet: str = "14080-03", **fields: Any
) -> list[UUID]:
    """These households on the list of the round; `stage="surveyed"` and the like in `fields`."""
    rows: list[dict[str, Any]] = [
        {
            "id": case_id(round_id, household_id),
            "round_id": round_id,
            "household_id": household_id,
            "hamlet_id": area_id(hamlet),
            "ground": "added",
            "stage": "listed",
            "version": 1,
            "created_at": clock.now(),
            "updated_at": clock.now(),
            **fields,
        }
        for household_id in household_ids
    ]
    session.execute(insert(ReviewCase), rows)
    return [row["id"] for row in rows]


# A survey typed from paper, of which nothing is missing.
_REVIEW: dict[str, Any] = {
    "kind": "survey",
    "form_code": "form-b",
    "form_version": 1,
    "surveyed_on": date(2024, 9, 20),
    "paper_no": "P-1",
    "answers": {},
    "members": [],
    "area_type": "rural",
    "region": "red_river_delta",
    "causes": [],
    "needs": [],
    "device_result": None,
    "attachments": [],
    "standard_code": "vn-2022",
    "standard_version": 1,
    "undetermined": [],
    "warnings": [],
    "differs_from_device": False,
    "in_force": True,
    "version": 1,
}


def review(session: Session, round_id: UUID, household_id: UUID, proposed_class: str = "poor", **fields: Any) -> UUID:
    """A review in force with a result, and the case pointing at it (which must be there)."""
    b1, b2 = {"poor": (100, 40), "near_poor": (120, 20), "not_poor": (150, 10)}[proposed_class]
    row: dict[str, Any] = {
        "id": uuid4(),
        "round_id": round_id,
        "household_id": household_id,
        **_REVIEW,
        "b1_entered": b1,
        "b1": b1,
        "b2": b2,
        "proposed_class": proposed_class,
        "deprivations": ["employment", "dependants", "nutrition", "health_insurance"][: b2 // 10],
        "created_at": clock.now(),
        "updated_at": clock.now(),
        **fields,
    }
    session.execute(insert(Review).values(**row))
    stored = ReviewCase.__table__  # type: ignore[attr-defined]
    session.execute(
        stored.update()
        .where(stored.c.round_id == round_id, stored.c.household_id == household_id)
        .values(review_id=row["id"])
    )
    return row["id"]


def listed(engine: Engine, *household_ids: str, **fields: Any) -> str:
    """The id of a round in its time of surveys, with these households of xóm 3 on its list."""
    with Session(engine) as session, session.begin():
        round_id = review_round(session, **fields)
        if household_ids:
            cases(session, round_id, [UUID(household_id) for household_id in household_ids])
    return str(round_id)
