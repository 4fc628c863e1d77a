"""A report as a workbook: totals are formulas, with their values beside them for whoever does not calculate."""

import io
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from api.downloads import WorkbookAnswer, saved_as
from api.reports.edition_schemas import EditionHeader
from api.reports.schemas import OfficialReportOut, ReportCell, ReportRow
from api.reports.words import UNKNOWN, heading_lines, subtitle
from api.reports.wrong import balanced

# The bytes of a workbook must not depend on when it was made.
_MADE = datetime(2024, 1, 1)  # noqa: DTZ001
_HIDDEN = "(số nhỏ)"


def workbook(found: OfficialReportOut, header: EditionHeader | None = None) -> WorkbookAnswer:
    """The file. Raises DoesNotBalance before there is one."""
    balanced(found)
    name = f"{found.form} {found.area.code} {found.period}.xlsx"
    return WorkbookAnswer(written(found, header), headers=saved_as(name))


def written(found: OfficialReportOut, header: EditionHeader | None) -> bytes:
    """The bytes: head, table, total, notes, and the lines for the signatures."""
    stream = io.BytesIO()
    # a name that begins with `=` is a name
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": found.title.vi, "created": _MADE})
        _Sheet(book, found).write(header)
    return stream.getvalue()


class _Sheet:
    """One worksheet, written from top to bottom."""

    def __init__(self, book: Any, found: OfficialReportOut) -> None:
        self.found, self.sheet = found, book.add_worksheet(found.form)
        self.leads = 1 if all(row.line is None or row.kind == "item" for row in [*found.rows, *found.totals]) else 2
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "border": 1, "align": "center", "valign": "vcenter"}
        )
        self.cell = {
            False: book.add_format({"border": 1, "text_wrap": True}),
            True: book.add_format({"border": 1, "bold": True}),
        }
        self.row = 0

    def write(self, header: EditionHeader | None) -> None:
        for text in heading_lines(self.found, header):
            self.sheet.write_string(self.row, 0, text, self.bold)
            self.row += 1
        self.sheet.write_string(self.row, 0, subtitle(self.found))
        self.row += 2
        self._headings()
        first = self.row
        for row in self.found.rows:
            self._line(row, bold=False)
        last = first + sum(row.kind == "area" for row in self.found.rows) - 1
        for total in self.found.totals:
            self._total(total, first, last)
        self.row += 1
        for note in self.found.notes:
            self.sheet.write_string(self.row, 0, note.vi)
            self.row += 1
        self._signatures(header)

    def _headings(self) -> None:
        grouped = any(column.group for column in self.found.columns)
        labels = ["Chỉ tiêu" if self.found.kind == "monitoring" else "STT" if self.found.kind == "list" else "Đơn vị"]
        labels += ["Đơn vị tính"] if self.leads > 1 else []
        for place, text in enumerate(labels):
            self._heading(place, text, spans=grouped)
        if grouped:
            self._groups()
        for place, column in enumerate(self.found.columns, start=self.leads):
            self.sheet.write_string(self.row + grouped, place, column.heading.vi, self.head)
            self.sheet.write_string(self.row + grouped + 1, place, f"({column.number})", self.head)
        for place in range(self.leads):
            self.sheet.write_blank(self.row + grouped + 1, place, None, self.head)
        self.sheet.set_column(0, self.leads - 1, 24)
        self.sheet.set_column(self.leads, self.leads + len(self.found.columns) - 1, 14)
        self.row += grouped + 2
        self.sheet.freeze_panes(self.row, self.leads)

    def _heading(self, place: int, text: str, *, spans: bool) -> None:
        if spans:
            self.sheet.merge_range(self.row, place, self.row + 1, place, text, self.head)
        else:
            self.sheet.write_string(self.row, place, text, self.head)

    def _groups(self) -> None:
        columns, start = self.found.columns, 0
        while start < len(columns):
            end = start
            while end + 1 < len(columns) and columns[end + 1].group == columns[start].group:
                end += 1
            group = columns[start].group
            text = group.vi if group else ""
            if end > start:
                self.sheet.merge_range(self.row, start + self.leads, self.row, end + self.leads, text, self.head)
            else:
                self.sheet.write_string(self.row, start + self.leads, text, self.head)
            start = end + 1

    def _line(self, row: ReportRow, *, bold: bool) -> None:
        self._labels(row, bold=bold)
        for place, cell in enumerate(row.cells, start=self.leads):
            self._value(place, cell, bold=bold)
        self.row += 1

    def _labels(self, row: ReportRow, *, bold: bool) -> None:
        self.sheet.write_string(self.row, 0, row.code if row.kind == "entry" else row.label.vi, self.cell[bold])
        if self.leads > 1:
            self.sheet.write_string(self.row, 1, row.line_label.vi if row.line_label else "", self.cell[bold])

    def _value(self, place: int, cell: ReportCell, *, bold: bool) -> None:
        if isinstance(cell.value, int | float):
            self.sheet.write_number(self.row, place, cell.value, self.cell[bold])
        else:
            text = cell.value or (_HIDDEN if cell.suppressed else UNKNOWN if cell.reason else "")
            self.sheet.write_string(self.row, place, text, self.cell[bold])

    def _total(self, total: ReportRow, first: int, last: int) -> None:
        """Counts are summed by a formula, over the rows of the same line; shares stand as they are."""
        self._labels(total, bold=True)
        hidden = {place for row in self.found.rows for place, cell in enumerate(row.cells) if cell.suppressed}
        for place, cell in enumerate(total.cells):
            at = place + self.leads
            if not isinstance(cell.value, int) or place in hidden or last < first:
                self._value(at, cell, bold=True)
                continue
            span = f"{xl_rowcol_to_cell(first, at)}:{xl_rowcol_to_cell(last, at)}"
            formula = f"=SUM({span})"
            if self.leads > 1 and total.line_label:
                lines = f"{xl_rowcol_to_cell(first, 1, True, True)}:{xl_rowcol_to_cell(last, 1, True, True)}"
                formula = f'=SUMIF({lines},"{total.line_label.vi}",{span})'
            self.sheet.write_formula(self.row, at, formula, self.cell[True], cell.value)
        self.row += 1

    def _signatures(self, header: EditionHeader | None) -> None:
        self.row += 1
        right = max(self.leads + len(self.found.columns) - 3, 2)
        self.sheet.write_string(self.row, 0, "NGƯỜI LẬP BIỂU", self.bold)
        self.sheet.write_string(self.row, right, "THỦ TRƯỞNG ĐƠN VỊ", self.bold)
        if header is not None:
            self.sheet.write_string(self.row + 4, 0, header.prepared_by or "", self.bold)
            self.sheet.write_string(self.row + 4, right, header.signatory or "", self.bold)
            self.sheet.write_string(self.row + 6, 0, "Nơi nhận:")
            for number, one in enumerate(header.recipients, start=7):
                self.sheet.write_string(self.row + number, 0, f"- {one}")
