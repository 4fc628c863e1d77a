"""Official reports on paper: what `GET /reports/{form}` answers, or what an edition froze."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from api.areas.tables import Area, Level
from api.papers.parts import Issuer, Reference, Signatory
from api.papers.reports import Heading, OfficialReport, ReportLine
from api.printing import places
from api.printing.sheet import COMMITTEE, Sheet
from api.reports.edition_schemas import Header
from api.reports.schemas import CellOut, ReportOut, RowOut
from api.reports.words import UNKNOWN, replaced, subtitle
from api.reports.wrong import balanced

_AREA = Area.__table__  # type: ignore[attr-defined]
_HIDDEN = "(số nhỏ)"
_LEADS = {"table": "Đơn vị", "list": "STT", "monitoring": "Chỉ tiêu"}
_HEAD = ("TRƯỞNG XÓM",)


def report_paper(session: Session, found: ReportOut, header: Header | None = None) -> Sheet:
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
        headings=tuple(
            Heading(text=one.heading.vi, number=one.number, group=one.group.vi if one.group else None)
            for one in found.columns
        ),
        lines=tuple(_line(row, found.kind) for row in [*found.rows, *found.totals]),
        notes=(*(note.vi for note in found.notes), *_missing(found)),
        text=found.kind == "list",
        prepared_by=header.prepared_by if header else None,
        signatory=Signatory(authority=authority, name=header.signatory if header else None),
        recipients=tuple(header.recipients) if header else ("Lưu: VT",),
    )  # fmt: skip
    return Sheet("report", paper, f"{found.form} - {found.area.name} - {found.period}")


def _issuer(session: Session, found: ReportOut, day: date) -> Issuer:
    if found.area.level in (Level.commune, Level.hamlet):
        place = places.place(session, found.area.id, day)
        return place.hamlet_issuer() if found.area.level is Level.hamlet else place.issuer()
    town: str = session.execute(select(_AREA.c.name).where(_AREA.c.id == found.area.id)).scalar_one()
    return Issuer(commune=found.area.name, place=town)


def _missing(found: ReportOut) -> list[str]:
    if not found.missing:
        return []
    return [f"Chưa nộp báo cáo: {', '.join(one.name for one in found.missing)}."]


def _line(row: RowOut, kind: str) -> ReportLine:
    several = row.line_label is not None and row.kind != "item"
    return ReportLine(
        label=row.code if kind == "list" else row.label.vi,
        line=row.line_label.vi if several and row.line_label else None,
        cells=tuple(_text(cell, kind) for cell in row.cells),
        strong=row.kind in ("total", "urban", "rural"),
    )


def _text(cell: CellOut, kind: str) -> str:
    value: Any = cell.value
    if value is None:
        return _HIDDEN if cell.suppressed else UNKNOWN if cell.reason else ""
    if isinstance(value, float):
        return f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    if isinstance(value, int) and kind != "list":
        return f"{value:,}".replace(",", ".")
    return str(value)
