"""The standards that come with the program: files of api/standards/data, put together into one content each.

Conditions stand in the files as JSON text (TOML has no null). Lists of included files are joined in their order.
"""

import json
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from api.standards.definition import as_json
from api.standards.points import PointsTable, with_points

SHIPPED = ("vn-2022", "vn-2027", "training-2022")


@cache
def shipped() -> tuple[dict[str, Any], ...]:
    """The content of each shipped version, as it is stored. Shared by all callers: read it, never change it."""
    return tuple(_content(f"{name}/standard.toml") for name in SHIPPED)


def _content(path: str) -> dict[str, Any]:
    whole = _read(path)
    points = whole.pop("points", None)
    for included in whole.pop("include", []):
        for name, value in _read(included).items():
            there = whole.get(name)
            if isinstance(there, list):
                whole[name] = there + value
            elif there is None:
                whole[name] = value
            else:
                raise ValueError(f"{path}: {name} stands in {included} too")
    content: dict[str, Any] = as_json(whole)
    return with_points(content, PointsTable.model_validate(_read(points))) if points else content


def _read(path: str) -> dict[str, Any]:
    text = files("api.standards").joinpath(f"data/{path}").read_text(encoding="utf-8")
    read: dict[str, Any] = _with_conditions(tomllib.loads(text))
    return read


def _with_conditions(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_conditions(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_conditions(inner) for inner in value]
    return json.loads(value) if isinstance(value, str) and value.startswith("{") and value.endswith("}") else value
