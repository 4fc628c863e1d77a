"""The cases of tests/vectors/scoring and the standards that ship, for both languages."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from api.standards import rules
from api.standards.compiled import Standard
from api.standards.documents import standard_of
from api.standards.facts import facts
from api.standards.shipped import shipped

FOLDER = Path(__file__).parents[2] / "vectors" / "scoring"


@cache
def standards() -> dict[str, Standard]:
    return {content["code"]: standard_of(content) for content in shipped()}


def cases() -> list[dict[str, Any]]:
    """Every case of every file, in order."""
    return [case for path in sorted(FOLDER.glob("*.json")) for case in json.loads(path.read_text(encoding="utf-8"))]


def facts_of(case: dict[str, Any]) -> dict[str, Any]:
    starts = standards()[case["standard"]].definition.school_year_starts
    where = {name: case[name] for name in ("on", "area_type", "region")}
    return facts(case["answers"], case["members"], **where, school_year_starts=starts)


def server_of(case: dict[str, Any]) -> dict[str, Any]:
    """What Python makes of the case, as JSON: what JavaScript must make of it too."""
    standard, known = standards()[case["standard"]], facts_of(case)
    found = rules.assess(standard, known, case.get("b1_entered"))
    lines = {name: [line._asdict() for line in getattr(found, name)] for name in ("b1_lines", "b2_lines")}
    made = {
        "facts": known,
        "assessment": found.__dict__ | lines,
        "contradictions": rules.contradictions(standard, rules.derive(standard, known)),
    }
    return json.loads(json.dumps(made))
