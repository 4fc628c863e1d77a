"""PURE: does an income sheet lead to a recognition of the third path (QĐ 24/2021, Điều 6; NĐ 07/2021, Điều 3;
NĐ 30/2025)? A proposal, as every score: the recognition is the chair's decision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

AGRICULTURE = "agri_average_living_standard"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Income per head and month in VND: more than `above`, at most `up_to`; with the source of both."""

    valid_from: date
    valid_to: date | None
    area_type: str
    above: int
    up_to: int
    document: str
    article: str | None
    verified: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """`qualifies` is None while a fact is missing; `reasons` are codes of `living_standard_reason`."""

    qualifies: bool | None
    reasons: tuple[str, ...]


def bounds_on(known: Iterable[Bounds], day: date, area_type: str | None) -> Bounds | None:
    """The first of the bounds that hold on `day` in a rural or urban area; None where none are known."""
    for bounds in known:
        if (
            bounds.area_type == area_type
            and bounds.valid_from <= day
            and not (bounds.valid_to and bounds.valid_to < day)
        ):
            return bounds
    return None


def verdict(
    kind: str,
    bounds: Bounds | None,
    income_per_head_vnd: int | None,
    works_in_agriculture: bool | None,
    poverty_class: str | None,
) -> Verdict:
    """The facts against the bounds. Households that are poor or near-poor are excluded from both kinds.

    A household of average living standard works in agriculture, forestry, fishery or salt and earns more than the
    poverty line; for a low-income worker only the upper bound counts.
    """
    faults, missing = [], []
    if poverty_class in ("poor", "near_poor"):
        faults.append("household_is_poor")
    if income_per_head_vnd is None:
        missing.append("not_measured")
    elif bounds is None:
        missing.append("bounds_unknown")
    elif income_per_head_vnd > bounds.up_to:
        faults.append("income_above_bound")
    elif kind == AGRICULTURE and income_per_head_vnd <= bounds.above:
        faults.append("income_not_above_line")
    if kind == AGRICULTURE and works_in_agriculture is None:
        missing.append("agriculture_unknown")
    elif kind == AGRICULTURE and not works_in_agriculture:
        faults.append("not_in_agriculture")
    if faults:
        return Verdict(False, tuple(faults))
    return Verdict(None, tuple(missing)) if missing else Verdict(True, ())
