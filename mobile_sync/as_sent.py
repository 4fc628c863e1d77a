"""What a tablet sent, as an officer may see it: citizen numbers masked wherever they stand."""

import math
import re
from typing import Any

from api.keys import mask

# The old number has 9 digits, the new one 12; a surveyor may have written either into any text.
_NUMBER = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
_NUMBER_FIELD = "personal_id"
# A form of ours has three levels. What is deeper is nobody's answer, and no writer of JSON goes down for ever.
_DEEPEST = 20


def shown(data: Any, *, numbers: bool, _depth: int = 0) -> Any:
    """The data of a submission for a reader; `numbers`: one who may see citizen numbers in full."""
    if _depth > _DEEPEST:
        return "…"
    if isinstance(data, dict):
        return {_text(name, numbers): _field(name, value, numbers, _depth) for name, value in data.items()}
    if isinstance(data, list):
        return [shown(one, numbers=numbers, _depth=_depth + 1) for one in data]
    if isinstance(data, str):
        return _text(data, numbers)
    if isinstance(data, float):
        return data if math.isfinite(data) else str(data)
    if isinstance(data, int) and not isinstance(data, bool):
        digits = str(data)
        return data if numbers or not _NUMBER.fullmatch(digits.lstrip("-")) else mask(digits[-4:])
    return data


def _field(name: str, value: Any, numbers: bool, depth: int) -> Any:
    if name == _NUMBER_FIELD and value is not None and not numbers:
        return mask(_text(str(value), True)[-4:])
    return shown(value, numbers=numbers, _depth=depth + 1)


def _text(text: str, numbers: bool) -> str:
    # half a surrogate pair may be sent, and is kept, but has no bytes to be shown in
    storable = text.encode("utf-8", "replace").decode()
    return storable if numbers else _NUMBER.sub(lambda found: mask(found[0][-4:]), storable)
