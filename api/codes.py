"""Every code list of the wire with its Vietnamese and English words, read once from api/data/codes.toml.

Plumbing: knows no feature. A test compares the lists with the enums of the tables, so that neither can grow alone.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _lists() -> dict[str, dict[str, tuple[str, str]]]:
    read = tomllib.loads(files("api").joinpath("data/codes.toml").read_text(encoding="utf-8"))["lists"]
    return {name: {code: (vi, en) for code, vi, en in values} for name, values in read.items()}


@cache
def code_lists() -> list[dict[str, Any]]:
    """All lists as `{"code", "values": [{"code", "label": {"vi", "en"}}]}`, in the order in which a form shows them.

    Shared by all callers: read it, never change it.
    """
    return [
        {
            "code": name,
            "values": [{"code": code, "label": {"vi": vi, "en": en}} for code, (vi, en) in values.items()],
        }
        for name, values in _lists().items()
    ]


def known(name: str, code: str) -> bool:
    """Is `code` a value of the list `name`? Raises KeyError for a list that does not exist: a mistake of ours."""
    return code in _lists()[name]


def label(name: str, code: str, language: str = "vi") -> str:
    """The words for a code. Raises KeyError where list or code do not exist."""
    vi, en = _lists()[name][code]
    return en if language == "en" else vi


# The national list of 54 (QĐ 121-TCTK/PPCĐ of 02/3/1979) and `foreign`: no enum of a table, because it is data of law.
ETHNICITIES: frozenset[str] = frozenset(_lists()["ethnicity"])
