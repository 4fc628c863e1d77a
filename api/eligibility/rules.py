"""PURE: who appears eligible under which policies, for which reasons, and what a person still has to check.

A judgement says `appears eligible`, and never more: the responsible agency decides. Unknown stays unknown.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from datalogic_py import Rule

from api.eligibility import words
from api.eligibility.conditions import RANGES, fails, holds, named, unknown_when_null, vocabulary
from api.programmes.definition import Ground, Parameter, Policy, Priority, Served, in_force
from api.standards.definition import Words
from api.standards.expressions import Logic, compiled, together

# Health and origin (NĐ 356/2025, Điều 4), and who fought: told only to whoever may see such.
SENSITIVE = frozenset({
    "m.disability", "m.nutrition", "m.ethnicity", "m.merit_person",
    "counts.disabled_persons", "counts.minority_persons", "counts.merit_persons",
})  # fmt: skip
Subject = Literal["household", "member"]
_SCHOOL_YEAR = 9  # it begins in September
_MONTHS_OF_A_QUARTER = 3


@dataclass(frozen=True)
class Held:
    """A ground that holds, or (`certain` false) may hold: something about it is still to be checked."""

    ground: Ground
    certain: bool


@dataclass(frozen=True)
class Judgement:
    """What the facts make of one policy for one household or person. `eligible` None: not known.

    `excluded`: a ground holds, and so does what excludes. `served_by_facts`: of `served_if`; None: not known.
    `withheld`: what was left out of account because the reader may not see what it rests on: `grounds`, `unless`,
    `priorities`, `served_if`. It depends on the policy, never on the person.
    """

    policy: Policy
    eligible: bool | None
    reasons: tuple[Held, ...]
    excluded: bool
    to_check: tuple[Words, ...]
    priorities: tuple[Priority, ...]
    served_by_facts: bool | None
    withheld: tuple[str, ...]

    @property
    def hidden(self) -> bool:
        """Is it not known only because the reader may not see why?"""
        return self.eligible is None and not self.reasons and "grounds" in self.withheld


@dataclass(frozen=True)
class _Condition:
    """Where the two readings of a condition stand in the answer of the engine, and what it rests on."""

    at: int
    sensitive: bool
    missable: tuple[str, ...]

    def value(self, answers: list[bool]) -> bool | None:
        if answers[2 * self.at]:
            return True
        return False if answers[2 * self.at + 1] else None


@dataclass(frozen=True)
class _Ready:
    """A policy with its conditions, as far as they are in force on the day."""

    policy: Policy
    grounds: tuple[tuple[Ground, _Condition], ...]
    priorities: tuple[tuple[Priority, _Condition], ...]
    unless: _Condition
    served_if: _Condition


@dataclass(frozen=True)
class Rulebook:
    """The policies of one subject in force on a day, compiled: the facts cross into the engine once for all of them."""

    ready: tuple[_Ready, ...]
    rule: Rule | None

    @property
    def policies(self) -> tuple[Policy, ...]:
        return tuple(one.policy for one in self.ready)

    def judge(self, facts: Mapping[str, Any], *, sees_sensitive: bool) -> list[Judgement]:
        """Every policy over the facts of one household, or of one person in it (`m`)."""
        if self.rule is None:
            return []
        answers: list[bool] = self.rule.evaluate(facts)
        return [_judged(one, answers, facts, sees_sensitive) for one in self.ready]


def rulebook(policies: Iterable[Policy], subject: Subject, day: date) -> Rulebook:
    """The policies of this subject that are in force on `day`. Raises ExpressionError for a condition outside of the
    profile (the catalogue has checked its own)."""
    logics: list[Logic] = []
    mine = [one for one in policies if one.subject == subject and in_force(one, day)]
    ready = tuple(_ready(policy, day, logics) for policy in mine)
    known, unknowns = vocabulary(subject), unknown_when_null(subject)
    readings = [compiled(read(logic, unknowns), known) for logic in logics for read in (holds, fails)]
    return Rulebook(ready, together(readings) if readings else None)


def _ready(policy: Policy, day: date, logics: list[Logic]) -> _Ready:
    missable = unknown_when_null(policy.subject) | {f"counts.{name}" for name in RANGES}

    def condition(logic: Logic) -> _Condition:
        logics.append(logic)
        names = named(logic)
        return _Condition(len(logics) - 1, bool(names & SENSITIVE), tuple(sorted(names & missable)))

    return _Ready(
        policy,
        tuple((ground, condition(ground.when)) for ground in policy.grounds if in_force(ground, day)),
        tuple((one, condition(one.when)) for one in policy.priorities if in_force(one, day)),
        condition(policy.unless),
        condition(policy.served_if),
    )


def _judged(ready: _Ready, answers: list[bool], facts: Mapping[str, Any], sees_sensitive: bool) -> Judgement:
    def value(condition: _Condition) -> bool | None:
        return condition.value(answers)

    def shown(condition: _Condition) -> bool:
        return sees_sensitive or not condition.sensitive

    reasons, to_check = [], []
    for ground, condition in ready.grounds:
        found = value(condition) if shown(condition) else False
        if found is not False:
            reasons.append(Held(ground, found is True and not ground.asks))
            to_check += [*_missing(condition, facts), *ground.asks]
    unless = value(ready.unless) if shown(ready.unless) else None
    eligible = _eligible(reasons, unless, hidden=not all(shown(condition) for _, condition in ready.grounds))
    served = value(ready.served_if) if shown(ready.served_if) else None
    if eligible is not None:
        to_check = []
    if unless is None and reasons and shown(ready.unless):
        to_check += _missing(ready.unless, facts)
    if served is None and eligible is not False and shown(ready.served_if):
        to_check += _missing(ready.served_if, facts)
    return Judgement(
        policy=ready.policy,
        eligible=eligible,
        reasons=tuple(sorted(reasons, key=lambda held: not held.certain)),
        excluded=bool(reasons) and unless is True,
        to_check=tuple(dict.fromkeys(to_check)),
        priorities=tuple(one for one, condition in ready.priorities if shown(condition) and value(condition)),
        served_by_facts=served,
        withheld=() if sees_sensitive else tuple(_withheld(ready)),
    )


def _eligible(reasons: list[Held], unless: bool | None, hidden: bool) -> bool | None:
    if unless is True or not (reasons or hidden):
        return False
    return True if unless is False and any(held.certain for held in reasons) else None


def _withheld(ready: _Ready) -> Iterator[str]:
    if any(condition.sensitive for _, condition in ready.grounds):
        yield "grounds"
    if ready.unless.sensitive:
        yield "unless"
    if any(condition.sensitive for _, condition in ready.priorities):
        yield "priorities"
    if ready.served_if.sensitive:
        yield "served_if"


def _missing(condition: _Condition, facts: Mapping[str, Any]) -> Iterator[Words]:
    for name in condition.missable:
        part, _, fact = name.partition(".")
        unknown = facts["most"][fact] > facts[part][fact] if part == "counts" else facts[part][fact] is None
        if unknown:
            yield words.ASKED[name]


@dataclass(frozen=True)
class Amount:
    """A parameter on a day. `value` only where somebody compared it with the text; otherwise `unverified_value`, apart
    and with words: it is never an amount due. Both None: not known."""

    parameter: Parameter
    value: int | None
    unverified_value: int | None
    said: Words | None


def amounts(policy: Policy, day: date) -> tuple[Amount, ...]:
    """Each parameter of a policy as of a day; one without a value on that day is there and says so."""
    found: dict[str, Amount] = {}
    for parameter in policy.parameters:
        if in_force(parameter, day):
            found[parameter.code] = _amount(parameter)
        else:
            undated = replace(parameter, value=None, valid_from=None, valid_to=None)
            found.setdefault(parameter.code, Amount(undated, None, None, words.UNKNOWN_AMOUNT))
    return tuple(found.values())


def _amount(parameter: Parameter) -> Amount:
    if parameter.value is None:
        return Amount(parameter, None, None, words.UNKNOWN_AMOUNT)
    if parameter.verified:
        return Amount(parameter, parameter.value, None, None)
    return Amount(parameter, None, parameter.value, words.UNVERIFIED)


def period_start(served: Served, day: date) -> date | None:
    """From when a delivery counts as the one of the period of `day`; None: from ever (once), or none does."""
    if served == "month":
        return day.replace(day=1)
    if served == "quarter":
        return day.replace(month=day.month - (day.month - 1) % _MONTHS_OF_A_QUARTER, day=1)
    if served == "year":
        return day.replace(month=1, day=1)
    if served == "school_year":
        return date(day.year - (day.month < _SCHOOL_YEAR), _SCHOOL_YEAR, 1)
    return None
