"""Reads lines as they are copied out of a sheet: hamlet, households, persons. PURE."""

import re
from collections.abc import Mapping
from typing import Any

from api.areas.totals import Hamlet
from api.names import fold
from api.problems import FieldError

_HEAD = re.compile(r"\b(xom|thon|ma|ten|ho|nhan khau|code|households|persons)\b")
# 1104, or with points, commas or spaces between thousands
_NUMBER = re.compile(r"[0-9]{1,3}(?:[., \u00a0][0-9]{3}){1,3}|[0-9]{1,12}")
_MOST = 100_000_000


def read_sheet(text: str, names: Mapping[str, Hamlet | None]) -> tuple[list[tuple[Hamlet, int, int]], list[FieldError]]:
    """The lines with what they say, and what is wrong with the others, by line. `names`: of the hamlets there are."""
    found: list[tuple[Hamlet, int, int]] = []
    wrong: list[FieldError] = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip().strip('"') for cell in re.split(r"[\t;]", line)]
        if not any(cells) or (number == 1 and not _numbers(cells) and _HEAD.search(fold(line))):
            continue
        read = _read(number, cells, names)
        if isinstance(read, FieldError):
            wrong.append(read)
        else:
            found.append(read)
    return found, wrong


def _numbers(cells: list[str]) -> list[int]:
    return [int(re.sub(r"\D", "", cell)) for cell in cells[1:3] if _NUMBER.fullmatch(cell)]


def _read(number: int, cells: list[str], names: Mapping[str, Hamlet | None]) -> tuple[Hamlet, int, int] | FieldError:
    if len(cells) < 3:
        vi = f"Dòng {number}: cần ba cột: xóm, số hộ, số nhân khẩu (ngăn bằng phím Tab hoặc dấu chấm phẩy)."
        return _fault("columns", vi, f"Line {number}: three columns are needed, set apart by tabs or semicolons.")
    called = fold(cells[0])
    hamlet = names.get(called)
    if hamlet is None:
        vi, en = f"Dòng {number}: không có xóm «{cells[0][:60]}» trong xã.", f"Line {number}: there is no such hamlet."
        if called in names:
            vi = f"Dòng {number}: có nhiều xóm tên «{cells[0][:60]}»; hãy ghi mã xóm."
            en = f"Line {number}: several hamlets are called so; give the code."
        return _fault("unknown_hamlet", vi, en)
    numbers = _numbers(cells)
    if len(numbers) != 2 or max(numbers) > _MOST:
        vi = f"Dòng {number}: số hộ và số nhân khẩu phải là số nguyên, nhiều nhất 100 triệu."
        en = f"Line {number}: households and persons have to be whole numbers of at most 100 million."
        return _fault("not_a_number", vi, en)
    return hamlet, *numbers  # type: ignore[return-value]


def _fault(code: str, *words: Any) -> FieldError:
    return FieldError("#/sheet", code, *words)
