"""What the figures of a commune mean, read from data/figures.toml: unit, how long one holds, why a rate needs it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from api import codes
from api.indicators.tables import FigureKind
from api.schema import Words

FigureUnit = Literal["persons", "vnd"]


@dataclass(frozen=True)
class Meaning:
    """`of_year`: it adds up since 1 January, and says nothing of the next year. `most`: no more can be meant."""

    unit: FigureUnit
    of_year: bool
    most: int
    label: Words
    meaning: Words
    missing: Words


@cache
def meanings() -> dict[FigureKind, Meaning]:
    """By kind, in the order of the code list."""
    read = tomllib.loads(files("api.indicators").joinpath("data/figures.toml").read_text(encoding="utf-8"))
    return {kind: _meaning(kind, read[kind]) for kind in FigureKind}


def _meaning(kind: FigureKind, said: dict[str, object]) -> Meaning:
    label = Words(vi=codes.label("figure_kind", kind), en=codes.label("figure_kind", kind, "en"))
    words = {name: Words.model_validate(said[name]) for name in ("meaning", "missing")}
    return Meaning(**{**said, **words, "label": label})  # type: ignore[arg-type]
