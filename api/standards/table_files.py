"""The points table of form B1 as a file: the empty one to fill in, and the filled one read back (TOML, XLSX).

A cell is a whole number, `x` where the circular prints nothing for that area, or still to be filled in (`?` or empty).
"""

import io
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from api import field_errors
from api.problems import FieldError, Invalid
from api.standards.points import PointsTable

_NOT_PRINTED = "x"
_TO_FILL_IN = ("?", "", None)
_HEAD = ("group", "option", "label_vi", "label_en", "min", "max")
_ABOUT = ("legal_source", "article", "note", "valid_from", "valid_to", "without")
_POINTS_SHEET, _ABOUT_SHEET = "Bảng điểm", "Văn bản"


def toml_template(content: dict[str, Any]) -> str:
    """The table of a standard as TOML with `?` in every cell."""
    keys = [column["key"] for column in content["columns"]]
    said = [
        "# Bảng điểm Phiếu B1. Ghi số nguyên thay cho ?; ghi \"x\" nếu thông tư không in điểm cho khu vực đó.",
        "# Points of form B1. Put whole numbers in place of ?; \"x\" where the circular prints none for that area.",
        "# Nhóm mà thông tư không có: xoá nhóm đó, ghi mã vào without. / Delete a group not printed, name it there.",
        'legal_source = "?"',
        'article = "?"',
        "without = []",
    ]  # fmt: skip
    for group in content["groups"]:
        said += ["", f"# {group['order']}. {group['label']['vi']}", "[[groups]]", f'code = "{group["code"]}"']
        said += ["options = ["]
        for option in group["options"]:
            cells = ", ".join(f'{key} = "?"' for key in keys)
            said += [f"    # {option['label']['vi']}", f'    {{code = "{option["code"]}", points = {{{cells}}}}},']
        said += ["]"]
    return "\n".join(said) + "\n"


def xlsx_template(content: dict[str, Any]) -> bytes:
    """The table of a standard as a workbook: one row for each line, one column for each kind of area."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True})
        sheet = book.add_worksheet(_POINTS_SHEET)
        keys = [column["key"] for column in content["columns"]]
        sheet.write_row(0, 0, [*_HEAD, *keys], bold)
        for row, (group, option) in enumerate(_lines(content), start=1):
            words = (option["label"]["vi"], option["label"]["en"])
            sheet.write_row(row, 0, [group["code"], option["code"], *words, option.get("min"), option.get("max")])
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, 1, 20)
        sheet.set_column(2, 3, 36)
        about = book.add_worksheet(_ABOUT_SHEET)
        about.set_column(0, 0, 16)
        about.set_column(1, 1, 60)
        about.write_column(0, 0, _ABOUT, bold)
    return buffer.getvalue()


def read(content: bytes) -> PointsTable:
    """A filled table, TOML or XLSX. Raises Invalid with a sentence for each mistake, and its row where there is one."""
    document = _from_xlsx(content) if content[:2] == b"PK" else _from_toml(content)
    try:
        return PointsTable.model_validate(document)
    except ValidationError as error:
        raise _refused(tuple(field_errors.translate(one) for one in error.errors())) from error


def _from_toml(content: bytes) -> dict[str, Any]:
    try:
        document: dict[str, Any] = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid(f"Tệp không phải TOML hợp lệ: {error}", f"The file is not valid TOML: {error}") from error
    document = {name: value for name, value in document.items() if value != "?"}
    groups = document.get("groups")
    for group in groups if isinstance(groups, list) else []:
        options = group.get("options") if isinstance(group, dict) else None
        for option in options if isinstance(options, list) else []:
            if isinstance(option, dict) and isinstance(option.get("points"), dict):
                option["points"] = _cells(option["points"])
    return document


def _from_xlsx(content: bytes) -> dict[str, Any]:
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise Invalid("Tệp không phải bảng tính XLSX hợp lệ.", "The file is not a valid XLSX workbook.") from error
    missing = [name for name in (_POINTS_SHEET, _ABOUT_SHEET) if name not in book.sheetnames]
    if missing:
        said = ", ".join(missing)
        raise Invalid(f"Tệp thiếu trang {said}. Hãy dùng mẫu.", f"The sheets {said} are missing. Use the template.")
    rows = list(book[_POINTS_SHEET].iter_rows(values_only=True))
    about = {str(row[0]): row[1] for row in book[_ABOUT_SHEET].iter_rows(max_col=2, values_only=True) if row[0]}
    return _about(about) | {"groups": _groups(rows)}


def _about(cells: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in cells.items() if value not in _TO_FILL_IN}
    for name, value in found.items():
        found[name] = value.date() if isinstance(value, datetime) else value
        if not isinstance(found[name], date):
            found[name] = str(value).strip()
    if "without" in found:
        found["without"] = [code.strip() for code in str(found["without"]).split(",")]
    return found


def _groups(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    head = [str(name).strip() if name is not None else "" for name in rows[0]] if rows else []
    if tuple(head[: len(_HEAD)]) != _HEAD:
        said = ", ".join(_HEAD)
        raise Invalid(f"Dòng 1 phải là: {said}, rồi các cột khu vực.", f"Row 1 must be: {said}, then the areas.")
    keys = [name for name in head[len(_HEAD) :] if name]
    groups: dict[str, dict[str, Any]] = {}
    faults: list[FieldError] = []
    for number, row in enumerate(rows[1:], start=2):
        if all(cell in _TO_FILL_IN for cell in row):
            continue
        cells = dict(zip(head, row, strict=False))
        points = _cells({key: cells.get(key) for key in keys})
        faults += _row_faults(number, cells, points)
        words = {name: cells[name] for name in _HEAD[2:] if cells[name] is not None}
        group = groups.setdefault(str(cells["group"]), {"code": str(cells["group"]), "options": []})
        group["options"].append({"code": str(cells["option"]), "points": points, **words})
    if faults:
        raise _refused(tuple(faults))
    return list(groups.values())


def _row_faults(number: int, cells: dict[str, Any], points: dict[str, Any]) -> Iterator[FieldError]:
    at = f"#/rows/{number}"
    for name in ("group", "option"):
        if not isinstance(cells[name], str):
            yield FieldError(at, "missing", f"Dòng {number}: cột {name} để trống.", f"Row {number}: no {name}.")
    for name in ("min", "max"):
        if cells[name] is not None and not _whole(cells[name]):
            yield FieldError(at, "not_whole", f"Dòng {number}: cột {name} phải là số nguyên.", f"Row {number}: {name}.")
    for key, value in points.items():
        if value is not None and not _whole(value):
            yield FieldError(at, "not_whole", f"Dòng {number}: cột {key} ghi {value!r}, phải là số nguyên hoặc x.",
                             f"Row {number}: column {key} is {value!r}, not a whole number or x.")  # fmt: skip


def _cells(points: dict[str, Any]) -> dict[str, Any]:
    """What is filled in: numbers, and None for `x`."""
    said = {key: value.strip() if isinstance(value, str) else value for key, value in points.items()}
    return {
        key: None if value == _NOT_PRINTED else int(value) if _whole(value) else value
        for key, value in said.items()
        if value not in _TO_FILL_IN
    }


def _whole(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def _lines(content: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    return ((group, option) for group in content["groups"] for option in group["options"])


def _refused(faults: tuple[FieldError, ...]) -> Invalid:
    vi = " ".join(f"{fault.pointer}: {fault.vi}" for fault in faults[:20])
    return Invalid(f"Bảng điểm chưa đúng. {vi}", f"The points table is not right: {faults[0].en}", errors=faults)
