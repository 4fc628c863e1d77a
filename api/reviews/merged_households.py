"""Households that became one, or two again: their cases and reviews are told as they stand now."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, union_all
from sqlmodel import Session

from api.changes.regroup import regroup
from api.households.aliases import all_names
from api.households.wire_records import HOUSEHOLD
from api.reviews.cases import CASE, announce_cases_of
from api.reviews.review_rows import REVIEW


def tell(session: Session, household_ids: Sequence[UUID]) -> None:
    """After a merge, or one taken back. Whoever calls holds the households, and has told again what was known of one of
    them and stands under another one now."""
    announce_cases_of(session, household_ids)
    if len(household_ids) > 1:
        _part(session, household_ids)


def _part(session: Session, household_ids: Sequence[UUID]) -> None:
    """A case and its reviews stand under the household that is on the list. What was made while that was merged away
    has been told under the other one, and goes back with it."""
    names = all_names(household_ids).subquery()
    at_home = (
        select(table.c.id, names.c.home, HOUSEHOLD.c.hamlet_id)
        .join(names, names.c.known == table.c.household_id)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == names.c.home)
        for table in (CASE, REVIEW)
    )
    rows = session.execute(union_all(*at_home))
    standing: dict[tuple[UUID, UUID], list[UUID]] = {}
    for row in rows:
        standing.setdefault((row.home, row.hamlet_id), []).append(row.id)
    for (home, hamlet), ids in standing.items():
        for other in household_ids:
            if other != home:
                regroup(session, other, home, hamlet, ids)
