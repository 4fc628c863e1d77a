"""What a unit is called in Vietnamese: `xã Trực Thái`, `Xóm 3`."""

from api import codes
from api.areas.tables import LocalKind


def full_name(local_kind: LocalKind, name: str) -> str:
    """The name with its kind before it, once: a hamlet's name often holds it already (`Xóm 3`)."""
    word = codes.label("local_kind", local_kind)
    return name if name.casefold().startswith(word + " ") else f"{word} {name}"


def numbered(local_kind: LocalKind, number: int) -> str:
    """`Xóm 3`: a hamlet that is known by its number."""
    word = codes.label("local_kind", local_kind)
    return f"{word[0].upper()}{word[1:]} {number}"
