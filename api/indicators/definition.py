"""What an indicator is: which facts are counted over which, in whose words, by which source. No statement."""

from dataclasses import dataclass
from typing import Any, Literal

from api.indicators.facts import Grain
from api.indicators.figure_kinds import FigureUnit, Meaning, meanings
from api.indicators.tables import FigureKind
from api.schema import Words

Unit = Literal["percent", "count", "percentage_point"]
Breakdown = Literal["area", "class", "sex", "ethnicity", "merit", "disability", "age", "kind", "category"]

# what a numerator is divided by: facts of the register, dated totals of the hamlets, a figure of the commune, nothing
Over = Literal["records", "total_households", "total_persons", "figure", "nothing"]


@dataclass(frozen=True)
class Measure:
    """How many facts of a grain there are with `where` (None: all). `code` names it in the table of counts."""

    code: str
    grain: Grain
    where: Any = None


@dataclass(frozen=True)
class Statistic:
    """The dated totals of the hamlets, never the rows of the register. Unknown where one is missing."""

    code: Literal["households", "persons"]


@dataclass(frozen=True)
class Figure:
    """A dated figure that communes write down from a paper. Unknown where one of the communes has none, and for a
    hamlet, which it is not split by."""

    kind: FigureKind

    @property
    def meaning(self) -> Meaning:
        return meanings()[self.kind]

    @property
    def grain(self) -> FigureUnit:
        """What it counts: persons, or whole VND."""
        return self.meaning.unit

    @property
    def code(self) -> str:
        """Names the sum over the communes in the table of counts; `given`, `lacking` how many of them have one."""
        return f"figure_{self.kind}"

    @property
    def given(self) -> str:
        return f"{self.code}_given"

    @property
    def lacking(self) -> str:
        return f"{self.code}_lacking"

    @property
    def codes(self) -> tuple[str, str, str]:
        return self.code, self.given, self.lacking


@dataclass(frozen=True)
class Indicator:
    """One entry of the catalogue.

    `unknown`: how many of the denominator's facts nobody can tell of; they are not in the numerator.
    `change_since_new_year`: the value is the difference to that of the last day of the year before.
    `threshold`: the list of parameters.toml that says from when on which value is good enough (thresholds.py).
    """

    code: str
    vi: str
    en: str
    vi_definition: str
    en_definition: str
    unit: Unit
    numerator: Measure | Figure
    denominator: Measure | Statistic | Figure | None
    breakdowns: tuple[Breakdown, ...]
    source: str
    unknown: Measure | None = None
    lower_is_better: bool = False
    change_since_new_year: bool = False
    threshold: str | None = None

    @property
    def name(self) -> Words:
        return Words(vi=self.vi, en=self.en)

    @property
    def definition(self) -> Words:
        return Words(vi=self.vi_definition, en=self.en_definition)

    @property
    def over(self) -> Over:
        """What the numerator is divided by."""
        if isinstance(self.denominator, Measure):
            return "records"
        if isinstance(self.denominator, Statistic):
            return "total_households" if self.denominator.code == "households" else "total_persons"
        return "nothing" if self.denominator is None else "figure"
