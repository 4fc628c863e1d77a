"""The points table of form B1 as a file (TOML, XLSX) or a request brings it, and its place in a standard.

The layout is that of the printed table: groups, their lines, one column for each kind of area. `null` is a line that is
not printed for that area. The table says what is printed; what a group looks at stands in the standard (`measures`).
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from api.problems import FieldError, Invalid
from api.schema import Day, Label, Line300, Note, Schema

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,60}$")]
Point = Annotated[int, Field(ge=0, le=1000)]
_DOCUMENT = "points"  # the code of the document the points come from


class PointsColumn(Schema):
    """A column that the standard does not have yet. Keys are free; without regions it is for all of that area type."""

    key: Code
    area_type: Literal["rural", "urban"]
    regions: Annotated[list[Code], Field(max_length=20)] = Field(default_factory=list)
    label_vi: Label
    label_en: Label


class PointsOption(Schema):
    """A line. Words and band as in the standard where they are left out."""

    code: Code
    label_vi: Label | None = None
    label_en: Label | None = None
    min: Annotated[int | None, Field(ge=0, le=1_000_000, description="The band begins here.")] = None
    max: Annotated[int | None, Field(ge=0, le=1_000_000, description="Up to, not including; null: without end.")] = None
    points: Annotated[dict[Code, Point | None], Field(max_length=50)]


class PointsGroup(Schema):
    code: Code
    order: Annotated[int | None, Field(ge=1, le=1000)] = None
    label_vi: Label | None = None
    label_en: Label | None = None
    answer_type: Literal["band", "single", "multi", "boolean"] | None = None
    options: Annotated[list[PointsOption], Field(min_length=1, max_length=100)]


class PointsTable(Schema):
    """The table of one circular. `without`: groups that it does not print, so that none is forgotten in silence."""

    legal_source: Line300
    article: Label | None = None
    note: Note | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    columns: Annotated[list[PointsColumn], Field(max_length=50)] = Field(default_factory=list)
    groups: Annotated[list[PointsGroup], Field(min_length=1, max_length=200)]
    without: Annotated[list[Code], Field(max_length=200)] = Field(default_factory=list)


def with_points(content: dict[str, Any], table: PointsTable) -> dict[str, Any]:
    """The content of a standard with this table in it. Raises Invalid, with a sentence for each row that is wrong."""
    given = {group.code: group for group in table.groups}
    keys = [column.key for column in table.columns] or [column["key"] for column in content["columns"]]
    faults = tuple(_faults(content, table, set(keys)))
    if faults:
        said = " ".join(f"{fault.pointer}: {fault.vi}" for fault in faults[:20])
        raise Invalid(f"Bảng điểm chưa đúng. {said}", f"The points table is not right: {faults[0].en}", errors=faults)
    cited = {"document": _DOCUMENT, "article": table.article, "verified": False, "confidence": "unknown"}
    cited |= {"note": table.note}
    source = {"code": _DOCUMENT, "number": table.legal_source, "title": table.legal_source}
    columns = [_column(column, cited) for column in table.columns] or content["columns"]
    return content | {
        "points_known": True,
        "columns": columns,
        "sources": [*(one for one in content["sources"] if one["code"] != _DOCUMENT), source],
        "groups": [_group(group, given[group["code"]], cited) for group in content["groups"] if group["code"] in given],
    }


def _faults(content: dict[str, Any], table: PointsTable, keys: set[str]) -> Iterator[FieldError]:
    known = {group["code"]: {option["code"]: option for option in group["options"]} for group in content["groups"]}
    named: set[str] = set()
    for group in table.groups:
        if group.code not in known:
            yield FieldError(f"#/groups/{group.code}", "unknown_group", "Phiếu B1 không có nhóm này.",
                             f"Form B1 has no group {group.code}.")  # fmt: skip
            continue
        if group.code in named:
            yield FieldError(f"#/groups/{group.code}", "twice", "Nhóm này ghi hai lần.", f"{group.code} twice.")
        named.add(group.code)
        yield from _option_faults(group, known[group.code], keys)
    for missing in sorted(set(known) - named - set(table.without)):
        yield FieldError(f"#/groups/{missing}", "missing_group",
                         "Thiếu nhóm này (nếu thông tư không in nhóm này, ghi vào without).",
                         f"Group {missing} is missing (name it in without where it is not printed).")  # fmt: skip


def _option_faults(group: PointsGroup, known: dict[str, Any], keys: set[str]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for option in group.options:
        at = f"#/groups/{group.code}/options/{option.code}"
        new_line = option.label_vi is None or option.label_en is None
        if option.code not in known and new_line:
            yield FieldError(at, "unknown_option", "Dòng mới cần label_vi và label_en.", "A new line needs its labels.")
        if option.code in seen:
            yield FieldError(at, "twice", "Dòng này ghi hai lần.", "This line stands there twice.")
        seen.add(option.code)
        for key in sorted(set(option.points) - keys):
            yield FieldError(f"{at}/points/{key}", "unknown_column", f"Không có cột {key}.", f"No column {key}.")
        for key in sorted(keys - set(option.points)):
            yield FieldError(f"{at}/points/{key}", "missing_points",
                             f"Cột {key} để trống: ghi số điểm, hoặc null (x) nếu bảng không in.",
                             f"Column {key}: give the points, or null (x) where none is printed.")  # fmt: skip
    for code in sorted(set(known) - seen):
        yield FieldError(f"#/groups/{group.code}/options/{code}", "missing_option", "Thiếu dòng này.",
                         f"Line {code} is missing.")  # fmt: skip


def _column(column: PointsColumn, cited: dict[str, Any]) -> dict[str, Any]:
    label = {"vi": column.label_vi, "en": column.label_en}
    return cited | {"key": column.key, "area_type": column.area_type, "regions": column.regions, "label": label}


def _group(stored: dict[str, Any], given: PointsGroup, cited: dict[str, Any]) -> dict[str, Any]:
    options = {option["code"]: option for option in stored["options"]}
    changed = {"label": _words(stored["label"], given.label_vi, given.label_en)}
    changed |= {name: value for name in ("order", "answer_type") if (value := getattr(given, name)) is not None}
    listed = [_option(options.get(option.code, {}), option) for option in given.options]
    return stored | cited | changed | {"measure": stored.get("measure") or stored["code"], "options": listed}


def _option(stored: dict[str, Any], given: PointsOption) -> dict[str, Any]:
    band = {name: value for name in ("min", "max") if (value := getattr(given, name)) is not None}
    if given.min is not None and given.max is None:
        band["max"] = None  # the band was written anew, and it has no end
    label = _words(stored.get("label"), given.label_vi, given.label_en)
    return stored | band | {"code": given.code, "label": label, "points": given.points}


def _words(stored: dict[str, str] | None, vi: str | None, en: str | None) -> dict[str, str | None]:
    stored = stored or {}
    return {"vi": vi or stored.get("vi"), "en": en or stored.get("en")}
