"""The insurer's groups and the days from which changes count: api/insurance/data, read once and checked."""

import json
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter

from api.insurance.rules import Elsewhere, Group, Law, Start, Window
from api.programmes.catalogue import catalogue


def data(name: str) -> dict[str, Any]:
    """A file of data/."""
    return tomllib.loads(files("api.insurance").joinpath(f"data/{name}.toml").read_text(encoding="utf-8"))


@cache
def law() -> Law:
    """Shared by all callers. Raises pydantic's ValidationError for a typing mistake in a file, at the first use."""
    groups, days = data("groups"), data("valid_from")
    return Law(
        tuple(TypeAdapter(list[Group]).validate_python(groups["groups"])),
        catalogue().policies,
        tuple(TypeAdapter(list[Elsewhere]).validate_python([_with_logic(one) for one in groups["elsewhere"]])),
        tuple(TypeAdapter(list[Start]).validate_python(days["rules"])),
        TypeAdapter(Window).validate_python(days["window"]),
    )


def _with_logic(entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"when": json.loads(entry["when"])}
