"""Danh sách ký nhận: a signing sheet to be taken to the hamlet, or with what became of each line."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.deliveries.rows import LINE
from api.deliveries.sheet_queries import lines_of, require_sheet
from api.deliveries.tables import SheetLineState, SupportForm
from api.interventions.reach import INTERVENTION
from api.money import in_digits, in_words
from api.papers.handouts import Signing, SigningSheet
from api.papers.parts import Signatory
from api.printing import places
from api.printing.people import word
from api.printing.sheet import COMMITTEE, NAMELESS, Sheet, full_name_of


def signing_sheet(session: Session, actor: Actor, sheet_id: UUID) -> Sheet:
    """The sheet as it stands. A fixed number of statements. Raises NotFound outside of the actor's areas."""
    row = require_sheet(session, actor, sheet_id)
    lines = session.execute(lines_of(actor, LINE.c.sheet_id == sheet_id).order_by(LINE.c.position)).all()
    place = places.place(session, row.hamlet_id, row.hand_out_on)
    title = session.execute(select(INTERVENTION.c.title).where(INTERVENTION.c.id == row.intervention_id)).scalar_one()
    total = _sum([line.amount_vnd for line in lines])
    paper = SigningSheet(
        issuer=place.hamlet_issuer(),
        title=row.title,
        intervention=title,
        period=row.period,
        hand_out_on=row.hand_out_on,
        form=_form(row),
        lines=tuple(map(_signing, lines)),
        total_vnd=None if total is None else in_digits(total),
        total_words=None if total is None else in_words(total),
        total_goods=_total_goods(lines),
        signatories=(
            Signatory(authority=("NGƯỜI LẬP",), name=full_name_of(session, row.prepared_by)),
            Signatory(authority=("TRƯỞNG XÓM",)),
            Signatory(authority=COMMITTEE),
        ),
    )
    audit.record(
        session, actor, "signing_sheets.print", "household", dict.fromkeys(line.home for line in lines),
        sheet=str(sheet_id),
    )  # fmt: skip
    return Sheet("signing_sheet", paper, f"Danh sách ký nhận - {place.hamlet} - {row.hand_out_on:%d-%m-%Y}")


def _form(row: Row[Any]) -> str | None:
    """`tiền mặt`, `chuyển khoản`, `hiện vật`, as it stands in a sentence."""
    cash = row.form == SupportForm.cash and row.paid_by is not None
    said = word("paid_by", row.paid_by) if cash else word("support_form", row.form)
    return said and said.lower()


def _signing(line: Row[Any]) -> Signing:
    return Signing(
        head_name=line.head_name or NAMELESS,
        receiver=line.member_name,
        household_no=line.household_no,
        amount_vnd=None if line.amount_vnd is None else in_digits(line.amount_vnd),
        goods=None if line.quantity is None else _goods(line.quantity, line.unit),
        note=_became(line),
    )


def _became(line: Row[Any]) -> str | None:
    """What is known of the line already: a paper printed late does not ask for a second signature."""
    if line.state == SheetLineState.awaited:
        return None
    said = word("sheet_line_state", line.state)
    return said if line.delivered_on is None else f"{said} {line.delivered_on:%d/%m/%Y}"


def _goods(quantity: Any, unit: str | None) -> str:
    """`1,5 suất`, as Vietnamese writes a number."""
    number = f"{quantity:,.3f}".rstrip("0").rstrip(".").translate(str.maketrans(",.", ".,"))
    return f"{number} {unit}" if unit else number


def _total_goods(lines: Sequence[Row[Any]]) -> str | None:
    """Only of one unit: kilograms and blankets have no sum."""
    units = {line.unit for line in lines}
    quantities = [line.quantity for line in lines]
    if len(units) != 1 or None in quantities or not quantities:
        return None
    return _goods(sum(quantities), units.pop())


def _sum(amounts: Sequence[int | None]) -> int | None:
    """A sum of which a part is unknown is none."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known and len(known) == len(amounts) else None
