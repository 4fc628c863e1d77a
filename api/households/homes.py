"""Papers stand under the household of today: one that was merged away is followed to its survivor, in the query."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session

from api.areas.scope import Scope
from api.households.aliases import ends
from api.households.wire_records import HOUSEHOLD
from api.problems import NotFound

HAMLET = HOUSEHOLD.c.hamlet_id
__all__ = ["HAMLET", "HOUSEHOLD", "at_home", "require_home"]


def at_home(query: Select[Any], named: Any) -> Select[Any]:
    """Joins HOUSEHOLD: the household in the column `named`, or the one it was merged into."""
    followed = ends()
    today = func.coalesce(followed.c.survivor, named)
    return query.outerjoin(followed, followed.c.absorbed == named).join(HOUSEHOLD, HOUSEHOLD.c.id == today)


def require_home(session: Session, scope: Scope, household_id: Any) -> Any:
    """The row of a household in `scope` that was not merged away. Raises NotFound."""
    query = select(HOUSEHOLD.c.id, HAMLET, HOUSEHOLD.c.status).where(
        HOUSEHOLD.c.id == household_id, HOUSEHOLD.c.merged_into.is_(None), scope.covers(HAMLET)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy hộ này.", "There is no such household.")
    return row
