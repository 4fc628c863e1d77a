"""Random households: the declared rules against the straightforward ones, and lines that add up."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from api.standards import rules
from tests.api.standards import straightforward
from tests.api.standards.random_households import household_cases
from tests.api.standards.vectors import cases, facts_of, standards

# Without shrinking: a household has a hundred parts, making it smaller takes minutes where finding it took a second.
_QUICK = settings(
    deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


def assess(case: dict[str, Any]) -> rules.Assessment:
    return rules.assess(standards()[case["standard"]], facts_of(case), case["b1_entered"])


def same(case: dict[str, Any]) -> rules.Assessment:
    found = assess(case)
    flags = straightforward.flags(case["answers"], case["members"], date.fromisoformat(case["on"]))
    assert found.flags == flags
    known = None not in flags.values()
    assert found.b2 == (10 * list(flags.values()).count(True) if known else None)
    assert found.proposed_class == straightforward.proposed(found.b1, flags, case["area_type"])
    return found


@settings(_QUICK, max_examples=300)
@given(household_cases())
def test_random_households_are_scored_as_the_decree_says(case: dict[str, Any]) -> None:
    found = same(case)
    for total, lines in ((found.b1, found.b1_lines), (found.b2, found.b2_lines)):
        points = [line.points for line in lines]
        assert total == (None if not points or None in points else sum(p for p in points if p is not None))
    assert [line.code for line in found.b2_lines] == list(found.flags)
    assert all(line.document and line.label_vi and line.answer_vi for line in found.b1_lines + found.b2_lines)


def test_the_vectors_too() -> None:
    for case in cases():
        if case["standard"] != "vn-2027":
            same(case)


@settings(_QUICK, max_examples=150)
@given(household_cases())
def test_a_class_that_is_proposed_is_not_changed_by_what_was_unknown(case: dict[str, Any]) -> None:
    """Whatever the unknown flags turn out to be, the class stands; and no class means that it could go either way."""
    found = assess(case)
    standard = standards()[case["standard"]]
    each = [
        rules.classify(standard, case["area_type"], found.b1, len(found.deprivations) + more, 0)[0]
        for more in range(len(found.undetermined) + 1)
    ]
    assert (len(set(each)) == 1) == (found.proposed_class is not None or found.b1 is None)
    assert found.proposed_class in (None, each[0])
