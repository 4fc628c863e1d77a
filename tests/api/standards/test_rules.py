"""The rules of classification, case by case, and against an implementation in plain ifs."""

from typing import Any

import pytest

from api.standards import rules
from tests.api.standards.vectors import cases, facts_of, standards

SHOWN = ("b1", "b2", "proposed_class")


def test_there_are_vectors() -> None:
    assert len(cases()) >= 90


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_a_case(case: dict[str, Any]) -> None:
    found = rules.assess(standards()[case["standard"]], facts_of(case), case["b1_entered"])
    told = {name: getattr(found, name) for name in SHOWN}
    told |= {"deprivations": list(found.deprivations), "undetermined": list(found.undetermined)}
    assert told == case["expect"], "\n".join(map(str, found.b1_lines + found.b2_lines))
