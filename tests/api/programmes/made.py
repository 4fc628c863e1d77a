"""Made facts of a household and one of its people, as the conditions read them (api/programmes/facts.py)."""

from typing import Any

# A rural family above the lines that nobody would help: each case changes what it is about.
_BASE: dict[str, Any] = {
    "on": 20241001, "school_year": 2024, "area_type": "rural",
    "h.class": "not_poor", "h.class_since": 20200101, "h.left_poor_on": None, "h.left_list_on": None,
    "h.newly_escaped": False, "h.average_living_standard": False, "h.no_labour_capacity": False,
    "h.residence": "permanent", "h.needs": [],
    "counts.members": 3, "counts.children_under_16": 0, "counts.women": 0, "counts.merit_persons": 0,
    "counts.disabled_persons": 0, "counts.minority_persons": 0, "counts.on_social_allowance": 0,
    "counts.with_pension": 0, "counts.age_unknown": 0,
    "m.sex": "male", "m.relation_to_head": "head", "m.schooling": "none", "m.right_level": None,
    "m.qualification": "none", "m.labour_status": "working", "m.labour_contract": None, "m.health_insurance": False,
    "m.social_allowance": False, "m.pension": False, "m.merit_person": False, "m.disability": "none",
    "m.nutrition": None, "m.ethnicity": "kinh", "m.age": 40, "m.school_age": 40, "m.low_income_worker": False,
    "m.needs": [],
}  # fmt: skip


def flat(**changes: Any) -> dict[str, Any]:
    """The made family with these changes, by the names that conditions use. Raises KeyError for an unknown one."""
    unknown = set(changes) - set(_BASE)
    if unknown:
        raise KeyError(unknown)
    return _BASE | changes


def facts(family: dict[str, Any]) -> dict[str, Any]:
    """As the engine takes them: `h.class` is `class` inside of `h`."""
    found: dict[str, Any] = {}
    for name, value in family.items():
        part, _, rest = name.partition(".")
        if rest:
            found.setdefault(part, {})[rest] = value
        else:
            found[part] = value
    return found


def every_fact() -> set[str]:
    return set(_BASE)
