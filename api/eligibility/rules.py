"""PURE: who appears eligible under which policies, for which reasons, and what a person still has to check.

A judgement says `appears eligible`, and never more: the responsible agency decides. Unknown stays unknown.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from datalogic_py import Rule

from api.eligibility import words
from api.eligibility.conditions import RANGES, fails, holds, unknown_when_null, vocabulary
from api.programmes.definition import Ground, Parameter, Policy, Priority, Served, in_force
from api.standards.definition import Words
from api.standards.expressions import Expression, Logic, compiled, together, variables

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
    """Where the two readings of a condition stand in the answers of the engine, and what it rests on."""

    yes: int
    no: int
    sensitive: bool
    missable: tuple[str, ...]

    def value(self, answers: list[bool]) -> bool | None:
        return True if answers[self.yes] else False if answers[self.no] else None


@dataclass(frozen=True)
class _Seen:
    """A policy as a reader sees it: its conditions as far as they are in force and the reader may know them.

    `hidden`: there are grounds that the reader may not know. `unless`, `served_if` None: may not be known.
    """

    policy: Policy
    grounds: tuple[tuple[Ground, _Condition], ...]
    priorities: tuple[tuple[Priority, _Condition], ...]
    unless: _Condition | None
    served_if: _Condition | None
    hidden: bool
    withheld: tuple[str, ...]

    def concerns(self, answers: list[bool]) -> bool:
        """May a ground hold? Most policies concern few people: the others are not looked at any further."""
        return self.hidden or not all(answers[condition.no] for _, condition in self.grounds)


@dataclass(frozen=True)
class Rulebook:
    """The policies of one subject in force on a day, compiled: the facts cross into the engine once for all of them."""

    whole: tuple[_Seen, ...]
    without_sensitive: tuple[_Seen, ...]
    rule: Rule | None

    @property
    def policies(self) -> tuple[Policy, ...]:
        return tuple(one.policy for one in self.whole)

    def judge(self, facts: Mapping[str, Any], *, sees_sensitive: bool) -> list[Judgement]:
        """The policies of which a ground holds, or may hold, for one household, or for one person in it (`m`)."""
        if self.rule is None:
            return []
        answers: list[bool] = self.rule.evaluate(facts)
        seen = self.whole if sees_sensitive else self.without_sensitive
        return [_judged(one, answers, facts) for one in seen if one.concerns(answers)]


class _Compiling:
    """The conditions of a rulebook, each once however many policies share it (the priorities of the plan)."""

    def __init__(self, subject: Subject) -> None:
        self._known, self._unknowns = vocabulary(subject), unknown_when_null(subject)
        self._missable = self._unknowns | {f"counts.{name}" for name in RANGES}
        self._conditions: dict[str, _Condition] = {}
        self.readings: list[Expression] = []

    def condition(self, logic: Logic) -> _Condition:
        text = json.dumps(logic, sort_keys=True)
        if text not in self._conditions:
            at, names = len(self.readings), variables(logic)
            self.readings += [compiled(read(logic, self._unknowns), self._known) for read in (holds, fails)]
            missable = tuple(sorted(names & self._missable))
            self._conditions[text] = _Condition(at, at + 1, bool(names & SENSITIVE), missable)
        return self._conditions[text]


def rulebook(policies: Iterable[Policy], subject: Subject, day: date) -> Rulebook:
    """The policies of this subject that are in force on `day`. Raises ExpressionError for a condition outside of the
    profile (the catalogue has checked its own)."""
    compiling = _Compiling(subject)
    whole = tuple(
        _whole(policy.on(day), compiling) for policy in policies if policy.subject == subject and in_force(policy, day)
    )
    rule = together(compiling.readings) if whole else None
    return Rulebook(whole, tuple(map(_without_sensitive, whole)), rule)


def _whole(policy: Policy, compiling: _Compiling) -> _Seen:
    return _Seen(
        policy=policy,
        grounds=tuple((one, compiling.condition(one.when)) for one in policy.grounds),
        priorities=tuple((one, compiling.condition(one.when)) for one in policy.priorities),
        unless=compiling.condition(policy.unless),
        served_if=compiling.condition(policy.served_if),
        hidden=False,
        withheld=(),
    )


def _without_sensitive(whole: _Seen) -> _Seen:
    """What is left for a reader who may not see health and origin: the same of everybody, whatever their facts are."""
    grounds = tuple(one for one in whole.grounds if not one[1].sensitive)
    priorities = tuple(one for one in whole.priorities if not one[1].sensitive)
    unless = None if whole.unless and whole.unless.sensitive else whole.unless
    served_if = None if whole.served_if and whole.served_if.sensitive else whole.served_if
    left_out = {
        "grounds": len(grounds) < len(whole.grounds),
        "unless": unless is None,
        "priorities": len(priorities) < len(whole.priorities),
        "served_if": served_if is None,
    }
    withheld = tuple(name for name, left in left_out.items() if left)
    return _Seen(whole.policy, grounds, priorities, unless, served_if, left_out["grounds"], withheld)


def _judged(seen: _Seen, answers: list[bool], facts: Mapping[str, Any]) -> Judgement:
    reasons: list[Held] = []
    to_check: list[Words] = []
    for ground, condition in seen.grounds:
        found = condition.value(answers)
        if found is not False:
            reasons.append(Held(ground, found is True and not ground.asks))
            to_check += [*_missing(condition, facts), *ground.asks]
    unless = seen.unless.value(answers) if seen.unless else None
    served = seen.served_if.value(answers) if seen.served_if else None
    eligible = _eligible(reasons, unless, seen.hidden)
    if eligible is False or any(held.certain for held in reasons):
        to_check = []  # the ground is sure: nothing about the others matters
    if seen.unless and unless is None and reasons:
        to_check += _missing(seen.unless, facts)
    if seen.served_if and served is None and eligible is not False:
        to_check += _missing(seen.served_if, facts)
    return Judgement(
        policy=seen.policy,
        eligible=eligible,
        reasons=tuple(sorted(reasons, key=lambda held: not held.certain)),
        excluded=bool(reasons) and unless is True,
        to_check=tuple(dict.fromkeys(to_check)),
        priorities=tuple(one for one, condition in seen.priorities if answers[condition.yes]),
        served_by_facts=served,
        withheld=seen.withheld,
    )


def _eligible(reasons: list[Held], unless: bool | None, hidden: bool) -> bool | None:
    if unless is True or not (reasons or hidden):
        return False
    return True if unless is False and any(held.certain for held in reasons) else None


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
