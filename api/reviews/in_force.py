"""Which review of a household counts: one in a round is in force, the others stay."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, update
from sqlmodel import Session

from api import clock
from api.changes import history
from api.changes.history import Announcement
from api.reviews.cases import Case, homes
from api.reviews.tables import Review

_REVIEW = Review.__table__  # type: ignore[attr-defined]


def put_in_force(session: Session, case: Case, review_id: UUID) -> None:
    """Makes this review of a held case the one that counts, and tells the tablets; the case is moved by the caller."""
    mine = (_REVIEW.c.round_id == case.round_id, _REVIEW.c.household_id == case.household_id)
    changed: list[Row[Any]] = []
    # the one before first: two are never in force at once (uq_review_in_force)
    for counts, which in ((False, _REVIEW.c.id != review_id), (True, _REVIEW.c.id == review_id)):
        found = session.execute(
            update(_REVIEW)
            .where(*mine, which, _REVIEW.c.in_force.is_not(counts))
            .values(in_force=counts, version=_REVIEW.c.version + 1, updated_at=clock.now())
            .returning(_REVIEW.c.id, _REVIEW.c.version)
        )
        changed += found.all()
    home = homes(session, {case.household_id})[case.household_id]
    history.announce(session, [Announcement("review", row.id, *home, row.version) for row in changed])
