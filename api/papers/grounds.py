"""The law a decision of a day cites, from data/grounds.toml: each with its days in force and a `verified` mark."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _entries() -> tuple[dict[str, Any], ...]:
    text = (Path(__file__).parent / "data" / "grounds.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["grounds"])


def legal_grounds(day: date) -> tuple[str, ...]:
    """The citations of a recognition decision signed on `day`, in the order of rank, without `Căn cứ`."""
    return tuple(
        entry["text"]
        for entry in _entries()
        if entry["valid_from"] <= day and ("valid_to" not in entry or day <= entry["valid_to"])
    )
