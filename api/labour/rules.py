"""Who is of working age on a day. PURE."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.standards.definition import Confidence

_MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class WorkingAge:
    """From which age to before which one somebody works, in months, as a text of law has it from a day on."""

    valid_from: date
    from_months: int
    until_months: dict[str, int]
    document: str
    article: str
    confidence: Confidence
    verified: bool
    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  # read by pydantic


def age_in_months(born: date, day: date) -> int:
    """Whole months of life: somebody born on the 31st completes one on the last day of a shorter month's successor."""
    return (day.year - born.year) * _MONTHS + day.month - born.month - (day.day < born.day)


def rule_on(day: date, rules: Sequence[WorkingAge]) -> WorkingAge:
    """The rule in force on a day; before the first one, the first."""
    known = sorted(rules, key=lambda rule: rule.valid_from)
    return next((one for one in reversed(known) if one.valid_from <= day), known[0])


def of_working_age(born: date, sex: str, day: date, rules: Sequence[WorkingAge]) -> bool:
    """By the rule in force on `day`."""
    rule = rule_on(day, rules)
    return rule.from_months <= age_in_months(born, day) < rule.until_months[sex]
