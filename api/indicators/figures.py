"""The figures that a commune writes down from a paper: recorded, corrected by a later row, and read."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, insert, select
from sqlmodel import Session

from api import audit, clock, restated
from api.accounts.actor import Actor
from api.areas.tables import Area, Level
from api.idempotency import new_id
from api.indicators.catalogue import FIGURES, INDICATORS
from api.indicators.figure_kinds import meanings
from api.indicators.figure_schemas import FigureIn, FigureKindList, FigureKindOut, FigureOut
from api.indicators.tables import AreaFigure, FigureKind
from api.problems import AlreadyExists, FieldError, Invalid, NotFound
from api.schema import Page

_AREA = Area.__table__  # type: ignore[attr-defined]
_FIGURE = AreaFigure.__table__  # type: ignore[attr-defined]
_SAID = ("area_id", "kind", "as_of", "value", "source")


def kinds() -> FigureKindList:
    """What can be written down, and what for."""
    return FigureKindList(items=[
        FigureKindOut(
            kind=figure.kind, label=figure.meaning.label, meaning=figure.meaning.meaning, unit=figure.meaning.unit,
            of_year=figure.meaning.of_year,
            needed_by=[one.code for one in INDICATORS.values() if figure in (one.numerator, one.denominator)],
        )
        for figure in FIGURES
    ])  # fmt: skip


def figures(
    session: Session,
    actor: Actor,
    area_id: UUID,
    kind: FigureKind | None,
    history: bool,
    limit: int,
    cursor: str | None,
) -> Page[FigureOut]:
    """The figures of an area, newest day first. Raises NotFound outside of the caller's areas."""
    _area(session, actor, area_id)
    which = [_FIGURE.c.area_id == area_id, *([] if kind is None else [_FIGURE.c.kind == kind])]
    shown, next_cursor = restated.page(session, _FIGURE, ("kind",), which, history, limit, cursor)
    return Page[FigureOut](items=[FigureOut.model_validate(row) for row in shown], next_cursor=next_cursor)


def record(session: Session, actor: Actor, area_id: UUID, given: FigureIn, key: str | None) -> FigureOut:
    """A figure of a commune on a day: a new row, never a change of an old one.

    What is said already (same id or key, or the newest word on that day) is not said twice. Raises NotFound outside of
    the caller's areas, Invalid, AlreadyExists for an id or key with other content.
    """
    commune = _area(session, actor, area_id, lock=True)
    _check(given, commune)
    said = {"area_id": area_id, **given.model_dump(exclude={"id"})}
    of_day = select(_FIGURE).where(*(_FIGURE.c[name] == said[name] for name in ("area_id", "kind", "as_of")))
    of_day = of_day.order_by(_FIGURE.c.recorded_at.desc(), _FIGURE.c.id.desc()).limit(1)
    newest = session.execute(of_day).one_or_none()
    named = new_id(actor.account_id, "figure", given.id, key) if given.id or key else None
    same = newest if named is None else session.execute(select(_FIGURE).where(_FIGURE.c.id == named)).one_or_none()
    if same is not None and all(getattr(same, name) == said[name] for name in _SAID):
        return _out(same, newest)
    if named is not None and same is not None:
        raise AlreadyExists("Mã này đã dùng cho số liệu khác.", "This id or key was used for another figure.")
    now = restated.later_than(newest, clock.now())
    row = {"id": named or uuid4(), "recorded_at": now, "recorded_by": actor.account_id, **said}
    stored = session.execute(insert(_FIGURE).values(**row).returning(_FIGURE)).one()
    audit.record(session, actor, "figures.record", "area", [area_id], kind=given.kind, as_of=str(given.as_of))
    return _out(stored, stored)


def _out(row: Row[Any], newest: Row[Any] | None) -> FigureOut:
    return FigureOut(**row._mapping, current=newest is None or row.id == newest.id)


def _area(session: Session, actor: Actor, area_id: UUID, *, lock: bool = False) -> Row[Any]:
    """The area, against whoever records for it at the same moment too. Whoever works in a merged commune works in what
    it was made of. Raises NotFound."""
    found = select(_AREA).where(_AREA.c.id == area_id, actor.scope.covers_or_became(_AREA.c.id))
    row = session.execute(found.with_for_update(key_share=True) if lock else found).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy địa bàn này.", "There is no such area.")
    return row


def _check(given: FigureIn, commune: Row[Any]) -> None:
    """Raises Invalid."""
    if commune.level != Level.commune:
        raise _invalid(
            "#path/area_id", "not_a_commune", "Số liệu này ghi cho cả xã.", "It is kept for a whole commune."
        )
    if given.as_of < commune.valid_from or (commune.valid_to and given.as_of > commune.valid_to):
        vi, en = "Ngày đó không có xã này.", "The commune is not there on that day."
        raise _invalid("#/as_of", "area_not_there", vi, en)
    most = meanings()[given.kind].most
    if given.value > most:
        vi, en = f"Số này quá lớn: nhiều nhất {most}.", f"Too large: at most {most}."
        raise _invalid("#/value", "too_large", vi, en)


def _invalid(pointer: str, code: str, vi: str, en: str) -> Invalid:
    return Invalid(vi, en, errors=(FieldError(pointer, code, vi, en),))
