"""Writes an import into the register: all of it in one transaction, through the commands that the web and the tablets
use, or nothing."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.changes.edits import Edit, Written
from api.changes.tables import Origin
from api.households.commands import write_households, write_members
from api.problems import Conflict, Text
from api.procedure.records import change, expect_state
from api.recognitions.recording import Decision, add_to_decision, record_decision
from api.reviews.rounds import expect_version
from api.standards.tables import PovertyClass
from api.workbooks import stored
from api.workbooks.checking import known_homes, plan_lines
from api.workbooks.classes import imported_decision
from api.workbooks.commands import hold_import
from api.workbooks.planning import Plan
from api.workbooks.queries import workbook_import
from api.workbooks.reading import ClassSaid, meaning
from api.workbooks.register import Register, decision_key, load_register
from api.workbooks.schemas import ConfirmationIn, ImportOut, Mapping
from api.workbooks.stored import IMPORT
from api.workbooks.tables import RowVerdict, WorkbookState

# Edits per list: the number of statements does not matter any more, and a refusal is found soon.
_AT_ONCE = 1000


def confirm_import(
    session: Session, actor: Actor, import_id: UUID, read: int | None, body: ConfirmationIn
) -> ImportOut:
    """Writes what the check found; one that was confirmed already is shown as it is.

    The file is compared with the register once more: where a row would do something else than what the officer saw,
    nothing is written. Raises NotFound, StaleVersion, IllegalStage, Conflict (`errors`, `questions`, `rows` say how
    many).
    """
    row = hold_import(session, actor, import_id)
    if row.state == WorkbookState.confirmed:
        return workbook_import(session, actor, import_id)
    expect_version(row, read)
    _expect_ready(row, body)
    mapping = Mapping.model_validate(row.mapping)
    rows = stored.rows_after(session, import_id, 0, row.total)
    register = load_register(session, actor, row.area_id)
    plans = plan_lines(stored.lines(session, import_id, mapping, rows), register, meaning(mapping), {}, import_id)
    _expect_same(session, rows, plans)
    written = [plan for plan in plans.values() if plan.written]
    _write_records(session, actor, written)
    _write_decisions(session, actor, register, mapping, written)
    confirmed = {"confirmed_by": actor.account_id, "confirmed_at": clock.now()}
    change(session, IMPORT, row, None, state=WorkbookState.confirmed, **confirmed)
    homes = known_homes(plans, register)
    audit.record(session, actor, "workbooks.confirm", "household", homes, workbook=str(import_id), rows=len(written))
    return workbook_import(session, actor, import_id)


def _expect_ready(row: Row[Any], body: ConfirmationIn) -> None:
    vi = "Tệp chưa kiểm tra xong (hoặc đã hủy). Hãy kiểm tra đến hết rồi xác nhận."
    en = "The file is not checked to its end (or was taken back). Check all of it, then confirm."
    expect_state(row, vi, en, WorkbookState.checked)
    open_rows = sum(row.counts.get(verdict, 0) for verdict in (RowVerdict.question, RowVerdict.waiting))
    if open_rows:
        raise Conflict(
            f"Còn {open_rows} dòng chờ trả lời câu hỏi. Hãy trả lời ở mục «Cách đọc tệp» rồi xác nhận.",
            f"{open_rows} rows wait for an answer. Give them in the mapping (answers), then confirm.",
            questions=open_rows,
        )
    errors = row.counts.get(RowVerdict.error, 0)
    if errors and not body.leave_out_errors:
        raise Conflict(
            f"Còn {errors} dòng có lỗi. Hãy sửa tệp và nhập lại, hoặc xác nhận bỏ các dòng đó (leave_out_errors).",
            f"{errors} rows have errors. Correct the file and import it again, or leave them out (leave_out_errors).",
            error_rows=errors,
        )


def _expect_same(session: Session, rows: Sequence[Row[Any]], plans: dict[int, Plan]) -> None:
    def differs(row: Row[Any]) -> bool:
        plan = plans.get(row.position)
        return bool(row.digest != (stored.digest(session, plan) if plan is not None else None))

    changed = [row for row in rows if differs(row)]
    if changed:
        first = changed[0]
        raise Conflict(
            f"Sổ đã thay đổi từ lúc kiểm tra: {len(changed)} dòng khác đi (từ trang {first.sheet}, dòng "
            f"{first.row_no}). Chưa ghi gì; hãy kiểm tra lại rồi xác nhận.",
            f"The register has changed since the check: {len(changed)} rows differ (from sheet {first.sheet}, row "
            f"{first.row_no}). Nothing was written; check again, then confirm.",
            rows=len(changed),
        )


def _write_records(session: Session, actor: Actor, plans: Sequence[Plan]) -> None:
    """Households before their people; a household may name as its head somebody who comes after it."""
    writer = narrowed(actor, Permission.households_write)
    for name, write in (("household", write_households), ("member", write_members)):
        edits: list[tuple[Plan, Edit]] = [(plan, edit) for plan in plans if (edit := getattr(plan, name)) is not None]
        for start in range(0, len(edits), _AT_ONCE):
            some = edits[start : start + _AT_ONCE]
            outcomes = write(session, writer, [edit for _, edit in some], Origin.load, strict=True)
            _expect_applied(some, outcomes)


def _expect_applied(edits: Iterable[tuple[Plan, Edit]], outcomes: Sequence[Written]) -> None:
    """Somebody was faster with a record that is written here: nothing of the file is."""
    for (plan, _), written in zip(edits, outcomes, strict=True):
        if written.outcome != "applied":
            said = written.problem.detail if written.problem else Text("không ghi được.", "could not be written.")
            line = plan.line
            raise Conflict(
                f"Trang {line.sheet}, dòng {line.row}: {said.vi} Chưa ghi gì; hãy kiểm tra lại rồi xác nhận.",
                f"Sheet {line.sheet}, row {line.row}: {said.en} Nothing was written; check again, then confirm.",
                rows=1,
            )


def _write_decisions(
    session: Session, actor: Actor, register: Register, mapping: Mapping, plans: Sequence[Plan]
) -> None:
    """Each decision with the classes it gives, in the order of their days: a fixed number of statements for each."""
    papers: dict[tuple[str, date], ClassSaid] = {}
    named: dict[tuple[str, date], dict[UUID, PovertyClass]] = {}
    for plan in plans:
        if plan.recognised is not None and plan.household_id is not None:
            key = decision_key(plan.recognised.number, plan.recognised.decided_on)
            papers.setdefault(key, plan.recognised)
            named.setdefault(key, {})[plan.household_id] = PovertyClass(plan.recognised.poverty_class)
    scope = actor.scope_of(Permission.recognitions_prepare)
    for key in sorted(papers, key=lambda one: (one[1], one[0])):
        said, decision_id = papers[key], imported_decision(register.area_id, papers[key])
        if key in register.decisions:
            add_to_decision(session, actor, scope, decision_id, said.decided_on, named[key], Origin.load)
        else:
            paper = Decision(said.number, said.decided_on, mapping.signatory, register.area_id, id=decision_id)
            record_decision(session, actor, scope, paper, named[key], Origin.load)
