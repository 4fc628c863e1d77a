"""The bounds of income of the third path: thresholds of the standards that come with the program, by day and area."""

from datetime import date
from functools import cache

from api.recognitions.living_standard_rules import Bounds
from api.standards.shipped import shipped


def bounds_on(day: date, area_type: str | None) -> Bounds | None:
    """The bounds in force on `day` in a rural or urban area; None where none are known: then nobody is judged."""
    for known in _known():
        if (
            known.area_type == area_type
            and known.valid_from <= day
            and (known.valid_to is None or day <= known.valid_to)
        ):
            return known
    return None


@cache
def _known() -> tuple[Bounds, ...]:
    """One pair of thresholds for each live standard that is no draft: the poverty line, and the upper bound."""
    found = []
    for content in shipped():
        if content["kind"] != "live" or content["status"] != "verified":
            continue
        numbers = {one["code"]: one["number"] for one in content["sources"]}
        lines = {(one["code"], one["area_type"]): one for one in content["thresholds"]}
        for area_type in ("rural", "urban"):
            above, up_to = lines["income_poor", area_type], lines["income_average", area_type]
            last = up_to["valid_to"]
            found.append(
                Bounds(
                    date.fromisoformat(up_to["valid_from"]),
                    last and date.fromisoformat(last),
                    area_type,
                    above["value"],
                    up_to["value"],
                    numbers[up_to["document"]],
                    up_to["article"],
                    above["verified"] and up_to["verified"],
                )
            )
    return tuple(found)
