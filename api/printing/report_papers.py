"""Official reports on paper: what `GET /reports/{form}` answers, or what an edition froze."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from api.areas.tables import Area, Level
from api.papers.parts import Issuer, Reference, Signatory
from api.papers.reports import Heading, OfficialReport, ReportLine
from api.printing import places
from api.printing.sheet import COMMITTEE, Sheet
from api.reports.edition_schemas import EditionHeader
from api.reports.schemas import OfficialReportOut, ReportCell, ReportRow
from api.reports.words import UNKNOWN, replaced, subtitle
from api.reports.wrong import balanced

_AREA = Area.__table__  # type: ignore[attr-defined]
_HIDDEN = "(số nhỏ)"
_LEADS = {"table": "Đơn vị", "list": "STT", "monitoring": "Chỉ tiêu"}
_LEAD_MM = {"table": 30, "list": 10, "monitoring": 84}
_HEAD = ("TRƯỞNG XÓM",)
# parts of the page, where a column holds a name or a mark
_WIDTHS = {"name": 5, "relation": 3, "household_no": 2, "member_no": 1, "hamlet": 3, "class": 3}


def report_paper(session: Session, found: OfficialReportOut, header: EditionHeader | None = None) -> Sheet:
    """The paper of a report. Raises DoesNotBalance before there is one."""
    balanced(found)
    day = header.issued_on if header else found.as_of
    authority = _HEAD if found.area.level is Level.hamlet else COMMITTEE
    paper = OfficialReport(
        issuer=_issuer(session, found, day),
        reference=Reference(number=header.number if header else None, day=header.issued_on if header else None),
        title=found.title.vi,
        subtitle=subtitle(found),
        remark=replaced(header),
        lead=_LEADS[found.kind],
        lead_mm=_LEAD_MM[found.kind],
        headings=tuple(
            Heading(
                text=one.heading.vi,
                number=one.number,
                group=one.group.vi if one.group else None,
                width=_WIDTHS.get(one.code, 2),
                left=one.unit == "text",
            )
            for one in found.columns
        ),
        lines=tuple(_lines(found)),
        notes=(*(note.vi for note in found.notes), *_missing(found)),
        prepared_by=header.prepared_by if header else None,
        signatory=Signatory(authority=authority, name=header.signatory if header else None),
        recipients=tuple(header.recipients) if header else ("Lưu: VT",),
    )  # fmt: skip
    return Sheet("report", paper, f"{found.form} - {found.area.name} - {found.period}")


def _issuer(session: Session, found: OfficialReportOut, day: date) -> Issuer:
    if found.area.level in (Level.commune, Level.hamlet):
        place = places.place(session, found.area.id, day)
        return place.hamlet_issuer() if found.area.level is Level.hamlet else place.issuer()
    town: str = session.execute(select(_AREA.c.name).where(_AREA.c.id == found.area.id)).scalar_one()
    return Issuer(commune=found.area.name, place=town)


def _missing(found: OfficialReportOut) -> list[str]:
    if not found.missing:
        return []
    return [f"Chưa nộp báo cáo: {', '.join(one.name for one in found.missing)}."]


def _lines(found: OfficialReportOut) -> Iterator[ReportLine]:
    """The rows; the label of an area stands once beside all its lines."""
    table = [*found.rows, *found.totals]
    for place, row in enumerate(table):
        several = row.line_label is not None and row.kind != "item"
        first = not several or place == 0 or _area(table[place - 1]) != _area(row)
        span = sum(_area(one) == _area(row) for one in table) if several else 1
        yield ReportLine(
            label=row.code if found.kind == "list" else row.label.vi,
            line=row.line_label.vi if several and row.line_label else None,
            cells=tuple(_text(cell, found.kind) for cell in row.cells),
            strong=row.kind in ("total", "urban", "rural"),
            span=span if first else 0,
        )


def _area(row: ReportRow) -> str:
    return row.code.partition(":")[0]


def _text(cell: ReportCell, kind: str) -> str:
    value: Any = cell.value
    if value is None:
        return _HIDDEN if cell.suppressed else UNKNOWN if cell.reason else ""
    if isinstance(value, float):
        return f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    if isinstance(value, int) and kind != "list":
        return f"{value:,}".replace(",", ".")
    return str(value)
