"""What a report is asked of: which area, which round or day, and which period it belongs to."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.areas.scope import valid_on
from api.areas.tables import AreaClosure, Level
from api.indicators.points import Place
from api.indicators.queries import find_place
from api.problems import NotFound
from api.recognitions.books import AREA
from api.reports.periods import read, require_day, wrong
from api.reviews.rounds import ROUND
from api.reviews.tables import RoundKind

_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Asked:
    """The query of a report. `area`: an id or a code; None: that of the round, or the caller's own.

    `where`: what the fields stand in, for the pointers to what is wrong.
    """

    area: str | None = None
    round_id: UUID | None = None
    as_of: date | None = None
    period: str | None = None
    known_at: datetime | None = None
    where: str = "#query/"


@dataclass(frozen=True)
class Basis:
    """`round`: its row, where the report is of one. `day`: that the facts are of. `known` None: all that is known."""

    place: Place
    commune_id: UUID | None
    period: str
    day: date
    known: datetime | None
    round: Row[Any] | None = None

    @property
    def preliminary(self) -> bool:
        """Of the year's review while it goes on: the result may still change."""
        return self.round is not None and self.round.kind == RoundKind.periodic and self.round.closed_on is None


def basis(session: Session, actor: Actor, asked: Asked, *, needs_round: bool) -> Basis:
    """Raises NotFound (the area, the round), Invalid: a round and a day at once, a round that the form needs and the
    commune has not, a period that is none, or not that of the day or the round."""
    if asked.round_id is not None and (asked.as_of is not None or asked.known_at is not None):
        vi = "Báo cáo theo đợt rà soát lấy số chốt của đợt: không kèm ngày hay thời điểm khác."
        raise wrong(vi, "A round has its own day.", asked.where, ("as_of", "round_or_day"))
    period = None if asked.period is None else read(asked.period, asked.where)
    if period is not None and asked.as_of is not None:
        require_day(period, asked.as_of, asked.where)
    row = None if asked.round_id is None else _round(session, actor, ROUND.c.id == asked.round_id)
    area = asked.area or (None if row is None else str(row.area_id))
    place = find_place(session, actor, area, asked.as_of or clock.today())
    commune_id = _commune_of(session, place)
    if row is not None and row.area_id != commune_id:
        raise no_such_round()
    if row is None and commune_id is not None and (needs_round or asked.period) and asked.as_of is None:
        row = _round_of(session, commune_id, asked.period)
    if row is None and commune_id is not None and needs_round:
        vi = "Biểu diễn biến cần một đợt rà soát: hãy chọn đợt (round)."
        field = "round" if asked.where == Asked.where else "round_id"
        raise wrong(vi, "This form needs a round.", asked.where, (field, "missing"))
    if row is not None:
        return _of_round(place, commune_id, row, asked)
    if period is not None and commune_id is not None:
        require_day(period, None, asked.where)
    day = min(asked.as_of or (period.last if period else clock.today()), clock.today())
    return Basis(place, commune_id, asked.period or day.isoformat(), day, asked.known_at)


def _of_round(place: Place, commune_id: UUID | None, row: Row[Any], asked: Asked) -> Basis:
    period = period_of(row)
    if asked.period not in (None, period):
        vi = f"Đợt rà soát này thuộc kỳ {period}."
        raise wrong(vi, f"This round is of {period}.", asked.where, ("period", "not_of_the_round"))
    known = row.closed_at if row.closed_on is not None else None
    return Basis(place, commune_id, period, row.closed_on or clock.today(), known, row)


def period_of(row: Row[Any]) -> str:
    """The period a round reports on: `2024` for the periodic one, `2024-03` for the regular one of March."""
    return str(row.year) if row.kind == RoundKind.periodic else f"{row.opens_on:%Y-%m}"


def no_such_round() -> NotFound:
    return NotFound("Không tìm thấy đợt rà soát này.", "There is no such round.")


def _round(session: Session, actor: Actor, *where: Any) -> Row[Any]:
    row = session.execute(
        select(ROUND).where(actor.scope.touches(ROUND.c.area_id), ROUND.c.kind != RoundKind.training, *where)
    ).one_or_none()
    if row is None:
        raise no_such_round()
    return row


def _round_of(session: Session, commune_id: UUID, period: str | None) -> Row[Any] | None:
    """The round of that period; without one, that closed last, or else the one under way."""
    query = select(ROUND).where(ROUND.c.area_id == commune_id, ROUND.c.kind != RoundKind.training)
    query = query.order_by(ROUND.c.closed_on.desc().nulls_last(), ROUND.c.opens_on.desc(), ROUND.c.id)
    if period is None:
        return session.execute(query.limit(1)).one_or_none()
    return next((row for row in session.execute(query) if period_of(row) == period), None)


def _commune_of(session: Session, place: Place) -> UUID | None:
    """The commune of a hamlet, on the last day it hung under one; of a commune itself; of larger areas None."""
    if place.level is Level.commune:
        return place.id
    if place.level is not Level.hamlet:
        return None
    found: UUID | None = session.scalar(
        select(_CLOSURE.c.ancestor_id)
        .join(AREA, AREA.c.id == _CLOSURE.c.ancestor_id)
        .where(_CLOSURE.c.descendant_id == place.id, AREA.c.level == Level.commune)
        .order_by(valid_on(_CLOSURE.c, clock.today()).desc(), _CLOSURE.c.valid_from.desc())
        .limit(1)
    )
    return found
