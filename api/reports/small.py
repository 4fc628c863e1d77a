"""Hides small counts of a report from whoever is not told them, and from the public (api/suppression.py)."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.places import covers
from api.indicators.catalogue import INDICATORS, measures, who
from api.indicators.definition import Measure
from api.indicators.poverty import MADE_OF
from api.reports.definition import RATE_BEFORE, Form, same_counts
from api.reports.schemas import OfficialReportOut, ReportCell, ReportRow
from api.suppression import Line, least_told, suppress

# (row, column, part): places in the table, rows before totals. Parts of a share: `number`, `over` and the `rest` of it
_Key = tuple[int, int, str]
_PARTS = ("number", "over", "rest")
# rows of a monitoring report that count no people
_THINGS = ("intervention", "trainee", "money", "vnd")
# its columns
_NUMERATOR, _DENOMINATOR, _VALUE = 1, 2, 3


def told(session: Session, actor: Actor, found: OfficialReportOut, form: Form | None) -> OfficialReportOut:
    """The report as this caller may see it."""
    if found.kind == "list" or sees_small_counts(session, actor, found.area.id):
        return found
    return minimised(found, form)


def sees_small_counts(session: Session, actor: Actor, area_id: UUID) -> bool:
    """Is the caller told small counts of the area?"""
    return covers(session, actor.tells_all(Permission.indicators_read), area_id)


def minimised(found: OfficialReportOut, form: Form | None) -> OfficialReportOut:
    """Without what points at a few people: counts under the threshold, shares of them, and what they follow from. What
    a share is a part of, and who is left of it, are such counts too, unless it is all who live in the area."""
    table, least = [*found.rows, *found.totals], least_told(clock.today())
    cells = {
        (place, column, part): number
        for place, row in enumerate(table)
        for column, part, number in (_of_table(form, found, row) if form else _of_indicator(row))
    }
    hidden = suppress(cells, _lines(found, form, cells), least=least)
    few = _few_before(found, least)
    rows = [
        row.model_copy(update={"cells": [_told(row, place, at, hidden, few) for at in range(len(row.cells))]})
        for place, row in enumerate(table)
    ]
    here = len(found.rows)
    return found.model_copy(update={"rows": rows[:here], "totals": rows[here:], "faults": []})


def _of_table(form: Form, found: OfficialReportOut, row: ReportRow) -> Iterator[tuple[int, str, int]]:
    """(column, part, count) of a row of a form."""
    for at, (column, cell) in enumerate(zip(found.columns, row.cells, strict=True)):
        if column.unit == "percent":
            whole = None if column.code in form.over_all() else cell.denominator
            yield from _of_share(at, cell.numerator, whole)
        elif isinstance(cell.value, int):
            yield at, "number", cell.value


def _of_share(at: int, number: int | None, whole: int | None) -> Iterator[tuple[int, str, int]]:
    if number is not None:
        yield at, "number", number
    if whole is not None:
        yield at, "over", whole
    if number is not None and whole is not None:
        yield at, "rest", whole - number


def _of_indicator(row: ReportRow) -> Iterator[tuple[int, str, int]]:
    """The same of a row of a monitoring report: its count, and what it is a share of, have columns of their own."""
    if row.line in _THINGS:
        return
    number, whole = row.cells[_NUMERATOR].value, row.cells[_DENOMINATOR].value
    one = INDICATORS.get(row.code)
    of_people = one is not None and isinstance(one.denominator, Measure) and isinstance(whole, int)
    share = _of_share(_VALUE, number if isinstance(number, int) else None, int(whole) if of_people and whole else None)
    yield from share


def _told(row: ReportRow, place: int, at: int, hidden: frozenset[_Key], few: bool) -> ReportCell:
    cell = row.cells[at]
    watched = row.line is not None and row.kind == "item"
    gone = {part for part in _PARTS if (place, _VALUE if watched else at, part) in hidden}
    if watched and at == _VALUE and few and _is_change(row):
        gone.add("rest")
    if watched and at in (_NUMERATOR, _DENOMINATOR):
        gone &= {"number" if at == _NUMERATOR else "over"}
    if not gone or (watched and at < _NUMERATOR):
        return cell
    return ReportCell(
        value=None,
        numerator=None if "number" in gone else cell.numerator,
        denominator=None if "over" in gone else cell.denominator,
        suppressed=True,
    )


def _is_change(row: ReportRow) -> bool:
    one = INDICATORS.get(row.code)
    return one is not None and one.change_since_new_year


def _few_before(found: OfficialReportOut, least: int) -> bool:
    """Were there so few at the new year that a change since may not be told? From it and the share today, how few there
    were can be computed."""
    for row in found.rows:
        if row.code == RATE_BEFORE and isinstance(row.cells[_NUMERATOR].value, int):
            return 0 < int(row.cells[_NUMERATOR].value or 0) < least
    for row in found.rows:  # an edition from before there was that row
        cell = row.cells[-1]
        if _is_change(row) and isinstance(cell.value, int | float) and cell.numerator is not None and cell.denominator:
            return 0 < round(cell.numerator - cell.value * cell.denominator / 100) < least
    return False


def _lines(found: OfficialReportOut, form: Form | None, cells: Mapping[_Key, int]) -> list[Line[_Key]]:
    """What adds up: the units of a line to its total; a share and the rest to the whole; equal counts of a row; where
    the form says so, columns to another one."""
    lines = [Line(((*key[:2], "number"), (*key[:2], "rest")), key) for key in cells if key[2] == "over"]
    lines = [line for line in lines if all(part in cells for part in line.parts)]
    if form is None:
        return lines + _between_indicators(found, cells)
    for whole, below in _added_up(found):
        for column in range(len(found.columns)):
            for part in _PARTS:
                key = (whole, column, part)
                parts = tuple((place, column, part) for place in below if (place, column, part) in cells)
                lines += [Line(parts, key)] if parts and key in cells else []
    return lines + _across(found, form, cells)


def _added_up(found: OfficialReportOut) -> Iterator[tuple[int, list[int]]]:
    """(place of a sum, places of what it adds up): the units and their total, urban and rural and the same total, the
    units of a town and their urban row."""
    table = [*enumerate(found.rows), *enumerate(found.totals, start=len(found.rows))]
    for whole, total in table:
        same = [(place, row) for place, row in table if row.line == total.line]
        if total.kind == "total":
            yield whole, [place for place, row in same if row.kind in ("area", "item")]
            yield whole, [place for place, row in same if row.kind in ("urban", "rural")]
        elif total.kind in ("urban", "rural"):
            yield whole, [place for place, row in same if row.kind == "area" and row.area_type == total.kind]


def _across(found: OfficialReportOut, form: Form, cells: Mapping[_Key, int]) -> list[Line[_Key]]:
    """Along each row: counts of the same people, and the columns of a check of equality."""
    lines: list[Line[_Key]] = []
    codes = [column.code for column in found.columns]
    same = same_counts(form, codes)
    checks = [_columns_of(f"{one.left} {one.right}", codes) for one in form.checks if one.relation == "="]
    for row in range(len(found.rows) + len(found.totals)):
        for group in same:
            keys = [(row, column, part) for column, part in group if (row, column, part) in cells]
            lines += [Line((one,), other) for one in keys[:1] for other in keys[1:]]
            lines += [Line((other,), one) for one in keys[:1] for other in keys[1:]]
        for columns in checks:
            keys = [(row, column, "number") for column in columns if (row, column, "number") in cells]
            lines += [Line(tuple(keys[1:]), keys[0])] if len(keys) > 1 else []
    return lines


def _columns_of(sides: str, codes: list[str]) -> list[int]:
    return [
        place
        for name in sides.split()
        if name not in "+-"
        for place, code in enumerate(codes)
        if code == name or (name.startswith("each:") and code.startswith(name.removeprefix("each:") + "_"))
    ]


def _between_indicators(found: OfficialReportOut, cells: Mapping[_Key, int]) -> list[Line[_Key]]:
    """Rows that count the same people; and the poor with the near-poor are all who are listed, of households as of
    persons."""
    counts: dict[str, list[_Key]] = {}
    for place, row in enumerate(found.rows):
        one = INDICATORS.get(row.code)
        if one is None:
            continue
        named = [("number", one.numerator)] if isinstance(one.numerator, Measure) else []
        named += [("over", one.denominator)] if isinstance(one.denominator, Measure) else []
        for part, measure in named:
            if (place, _VALUE, part) in cells:
                counts.setdefault(who(measure), []).append((place, _VALUE, part))
    lines = [Line((one,), other) for keys in counts.values() for one in keys for other in keys if one != other]
    for every, parts in MADE_OF.items():
        keys = [counts.get(who(measures()[code]), []) for code in (*parts, every)]
        if all(keys):
            *below, whole = (some[0] for some in keys)
            lines.append(Line(tuple(below), whole))
    return lines
