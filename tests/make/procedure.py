"""A hamlet on its way through the procedure: surveyed households put in directly, then what people do over HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import Session

from api.areas.tables import area_id
from api.reviews import procedure_law
from api.reviews.cases import CASE
from tests.make import rounds
from tests.make.answers import done
from tests.make.people import account_id
from tests.make.reviews import households

HAMLET = str(area_id("14080-03"))


def surveyed(
    session: Session,
    round_id: UUID,
    classes: Sequence[str] = ("poor", "near_poor", "not_poor"),
    hamlet: str = "14080-03",
    **review: Any,
) -> list[UUID]:
    """Households of a hamlet with a review of that class by the head of xóm 3 (xom-3), waiting for the meeting."""
    homes = households(session, len(classes), hamlet)
    rounds.cases(session, round_id, homes, hamlet, stage="surveyed", surveyor_id=account_id("xom-3"))
    for home, proposed in zip(homes, classes, strict=True):
        rounds.review(session, round_id, home, proposed, **{"surveyor_id": account_id("xom-3"), **review})
    session.commit()
    return homes


def minutes(
    round_id: UUID | str, *separate: tuple[UUID, int, int], votes: tuple[int, int] = (30, 5), **fields: Any
) -> Any:
    """The minutes of a meeting of 40 people; `separate`: (household, for, against)."""
    own = [{"household_id": str(i), "votes_for": yes, "votes_against": no} for i, yes, no in separate]
    return {
        "id": str(uuid4()),
        "round_id": str(round_id),
        "hamlet_id": HAMLET,
        "held_on": "2024-10-12",
        "place": "Nhà văn hoá xóm 3",
        "chaired_by": "Trần Văn Hoà",
        "secretary": "Phạm Thị Lụa",
        "attendance": {"hamlet_head": 1, "other_households": 39},
        "present": 40,
        "votes": [{"household_id": None, "votes_for": votes[0], "votes_against": votes[1]}, *own],
        "front_observed": True,
        **fields,
    }


def posting(round_id: UUID | str, **fields: Any) -> dict[str, Any]:
    """The list of xóm 3, posted on Monday 14/10/2024: the last day is Thursday the 17th."""
    return {
        "id": str(uuid4()),
        "round_id": str(round_id),
        "hamlet_id": HAMLET,
        "kind": "list",
        "posted_on": "2024-10-14",
        "places": ["hamlet_house", "commune_office"],
        "announced": True,
        **fields,
    }


def complaint(posting_id: str, household_id: UUID | str, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "posting_id": posting_id,
        "household_id": str(household_id),
        "complainant": "Lê Văn Bình",
        "received_on": "2024-10-15",
        "content": "Hộ này có hai xe máy.",
        **fields,
    }


def posted(session: Session, client: httpx.Client, round_id: UUID, *classes: str) -> tuple[list[UUID], dict[str, Any]]:
    """Households that a meeting agreed on and whose list hangs on the board: they, and the posting."""
    homes = surveyed(session, round_id, classes or ("poor", "near_poor", "not_poor"))
    done(client.post("/api/v1/meetings", json=minutes(round_id)))
    return homes, done(client.post("/api/v1/postings", json=posting(round_id)))


def stages(session: Session, round_id: UUID, homes: Sequence[UUID]) -> list[str]:
    """Where each household stands now, in the order in which they are named."""
    session.rollback()
    rows = session.execute(select(CASE.c.household_id, CASE.c.stage).where(CASE.c.round_id == round_id))
    found = {row.household_id: row.stage for row in rows}
    return [found[home] for home in homes]


def under_other_law(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    """The server ships the procedure with other values, as another decision of the Prime Minister may set them."""
    law = replace(procedure_law.procedure("qd-24-2021", 1), **values)
    monkeypatch.setattr(procedure_law, "shipped", lambda: (law,))
