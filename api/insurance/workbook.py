"""The list as a workbook for the insurer: one sheet of increases, one of decreases; the columns are data."""

import io
from datetime import date
from typing import Any
from uuid import UUID

import xlsxwriter
from sqlmodel import Session

from api.accounts.actor import Actor
from api.codes import label
from api.downloads import WorkbookAnswer, saved_as
from api.insurance.law import data
from api.insurance.queries import lines_of, require_list, told_lines
from api.insurance.schemas import InsuranceLineOut
from api.insurance.standing import LINE

_SHEETS = (("increase", "Báo tăng"), ("decrease", "Báo giảm"))


def workbook(session: Session, actor: Actor, insurance_list_id: UUID) -> WorkbookAnswer:
    """All lines that were not taken off, as this caller may see them. Raises NotFound. Every export is in the log."""
    row = require_list(session, actor, insurance_list_id)
    found = session.execute(lines_of(actor, row.id).where(LINE.c.taken_off.is_(None))).all()
    content = _written(told_lines(session, actor, found, "export"))
    return WorkbookAnswer(content, headers=saved_as(f"BHYT {row.month:%m-%Y} lần {row.number}.xlsx"))


def _written(lines: list[InsuranceLineOut]) -> bytes:
    columns = data("columns")["columns"]
    stream = io.BytesIO()
    # a name that begins with `=` is a name
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        for change, title in _SHEETS:
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(columns):
                sheet.set_column(place, place, column["width"])
                sheet.write_string(0, place, column["heading"], head)
            told = [line for line in lines if line.change == change]
            for number, line in enumerate(told, start=1):
                for place, column in enumerate(columns):
                    sheet.write_string(number, place, _cell(line, column))
    return stream.getvalue()


def _cell(line: InsuranceLineOut, column: dict[str, Any]) -> str:
    """Everything is text: a citizen number keeps its zeros, and nothing is computed."""
    if column["field"] == "born":
        value: Any = line.birth_date or line.birth_year
    else:
        value = getattr(line, column["field"])
    if value is None:
        return ""
    if column.get("list"):
        return label(column["list"], value)
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
