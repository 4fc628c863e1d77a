"""The days of money: none is bound before it was allocated, paid out before it was bound, settled before it was paid.

Vouchers are typed late, so only their days are compared. What a reversal took back never was: the right voucher may
carry any day from the wrong one's on, so a movement counts with what is left of it, on its own day.
"""

from datetime import date
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlmodel import Session

from api.budgets.queries import MOVEMENT
from api.budgets.tables import MovementKind
from api.money import dong
from api.problems import FieldError, Invalid

# What each kind rests on, and what that is called where it is missing.
_RESTS_ON = {
    MovementKind.commitment: (MovementKind.allocation, "đã phân bổ mà chưa cam kết", "allocated and not committed"),
    MovementKind.disbursement: (MovementKind.commitment, "đã cam kết mà chưa chi", "committed and not paid out"),
    MovementKind.settlement: (MovementKind.disbursement, "đã chi mà chưa quyết toán", "paid out and not settled"),
}


def require_there(
    session: Session, kind: MovementKind, of: Row[Any], amount: int, day: date, pointer: str = "#/booked_on"
) -> None:
    """Raises Invalid for a day on which the money that the movement rests on was not there yet, or was used by what
    was booked for later days; it names the day from which it is. `of`: the (held) line of a commitment, the (held)
    commitment of a payment; both have enough left as a whole.
    """
    base, vi, en = _RESTS_ON[kind]
    known = MOVEMENT.c.budget_line_id if kind is MovementKind.commitment else MOVEMENT.c.commitment_id
    rest = MOVEMENT.c.amount_vnd - MOVEMENT.c.reversed_vnd
    left = func.sum(func.sum(case((MOVEMENT.c.kind == base, rest), else_=-rest))).over(order_by=MOVEMENT.c.booked_on)
    days = session.execute(
        select(MOVEMENT.c.booked_on, left.label("left_vnd"))
        .where(known == of.id, MOVEMENT.c.kind.in_((base, kind)), MOVEMENT.c.reverses_id.is_(None))
        .group_by(MOVEMENT.c.booked_on)
        .order_by(MOVEMENT.c.booked_on)
    ).all()
    since = None
    for one in reversed(days):
        if one.left_vnd < amount:
            break
        since = one.booked_on
    if since is not None and day < since:
        vi = f"Đến ngày {since:%d/%m/%Y} mới có {dong(amount)} {vi}; ngày này sớm hơn."
        en = f"Only from {since} on are {amount} VND {en}; this day lies before."
        raise Invalid(vi, en, errors=(FieldError(pointer, "before_its_money", vi, en),))


def require_after_approval(item: Row[Any] | None, day: date, pointer: str) -> None:
    """Raises Invalid for money of an item of the plan on a day before the chair approved the item."""
    if item is not None and item.approved_on is not None and day < item.approved_on:
        vi = f"Ngày này trước ngày phê duyệt mục kế hoạch ({item.approved_on:%d/%m/%Y})."
        en = f"The item of the plan was approved on {item.approved_on}; this day lies before."
        raise Invalid(vi, en, errors=(FieldError(pointer, "before_the_approval", vi, en),))


def require_last(session: Session, line: Row[Any], closed_on: date) -> None:
    """Raises Invalid for a closing before the line's last movement, or before its year."""
    last = session.scalar(select(func.max(MOVEMENT.c.booked_on)).where(MOVEMENT.c.budget_line_id == line.id))
    first = date(line.year, 1, 1)
    if last is not None and closed_on < last:
        vi = f"Ngày khoá sổ trước bút toán cuối cùng của dòng ngân sách ({last:%d/%m/%Y})."
        en = f"The line's last movement is of {last}; it is not closed before."
        raise Invalid(vi, en, errors=(FieldError("#/closed_on", "before_the_last_movement", vi, en),))
    if closed_on < first:
        vi = f"Dòng ngân sách của năm {line.year} không khoá sổ trước {first:%d/%m/%Y}."
        en = f"A line of {line.year} is not closed before {first}."
        raise Invalid(vi, en, errors=(FieldError("#/closed_on", "before_its_year", vi, en),))
