"""Hides small counts of a report from whoever is not told them, and from the public (api/suppression.py)."""

from sqlalchemy import select
from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.recognitions.books import AREA
from api.reports.definition import Form
from api.reports.schemas import OfficialReportOut, ReportCell
from api.suppression import Line, least_told, suppress

# (row, column): places in the table, rows before totals
_Key = tuple[int, int]


def told(session: Session, actor: Actor, found: OfficialReportOut, form: Form | None) -> OfficialReportOut:
    """The report as this caller may see it."""
    if found.kind == "list" or sees_small_counts(session, actor, found.area.id):
        return found
    return minimised(found, form)


def sees_small_counts(session: Session, actor: Actor, area_id: object) -> bool:
    """Is the caller told small counts of the area?"""
    scope = actor.tells_all(Permission.indicators_read)
    return session.execute(select(AREA.c.id).where(AREA.c.id == area_id, scope.covers(AREA.c.id))).first() is not None


def minimised(found: OfficialReportOut, form: Form | None) -> OfficialReportOut:
    """Without what points at a few people: counts under the threshold, shares of them, and what they follow from."""
    table = [*found.rows, *found.totals]
    cells = {
        (place, column): count
        for place, row in enumerate(table)
        for column, cell in enumerate(row.cells)
        if row.line not in _THINGS and (count := _count(cell)) is not None
    }
    hidden = suppress(cells, _lines(found, form, cells), least=least_told(clock.today()))
    rows = [
        row.model_copy(
            update={"cells": [_hide(cell) if (place, at) in hidden else cell for at, cell in enumerate(row.cells)]}
        )
        for place, row in enumerate(table)
    ]
    here = len(found.rows)
    return found.model_copy(update={"rows": rows[:here], "totals": rows[here:], "faults": []})


# rows of a monitoring report that count no people
_THINGS = ("intervention", "trainee", "money")


def _count(cell: ReportCell) -> int | None:
    """How many people or households a cell tells of: a share tells of those above its line."""
    if cell.numerator is not None:
        return cell.numerator
    return cell.value if isinstance(cell.value, int) else None


def _hide(cell: ReportCell) -> ReportCell:
    return ReportCell(value=None, denominator=cell.denominator, suppressed=True)


def _lines(found: OfficialReportOut, form: Form | None, cells: dict[_Key, int]) -> list[Line[_Key]]:
    """What adds up: the units of a line to its total; where the form says so, columns to another one."""
    lines: list[Line[_Key]] = []
    here = len(found.rows)
    for number, total in enumerate(found.totals):
        for column in range(len(found.columns)):
            for kinds in (("area", "item"), ("urban", "rural")):
                parts = tuple(
                    (place, column)
                    for place, row in enumerate(found.rows)
                    if row.kind in kinds and row.line == total.line and (place, column) in cells
                )
                if parts and (here + number, column) in cells:
                    lines.append(Line(parts, (here + number, column)))
    return lines + _across(found, form, cells)


def _across(found: OfficialReportOut, form: Form | None, cells: dict[_Key, int]) -> list[Line[_Key]]:
    """Along each row: the columns of a check of equality; and a count with the shares of the same people."""
    lines: list[Line[_Key]] = []
    if form is None:
        return lines
    codes = [column.code for column in found.columns]
    for one in form.columns:
        for other in form.columns:
            if one.over is not None and other.over is None and one.counts == other.counts and one.code in codes:
                pair = (codes.index(one.code), codes.index(other.code))
                lines += [
                    Line(((row, pair[a]),), (row, pair[1 - a]))
                    for row in range(len(found.rows) + len(found.totals))
                    for a in (0, 1)
                    if (row, pair[0]) in cells and (row, pair[1]) in cells
                ]
    for check in form.checks:
        if check.relation != "=":
            continue
        names = [name for name in f"{check.left} {check.right}".split() if name not in "+-"]
        places = [
            place
            for name in names
            for place, code in enumerate(codes)
            if code == name or (name.startswith("each:") and code.startswith(name.removeprefix("each:") + "_"))
        ]
        for row in range(len(found.rows) + len(found.totals)):
            keys = tuple((row, place) for place in places if (row, place) in cells)
            if len(keys) > 1:
                lines.append(Line(keys[1:], keys[0]))
    return lines
