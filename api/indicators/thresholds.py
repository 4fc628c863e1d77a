"""From when on which value is good enough: dated data (data/parameters.toml), empty until somebody loads it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from api.indicators.facts import PARAMETERS
from api.indicators.schemas import Threshold
from api.schema import Words

_NOT_LOADED = Words(
    vi="Chưa nạp ngưỡng, nên chưa biết đạt hay không.", en="No threshold is loaded, so whether it is met is not known."
)


def threshold_on(name: str, day: date, parameters: Mapping[str, Any] = PARAMETERS) -> Threshold:
    """The newest threshold that held on a day: the value may be at most `most_percent`."""
    rows: Sequence[Mapping[str, Any]] = parameters.get(name, ())
    held = [row for row in rows if row["valid_from"] <= day and day <= row.get("valid_to", date.max)]
    if not held:
        return Threshold(most_percent=None, valid_from=None, source=None, verified=False, reason=_NOT_LOADED)
    row = max(held, key=lambda one: one["valid_from"])
    return Threshold(
        most_percent=row["most_percent"],
        valid_from=row["valid_from"],
        source=row["source"],
        verified=row["verified"],
        reason=None,
    )


def meets(value: float | None, threshold: Threshold) -> bool | None:
    """Is the value good enough? None where either is not known."""
    if value is None or threshold.most_percent is None:
        return None
    return value <= threshold.most_percent
