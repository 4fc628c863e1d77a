"""What the files of a report say above the table, in Vietnamese."""

from datetime import date

from api.areas.tables import Level
from api.reports.edition_schemas import EditionHeader
from api.reports.schemas import OfficialReportOut

UNKNOWN = "chưa có số liệu"


def heading_lines(found: OfficialReportOut, header: EditionHeader | None) -> list[str]:
    """The unit, number and day, title; which edition, and what it replaces."""
    issuer = found.area.name if found.area.level is Level.hamlet else f"Ủy ban nhân dân {found.area.name}"
    lines = [issuer.upper()]
    if header is not None:
        lines.append(f"Số: {header.number}, ngày {_day(header.issued_on)}")
    lines.append(found.title.vi.upper())
    remark = replaced(header)
    if remark is not None:
        lines.append(remark)
    if header is None:
        lines.append("Bản xem trước, chưa ban hành")
    return lines


def replaced(header: EditionHeader | None) -> str | None:
    """Of a correction: what it takes the place of, and why."""
    if header is None or header.replaces is None:
        return None
    return f"Bản {header.edition}, thay bản số {header.replaces}. Lý do: {header.reason}"


def subtitle(found: OfficialReportOut) -> str:
    """The period, the day the numbers are of, and whether they may still change."""
    remark = " Kết quả sơ bộ: đợt rà soát chưa kết thúc." if found.preliminary else ""
    return f"Kỳ báo cáo: {period(found.period)}. Số liệu tính đến ngày {_day(found.as_of)}.{remark}"


def period(code: str) -> str:
    """`2024-H1` as `6 tháng đầu năm 2024`."""
    parts = code.split("-")
    if len(parts) == 1:
        return f"năm {code}"
    if parts[1] in ("H1", "H2"):
        return f"6 tháng {'đầu' if parts[1] == 'H1' else 'cuối'} năm {parts[0]}"
    if len(parts) == 2:
        return f"tháng {int(parts[1])} năm {parts[0]}"
    return f"ngày {_day(date.fromisoformat(code))}"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
