"""Scoring of many reviews by the pure rules, in one process, beside the same rules written as plain ifs."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from rich.table import Table

from api.standards import rules
from tests.api.standards import straightforward
from tests.api.standards.vectors import cases, facts_of, standards

_TRAINING = "training-2022"  # the one with points for every line of B1


def table(count: int) -> Table:
    """`count` reviews: facts, B1, B2, class and every line of the explanation, against flags and class alone."""
    listed = [case | {"standard": _TRAINING, "b1_entered": None} for case in cases() if case["standard"] != "vn-2027"]
    declared = _seconds(listed, count, _declared)
    plain = _seconds(listed, count, _plain)
    shown = Table(title=f"Scoring of {count:,} reviews, one process", caption="plain ifs: no points, no lines")
    for heading in ("rules", "reviews per second", "ratio"):
        shown.add_column(heading, justify="left" if heading == "rules" else "right")
    shown.add_row("declared, with every line of the explanation", f"{count / declared:,.0f}", f"{plain / declared:.0%}")
    shown.add_row("the same conditions as plain ifs", f"{count / plain:,.0f}", "")
    return shown


def _seconds(listed: list[dict[str, Any]], count: int, score: Callable[[dict[str, Any]], None]) -> float:
    started = time.perf_counter()
    for number in range(count):
        score(listed[number % len(listed)])
    return time.perf_counter() - started


def _declared(case: dict[str, Any]) -> None:
    rules.assess(standards()[case["standard"]], facts_of(case))


def _plain(case: dict[str, Any]) -> None:
    flags = straightforward.flags(case["answers"], case["members"], date.fromisoformat(case["on"]))
    straightforward.proposed(100, flags, case["area_type"])
