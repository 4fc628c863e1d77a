"""What a standard consists of, as frozen values: the shape of api/standards/data and of the stored content.

PURE. `documents.py` reads files into these; every value of law names its document, its article, whether a second person
has compared it with the text (`verified`), and how sure it is. What is not known is None, never a guess.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from api.standards.expressions import Logic

Confidence = Literal["high", "medium", "low", "unknown"]
_CLOSED = {"extra": "forbid"}  # read by pydantic: an unknown key in a file is a typing mistake


@dataclass(frozen=True)
class Words:
    """The same words for a Vietnamese and an English reader."""

    vi: str
    en: str
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Cited:
    """A value of law: where it stands. Without days of its own it holds as long as its standard."""

    document: str
    article: str | None = None
    verified: bool = False
    confidence: Confidence = "unknown"
    note: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True)
class Source:
    """A document of law, named by its `code` in everything that comes from it."""

    code: str
    number: str
    title: str
    signed_on: date | None = None
    valid_from: date | None = None
    url: str | None = None
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Threshold(Cited):
    """`b1`: points up to which a household counts as below the line; the others: VND per person and month."""

    code: Literal["b1", "income_poor", "income_average"]
    area_type: Literal["rural", "urban"]
    value: int | None = None
    unit: Literal["points", "vnd_per_person_month"]


@dataclass(frozen=True, kw_only=True)
class Column(Cited):
    """A column of the points table: which areas use it. `regions` empty: all regions of that area type."""

    key: str
    area_type: Literal["rural", "urban"]
    regions: tuple[str, ...] = ()
    label: Words


@dataclass(frozen=True)
class Count:
    """How many members a condition holds for; `<code>_unknown` counts those of whom it is not known."""

    code: str
    label: Words
    count_if: Logic
    unknown_if: Logic = False
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True)
class Dimension:
    code: str
    label: Words
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Indicator(Cited):
    """One of the twelve. `member`: deprived when any member is; `household`: asked of the household once.

    `deprived_if` None: the law's threshold is not known, and nobody is found deprived or not deprived by it.
    `shows`: the questions whose answers explain it.
    """

    code: str
    order: int
    dimension: str
    label: Words
    definition: Words
    kind: Literal["member", "household"]
    applies_if: Logic = True
    unknown_if: Logic = False
    deprived_if: Logic | None = None
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measure:
    """What a group of the points table looks at: a number, one code, or several truths (`flags`).

    `per` divides the bands: 8 m2 per person is floor area against 8 times the members.
    """

    code: str
    kind: Literal["number", "code", "flags"]
    value: Logic = None
    per: Logic = 1
    flags: dict[str, Logic] = field(default_factory=dict)
    unknown_if: Logic = False
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True)
class Option:
    """A line of the points table. A band holds from `min` up to, not including, `max` (None: without end).

    `points` by column; None or missing: nothing is printed there, it gives no points.
    """

    code: str
    label: Words
    min: int | None = None
    max: int | None = None
    points: dict[str, int | None] = field(default_factory=dict)
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Group(Cited):
    """A group of lines: the one that holds scores (`band`, `single`), or each that holds (`multi`, `boolean`)."""

    code: str
    order: int
    label: Words
    answer_type: Literal["band", "single", "multi", "boolean"]
    options: tuple[Option, ...]
    measure: str = ""
    no_score_if: Logic = False


@dataclass(frozen=True)
class Contradiction:
    """What cannot well be true together: a warning for the person who decides, never a refusal."""

    code: str
    kind: Literal["member", "household"]
    warn_if: Logic
    said: Words
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True)
class Choice:
    code: str
    label: Words
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True)
class Question:
    """A question of a form. `decimals`: of a number. `visible_if` reads `answers.…` only."""

    code: str
    type: Literal["single", "multi", "boolean", "number", "date", "text"]
    label: Words
    section: str = "b"
    required: bool = False
    options: tuple[Choice, ...] = ()
    min: int | None = None
    max: int | None = None
    decimals: int = 0
    visible_if: Logic = True
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Form(Cited):
    """A form of the circular. `questions` empty with a note: its items are not known.

    `needs_b_if`, of form A only: whether its answers lead to form B; it reads `answers.…` of this form. None: the rule
    is not known; where it gives null, the answers leave it open. Then a person decides and says why.
    """

    code: str
    label: Words
    questions: tuple[Question, ...] = ()
    needs_b_if: Logic | None = None


@dataclass(frozen=True, kw_only=True)
class CodeOf(Cited):
    """A cause of poverty or a need of support."""

    code: str
    label: Words


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A standard, whole. `form_version` numbers its forms: unique over all standards of an installation."""

    code: str
    version: int
    form_version: int
    kind: Literal["live", "training"]
    status: Literal["draft", "verified"]
    label: Words
    valid_from: date
    valid_to: date | None = None
    source: str
    school_year_starts: str
    deprivation_points: int
    poor_min_b2: int
    points_known: bool
    sources: tuple[Source, ...]
    thresholds: tuple[Threshold, ...]
    columns: tuple[Column, ...]
    counts: tuple[Count, ...]
    dimensions: tuple[Dimension, ...]
    indicators: tuple[Indicator, ...]
    measures: tuple[Measure, ...]
    groups: tuple[Group, ...]
    contradictions: tuple[Contradiction, ...]
    forms: tuple[Form, ...]
    causes: tuple[CodeOf, ...]
    needs: tuple[CodeOf, ...]
    reasons: dict[str, Words]
    words: dict[str, Words]
    replaces: str | None = None  # which version a points table was added to
    __pydantic_config__ = _CLOSED


def as_json(value: Any) -> Any:
    """Days as ISO text, tuples as lists: what JSON and the other language see."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
