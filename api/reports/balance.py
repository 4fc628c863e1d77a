"""PURE: do the numbers of a report balance? Asked before a file of it exists, and of what communes hand in."""

from collections.abc import Iterable, Iterator, Sequence

from api.reports.definition import Check, Column
from api.reports.rule_words import ROWS_ADD_UP, in_words
from api.reports.schemas import ReportCell, ReportFault, ReportRow


def faults(
    checks: Iterable[Check], columns: Sequence[Column], rows: Sequence[ReportRow], totals: Sequence[ReportRow]
) -> list[ReportFault]:
    """What does not balance in a row, and where rows do not add up to the total. What is not known is not checked."""
    found: list[ReportFault] = []
    for row in (*rows, *totals):
        values = {
            column.code: cell.value if isinstance(cell.value, int) else None
            for column, cell in zip(columns, row.cells, strict=True)
        }
        for check in checks:
            found += _broken(check, columns, row.code, values)
    return found + sums(rows, totals, [column.code for column in columns])


def sums(rows: Sequence[ReportRow], totals: Sequence[ReportRow], codes: Sequence[str]) -> list[ReportFault]:
    """Counts of the units that do not add up to the total of their line."""
    found: list[ReportFault] = []
    for total in totals:
        parts = [row for row in rows if row.kind in ("area", "item") and row.line == total.line]
        for place, code in enumerate(codes):
            cell = total.cells[place]
            told = [row.cells[place] for row in parts if isinstance(row.cells[place].value, int)]
            if not _is_count(cell) or any(one.suppressed for one in told):
                continue
            left = sum(one.value for one in told if isinstance(one.value, int))
            if left != cell.value:
                right = cell.value if isinstance(cell.value, int) else 0
                found.append(
                    ReportFault(
                        row=total.code,
                        column=code,
                        left=left,
                        relation="=",
                        right=right,
                        rule="rows = total",
                        words=ROWS_ADD_UP,
                    )
                )
    return found  # fmt: skip


def _is_count(cell: ReportCell) -> bool:
    return isinstance(cell.value, int) and not cell.suppressed


def _broken(check: Check, columns: Sequence[Column], row: str, values: dict[str, int | None]) -> Iterator[ReportFault]:
    rule = f"{check.left} {check.relation.removeprefix('each')} {check.right}"
    right = _value(check.right, columns, values)
    lefts = _members(check.left, columns) if check.relation == "each<=" else [check.left]
    for name in lefts:
        left = _value(name, columns, values)
        if left is None or right is None:
            continue
        if left != right if check.relation == "=" else left > right:
            column = name.split()[0].removeprefix("each:")
            relation = "=" if check.relation == "=" else "<="
            words = in_words(check, columns)
            yield ReportFault(row=row, column=column, left=left, relation=relation, right=right, rule=rule, words=words)  # type: ignore[arg-type]


def _value(text: str, columns: Sequence[Column], values: dict[str, int | None]) -> int | None:
    """`a - b + each:c` of these values; None where one of them is not known."""
    total, sign = 0, 1
    for word in text.split():
        if word in ("+", "-"):
            sign = -1 if word == "-" else 1
            continue
        for code in _members(word, columns) if word.startswith("each:") else [word]:
            number = values[code]
            if number is None:
                return None
            total += sign * number
    return total


def _members(text: str, columns: Sequence[Column]) -> list[str]:
    origin = text.removeprefix("each:")
    return [column.code for column in columns if column.of_each == origin]
