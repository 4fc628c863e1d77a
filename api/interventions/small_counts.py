"""Who takes part, as it is told to whom small counts are not told (permissions.md)."""

from typing import Any

from api.interventions.schemas import Heads
from api.suppression import Line, suppress

_PEOPLE = ("participants", "households", "persons")
_COUNTS = (*_PEOPLE, "in_groups", "left")


def without_small_counts(heads: Heads, singles: int, least: int) -> Heads:
    """`singles`: lines that stand for a household or a person, and not for a group. The number of them, and that of all
    people, are not told, but found from the others; so they are looked after too."""
    cells = _cells(heads, singles)
    classes = tuple(f"class {one}" for one in heads.by_class)
    lines = [
        Line(("singles", "in_groups"), "everybody"),
        Line(classes, "everybody"),
        Line(tuple(f"sex {one}" for one in heads.by_sex), "persons"),
    ]
    hidden = suppress(cells, lines, least=least)
    if hidden & {"singles", "persons", "households"}:
        together = {"singles", *(name for name in _PEOPLE if cells[name] > 0)}
        hidden = suppress(cells, lines, least=least, hidden=hidden | together)

    def told(key: str) -> Any:
        return None if key in hidden else cells[key]

    return Heads(
        **{name: told(name) for name in _COUNTS},
        organisations=heads.organisations,
        by_class={one: told(f"class {one}") for one in heads.by_class},
        by_sex={one: told(f"sex {one}") for one in heads.by_sex},
        suppressed=bool(hidden),
    )


def _cells(heads: Heads, singles: int) -> dict[str, int]:
    counted = {name: getattr(heads, name) for name in _COUNTS} | {"singles": singles}
    counted |= {f"class {one}": count or 0 for one, count in heads.by_class.items()}
    counted |= {f"sex {one}": count or 0 for one, count in heads.by_sex.items()}
    return counted | {"everybody": singles + counted["in_groups"]}
