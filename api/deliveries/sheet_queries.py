"""Reads signing sheets: with their sums, with their lines, and as a tablet carries a line into the field."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.tables import Account
from api.deliveries.rows import DELIVERY, LINE, SHEET
from api.deliveries.sheet_schemas import SheetLineOut, SheetOut, WholeSheetOut
from api.deliveries.tables import SheetLineState, SheetState
from api.households import homes
from api.households.search import head_name
from api.households.stored import among
from api.households.wire_records import HOUSEHOLD, MEMBER
from api.problems import NotFound
from api.reviews.queries import under
from api.schema import Page

_ACCOUNT = Account.__table__  # type: ignore[attr-defined]
# What a tablet shows of the sheet beside each line.
_OF_SHEET = ("intervention_id", "title", "period", "hand_out_on", "form", "paid_by")
_OF_LINE = ("sheet_id", "position", "member_id", "amount_vnd", "quantity", "unit", "state", "delivery_id")

# lines, each with the household and the hamlet it stands in
LINE_HOMES = homes.at_home(
    select(LINE, HOUSEHOLD.c.id.label("home"), HOUSEHOLD.c.hamlet_id).select_from(LINE), LINE.c.household_id
)


def no_such_sheet() -> NotFound:
    return NotFound("Không tìm thấy danh sách ký nhận này.", "There is no such signing sheet.")


def sheets_of(actor: Actor) -> Select[Any]:
    """The sheets of hamlets in the actor's areas, with their sums and who prepared each."""
    lines = LINE.c.sheet_id == SHEET.c.id
    delivered = LINE.c.state == SheetLineState.delivered
    counts = select(LINE.c.state, func.count().label("lines")).where(lines).group_by(LINE.c.state).correlate(SHEET)
    by_state = counts.subquery()
    money = func.coalesce(func.sum(LINE.c.amount_vnd), 0)
    return (
        select(
            SHEET,
            _ACCOUNT.c.username,
            select(func.jsonb_object_agg(by_state.c.state, by_state.c.lines)).scalar_subquery().label("by_state"),
            select(money).where(lines).scalar_subquery().label("total_vnd"),
            select(money).where(lines, delivered).scalar_subquery().label("delivered_vnd"),
        )
        .select_from(SHEET)
        .outerjoin(_ACCOUNT, _ACCOUNT.c.id == SHEET.c.prepared_by)
        .where(actor.scope.covers(SHEET.c.hamlet_id))
    )


def require_sheet(session: Session, actor: Actor, sheet_id: UUID) -> Row[Any]:
    """Raises NotFound unless the sheet is of a hamlet in the actor's areas."""
    row = session.execute(sheets_of(actor).where(SHEET.c.id == sheet_id)).one_or_none()
    if row is None:
        raise no_such_sheet()
    return row


def sheets(
    session: Session,
    actor: Actor,
    *,
    intervention_id: UUID | None,
    area_id: UUID | None,
    state: SheetState | None,
    limit: int,
    cursor: str | None,
) -> Page[SheetOut]:
    """The signing sheets of my areas, the latest day of handing out first."""
    query = sheets_of(actor).order_by(SHEET.c.hand_out_on.desc(), SHEET.c.id.desc())
    for column, value in ((SHEET.c.intervention_id, intervention_id), (SHEET.c.state, state)):
        if value is not None:
            query = query.where(column == value)
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, SHEET.c.hamlet_id))
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(SHEET.c.hand_out_on, SHEET.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.hand_out_on.isoformat(), str(row.id)))
    return Page[SheetOut](items=[SheetOut(**_head(row)) for row in shown], next_cursor=next_cursor)


def sheet(session: Session, actor: Actor, sheet_id: UUID) -> WholeSheetOut:
    """One sheet with its lines. Raises NotFound outside of my areas."""
    row = require_sheet(session, actor, sheet_id)
    lines = session.execute(lines_of(actor, LINE.c.sheet_id == sheet_id).order_by(LINE.c.position)).all()
    audit.record(session, actor, "signing_sheets.read", "household", dict.fromkeys(line.home for line in lines))
    return WholeSheetOut(**_head(row), lines=[_line_out(line) for line in lines])


def lines_of(actor: Actor, some: Any) -> Select[Any]:
    """The lines that fulfil a condition, of households in the actor's areas, with names and what ticked them."""
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(HOUSEHOLD.c.hamlet_id).label("sees_sensitive")
    query = (
        select(
            LINE,
            *(SHEET.c[name] for name in _OF_SHEET),
            SHEET.c.state.label("sheet_state"),
            HOUSEHOLD.c.id.label("home"),
            HOUSEHOLD.c.hamlet_id.label("hamlet"),
            HOUSEHOLD.c.household_no,
            head_name().label("head_name"),
            MEMBER.c.full_name.label("member_name"),
            DELIVERY.c.delivered_on,
            DELIVERY.c.received_by,
            sensitive,
        )
        .select_from(LINE)
        .join(SHEET, SHEET.c.id == LINE.c.sheet_id)
        .outerjoin(MEMBER, MEMBER.c.id == LINE.c.member_id)
        .outerjoin(DELIVERY, DELIVERY.c.id == LINE.c.delivery_id)
    )
    found = homes.at_home(query, LINE.c.household_id)
    return found.where(some, actor.scope.covers(HOUSEHOLD.c.hamlet_id))


def load_lines(session: Session, actor: Actor, ids: Collection[UUID]) -> dict[UUID, tuple[int, dict[str, Any]]]:
    """`{id: (version, data)}` for the feed: who is to sign for what, with the sheet it stands on."""
    rows = session.execute(lines_of(actor, among(LINE.c.id, ids)))
    return {row.id: (row.version, _data(row)) for row in rows}


def _data(row: Row[Any]) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in (*_OF_LINE, *_OF_SHEET, "sheet_state")}
    told = plain | {"household_id": row.home, "hamlet_id": row.hamlet, "quantity": _number(row.quantity)}
    return {name: value if _is_json(value) else str(value) for name, value in told.items()}


def _is_json(value: Any) -> bool:
    return value is None or type(value) in (str, int, float)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _line_out(row: Row[Any]) -> SheetLineOut:
    withheld = [] if row.sees_sensitive else ["note"]
    told = {name: getattr(row, name) for name in SheetLineOut.model_fields if name in row._fields}
    more = {"household_id": row.home, "quantity": _number(row.quantity), "withheld": withheld}
    return SheetLineOut(**told | more | dict.fromkeys(withheld))


def _head(row: Row[Any]) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in SheetOut.model_fields if name in row._fields}
    return told | {"prepared_by": row.username, "by_state": _all_states(row.by_state)}


def _all_states(counted: dict[str, int] | None) -> dict[str, int]:
    return {state.value: (counted or {}).get(state.value, 0) for state in SheetLineState}
