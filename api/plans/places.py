"""Where plans and money lie when communes merge: a line of a commune that is gone belongs to what it became."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from api.areas.scope import valid_on
from api.areas.tables import AreaClosure, AreaSuccession, SuccessionKind

_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]
_SUCCESSION = AreaSuccession.__table__  # type: ignore[attr-defined]


def inside(area_id: UUID, day: date, column: Any) -> ColumnElement[bool]:
    """The area in `column` is this one, hangs under it on `day`, or was merged until then into one of these."""
    below = select(_CLOSURE.c.descendant_id).where(_CLOSURE.c.ancestor_id == area_id, valid_on(_CLOSURE.c, day))
    merged = select(_SUCCESSION.c.predecessor_id).where(
        _SUCCESSION.c.kind == SuccessionKind.merged_into,
        _SUCCESSION.c.on_day <= day,
        or_(_SUCCESSION.c.successor_id == area_id, _SUCCESSION.c.successor_id.in_(below)),
    )
    found: ColumnElement[bool] = or_(column == area_id, column.in_(below), column.in_(merged))
    return found


def is_or_became(area_id: UUID, day: date, column: Any) -> ColumnElement[bool]:
    """The area in `column` is this one, or what it was made into until `day`."""
    heirs = select(_SUCCESSION.c.successor_id).where(
        _SUCCESSION.c.predecessor_id == area_id, _SUCCESSION.c.on_day <= day
    )
    found: ColumnElement[bool] = or_(column == area_id, column.in_(heirs))
    return found


def serves(area_id: UUID, day: date, column: Any) -> ColumnElement[bool]:
    """Money of this area may be spent in the area in `column`: in this one, or under it or what it became."""
    below = select(_CLOSURE.c.descendant_id).where(
        is_or_became(area_id, day, _CLOSURE.c.ancestor_id), valid_on(_CLOSURE.c, day)
    )
    found: ColumnElement[bool] = or_(column == area_id, column.in_(below))
    return found
