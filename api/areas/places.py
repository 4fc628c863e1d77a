"""The area that a record names: is it one of the caller's, of today and of the right level?"""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api.areas.scope import Scope, valid_on
from api.areas.tables import Area, Level
from api.problems import NotFound

_AREA = Area.__table__  # type: ignore[attr-defined]
_NAMED = {
    (Level.commune,): ("xã", "commune"),
    (Level.hamlet,): ("xóm", "hamlet"),
    (Level.commune, Level.hamlet): ("xã hoặc xóm", "commune or hamlet"),
}


def require_level(session: Session, scope: Scope, area_id: UUID, *levels: Level) -> Level:
    """The level of an area that lies in `scope` today. Raises NotFound for any other, and for one of another level.

    Held until the end of the transaction: whoever sends the same record of this area twice at once waits for the first.
    """
    mine = _AREA.c.id == area_id, _AREA.c.level.in_(levels), valid_on(Area, scope.day), scope.covers(_AREA.c.id)
    level = session.scalar(select(_AREA.c.level).where(*mine).with_for_update(key_share=True))
    if level is None:
        vi, en = _NAMED[levels]
        raise NotFound(f"Không tìm thấy {vi} này.", f"There is no such {en}.")
    return Level(level)


def covers(session: Session, scope: Scope, area_id: UUID) -> bool:
    """Does the scope reach over the whole of the area?"""
    found = select(_AREA.c.id).where(_AREA.c.id == area_id, scope.covers(_AREA.c.id))
    return session.execute(found).first() is not None
