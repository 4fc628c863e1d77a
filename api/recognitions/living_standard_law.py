"""The bounds of income of the third path, as dated data with their source."""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

from api.recognitions.living_standard_rules import Bounds


def bounds_on(day: date, area_type: str | None) -> Bounds | None:
    """The bounds in force on `day` in a rural or urban area; None where none are known: then nobody is judged."""
    for known in _shipped():
        if (
            known.area_type == area_type
            and known.valid_from <= day
            and (known.valid_to is None or day <= known.valid_to)
        ):
            return known
    return None


@cache
def _shipped() -> tuple[Bounds, ...]:
    read = tomllib.loads(files("api.recognitions").joinpath("data/living-standard.toml").read_text("utf-8"))
    return tuple(Bounds(**row) for row in read["bounds"])
