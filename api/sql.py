"""Loads the set-based statements kept as .sql files beside the feature that owns them."""

from functools import cache
from importlib.resources import files

from sqlalchemy import TextClause, text


@cache
def load(path: str) -> TextClause:
    """The statement in `api/<path>` or `mobile_sync/<path>` (package first). Values are bound, never formatted in.

    Raises FileNotFoundError for a path that does not exist: a programming error, met by the first test.
    """
    package, _, rest = path.partition("/")
    return text(files(package).joinpath(rest).read_text(encoding="utf-8"))
