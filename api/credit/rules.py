"""PURE: may a household be put on a list 03/TD for a policy of credit, by what the register knows of its class?

The conditions are those of the catalogue (api/programmes/data): what counts as newly escaped for credit is the policy's
own rule (three years since the household left the list, domain.md 10.3), not the programme's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from api.programmes.definition import Ground, Parameter, Policy, in_force
from api.programmes.facts import VOCABULARIES
from api.standards.expressions import Logic, compiled, variables
from api.standards.facts import whole

FIELD = "credit"
NEWLY_ESCAPED = "credit_newly_escaped"
ON_THE_LIST = ("poor", "near_poor")
# What a recognition alone tells; a policy that asks for more is not checked on a list 03/TD.
_KNOWN = {"on", "h.class", "h.class_since", "h.left_poor_on", "h.left_list_on"}
_CEILING = "ceiling"


@dataclass(frozen=True, slots=True)
class Facts:
    """A household on the day of the list. `left_list_on`: the first day it was neither poor nor near-poor, if so then;
    `borrows`: the policies of credit of which it has a loan under way. `gone`: it has left or was dissolved."""

    hamlet_id: UUID
    poverty_class: str | None
    class_since: date | None
    left_poor_on: date | None
    left_list_on: date | None
    borrows: frozenset[str] = frozenset()
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What a line of a list looks like against the recognitions; `objection` None: appears eligible."""

    poverty_class: str | None
    newly_escaped: bool
    objection: str | None


def checkable(policy: Policy) -> bool:
    """Can a recognition alone say whether a household comes under this policy?"""
    asked = {name for condition in _conditions(policy) for name in variables(condition)}
    return policy.field == FIELD and policy.subject == "household" and asked <= _KNOWN


def comes_under(policy: Policy, facts: Facts, day: date) -> bool:
    """Does one of the policy's grounds hold for the household on that day, and nothing exclude it?"""
    values = _values(facts, day)
    if not in_force(policy, day) or _holds(policy.unless, values):
        return False
    return any(_holds(ground.when, values) for ground in policy.on(day).grounds)


def ceiling(policy: Policy, day: date) -> Parameter | None:
    """The most that is lent by this policy, as far as it is known on that day (VND)."""
    return next((one for one in policy.on(day).parameters if one.code == _CEILING), None)


def finding(
    policy: Policy, newly_escaped: Policy | None, facts: Facts, amount_vnd: int, hamlet_id: UUID, day: date
) -> Finding:
    """A line against the recognitions of its day; one objection, the most telling first (list `loan_objection`): a
    household of another hamlet is not this list's, whatever its class, which stands beside it.

    A ceiling that nobody compared with its text objects to nothing: it is shown beside the line instead.
    """
    escaped = newly_escaped is not None and comes_under(newly_escaped, facts, day)
    highest = ceiling(policy, day)
    objection = None
    if facts.gone or facts.hamlet_id != hamlet_id:
        objection = "not_of_the_hamlet"
    elif facts.poverty_class not in ON_THE_LIST and not escaped:
        objection = "not_recognised"
    elif not comes_under(policy, facts, day):
        objection = "other_class"
    elif policy.code in facts.borrows:
        objection = "already_borrowing"
    elif highest is not None and highest.verified and highest.value is not None and amount_vnd > highest.value:
        objection = "above_limit"
    return Finding(facts.poverty_class, escaped, objection)


def twice(lines: Iterable[tuple[int, UUID, str]]) -> set[int]:
    """The positions of lines (position, household of today, policy, in their order) after the first one of a household
    for a policy: two households of a list may have become one since."""
    seen: set[tuple[UUID, str]] = set()
    found = set()
    for position, home, policy in lines:
        if (home, policy) in seen:
            found.add(position)
        seen.add((home, policy))
    return found


def _conditions(policy: Policy) -> Iterator[Logic]:
    grounds: tuple[Ground, ...] = policy.grounds
    yield from (ground.when for ground in grounds)
    yield policy.unless


def _values(facts: Facts, day: date) -> dict[str, Any]:
    return {
        "on": whole(day),
        "h": {
            "class": facts.poverty_class,
            "class_since": facts.class_since and whole(facts.class_since),
            "left_poor_on": facts.left_poor_on and whole(facts.left_poor_on),
            "left_list_on": facts.left_list_on and whole(facts.left_list_on),
        },
    }


def _holds(logic: Logic, values: dict[str, Any]) -> bool:
    if isinstance(logic, bool):
        return logic
    return compiled(logic, VOCABULARIES["household"]).evaluate(values) is True
