"""PURE: from counts of units to the rows of a form: a row for each unit and line, urban and rural, the total."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from api.reports.definition import Column, Form, Line
from api.reports.schemas import ReportCell, ReportColumn, ReportRow, RowKind
from api.schema import Words

NO_FIGURES = Words(vi="Chưa có số liệu.", en="Nobody recorded it.")
NOBODY = Words(vi="Không có đối tượng để tính tỷ lệ.", en="There is nobody to take a share of.")
NOT_HANDED_IN = Words(vi="Chưa nộp báo cáo.", en="Not handed in.")
_SPLIT: dict[RowKind, Words] = {
    "urban": Words(vi="Khu vực thành thị", en="Urban"),
    "rural": Words(vi="Khu vực nông thôn", en="Rural"),
}
_TOTAL = Words(vi="Tổng cộng", en="Total")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A hamlet, commune or district that has its row. `told` False: it has not handed in."""

    id: UUID
    code: str
    name: str
    area_type: Literal["urban", "rural"]
    told: bool = True


@dataclass(frozen=True, slots=True)
class Pair:
    """A count, and for a percentage what it is a part of; None: not known."""

    number: int | None
    over: int | None = None


# (unit, line, column) -> counts
Tallies = Mapping[tuple[UUID, str, str], Pair]


def columns_out(columns: Iterable[Column]) -> list[ReportColumn]:
    return [
        ReportColumn(
            code=one.code,
            number=one.number,
            heading=one.heading,
            group=one.group,
            unit="percent" if one.over else "count",
        )
        for one in columns
    ]


def rows(form: Form, columns: Sequence[Column], units: Sequence[UnitRow], tallies: Tallies) -> list[ReportRow]:
    """Unit by unit, then urban and rural where both are there."""
    found: list[ReportRow] = []
    for unit in units:
        label = Words(vi=unit.name, en=unit.name)
        found += [_row(form, columns, [unit], tallies, line, "area", unit.code, label, unit.id) for line in form.lines]
    if len({unit.area_type for unit in units}) > 1:
        for kind, label in _SPLIT.items():
            some = [unit for unit in units if unit.area_type == kind]
            found += [_row(form, columns, some, tallies, line, kind, kind, label, None) for line in form.lines]
    return found


def totals(form: Form, columns: Sequence[Column], units: Sequence[UnitRow], tallies: Tallies) -> list[ReportRow]:
    """The whole of the area, one row for each line."""
    return [_row(form, columns, units, tallies, line, "total", "total", _TOTAL, None) for line in form.lines]


def _row(
    form: Form,
    columns: Sequence[Column],
    units: Sequence[UnitRow],
    tallies: Tallies,
    line: Line,
    kind: RowKind,
    code: str,
    label: Words,
    area_id: UUID | None,
) -> ReportRow:
    several = len(form.lines) > 1
    told = [unit for unit in units if unit.told]
    missing = kind == "area" and not told
    return ReportRow(
        code=f"{code}:{line.code}" if several else code,
        kind=kind,
        label=label,
        area_id=area_id,
        area_type=units[0].area_type if kind == "area" else None,
        line=line.code if several else None,
        line_label=line.label if several else None,
        cells=[
            ReportCell(value=None, reason=NOT_HANDED_IN)
            if missing
            else _cell(column, [tallies.get((unit.id, line.code, column.code), Pair(0, 0)) for unit in told])
            for column in columns
        ],
    )


def _cell(column: Column, pairs: Sequence[Pair]) -> ReportCell:
    number = added(pair.number for pair in pairs)
    if column.over is None:
        return ReportCell(value=number, reason=NO_FIGURES if number is None else None)
    return share(number, added(pair.over for pair in pairs))


def share(number: int | None, over: int | None) -> ReportCell:
    """A percentage from 0 to 100, rounded to 2 places; not known where a part of it is not, or there is nobody."""
    if number is None or over is None:
        return ReportCell(value=None, numerator=number, denominator=over, reason=NO_FIGURES)
    if over == 0:
        return ReportCell(value=None, numerator=number, denominator=over, reason=NOBODY)
    return ReportCell(value=round(number * 100 / over, 2), numerator=number, denominator=over)


def added(numbers: Iterable[int | None]) -> int | None:
    """Their sum; not known where one of them is not."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total
