"""What a report is asked of: which area, which round or day, and which period it belongs to."""

import re
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
from api.problems import FieldError, Invalid, NotFound
from api.recognitions.books import AREA
from api.reviews.rounds import ROUND
from api.reviews.tables import RoundKind

_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]
# 2024, 2024-H1, 2024-09 (the regular round of a month), 2024-12-31 (the register of a day)
PERIOD = re.compile(r"([0-9]{4})(?:-H([12])|-([0-9]{2})(?:-([0-9]{2}))?)?")
_FIRST_YEAR, _LAST_YEAR = 1945, 2100


@dataclass(frozen=True)
class Asked:
    """The query of a report. `area`: an id or a code; None: that of the round, or the caller's own."""

    area: str | None = None
    round_id: UUID | None = None
    as_of: date | None = None
    period: str | None = None
    known_at: datetime | None = None


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
    def closed(self) -> bool:
        return self.round is not None and self.round.closed_on is not None


def basis(session: Session, actor: Actor, asked: Asked, *, needs_round: bool) -> Basis:
    """Raises NotFound (the area, the round), Invalid: a round and a day at once, a round that the form needs and the
    commune has not, a period that is none."""
    if asked.round_id is not None and (asked.as_of is not None or asked.known_at is not None):
        vi = "Báo cáo theo đợt rà soát lấy số chốt của đợt: không kèm ngày hay thời điểm khác."
        raise Invalid(vi, "A round has its own day.", errors=(FieldError("#query/as_of", "round_or_day", vi, vi),))
    ends = _last_day(asked.period)
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
        raise Invalid(vi, "This form needs a round.", errors=(FieldError("#query/round", "missing", vi, vi),))
    if row is not None:
        closed = row.closed_on is not None
        known = row.updated_at if closed else None
        return Basis(place, commune_id, period_of(row), row.closed_on or clock.today(), known, row)
    day = asked.as_of or ends or clock.today()
    return Basis(place, commune_id, asked.period or day.isoformat(), min(day, clock.today()), asked.known_at)


def period_of(row: Row[Any]) -> str:
    """The period a round reports on: `2024` for the periodic one, `2024-03` for the regular one of March."""
    return str(row.year) if row.kind == RoundKind.periodic else f"{row.opens_on:%Y-%m}"


def half_or_year(period: str | None, kind: str, today: date) -> tuple[str, date, date]:
    """(period, first day, last day) of a half year or a year; without one, the one that ended last. Raises Invalid."""
    if period is None:
        half = "H1" if today.month > 6 else "H2"
        year = today.year if half == "H1" else today.year - 1
        period = f"{year}-{half}" if kind == "half" else str(today.year - 1)
    found = PERIOD.fullmatch(period)
    halves = found is not None and found[2] is not None and kind == "half"
    if (
        found is None
        or not (halves or (kind == "year" and period == found[1]))
        or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR
    ):
        raise _no_period("Kỳ báo cáo viết 2024-H1 hoặc 2024-H2." if kind == "half" else "Kỳ báo cáo viết 2024.")
    year = int(found[1])
    if kind == "year":
        return period, date(year, 1, 1), date(year, 12, 31)
    return (period, date(year, 1, 1), date(year, 6, 30)) if found[2] == "1" else (
        period, date(year, 7, 1), date(year, 12, 31))  # fmt: skip


def no_such_round() -> NotFound:
    return NotFound("Không tìm thấy đợt rà soát này.", "There is no such round.")


def _no_period(vi: str) -> Invalid:
    return Invalid(vi, "There is no such period.", errors=(FieldError("#query/period", "no_such_period", vi, vi),))


def _last_day(period: str | None) -> date | None:
    """The last day of a period. Raises Invalid."""
    if period is None:
        return None
    found = PERIOD.fullmatch(period)
    try:
        if found is None or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
            raise ValueError(period)
        year, half, month, day = found.groups()
        if day:
            return date(int(year), int(month), int(day))
        if month:
            return date(int(year), int(month), 28)
        return date(int(year), 6, 30) if half == "1" else date(int(year), 12, 31)
    except ValueError:
        raise _no_period("Kỳ báo cáo viết 2024, 2024-H1, 2024-09 hoặc 2024-12-31.") from None


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
