"""The labour records of a commune or hamlet as a file: a workbook, or text with commas; the columns are data.

Everything is text, so that nothing that somebody typed is ever computed by a spreadsheet.
"""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import xlsxwriter
from fastapi import Response
from sqlalchemy import select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.areas.tables import Area
from api.codes import label
from api.downloads import WorkbookAnswer, saved_as
from api.households.stored import among
from api.labour.law import Column, law
from api.labour.queries import all_records
from api.labour.schemas import CourseOut, LabourRecord, ServiceOut
from api.openapi import CSV

_AREA = Area.__table__  # type: ignore[attr-defined]
# How a cell begins that a spreadsheet takes for a formula (OWASP, CSV injection); an apostrophe makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class CsvAnswer(Response):
    media_type = CSV


def workbook(session: Session, actor: Actor, area_id: UUID, day: date) -> WorkbookAnswer:
    """Raises NotFound for an area that is not the actor's, or neither a commune nor a hamlet."""
    rows = _table(session, all_records(session, actor, area_id, day, "xlsx"))
    stream = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, plain) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        sheet = book.add_worksheet("Người lao động")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(law().columns):
            sheet.set_column(place, place, column.width)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell, head if number == 0 else None)
    return WorkbookAnswer(stream.getvalue(), headers=_saved_as(day, "xlsx"))


def text(session: Session, actor: Actor, area_id: UUID, day: date) -> CsvAnswer:
    """The same as text. Begins with the mark by which spreadsheets know UTF-8. Raises NotFound."""
    rows = _table(session, all_records(session, actor, area_id, day, "csv"))
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return CsvAnswer(stream.getvalue().encode("utf-8-sig"), headers=_saved_as(day, "csv"))


def _saved_as(day: date, ending: str) -> dict[str, str]:
    return saved_as(f"Người lao động {day:%d-%m-%Y}.{ending}")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _table(session: Session, records: Sequence[LabourRecord]) -> list[list[str]]:
    """The headings, and a row for each person, by hamlet and household."""
    named = select(_AREA.c.id, _AREA.c.name).where(among(_AREA.c.id, {one.hamlet_id for one in records}))
    hamlets = {row.id: row.name for row in session.execute(named)}
    known = sorted(records, key=lambda one: (hamlets[one.hamlet_id], one.household_no or "", one.household_id))
    rows = [[column.heading for column in law().columns]]
    for number, record in enumerate(known, start=1):
        given = {"number": number, "hamlet": hamlets[record.hamlet_id]}
        rows.append([_cell(record, column, given) for column in law().columns])
    return rows


def _cell(record: LabourRecord, column: Column, given: dict[str, Any]) -> str:
    if column.field in _WORDS:
        return _WORDS[column.field](record)
    value = given[column.field] if column.field in given else getattr(record, column.field)
    if column.list is not None and value is not None:
        codes = value if isinstance(value, list) else [value]
        return "; ".join(label(column.list, code) for code in codes)
    return _said(value)


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    return _day(value) if isinstance(value, date) else str(value)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _standing(record: LabourRecord) -> str:
    said = [label("poverty_class", record.poverty_class)] if record.poverty_class else []
    said += ["Hộ mới thoát nghèo"] if record.newly_escaped else []
    said += ["Người lao động có thu nhập thấp"] if record.low_income_worker else []
    return "; ".join(said)


def _service(one: ServiceOut) -> str:
    at = f" ({one.at})" if one.at else ""
    return f"{_day(one.on)}: {label('service_kind', one.service)}{at}"


def _course(one: CourseOut) -> str:
    what = one.trade or one.title
    paper = f", chứng chỉ {one.certificate_no}" if one.certificate_no else ""
    works = "" if one.works_after_6_months is None else f", sau 6 tháng có việc: {_said(one.works_after_6_months)}"
    return f"{_day(one.joined_on)}: {what} ({label('participant_state', one.state)}{paper}{works})"


def _job(record: LabourRecord) -> str:
    job = record.job
    if job is None:
        return ""
    lost = f" (mất việc {_day(job.lost_on)})" if job.lost_on else ""
    return f"{_day(job.placed_on)}: {job.employer or ''}{lost}"


_WORDS: dict[str, Callable[[LabourRecord], str]] = {
    "born": lambda one: _said(one.birth_date or one.birth_year),
    "standing": _standing,
    "seeker": lambda one: (
        f"{one.seeker.stage_label.vi}{': ' + one.seeker.wants if one.seeker.wants else ''}" if one.seeker else ""
    ),
    "services": lambda one: "; ".join(map(_service, one.services)),
    "courses": lambda one: "; ".join(map(_course, one.courses)),
    "job": _job,
    "after_6_months": lambda one: _said(one.job and one.job.after_6_months),
    "after_12_months": lambda one: _said(one.job and one.job.after_12_months),
}
