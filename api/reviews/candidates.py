"""The cases of a round with the households they stand for today: what can be decided, and what holds a round up."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import Session

from api import clock
from api.households.aliases import ends
from api.households.tables import HouseholdStatus
from api.households.wire_records import HOUSEHOLD
from api.reviews.cases import CASE
from api.reviews.queries import under
from api.reviews.rounds import ROUND
from api.reviews.tables import CaseStage, Review
from api.standards.tables import PovertyClass

_REVIEW = Review.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case of a round with the household it stands under today, and what its review in force says.

    `merged`: its household is another case's household by now, which stands for it. `moved_away`: it lives in another
    commune today, whose round reviews it; here it keeps the class it had.
    """

    case_id: UUID
    household_id: UUID
    hamlet_id: UUID
    status: str
    stage: CaseStage
    review_id: UUID | None
    poverty_class: PovertyClass | None
    merged: bool
    moved_away: bool

    @property
    def present(self) -> bool:
        """Is there a household of this commune that the case has to bring to its end?"""
        return not self.merged and not self.moved_away and self.status == HouseholdStatus.active


def candidates(session: Session, round_id: UUID) -> list[Candidate]:
    """Every case of the round, by id. The caller holds the round.

    The class is that of the override, or the proposed one; None while it is undetermined.
    """
    area_id: UUID = session.execute(select(ROUND.c.area_id).where(ROUND.c.id == round_id)).scalar_one()
    rows = session.execute(_cases(area_id).where(CASE.c.round_id == round_id).order_by(CASE.c.id)).all()
    # of several cases that became one household, the one listed under its own name stands for it (cases.speaking)
    speaks = {row.home: row.id for row in reversed(rows)} | {row.home: row.id for row in rows if row.home == row.named}
    return [
        Candidate(
            row.id,
            row.home,
            row.hamlet_id,
            row.status,
            CaseStage(row.stage),
            row.review_id,
            row.poverty_class and PovertyClass(row.poverty_class),
            merged=speaks[row.home] != row.id,
            moved_away=not row.here,
        )
        for row in rows
    ]


def _cases(area_id: UUID) -> Select[Any]:
    """Cases with the household of today; `here`: it lives in that area."""
    followed = ends()
    return (
        select(
            CASE.c.id,
            CASE.c.household_id.label("named"),
            CASE.c.stage,
            CASE.c.review_id,
            func.coalesce(_REVIEW.c.override_class, _REVIEW.c.proposed_class).label("poverty_class"),
            HOUSEHOLD.c.id.label("home"),
            HOUSEHOLD.c.hamlet_id,
            HOUSEHOLD.c.status,
            under(area_id, clock.today(), HOUSEHOLD.c.hamlet_id).label("here"),
        )
        .select_from(CASE)
        .outerjoin(_REVIEW, _REVIEW.c.id == CASE.c.review_id)
        .outerjoin(followed, followed.c.absorbed == CASE.c.household_id)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == func.coalesce(followed.c.survivor, CASE.c.household_id))
    )
