"""Workbooks of layout A, as people make them: rows of letters and cells, saved by a library of its own."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from openpyxl import Workbook, load_workbook

from api.areas.tables import area_id
from tests.make.answers import done

IMPORTS = "/api/v1/workbook-imports"
EXPORT = "/api/v1/workbook-exports/households"
TRUC_THAI = str(area_id("14080"))
DECISION = {"Q": "77/QĐ-UBND", "R": "11/12/2023"}

Cells = Mapping[str, Any]


def head(no: Any, name: str, **more: Any) -> dict[str, Any]:
    """The first row of a poor household of xóm 3."""
    return {
        "B": no, "C": name, "D": name, "E": "Chủ hộ", "F": "12/05/1980", "G": "Nam", "N": "Xóm 3", "O": "Kinh",
        "P": "Hộ nghèo", **DECISION, **more,
    }  # fmt: skip


def member(name: str, relation: str = "Con", **more: Any) -> dict[str, Any]:
    return {"D": name, "E": relation, "F": "20/10/2010", "G": "Nữ", **more}


def book(*rows: Cells, escaped_poor: Sequence[Cells] = (), escaped_near_poor: Sequence[Cells] = ()) -> bytes:
    """A file with three sheets; data from row 8, and from row 10 on the lists of who escaped."""
    made = Workbook()
    sheets = [made.active, made.create_sheet("Thoát nghèo"), made.create_sheet("Thoát cận nghèo")]
    titles = ("DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO SAU KHI RÀ SOÁT", "DANH SÁCH HỘ THOÁT NGHÈO", "HỘ THOÁT CẬN NGHÈO")
    contents = ((rows, 8), (escaped_poor, 10), (escaped_near_poor, 10))
    for sheet, title, (content, first) in zip(sheets, titles, contents, strict=True):
        assert sheet is not None
        sheet["A2"] = title
        for number, cells in enumerate(content, start=first):
            for letter, value in cells.items():
                sheet[f"{letter}{number}"] = value
    return saved(made)


def saved(made: Any) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def sent(client: httpx.Client, content: bytes, area: str = TRUC_THAI, **headers: str) -> httpx.Response:
    return client.post(IMPORTS, params={"area_id": area}, content=content, headers=headers)


def checked(client: httpx.Client, content: bytes, area: str = TRUC_THAI) -> dict[str, Any]:
    """The import, checked to its end."""
    made: dict[str, Any] = done(sent(client, content, area))
    while made["state"] == "read":
        made = done(client.post(f"{IMPORTS}/{made['id']}/checking"))
    assert made["state"] == "checked", made
    return made


def rows(client: httpx.Client, made: Mapping[str, Any], **only: str) -> dict[tuple[int, int], dict[str, Any]]:
    """(sheet, row) -> what is told of it; rows that are no data are left out."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    params: dict[str, Any] = {"limit": 500, **only}
    while True:
        page = done(client.get(f"{IMPORTS}/{made['id']}/rows", params=params))
        found |= {(one["sheet"], one["row"]): one for one in page["items"] if one["verdict"] != "not_data"}
        if page["next_cursor"] is None:
            return found
        params["cursor"] = page["next_cursor"]


def verdicts(client: httpx.Client, made: Mapping[str, Any]) -> dict[tuple[int, int], str]:
    return {place: one["verdict"] for place, one in rows(client, made).items()}


def codes(one: Mapping[str, Any]) -> set[str]:
    return {note["code"] for note in one["notes"]}


def confirmed(client: httpx.Client, made: Mapping[str, Any], **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = done(client.post(f"{IMPORTS}/{made['id']}/confirmation", json=body))
    assert answer["state"] == "confirmed", answer
    return answer


def answered(client: httpx.Client, made: Mapping[str, Any], *answers: Cells) -> dict[str, Any]:
    """The import with these answers, checked again."""
    where, tag = f"{IMPORTS}/{made['id']}", {"If-Match": f'"{made["version"]}"'}
    changed: dict[str, Any] = done(client.patch(where, json={"answers": list(answers)}, headers=tag))
    return changed


def exported(client: httpx.Client, area: str = TRUC_THAI, **params: str) -> bytes:
    answer = client.get(EXPORT, params={"area_id": area, **params})
    assert answer.status_code == 200, answer.text
    return answer.content


def cells_of(content: bytes, sheet: int = 0, first: int = 8) -> list[tuple[Any, ...]]:
    """The rows of a sheet of an export."""
    return list(load_workbook(io.BytesIO(content)).worksheets[sheet].iter_rows(min_row=first, values_only=True))


def without_columns(content: bytes, columns: Mapping[int, Sequence[str]]) -> bytes:
    """The file with these columns emptied, by sheet."""
    read = load_workbook(io.BytesIO(content))
    for place, letters in columns.items():
        sheet = read.worksheets[place]
        for letter in letters:
            for row in range(1, sheet.max_row + 1):
                sheet[f"{letter}{row}"] = None
    return saved(read)
