"""Reads the Fund's account, its entries, and what everybody may see of it."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select, tuple_
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.names import full_name
from api.areas.scope import valid_on
from api.areas.tables import Area, Level
from api.fund.schemas import AccountOut, EntryOut, PublicAccount, PublicLine, Sums
from api.fund.tables import Fund, FundDirection, FundEntry
from api.households.aliases import ends
from api.households.wire_records import HOUSEHOLD
from api.interventions.reach import INTERVENTION
from api.problems import NotFound
from api.schema import Page

FUND = Fund.__table__  # type: ignore[attr-defined]
ENTRY = FundEntry.__table__  # type: ignore[attr-defined]
_AREA = Area.__table__  # type: ignore[attr-defined]
_TAKEN_BACK = ENTRY.alias("taken_back")
_MOST_PUBLIC_LINES = 1000


def entries_of(actor: Actor, *where: ColumnElement[bool]) -> Select[Any]:
    """The entries of the Funds in the actor's areas; a hamlet sees what it collected itself."""
    followed = ends(select(ENTRY.c.household_id).where(ENTRY.c.household_id.is_not(None)))
    home = func.coalesce(followed.c.survivor, ENTRY.c.household_id)
    seen = actor.scope_of(Permission.households_list, Permission.fund_write).covers(HOUSEHOLD.c.hamlet_id)
    return (
        select(ENTRY, _TAKEN_BACK.c.id.label("reversed_by_id"), case((seen, HOUSEHOLD.c.id)).label("home"))
        .select_from(ENTRY)
        .outerjoin(_TAKEN_BACK, _TAKEN_BACK.c.reverses_id == ENTRY.c.id)
        .outerjoin(followed, followed.c.absorbed == ENTRY.c.household_id)
        .outerjoin(HOUSEHOLD, HOUSEHOLD.c.id == home)
        .where(actor.scope.covers(func.coalesce(ENTRY.c.hamlet_id, ENTRY.c.area_id)), *where)
    )


def entry(session: Session, actor: Actor, entry_id: UUID) -> EntryOut:
    """One entry. Raises NotFound outside of the actor's areas."""
    row = session.execute(entries_of(actor, ENTRY.c.id == entry_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy khoản thu, chi này.", "There is no such entry.")
    audit.record(session, actor, "fund.read", "household", [row.home] if row.home else [])
    return _out(row)


def entries(
    session: Session,
    actor: Actor,
    *,
    direction: FundDirection | None,
    year: int | None,
    limit: int,
    cursor: str | None,
) -> Page[EntryOut]:
    """The entries, the last one first."""
    query = entries_of(actor).order_by(ENTRY.c.booked_on.desc(), ENTRY.c.id.desc())
    if direction is not None:
        query = query.where(ENTRY.c.direction == direction)
    if year is not None:
        query = query.where(ENTRY.c.booked_on.between(date(year, 1, 1), date(year, 12, 31)))
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(ENTRY.c.booked_on, ENTRY.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.booked_on.isoformat(), str(row.id)))
    audit.record(session, actor, "fund.list", "household", dict.fromkeys(row.home for row in shown if row.home))
    return Page[EntryOut](items=[_out(row) for row in shown], next_cursor=next_cursor)


def account(session: Session, actor: Actor, area_id: UUID, year: int) -> AccountOut:
    """The sums of a commune's Fund. Raises NotFound for what is no commune of the caller's areas."""
    known = select(_AREA.c.id).where(
        _AREA.c.id == area_id, _AREA.c.level == Level.commune, actor.scope.touches(_AREA.c.id)
    )
    if session.scalar(known) is None:
        raise NotFound("Không tìm thấy xã này.", "There is no such commune.")
    return AccountOut(**_sums(session, area_id, year))


def public_account(session: Session, code: str, year: int) -> PublicAccount:
    """What everybody may see of the Fund of the commune with this code. Raises NotFound."""
    found = session.execute(
        select(_AREA.c.id, _AREA.c.local_kind, _AREA.c.name).where(
            _AREA.c.code == code, _AREA.c.level == Level.commune, valid_on(Area, clock.today())
        )
    ).one_or_none()
    if found is None:
        raise NotFound("Không có xã nào mang mã này.", "No commune has this code.")
    about = func.coalesce(ENTRY.c.household_id, INTERVENTION.c.household_id).label("about")
    rows = session.execute(
        select(ENTRY, about)
        .outerjoin(INTERVENTION, INTERVENTION.c.id == ENTRY.c.intervention_id)
        .where(ENTRY.c.area_id == found.id, ENTRY.c.booked_on.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(ENTRY.c.booked_on.desc(), ENTRY.c.id.desc())
        .limit(_MOST_PUBLIC_LINES + 1)
    ).all()
    lines = [
        PublicLine(
            booked_on=row.booked_on,
            direction=row.direction,
            amount_vnd=row.amount_vnd,
            # what was written about a household's case is nobody else's business
            purpose="Hỗ trợ hộ nghèo, hộ cận nghèo" if row.about else row.purpose,
            giver=row.giver if row.public_name else None,
        )
        for row in rows[:_MOST_PUBLIC_LINES]
    ]
    sums = _sums(session, found.id, year)
    name = full_name(found.local_kind, found.name)
    return PublicAccount(**sums, area_name=name, lines=lines, more=len(rows) > len(lines))


def _sums(session: Session, area_id: UUID, year: int) -> dict[str, Any]:
    def of(direction: FundDirection, *when: ColumnElement[bool]) -> Any:
        found = func.sum(ENTRY.c.amount_vnd).filter(ENTRY.c.direction == direction, *when)
        return func.coalesce(found, 0)

    before, within = ENTRY.c.booked_on < date(year, 1, 1), func.extract("year", ENTRY.c.booked_on) == year
    income, outlay = FundDirection.income, FundDirection.outlay
    row = session.execute(
        select(
            of(income), of(outlay), of(income, before) - of(outlay, before), of(income, within), of(outlay, within)
        ).where(ENTRY.c.area_id == area_id)
    ).one()
    came, went, opening, came_in_year, went_in_year = map(int, row)
    return {
        "area_id": area_id,
        "income_vnd": came,
        "outlay_vnd": went,
        "balance_vnd": came - went,
        "year": year,
        "opening_vnd": opening,
        "of_year": Sums(income_vnd=came_in_year, outlay_vnd=went_in_year),
        "closing_vnd": opening + came_in_year - went_in_year,
    }


def _out(row: Any) -> EntryOut:
    plain = {name: getattr(row, name) for name in EntryOut.model_fields if name != "household_id"}
    return EntryOut(**plain, household_id=row.home)
