"""The figures of a report, as they are told to whom small counts are not told (permissions.md)."""

from typing import Any

from api.programmes.catalogue import catalogue
from api.report_submissions.schemas import ClassFigures, Figures, SupportFigures
from api.suppression import suppress

# Numbers of the same households: where how many they are is hidden, so is what else is counted of them.
_SAME = {("poor", "persons"): ("poor", "households"), ("near_poor", "persons"): ("near_poor", "households"),
         ("support", "deliveries"): ("support", "households")}  # fmt: skip


def without_small_counts(figures: Figures, least: int) -> Figures:
    """Money is no count and stays; so do interventions that are about nobody in particular."""
    cells: dict[tuple[str, str], int] = {
        (part, name): getattr(getattr(figures, part), name) or 0 for pair in _SAME.items() for part, name in pair
    }
    cells |= {
        (kind, stage): count or 0
        for kind, stages in figures.interventions.items()
        if _about_people(kind)
        for stage, count in stages.items()
    }
    hidden = suppress(cells, least=least)
    hidden |= {cell for cell, of in _SAME.items() if of in hidden and cells[cell] > 0}

    def told(part: str, name: str, count: Any) -> Any:
        return None if (part, name) in hidden else count

    def of_class(part: str) -> ClassFigures:
        return ClassFigures(**{name: told(part, name, cells[part, name]) for name in ("households", "persons")})

    counted = {name: told("support", name, cells["support", name]) for name in ("deliveries", "households")}
    return Figures(
        as_of=figures.as_of,
        poor=of_class("poor"),
        near_poor=of_class("near_poor"),
        support=SupportFigures(**counted, amount_vnd=figures.support.amount_vnd),
        interventions={
            kind: {stage: told(kind, stage, count) for stage, count in stages.items()}
            for kind, stages in figures.interventions.items()
        },
        suppressed=bool(hidden),
    )


def _about_people(code: str) -> bool:
    kind = catalogue().kinds.get(code)
    return kind is None or bool({"household", "member"} & set(kind.about))
