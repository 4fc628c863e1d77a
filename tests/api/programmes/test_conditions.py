"""Every condition of the shipped policies, over all made facts that make a difference to it, read twice."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest

from api.programmes.catalogue import catalogue
from api.programmes.definition import Policy
from api.programmes.facts import VOCABULARIES
from api.standards.expressions import Logic, compiled
from tests.api.programmes import second_reading
from tests.api.programmes.made import every_fact, facts, flat
from tests.api.programmes.second_reading import VALUES, Facts, Reading

POLICIES = list(catalogue().policies.values())
_PLAN = catalogue().priority_sets["plan"]

GROUNDS = {f"{policy.code}/{one.code}": (policy.subject, one.when) for policy in POLICIES for one in policy.grounds}
UNLESS = {policy.code: (policy.subject, policy.unless) for policy in POLICIES if policy.unless is not False}
SERVED = {policy.code: (policy.subject, policy.served_if) for policy in POLICIES if policy.served_if is not False}
PRIORITIES = {
    f"{subject}/{one.code}": (subject, one.when)
    for subject in ("household", "member")
    for one in _PLAN.for_subject(subject)
}
OWN_PRIORITIES = {
    f"{policy.code}/{one.code}": (policy.subject, one.when)
    for policy in POLICIES
    for one in policy.priorities
    if one not in _PLAN.for_subject(policy.subject)
}
READINGS: list[tuple[Mapping[str, tuple[str, Logic]], dict[str, Reading]]] = [
    (GROUNDS, second_reading.GROUNDS),
    (UNLESS, second_reading.UNLESS),
    (SERVED, second_reading.SERVED),
    (PRIORITIES, second_reading.PRIORITIES),
    (OWN_PRIORITIES, second_reading.OWN_PRIORITIES),
]
EVERY = [
    pytest.param(*found[name], reading[name], id=f"{kind} {name}")
    for kind, (found, reading) in zip(("ground", "unless", "served", "priority", "own"), READINGS, strict=True)
    for name in found
    if name in reading
]


def named(condition: Any) -> set[str]:
    """The facts that a condition asks for."""
    if isinstance(condition, list):
        return set().union(*map(named, condition))
    if not isinstance(condition, dict):
        return set()
    return {condition["var"]} if "var" in condition else named(list(condition.values()))


class Touched(dict[str, Any]):
    """Facts that remember which of them were looked at."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)


def looked_at(reading: Reading, names: set[str]) -> set[str]:
    """`names`, and what the second reading looks at where those vary: it may ask for what the condition forgot."""
    found = set(names)
    for case in every_case(names):
        touched = Touched(case)
        reading(touched)
        found |= touched.names
    return found if found == names else looked_at(reading, found)


def every_case(names: set[str]) -> Iterator[Facts]:
    """All that the values of these facts can be together; the others as in the made family."""
    varied = sorted(names)
    for values in product(*(VALUES[name] for name in varied)):
        yield flat(**dict(zip(varied, values, strict=True)))


def test_the_made_facts_are_those_that_conditions_may_name() -> None:
    assert every_fact() == set(VOCABULARIES["member"])


@pytest.mark.parametrize(("found", "reading"), READINGS, ids=["grounds", "unless", "served", "priorities", "own"])
def test_everything_is_read_twice_and_nothing_is_left_over(found: dict[str, Any], reading: dict[str, Reading]) -> None:
    assert set(found) == set(reading)


@pytest.mark.parametrize(("subject", "condition", "reading"), EVERY)
def test_both_readings_agree_over_all_that_makes_a_difference(subject: str, condition: Logic, reading: Reading) -> None:
    if condition is True:
        assert all(reading(case) for case in every_case({"h.class"}))
        return
    rule = compiled(condition, VOCABULARIES[subject])
    seen = set()
    for case in every_case(looked_at(reading, named(condition))):
        expected = reading(case)
        assert rule.evaluate(facts(case)) is expected, case
        seen.add(expected)
    assert seen == {True, False}, "it never holds, or always"


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.code)
def test_what_is_not_known_of_a_person_is_no_ground(policy: Policy) -> None:
    kinds = VOCABULARIES["member"]
    nothing = flat(**{name: None for name in every_fact() if kinds[name].nullable})
    conditions = [*(one.when for one in policy.grounds), *(one.when for one in policy.priorities), policy.served_if]
    for condition in conditions:
        if not isinstance(condition, bool):
            assert compiled(condition, VOCABULARIES[policy.subject]).evaluate(facts(nothing)) is False, condition


def test_credit_and_the_programme_have_rules_of_their_own_for_who_escaped() -> None:
    """Domain.md 10.3: three years since the list was left, whatever the programme's flag of 36 months says."""
    when = compiled(GROUNDS["credit_newly_escaped/left_list"][1], VOCABULARIES["household"])
    near_poor_again = flat(**{"h.class": "near_poor", "h.newly_escaped": True, "h.left_list_on": None})
    assert when.evaluate(facts(near_poor_again)) is False
    from_near_poor = flat(**{"h.class": "not_poor", "h.newly_escaped": False, "h.left_list_on": 20220101})
    assert when.evaluate(facts(from_near_poor)) is True
    assert second_reading.helped(near_poor_again)
    assert not second_reading.helped(from_near_poor)
