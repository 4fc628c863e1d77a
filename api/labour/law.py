"""What the labour record goes by: api/labour/data/labour.toml, read once and checked."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from api.labour.rules import WorkingAge

_CLOSED = {"extra": "forbid"}  # an unknown key is a typing mistake


@dataclass(frozen=True)
class Seekers:
    """A kind of case of somebody who looks for work; the codes of its field and steps."""

    kind: str
    wants: str
    referral: str
    placement: str
    after_6_months: str
    after_12_months: str
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True)
class Courses:
    """A kind of course, the role of who learns there, and the step that says whether they work."""

    kind: str
    role: str
    after_6_months: str
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True)
class Column:
    """A column of the file. `list`: the code list of its values."""

    field: str
    heading: str
    width: int
    list: str | None = None
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True)
class Kinds:
    kinds: tuple[str, ...]
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True)
class Law:
    working_age: tuple[WorkingAge, ...]
    seekers: tuple[Seekers, ...]
    courses: tuple[Courses, ...]
    services: Kinds
    needs: Kinds
    columns: tuple[Column, ...]
    __pydantic_config__ = _CLOSED


@cache
def law() -> Law:
    """Shared by all callers. Raises pydantic's ValidationError for a typing mistake, at the first use."""
    text = files("api.labour").joinpath("data/labour.toml").read_text(encoding="utf-8")
    return TypeAdapter(Law).validate_python(tomllib.loads(text))
