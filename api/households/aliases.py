"""Households that were merged away, for queries to join: which one stands for them today.

The chain of merges is `household.merged_into`; it is followed inside the statement, however many rows ask.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, Select, Subquery, select

from api.households.stored import among
from api.households.tables import Household

_HOUSEHOLD = Household.__table__  # type: ignore[attr-defined]


def ends(some: Any = None) -> Subquery:
    """(absorbed, survivor): each household that was merged away, with the one at the end of its chain.

    `some`: a select of ids; only those are followed. Without it, all that were ever merged.
    """
    first, further, end = (_HOUSEHOLD.alias() for _ in range(3))
    absorbed = select(first.c.id.label("absorbed"), first.c.merged_into.label("survivor")).where(
        first.c.merged_into.is_not(None)
    )
    if some is not None:
        absorbed = absorbed.where(first.c.id.in_(some))
    way: CTE = absorbed.cte(recursive=True)
    way = way.union(
        select(way.c.absorbed, further.c.merged_into)
        .join(further, further.c.id == way.c.survivor)
        .where(further.c.merged_into.is_not(None))
    )
    return (
        select(way.c.absorbed, way.c.survivor)
        .join(end, end.c.id == way.c.survivor)
        .where(end.c.merged_into.is_(None))
        .subquery()
    )


def known_as(household_id: UUID) -> Select[Any]:
    """The ids under which a household was ever registered: its own, and those of all that were merged into it."""
    own = select(_HOUSEHOLD.c.id).where(_HOUSEHOLD.c.id == household_id).cte(recursive=True)
    merged = _HOUSEHOLD.alias()
    names = own.union(select(merged.c.id).join(own, merged.c.merged_into == own.c.id))
    return select(names.c.id)


def all_names(household_ids: Iterable[UUID]) -> Select[Any]:
    """(known, home): every id under which each of these households was ever registered, with the household itself."""
    return names_where(among(_HOUSEHOLD.c.id, household_ids))


def names_where(condition: Any) -> Select[Any]:
    """`all_names` of the households that fulfil a condition."""
    own = select(_HOUSEHOLD.c.id.label("known"), _HOUSEHOLD.c.id.label("home"))
    names = own.where(condition).cte(recursive=True)
    merged = _HOUSEHOLD.alias()
    names = names.union(select(merged.c.id, names.c.home).join(names, merged.c.merged_into == names.c.known))
    return select(names.c.known, names.c.home)
