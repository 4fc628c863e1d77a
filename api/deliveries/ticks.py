"""A signed sheet ticked back: each line that was delivered or refused records a delivery, through the door of all
deliveries; who did not come is marked."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.deliveries import faults, sheet_queries
from api.deliveries.commands import write_deliveries
from api.deliveries.rows import LINE, announce_lines, mark_lines
from api.deliveries.sheet_schemas import TickIn, TicksIn, WholeSheetOut
from api.deliveries.sheets import hold_sheet, no_such_line
from api.deliveries.tables import SheetLineState
from api.households.stored import Lock, hold_households
from api.problems import FieldError, Invalid

# Nobody of the household is registered (yet): somebody signed all the same.
_SOMEBODY = "Chủ hộ"


def tick(session: Session, actor: Actor, sheet_id: UUID, read: int | None, body: TicksIn) -> WholeSheetOut:
    """All of the ticks, or none; one that is stored already changes nothing.

    Raises NotFound, StaleVersion, IllegalStage for a sheet that is not open, Invalid for a line named twice,
    AlreadyDelivered, AboveApproved.
    """
    _hold_homes(session, actor, sheet_id)
    sheet = hold_sheet(session, actor, sheet_id, read)
    lines = {row.id: row for row in session.execute(sheet_queries.lines_of(actor, LINE.c.sheet_id == sheet_id))}
    handed: list[tuple[int, Edit]] = []
    missed: list[tuple[Row[Any], TickIn]] = []
    seen: set[UUID] = set()
    for place, one in enumerate(body.ticks):
        line = lines.get(one.line_id)
        if line is None:
            raise no_such_line(place)
        if one.line_id in seen:
            vi, en = "Dòng này có hai lần trong lần gửi này.", "This line is sent twice."
            raise Invalid(vi, en, errors=(FieldError(f"#/ticks/{place}/line_id", "twice", vi, en),))
        seen.add(one.line_id)
        fields = _delivery(sheet, line, one)
        if _is_so(line, one, fields):
            continue
        if line.state == SheetLineState.delivered:
            raise faults.placed(faults.already_delivered(line.delivery_id, line.delivered_on), f"#/ticks/{place}")
        if one.state == SheetLineState.absent:
            missed.append((line, one))
        else:
            handed.append((place, Edit(uuid5(line.id, f"tick:{line.version}"), None, fields)))
    _deliver(session, actor, handed)
    _miss(session, actor, missed)
    return sheet_queries.sheet(session, actor, sheet_id)


def _hold_homes(session: Session, actor: Actor, sheet_id: UUID) -> None:
    """The households of the sheet before its intervention, as a batch that changes a household and delivers to it holds
    them: the other way round each would wait for the other."""
    homes = {row.home for row in session.execute(sheet_queries.LINE_HOMES.where(LINE.c.sheet_id == sheet_id))}
    hold_households(session, actor.scope, homes, Lock.share)


def _delivery(sheet: Row[Any], line: Row[Any], one: TickIn) -> dict[str, Any]:
    """What a tick says was handed over: what the line says, by default on the day of the sheet to whoever is on it."""
    on = one.delivered_on or min(sheet.hand_out_on, clock.today())
    who = one.received_by or line.member_name or line.head_name or _SOMEBODY
    return {
        "intervention_id": str(sheet.intervention_id),
        "household_id": str(line.home),
        "member_id": line.member_id and str(line.member_id),
        "sheet_line_id": str(line.id),
        "form": sheet.form,
        "paid_by": sheet.paid_by,
        "delivered_on": on.isoformat(),
        "quantity": None if line.quantity is None else float(line.quantity),
        "unit": line.unit,
        "amount_vnd": line.amount_vnd,
        "outcome": one.state,
        "received_by": who,
        "note": one.note,
    }


def _is_so(line: Row[Any], one: TickIn, fields: dict[str, Any]) -> bool:
    if line.state != one.state:
        return False
    same_note = one.note is None or line.note == one.note
    if one.state == SheetLineState.absent:
        return same_note
    same_day: bool = line.delivered_on == date.fromisoformat(fields["delivered_on"])
    same_hands: bool = line.received_by == fields["received_by"]
    return same_day and same_hands


def _deliver(session: Session, actor: Actor, handed: Sequence[tuple[int, Edit]]) -> None:
    written = write_deliveries(session, actor, [edit for _, edit in handed], Origin.web, strict=True)
    for (place, _), outcome in zip(handed, written, strict=True):
        if outcome.problem is not None:
            raise faults.placed(outcome.problem, f"#/ticks/{place}")


def _miss(session: Session, actor: Actor, missed: Sequence[tuple[Row[Any], TickIn]]) -> None:
    if not missed:
        return
    changed = {"state": SheetLineState.absent}
    marked = [
        {**line._mapping, **changed, "version": line.version + 1, "note": one.note or line.note} for line, one in missed
    ]
    mark_lines(session, marked, actor.account_id)
    announce_lines(session, [(line.id, line.hamlet, line.home, line.version + 1) for line, _ in missed])
    audit.record(session, actor, "signing_sheets.tick", "household", {line.home for line, _ in missed})
