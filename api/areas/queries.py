"""The tree of a day, one unit with its past and future, and the totals by which rates are divided.

Areas are public to everybody who is signed in, so nothing here is narrowed to a caller's own areas.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, collate, func, select
from sqlmodel import Session, col

from api import clock, paging, restated
from api.areas.names import full_name
from api.areas.schemas import (
    AreaBrief,
    AreaDetail,
    AreaFilter,
    AreaNode,
    AreaOut,
    AreaTree,
    StatisticFilter,
    StatisticOut,
    SuccessionOut,
)
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaClosure, AreaParent, AreaStatistic, AreaSuccession, LocalKind
from api.names import fold, toned
from api.problems import NotFound
from api.schema import Page

# Byte by byte: 14071, 14071-01, 14080 in every database, whatever language it was made for.
_CODE = collate(col(Area.code), "C")


def areas(session: Session, asked: AreaFilter) -> Page[AreaOut]:
    """The areas of a day, by code; where a name is searched those with the very tones first."""
    day = asked.as_of or clock.today()
    rank = _rank(asked.q)
    found = _of_day(day).add_columns(rank.label("rank")).where(valid_on(Area, day))
    if asked.level is not None:
        found = found.where(col(Area.level) == asked.level)
    if asked.parent_id is not None:
        found = found.where(col(AreaParent.parent_id) == asked.parent_id)
    if asked.code is not None:
        found = found.where(col(Area.code) == asked.code)
    if asked.q:
        found = found.where(col(Area.name_folded).contains(fold(asked.q), autoescape=True))
    after = paging.decode(asked.cursor, int, str, UUID)
    if after is not None:
        found = found.where(func.row(rank, _CODE, col(Area.id)) > func.row(*after))
    found = found.order_by(rank, _CODE, col(Area.id)).limit(asked.limit + 1)
    rows, cursor = paging.page(
        session.execute(found).all(), asked.limit, lambda r: (r.rank, r.Area.code, str(r.Area.id))
    )
    return Page(items=[_out(row.Area, row.parent_id) for row in rows], next_cursor=cursor)


def area(session: Session, area_id: UUID, as_of: date | None = None) -> AreaDetail:
    """One unit as of a day; without a day as of today, or of its last (first) day where it does not live today.

    Raises NotFound for an unknown id, and for a day on which the unit was not there.
    """
    day = func.least(func.greatest(as_of or clock.today(), col(Area.valid_from)), col(Area.valid_to))
    found = session.execute(_of_day(day).add_columns(day.label("day")).where(col(Area.id) == area_id)).one_or_none()
    if found is None or (as_of is not None and found.day != as_of):
        raise NotFound("Không có đơn vị này trong ngày đó.", "There is no such area on that day.")
    return AreaDetail(
        **_out(found.Area, found.parent_id).model_dump(),
        as_of=found.day,
        source=found.Area.source,
        ancestors=_ancestors(session, area_id, found.day),
        predecessors=_successions(
            session, col(AreaSuccession.successor_id), col(AreaSuccession.predecessor_id), area_id
        ),
        successors=_successions(session, col(AreaSuccession.predecessor_id), col(AreaSuccession.successor_id), area_id),
    )


def tree(session: Session, day: date, root_id: UUID | None = None) -> AreaTree:
    """The whole tree of a day, or what is under one unit, in one statement. Raises NotFound for an unknown root."""
    found = _of_day(day).where(valid_on(Area, day)).order_by(_CODE)
    if root_id is not None:
        below = and_(col(AreaClosure.ancestor_id) == root_id, valid_on(AreaClosure, day))
        found = found.where(col(Area.id).in_(select(col(AreaClosure.descendant_id)).where(below)))
    nodes: dict[UUID, AreaNode] = {}
    hung: list[tuple[AreaNode, UUID | None]] = []
    for unit, parent_id in session.execute(found):
        node = nodes[unit.id] = AreaNode(children=[], **_named(unit))
        hung.append((node, parent_id))
    if root_id is not None and root_id not in nodes:
        raise NotFound("Không có đơn vị này trong ngày đó.", "There is no such area on that day.")
    tops: list[AreaNode] = []
    for node, parent_id in hung:
        (nodes[parent_id].children if parent_id in nodes else tops).append(node)
    return AreaTree(as_of=day, items=tops)


def statistics(session: Session, area_id: UUID, asked: StatisticFilter) -> Page[StatisticOut]:
    """The totals of a hamlet, newest day first; the history with what was corrected. Raises NotFound."""
    if session.execute(select(col(Area.id)).where(col(Area.id) == area_id)).first() is None:
        raise NotFound()
    which = [col(AreaStatistic.area_id) == area_id]
    table = AreaStatistic.__table__  # type: ignore[attr-defined]
    shown, cursor = restated.page(session, table, (), which, asked.history, asked.limit, asked.cursor)
    return Page(items=[StatisticOut.model_validate(row) for row in shown], next_cursor=cursor)


def _of_day(day: Any) -> Any:
    return select(Area, col(AreaParent.parent_id)).outerjoin(
        AreaParent, and_(col(AreaParent.area_id) == col(Area.id), valid_on(AreaParent, day))
    )


def _rank(q: str | None) -> Any:
    if not q:
        return case((col(Area.id).is_(None), 1), else_=0)
    return case((col(Area.name_toned).contains(toned(q), autoescape=True), 0), else_=1)


def _out(unit: Area, parent_id: UUID | None) -> AreaOut:
    fields = {name: getattr(unit, name) for name in AreaOut.model_fields if name not in ("parent_id", "full_name")}
    return AreaOut(**fields, parent_id=parent_id, full_name=full_name(LocalKind(unit.local_kind), unit.name))


def _named(unit: Area) -> dict[str, Any]:
    called = full_name(LocalKind(unit.local_kind), unit.name)
    return {"id": unit.id, "code": unit.code, "level": unit.level, "full_name": called}


def _brief(unit: Area) -> AreaBrief:
    return AreaBrief(**_named(unit), valid_from=unit.valid_from, valid_to=unit.valid_to)


def _ancestors(session: Session, area_id: UUID, day: date) -> list[AreaBrief]:
    above = (
        select(Area)
        .join(AreaClosure, col(AreaClosure.ancestor_id) == col(Area.id))
        .where(col(AreaClosure.descendant_id) == area_id, col(AreaClosure.depth) > 0, valid_on(AreaClosure, day))
        .order_by(col(AreaClosure.depth))
    )
    return [_brief(unit) for unit in session.execute(above).scalars()]


def _successions(session: Session, mine: Any, other: Any, area_id: UUID) -> list[SuccessionOut]:
    found = (
        select(AreaSuccession, Area)
        .join(Area, col(Area.id) == other)
        .where(mine == area_id)
        .order_by(col(AreaSuccession.on_day), _CODE)
    )
    return [
        SuccessionOut(area=_brief(unit), kind=said.kind, on_day=said.on_day, source=said.source)
        for said, unit in session.execute(found)
    ]
