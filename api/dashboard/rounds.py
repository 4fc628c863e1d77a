"""The progress of the review round on the dashboard: by the areas right below, small numbers only for whom they are."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, func, literal, or_, select
from sqlmodel import Session

from api import clock
from api.areas.names import full_name
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaClosure, AreaParent, Level
from api.dashboard.schemas import RoundOfYear, RoundPart
from api.indicators.points import Place
from api.reviews.queries import under
from api.reviews.tables import CaseStage, ReviewCase, ReviewRound, RoundKind, RoundStage
from api.suppression import Line, least_told, suppress

_AREA = Area.__table__  # type: ignore[attr-defined]
_CASE = ReviewCase.__table__  # type: ignore[attr-defined]
_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]
_PARENT = AreaParent.__table__  # type: ignore[attr-defined]
_ROUND = ReviewRound.__table__  # type: ignore[attr-defined]
_TO_SURVEY = (CaseStage.listed, CaseStage.not_reached, CaseStage.resurvey)

# (area, which of its numbers); None: of all areas together
_Cell = tuple[UUID | None, str]


def newest_round(session: Session, place: Place, as_of: date) -> RoundOfYear | None:
    """The newest periodic round begun by that day, by the areas right below (of a hamlet: by itself). Two statements;
    the stages are those of now."""
    begun = (_ROUND.c.kind == RoundKind.periodic, _ROUND.c.opens_on <= as_of)
    held = session.execute(
        select(_ROUND.c.year, func.max(_ROUND.c.closes_on), func.bool_and(_ROUND.c.stage == RoundStage.closed))
        .where(*begun, _covers(place, as_of))
        .group_by(_ROUND.c.year)
        .order_by(_ROUND.c.year.desc())
        .limit(1)
    ).one_or_none()
    if held is None:
        return None
    part = _part_of_hamlet(place, as_of)
    query = (
        select(
            _AREA.c.id, _AREA.c.code, _AREA.c.local_kind, _AREA.c.name, _CASE.c.stage, func.count().label("households")
        )
        .join_from(_CASE, _ROUND, _CASE.c.round_id == _ROUND.c.id)
        .join(part, part.c.hamlet_id == _CASE.c.hamlet_id)
        .join(_AREA, _AREA.c.id == part.c.id)
        .where(*begun, _ROUND.c.year == held[0])
        .group_by(_AREA.c.id, _CASE.c.stage)
        .order_by(_AREA.c.code, _CASE.c.stage)
    )
    found: dict[UUID, RoundPart] = {}
    for row in session.execute(query):
        one = found.setdefault(row.id, RoundPart(
            area=row.id, area_code=row.code, area_name=full_name(row.local_kind, row.name), total=0, surveyed=0,
            by_stage={},
        ))  # fmt: skip
        one.by_stage[CaseStage(row.stage)] = row.households
    listed = [_counted(one) for one in found.values()]
    return _told(RoundOfYear(
        year=held[0], closes_on=held[1], closed=held[2], total=sum(one.total or 0 for one in listed),
        surveyed=sum(one.surveyed or 0 for one in listed), parts=listed,
    ), place.tells_all)  # fmt: skip


def _part_of_hamlet(place: Place, day: date) -> Any:
    """(hamlet_id, id): each hamlet of the place with the area right below the place that it lies in, or that it is."""
    if place.level is Level.hamlet:
        return select(literal(place.id, Uuid).label("hamlet_id"), literal(place.id, Uuid).label("id")).subquery("part")
    return (
        select(_CLOSURE.c.descendant_id.label("hamlet_id"), _PARENT.c.area_id.label("id"))
        .join_from(_PARENT, _CLOSURE, _CLOSURE.c.ancestor_id == _PARENT.c.area_id)
        .where(_PARENT.c.parent_id == place.id, valid_on(AreaParent, day), valid_on(AreaClosure, day))
        .subquery("part")
    )


def _covers(place: Place, day: date) -> Any:
    """The round is of an area under the place, or of one above it: a hamlet is reviewed in the round of its commune."""
    above = select(_CLOSURE.c.ancestor_id).where(_CLOSURE.c.descendant_id == place.id, valid_on(AreaClosure, day))
    return or_(under(place.id, day, _ROUND.c.area_id), _ROUND.c.area_id.in_(above))


def _counted(one: RoundPart) -> RoundPart:
    total = sum(one.by_stage.values())
    waiting = sum(one.by_stage.get(stage, 0) for stage in _TO_SURVEY)
    return one.model_copy(update={"total": total, "surveyed": total - waiting})


def _told(one: RoundOfYear, tells_all: bool) -> RoundOfYear:
    """Without small numbers, and without the stages, for whoever is not told them."""
    if tells_all:
        return one
    cells: dict[_Cell, int] = {}
    every: list[tuple[UUID | None, RoundOfYear | RoundPart]] = [(None, one), *((part.area, part) for part in one.parts)]
    for area, part in every:
        total, surveyed = part.total or 0, part.surveyed or 0
        cells |= {(area, "total"): total, (area, "surveyed"): surveyed, (area, "waiting"): total - surveyed}
    names = ("total", "surveyed", "waiting")
    lines = [Line(((area, "surveyed"), (area, "waiting")), (area, "total")) for area in {area for area, _ in cells}]
    lines += [Line(tuple((part.area, name) for part in one.parts), (None, name)) for name in names]
    hidden = suppress(cells, lines, least=least_told(clock.today()))

    def shown(area: UUID | None) -> dict[str, int | None]:
        # either number of a part tells the other together with the one that waits
        lost = {name for name in names if (area, name) in hidden}
        return {
            "total": None if "total" in lost else cells[area, "total"],
            "surveyed": None if lost & {"surveyed", "waiting"} else cells[area, "surveyed"],
        }

    parts = [part.model_copy(update={**shown(part.area), "by_stage": {}}) for part in one.parts]
    return one.model_copy(update={**shown(None), "parts": parts})
