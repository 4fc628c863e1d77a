"""The places and people that records of this feature name: looked up in the caller's areas, or told as not there."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api.areas.scope import Scope
from api.areas.tables import Area, Level
from api.households.stored import Lock, hold_households, survivors
from api.households.wire_records import MEMBER
from api.problems import NotFound

_AREA = Area.__table__  # type: ignore[attr-defined]


def require_area(session: Session, scope: Scope, area_id: UUID) -> Level:
    """The level of an area of `scope`. Raises NotFound."""
    level = session.scalar(select(_AREA.c.level).where(_AREA.c.id == area_id, scope.covers(_AREA.c.id)))
    if level is None:
        raise NotFound("Không tìm thấy địa bàn này.", "There is no such area.")
    return Level(level)


def require_household(session: Session, scope: Scope, household_id: UUID, lock: Lock = Lock.share) -> tuple[UUID, UUID]:
    """(the household as of today, its hamlet), held until the end of the transaction. Raises NotFound."""
    held = hold_households(session, scope, [household_id], lock)
    home = survivors(session, held, scope, lock).get(household_id, household_id)
    if home not in held.mine:
        raise no_such_household()
    return home, UUID(str(held.hamlets[home]))


def require_member(session: Session, household_id: UUID, member_id: UUID) -> None:
    """Raises NotFound for somebody who does not live in the household."""
    lives = MEMBER.c.id == member_id, MEMBER.c.household_id == household_id, MEMBER.c.left_on.is_(None)
    if session.scalar(select(MEMBER.c.id).where(*lives)) is None:
        raise NotFound("Không tìm thấy người này trong hộ.", "There is no such person in the household.")


def no_such_household() -> NotFound:
    return NotFound("Không tìm thấy hộ này.", "There is no such household.")
