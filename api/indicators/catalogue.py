"""Every indicator, by its code; and the measures they are counted from, in the order in which counts are kept."""

import hashlib
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql

from api.indicators.definition import Figure, Indicator, Measure, Statistic
from api.indicators.facts import law_of_facts
from api.indicators.goals import GOALS
from api.indicators.poverty import DEPRIVATIONS, RATES
from api.indicators.tables import FigureKind
from api.problems import UnknownIndicator

INDICATORS: dict[str, Indicator] = {one.code: one for one in (*RATES, *GOALS, *DEPRIVATIONS)}
# The totals of hamlets, and how many hamlets have none; the figures of communes, and how many communes have one and
# none: measures of no grain, kept with the others.
TOTALS = ("total_households", "total_persons", "hamlets_without_totals")
FIGURES = tuple(Figure(kind) for kind in FigureKind)
# Where a figure is divided by a figure both are of one day: what was paid up to October is no share of what was due up
# to June. Kind -> the one that has to be stated of the same day.
BESIDE: dict[FigureKind, FigureKind] = {
    part.kind: other.kind
    for one in INDICATORS.values()
    for part, other in ((one.numerator, one.denominator), (one.denominator, one.numerator))
    if isinstance(part, Figure) and isinstance(other, Figure)
}


def indicator(code: str) -> Indicator:
    """Raises UnknownIndicator, which names the codes."""
    found = INDICATORS.get(code)
    if found is None:
        raise UnknownIndicator(
            f"Không có chỉ tiêu {code!r}. Các mã: {', '.join(INDICATORS)}.",
            f"There is no indicator {code!r}. There are: {', '.join(INDICATORS)}.",
        )
    return found


@cache
def measures() -> dict[str, Measure]:
    """By code, each once."""
    found: dict[str, Measure] = {}
    for one in INDICATORS.values():
        for part in (one.numerator, one.denominator, one.unknown):
            if isinstance(part, Measure) and found.setdefault(part.code, part) is not part:
                raise ValueError(f"two measures are called {part.code}")
    return found


@cache
def places() -> dict[str, int]:
    """The place of each measure among the numbers of a count, from 1 as in SQL."""
    figures = (code for figure in FIGURES for code in figure.codes)
    return {code: place for place, code in enumerate((*measures(), *TOTALS, *figures), start=1)}


@cache
def fingerprint() -> str:
    """Names this catalogue and the law its facts go by: counts made by another one are stale."""
    return named(law_of_facts())


def named(law: str) -> str:
    whole = [f"{code} {who(measure)}" for code, measure in measures().items()]
    whole += [f"{figure.code} {figure.meaning.of_year} {BESIDE.get(figure.kind)}" for figure in FIGURES]
    return hashlib.sha256("\n".join([*whole, law]).encode()).hexdigest()[:16]


@cache
def who(measure: Measure) -> str:
    """Whom a measure counts: two that count the same people, whatever they are called, are equal."""
    return f"{measure.grain} {_in_words(measure.where)}"


def _in_words(where: Any) -> str:
    """The condition as PostgreSQL reads it, with its values."""
    return str(where.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]


def parts(one: Indicator) -> list[str]:
    """The measures a value of this indicator is made of."""
    found = [part.code for part in (one.numerator, one.denominator, one.unknown) if isinstance(part, Measure)]
    if isinstance(one.denominator, Statistic):
        found += [f"total_{one.denominator.code}", "hamlets_without_totals"]
    for part in (one.numerator, one.denominator):
        found += part.codes if isinstance(part, Figure) else ()
    return found
