"""The dry run of an import, a piece at a time: each piece is one transaction, so that progress is seen, and a process
that is killed loses one piece and goes on with it."""

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.procedure.records import change
from api.workbooks import stored
from api.workbooks.lines import Line, homes
from api.workbooks.planning import Plan, Seen, plan_home
from api.workbooks.reading import Meaning, meaning
from api.workbooks.register import Register, load_register
from api.workbooks.schemas import Mapping
from api.workbooks.stored import IMPORT
from api.workbooks.tables import RowVerdict, WorkbookState

# Rows per piece: about a second and a half, a fixed number of statements.
PIECE = 2000


def check_piece(session: Session, actor: Actor, row: Row[Any], version: int | None = None, **changes: Any) -> None:
    """Checks the next piece of a held import and notes how far it has come. `changes`: stored with it.

    Raises StaleVersion where `version` was read and is another.
    """
    mapping = Mapping.model_validate(changes.get("mapping", row.mapping))
    done, counts = changes.pop("done", row.done), Counter(changes.pop("counts", row.counts))
    rows = stored.rows_after(session, row.id, done, PIECE + 1)
    lines = stored.lines(session, row.id, mapping, rows[:PIECE])
    piece = whole_homes(lines) if len(rows) > PIECE else lines
    register = load_register(session, actor, row.area_id)
    seen = stored.seen_before(session, row.id, done)
    plans = plan_lines(piece, register, meaning(mapping), seen, row.id)
    stored.store_plans(session, row.id, piece, plans)
    counts.update(plans[line.position].verdict if line.position in plans else RowVerdict.not_data for line in piece)
    done += len(piece)
    state = WorkbookState.read if done < row.total else WorkbookState.checked
    change(session, IMPORT, row, version, done=done, counts=dict(counts), state=state, **changes)
    audit.record(
        session,
        actor,
        "workbooks.check",
        "household",
        known_homes(plans, register),
        workbook=str(row.id),
        rows=len(piece),
    )


def known_homes(plans: dict[int, Plan], register: Register) -> set[UUID]:
    """The households of the register that the rows are about."""
    named = {plan.household_id for plan in plans.values() if plan.household_id is not None}
    return named & register.households.keys()


def whole_homes(lines: list[Line]) -> list[Line]:
    """The lines before the last household, which may go on behind them; all of them where nothing lies before it."""
    last = next(reversed(list(homes(lines))), None)
    if last is None or last.first is lines[0]:
        return lines
    return [line for line in lines if line.position < last.first.position]


def plan_lines(lines: list[Line], register: Register, by: Meaning, seen: Seen, import_id: UUID) -> dict[int, Plan]:
    """Position -> plan, of the lines that are data."""
    plans: dict[int, Plan] = {}
    for home in homes(lines):
        for plan in plan_home(home, register, by, seen, import_id):
            plans[plan.line.position] = plan
    return plans
