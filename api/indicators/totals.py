"""Totals first: which hamlets have none, which are old, which are smaller than the register; and entering them all."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.tables import Area
from api.areas.totals import Hamlet, Total, hamlets_under, names_of, newest_totals, record_totals
from api.indicators.counting import portions
from api.indicators.facts import HOUSEHOLD, Moment, facts
from api.indicators.total_schemas import HamletTotals, TotalsIn, TotalsOut
from api.indicators.total_sheet import read_sheet
from api.problems import FieldError, Invalid, NotFound
from api.schema import Words

_AREA = Area.__table__  # type: ignore[attr-defined]
_OLD_AFTER_MONTHS = 12


def totals(session: Session, actor: Actor, area_id: UUID, as_of: date | None) -> TotalsOut:
    """The hamlets under an area with their newest totals up to a day. Raises NotFound outside of the caller's areas."""
    tells_all = _require(session, actor, area_id)
    return _shown(session, area_id, as_of or clock.today(), tells_all)


def record(session: Session, actor: Actor, area_id: UUID, body: TotalsIn) -> TotalsOut:
    """Records the totals of hamlets of an area, all or none; the same again changes nothing.

    Raises NotFound outside of the caller's areas, Invalid with the place of everything that is wrong. Totals below what
    the register itself holds are recorded, and pointed out.
    """
    tells_all = _require(session, actor, area_id)
    hamlets = hamlets_under(session, area_id, body.as_of)
    said, wrong = _said(body, hamlets)
    counted: dict[UUID, tuple[int, int]] = {}
    for pointer, hamlet, households, persons in said:
        if persons < households:
            vi = f"{hamlet.name}: số nhân khẩu ({persons}) ít hơn số hộ ({households})."
            wrong.append(
                FieldError(pointer, "fewer_than_households", vi, f"{hamlet.code}: fewer persons than households.")
            )
        if hamlet.id in counted:
            vi = f"{hamlet.name} được ghi hai lần."
            wrong.append(FieldError(pointer, "said_twice", vi, f"{hamlet.code} is there twice."))
        counted[hamlet.id] = households, persons
    if not counted and not wrong:
        vi, en = "Chưa có dòng nào.", "There is no line."
        wrong.append(FieldError("#/items", "missing", vi, en))
    if wrong:
        raise Invalid(errors=tuple(wrong))
    record_totals(session, actor, body.as_of, body.source, counted)
    return _shown(session, area_id, body.as_of, tells_all)


def _require(session: Session, actor: Actor, area_id: UUID) -> bool:
    """Is the caller told small counts there? Raises NotFound."""
    tells_all = actor.tells_all(Permission.indicators_read, Permission.statistics_write).covers(_AREA.c.id)
    query = select(tells_all.label("all")).where(_AREA.c.id == area_id, actor.scope.covers(_AREA.c.id))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy địa bàn này.", "There is no such area.")
    return bool(row.all)


def _said(body: TotalsIn, hamlets: list[Hamlet]) -> tuple[list[tuple[str, Hamlet, int, int]], list[FieldError]]:
    by_id = {one.id: one for one in hamlets}
    said: list[tuple[str, Hamlet, int, int]] = []
    wrong: list[FieldError] = []
    for place, item in enumerate(body.items):
        hamlet = by_id.get(item.hamlet_id)
        if hamlet is None:
            vi, en = "Không có xóm này trong địa bàn vào ngày đó.", "There is no such hamlet there on that day."
            wrong.append(FieldError(f"#/items/{place}/hamlet_id", "not_found", vi, en))
        else:
            said.append((f"#/items/{place}/persons", hamlet, item.households, item.persons))
    if body.sheet is not None:
        lines, faults = read_sheet(body.sheet, names_of(hamlets))
        said += [("#/sheet", *line) for line in lines]
        wrong += faults
    return said, wrong


def _shown(session: Session, area_id: UUID, day: date, tells_all: bool) -> TotalsOut:
    hamlets = hamlets_under(session, area_id, day)
    newest = newest_totals(session, [one.id for one in hamlets], day)
    registered = _registered(session, [one.id for one in hamlets], day)
    items = [_item(one, newest.get(one.id), registered.get(one.id, (0, 0)), day, tells_all) for one in hamlets]
    return TotalsOut(
        as_of=day,
        hamlets=len(items),
        missing=sum(one.state == "missing" for one in items),
        old=sum(one.state == "old" for one in items),
        items=items,
    )


def _registered(session: Session, hamlets: list[UUID], day: date) -> dict[UUID, tuple[int, int]]:
    h = HOUSEHOLD.c
    query = select(h.hamlet_id, func.count(), func.coalesce(func.sum(h.persons), 0)).group_by(h.hamlet_id)
    return {
        hamlet: (int(households), int(persons))
        for portion in portions(hamlets)
        for hamlet, households, persons in session.execute(facts(query.select_from(HOUSEHOLD), portion, Moment(day)))
    }


def _item(hamlet: Hamlet, total: Total | None, registered: tuple[int, int], day: date, tells_all: bool) -> HamletTotals:
    said: dict[str, Any] = {}
    below = False
    if total is not None:
        said = {"as_of": total.as_of, "households": total.households, "persons": total.persons, "source": total.source}
        below = total.households < registered[0] or total.persons < registered[1]
    return HamletTotals(
        area=hamlet.id,
        area_code=hamlet.code,
        area_name=hamlet.name,
        state="missing" if total is None else "old" if _is_old(total.as_of, day) else "current",
        registered_households=registered[0] if tells_all else None,
        registered_persons=registered[1] if tells_all else None,
        warning=_below(total, registered, tells_all) if below else None,
        **said,
    )


def _is_old(said_of: date, day: date) -> bool:
    return (day.year - said_of.year) * 12 + day.month - said_of.month - (day.day < said_of.day) >= _OLD_AFTER_MONTHS


def _below(total: Total | None, registered: tuple[int, int], tells_all: bool) -> Words:
    vi = "Tổng số nhỏ hơn số hộ, nhân khẩu đã có trong sổ bộ: hãy kiểm tra lại."
    en = "The totals are smaller than what the register holds: check them."
    if total is not None and tells_all:
        vi += f" Sổ bộ: {registered[0]} hộ, {registered[1]} nhân khẩu; tổng số: {total.households} hộ, {total.persons}."
        en += f" Register: {registered[0]}, {registered[1]}; totals: {total.households}, {total.persons}."
    return Words(vi=vi, en=en)
