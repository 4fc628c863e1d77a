"""The books of a commune: numbers of decisions, certificates and letters, and the standing at the end of a round."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api.areas.scope import Scope, valid_on
from api.areas.tables import Area, AreaClosure, Level
from api.problems import NotFound

AREA = Area.__table__  # type: ignore[attr-defined]
_CLOSURE = AreaClosure.__table__.c  # type: ignore[attr-defined]


def hold_books(session: Session, area_id: UUID) -> None:
    """Whoever gives a number, signs or closes a round in this commune waits for whoever does; until the transaction
    ends. Held after the round, before cases and households. Who names the commune in a row (FOR KEY SHARE) waits not.
    """
    session.execute(select(AREA.c.id).where(AREA.c.id == area_id).with_for_update(key_share=True))


def commune_of(session: Session, hamlet_id: Any, scope: Scope) -> UUID:
    """The commune that a hamlet hangs under today. Raises NotFound."""
    found = session.scalar(
        select(AREA.c.id)
        .join(AreaClosure, _CLOSURE.ancestor_id == AREA.c.id)
        .where(_CLOSURE.descendant_id == hamlet_id, AREA.c.level == Level.commune, valid_on(AreaClosure, scope.day))
    )
    if found is None:
        raise NotFound("Không tìm thấy xã của xóm này.", "The hamlet hangs under no commune.")
    return UUID(str(found))
