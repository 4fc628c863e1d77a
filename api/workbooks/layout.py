"""Layout A as data (data/layout.toml) and the words of its cells (data/words.toml)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from api.codes import code_lists
from api.names import fold
from api.workbooks.tables import SheetRole


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `ours`: behind the layout, added by an export."""

    column: str
    field: str
    heading: str
    width: int
    ours: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet of the layout: its role, its title, the row in which data begins, its columns."""

    role: SheetRole
    title: str
    name: str
    first_row: int
    marks: tuple[str, ...]
    columns: tuple[Column, ...]

    def fields(self) -> dict[str, str]:
        """Field -> letter of its column."""
        return {column.field: column.column for column in self.columns}


@cache
def sheets() -> tuple[Sheet, ...]:
    """The sheets of layout A in their order."""
    read = _toml("layout")["sheets"]
    columns = {one["role"]: one["columns"] for one in read if "columns" in one}
    return tuple(
        Sheet(
            role=SheetRole(one["role"]),
            title=one["title"],
            name=one["name"],
            first_row=one["first_row"],
            marks=tuple(one["marks"]),
            columns=tuple(Column(**column) for column in columns[one.get("columns_of", one["role"])]),
        )
        for one in read
    )


@cache
def fields() -> frozenset[str]:
    """Everything that a column can be."""
    return frozenset(column.field for sheet in sheets() for column in sheet.columns)


@cache
def headings() -> frozenset[str]:
    """The headings of all columns, folded: a row of them inside of the data is no row of data."""
    return frozenset(fold(column.heading) for sheet in sheets() for column in sheet.columns)


@dataclass(frozen=True)
class Points:
    """What a total of points can be: a multiple of `step`, at most `most`."""

    step: int
    most: int


@cache
def b2() -> Points:
    """B2: points for each deprived indicator."""
    read = _toml("layout")["b2"]
    return Points(read["step"], read["most"])


@cache
def words(kind: str) -> dict[str, str]:
    """Folded word -> code, from the code list of that name and from data/words.toml."""
    listed: list[dict[str, Any]] = next((one["values"] for one in code_lists() if one["code"] == kind), [])
    known = {fold(value["label"]["vi"]): value["code"] for value in listed}
    for code, written in _toml("words").get(kind, {}).items():
        known |= {fold(word): code for word in written}
    return known


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files("api.workbooks").joinpath(f"data/{name}.toml").read_text(encoding="utf-8"))
