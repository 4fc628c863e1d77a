"""Keyset pages: `?limit=&cursor=`. A page costs the same wherever it lies; a row inserted meanwhile shifts nothing."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query

from api.problems import InvalidCursor

Limit = Annotated[int, Query(ge=1, le=1000, description="How many items at most.")]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]


def encode(position: Sequence[Any]) -> str:
    """An opaque cursor for the place after a row, from its sort values (text, numbers, None)."""
    return base64.urlsafe_b64encode(json.dumps(position, ensure_ascii=False).encode()).decode().rstrip("=")


def decode(cursor: str | None, *types: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    """The sort values in the cursor, each passed through its type. InvalidCursor for anything we did not make."""
    if cursor is None:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(types):
            raise ValueError("not our cursor")
        return tuple(_storable(convert(value)) for convert, value in zip(types, values, strict=True))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InvalidCursor() from error


def _storable(value: Any) -> Any:
    # A forged cursor may hold what PostgreSQL cannot compare with: NUL, half a surrogate pair, a huge number.
    if isinstance(value, str) and ("\x00" in value or value != value.encode("utf-8", "ignore").decode()):
        raise ValueError("not storable text")
    if isinstance(value, int) and abs(value) > 2**62:
        raise ValueError("not storable number")
    return value


Row = TypeVar("Row")


def page(rows: Sequence[Row], limit: int, position: Callable[[Row], Sequence[Any]]) -> tuple[list[Row], str | None]:
    """Cuts rows read with `limit + 1` to a page, and says where the next one starts."""
    shown = list(rows[:limit])
    return shown, encode(position(shown[-1])) if len(rows) > limit else None
