"""The rows of an import as they are stored: sealed, for their cells and what is said of them name people."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from pydantic_core import from_json, to_json
from sqlalchemy import Row, func, select, update
from sqlmodel import Session

from api import sql
from api.households.citizen_numbers import id_key
from api.workbooks.book import SheetRead
from api.workbooks.lines import Line, line_of
from api.workbooks.notes import ERRORS, QUESTIONS
from api.workbooks.planning import Plan, Seen, shown
from api.workbooks.register import Known, Person
from api.workbooks.schemas import Mapping as FileMapping
from api.workbooks.tables import RowVerdict, WorkbookImport, WorkbookRow

IMPORT = WorkbookImport.__table__  # type: ignore[attr-defined]
ROW = WorkbookRow.__table__  # type: ignore[attr-defined]
_AT_ONCE = 5000


def _row_id(import_id: UUID, position: int) -> UUID:
    return uuid5(import_id, str(position))


def insert_rows(session: Session, import_id: UUID, sheets: Sequence[SheetRead]) -> int:
    """Stores the rows of a file, numbered from 1; how many."""
    key = id_key(session)
    content: list[dict[str, Any]] = []
    for sheet in sheets:
        for row, cells in sheet.rows:
            position = len(content) + 1
            sealed = key.seal_bytes(to_json(cells), _row_id(import_id, position))
            kept = base64.b64encode(sealed).decode()
            content.append({"position": position, "sheet": sheet.number, "row_no": row, "content": kept})
    statement = sql.load("api/workbooks/sql/insert_rows.sql")
    for start in range(0, len(content), _AT_ONCE):
        rows = sql.rows(content[start : start + _AT_ONCE])
        session.execute(statement, {"rows": rows, "import_id": import_id})
    return len(content)


def lines(session: Session, import_id: UUID, mapping: FileMapping, rows: Sequence[Row[Any]]) -> list[Line]:
    """Stored rows, opened and read as the mapping says."""
    read_as = {sheet.sheet: sheet for sheet in mapping.sheets}
    key = id_key(session)
    return [
        line_of(
            row.position,
            row.sheet,
            row.row_no,
            from_json(key.open_bytes(row.content, _row_id(import_id, row.position))),
            read_as.get(row.sheet),
        )
        for row in rows
    ]


def rows_after(session: Session, import_id: UUID, position: int, most: int) -> Sequence[Row[Any]]:
    """The rows behind a position, in their order."""
    columns = ROW.c.position, ROW.c.sheet, ROW.c.row_no, ROW.c.content, ROW.c.digest
    query = select(*columns).where(ROW.c.import_id == import_id, ROW.c.position > position)
    return session.execute(query.order_by(ROW.c.position).limit(most)).all()


def seen_before(session: Session, import_id: UUID, position: int) -> Seen:
    """What the rows up to a position name: key -> sheet and row of the first one."""
    named = select(func.unnest(ROW.c["keys"]).label("key"), ROW.c.sheet, ROW.c.row_no, ROW.c.position)
    named = named.where(ROW.c.import_id == import_id, ROW.c.position <= position).order_by(ROW.c.position.desc())
    return {row.key: (row.sheet, row.row_no) for row in session.execute(named)}


def forget_verdicts(session: Session, import_id: UUID) -> None:
    """As if no row had been checked."""
    forgotten: dict[str, Any] = {"verdict": None, "problems": [], "keys": [], "found": None, "digest": None}
    session.execute(update(ROW).where(ROW.c.import_id == import_id).values(**forgotten))


def store_plans(session: Session, import_id: UUID, done: Sequence[Line], plans: Mapping[int, Plan]) -> None:
    """What was found of these lines; one statement."""
    key = id_key(session)
    content: list[dict[str, Any]] = []
    for line in done:
        plan = plans.get(line.position)
        if plan is None:
            content.append({"position": line.position, "verdict": RowVerdict.not_data, "problems": [], "keys": []})
            continue
        sealed = key.seal_bytes(to_json(_found(plan)), _row_id(import_id, line.position))
        content.append(
            {
                "position": line.position,
                "verdict": plan.verdict,
                "problems": sorted({one.code for one in line.notes if one.code in ERRORS or one.code in QUESTIONS}),
                "keys": plan.keys,
                "found": base64.b64encode(sealed).decode(),
                "digest": base64.b64encode(digest(session, plan)).decode(),
            }
        )
    statement = sql.load("api/workbooks/sql/set_verdicts.sql")
    session.execute(statement, {"rows": sql.rows(content), "import_id": import_id})


def opened_found(session: Session, import_id: UUID, position: int, found: bytes | None) -> dict[str, Any]:
    """What `store_plans` stored of a row; empty where there is nothing."""
    if found is None:
        return {}
    read: dict[str, Any] = from_json(id_key(session).open_bytes(found, _row_id(import_id, position)))
    return read


def digest(session: Session, plan: Plan) -> bytes:
    """Equal for equal plans, whatever version the records have by then. Keyed: a plan holds citizen numbers."""
    edits = [edit and [edit.record_id, edit.data] for edit in (plan.household, plan.member)]
    said = plan.recognised and [plan.recognised.poverty_class, plan.recognised.number, plan.recognised.decided_on]
    content = [plan.verdict, plan.household_id, plan.member_id, edits, said, plan.changes, plan.choices]
    return id_key(session).fingerprint(to_json(content))[:16]


def _found(plan: Plan) -> dict[str, Any]:
    return {
        "notes": [{"code": n.code, "column": n.column, "vi": n.vi, "en": n.en} for n in plan.line.notes],
        "changes": shown(plan.changes),
        "choices": plan.choices,
        "candidates": [_candidate(one) for one in plan.candidates],
        "household_id": plan.household_id,
        "member_id": plan.member_id,
    }


def _candidate(one: Known | Person) -> dict[str, Any]:
    if isinstance(one, Person):
        return {"record_id": one.id, "household_id": one.household_id}
    return {"record_id": one.id, "household_id": one.id}
