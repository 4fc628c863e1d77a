"""PURE: adds up the finest sums of a year (by component, source, level, hamlet) to the lists of the overview."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Key:
    """Of which money. `component` and `hamlet` None: of none in particular."""

    component: str | None
    source: str
    level: str
    hamlet: Any


@dataclass(frozen=True, slots=True)
class Money:
    """Whole VND."""

    planned: int = 0
    draft: int = 0
    approved: int = 0
    committed: int = 0
    disbursed: int = 0
    settled: int = 0

    def __add__(self, other: "Money") -> "Money":
        return Money(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def remaining(self) -> int:
        """Approved and not committed."""
        return self.approved - self.committed


By = TypeVar("By")


def added(rows: Iterable[tuple[Key, Money]], by: Callable[[Key], By]) -> dict[By, Money]:
    """The sums of the rows by what `by` makes of their keys, in the order of their first appearance."""
    sums: dict[By, Money] = {}
    for key, money in rows:
        group = by(key)
        sums[group] = sums.get(group, Money()) + money
    return sums


def total(rows: Iterable[tuple[Key, Money]]) -> Money:
    """The sum of all rows."""
    return sum((money for _, money in rows), Money())
