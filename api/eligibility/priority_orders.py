"""The order of priority groups that a commune sets: recorded once, in force from its day until the next one."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, tuple_
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaClosure, Level
from api.eligibility.schemas import PriorityOrderIn, PriorityOrderOut
from api.eligibility.tables import PriorityOrder
from api.idempotency import new_id
from api.problems import FieldError, Invalid, NotFound
from api.procedure.records import reused
from api.programmes.catalogue import catalogue
from api.schema import Page

_ORDER = PriorityOrder.__table__  # type: ignore[attr-defined]
_AREA = Area.__table__  # type: ignore[attr-defined]
_CLOSURE = AreaClosure.__table__.c  # type: ignore[attr-defined]


def known_groups() -> set[str]:
    """The codes of all groups that a policy of the catalogue names."""
    return {group.code for policy in catalogue().policies.values() for group in policy.priorities}


def set_order(session: Session, actor: Actor, body: PriorityOrderIn, key: str | None) -> PriorityOrderOut:
    """Records an order of a commune. The same id or key with the same content again gives what is stored.

    Raises NotFound for an area that is no commune of the actor's, Invalid for a code twice or one that no policy has.
    """
    order_id = new_id(actor.account_id, "priority_order", body.id, key)
    asked = body.model_dump(exclude={"id"})
    _require_commune(session, actor, body.area_id)
    stored = session.execute(select(_ORDER).where(_ORDER.c.id == order_id)).one_or_none()
    if stored is not None:
        if {name: getattr(stored, name) for name in asked} != asked:
            raise reused(by_key=bool(key) and body.id is None)
        return _out(stored)
    _check(body.codes)
    new = asked | {"id": order_id, "recorded_by": actor.account_id, "created_at": clock.now()}
    row = session.execute(insert(_ORDER).values(**new).returning(_ORDER)).one()
    audit.record(session, actor, "priority_order.set", "area", [body.area_id], order=str(order_id))
    return _out(row)


def orders(
    session: Session, actor: Actor, area_id: UUID | None, limit: int, cursor: str | None
) -> Page[PriorityOrderOut]:
    """The orders of the communes around me, the newest first."""
    query = select(_ORDER).where(actor.scope.touches(_ORDER.c.area_id))
    if area_id is not None:
        query = query.where(_ORDER.c.area_id == area_id)
    after = paging.decode(cursor, date.fromisoformat, datetime.fromisoformat, UUID)
    keys = (_ORDER.c.valid_from, _ORDER.c.created_at, _ORDER.c.id)
    if after is not None:
        query = query.where(tuple_(*keys) < tuple_(*after))
    rows = session.execute(query.order_by(*(key.desc() for key in keys)).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, _position)
    return Page[PriorityOrderOut](items=[_out(row) for row in shown], next_cursor=next_cursor)


def places(session: Session, area_id: UUID, day: date) -> dict[str, int]:
    """Group -> its place (from 1) by the order of the commune that the area is or lies in; empty: all equal."""
    codes = session.scalar(
        select(_ORDER.c.codes)
        .join(AreaClosure, _CLOSURE.ancestor_id == _ORDER.c.area_id)
        .where(_CLOSURE.descendant_id == area_id, valid_on(AreaClosure, day), _ORDER.c.valid_from <= day)
        .order_by(_ORDER.c.valid_from.desc(), _ORDER.c.created_at.desc(), _ORDER.c.id.desc())
        .limit(1)
    )
    return {code: place for place, code in enumerate(codes or (), start=1)}


def _require_commune(session: Session, actor: Actor, area_id: UUID) -> None:
    mine = select(_AREA.c.id).where(
        _AREA.c.id == area_id, _AREA.c.level == Level.commune, actor.scope.covers(_AREA.c.id)
    )
    # whoever sends the same order twice at once waits here for the first one
    if session.scalar(mine.with_for_update(key_share=True)) is None:
        raise NotFound("Không tìm thấy xã này.", "There is no such commune.")


def _check(codes: list[str]) -> None:
    known, faults = known_groups(), []
    for place, code in enumerate(codes):
        if code not in known:
            vi, en = "Không có nhóm ưu tiên này.", "There is no such priority group."
            faults.append(FieldError(f"#/codes/{place}", "no_such_group", vi, en))
        elif code in codes[:place]:
            vi, en = "Nhóm này đã có ở trên.", "This group stands there already."
            faults.append(FieldError(f"#/codes/{place}", "twice", vi, en))
    if faults:
        raise Invalid(faults[0].vi, faults[0].en, errors=tuple(faults))


def _position(row: Any) -> list[str]:
    return [row.valid_from.isoformat(), row.created_at.isoformat(), str(row.id)]


def _out(row: Any) -> PriorityOrderOut:
    return PriorityOrderOut(**{name: getattr(row, name) for name in PriorityOrderOut.model_fields})
