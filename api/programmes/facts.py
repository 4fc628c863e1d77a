"""What the conditions of a policy may ask: of a household on a day, and of one of its people.

PURE. The names and kinds; api/eligibility loads the values. Days are whole numbers yyyymmdd, as in api/standards/facts:
"within three years of leaving the list" is `on <= h.left_list_on + 30000`. Unknown is null, and then so is the answer.
"""

from api import codes
from api.standards.expressions import Kind, Vocabulary
from api.standards.facts import MEMBER_FIELDS

_INT, _BOOL = Kind("int", False), Kind("bool", False)


def _codes(name: str) -> frozenset[str]:
    return frozenset(value["code"] for one in codes.code_lists() if one["code"] == name for value in one["values"])


_HOUSEHOLD: dict[str, Kind] = {
    "on": _INT,
    "school_year": _INT,
    "area_type": Kind("code", False, _codes("area_type")),
    # the class by decision on that day; null: never recognised
    "h.class": Kind("code", True, _codes("poverty_class")),
    "h.class_since": Kind("int"),
    # the first day it was no longer poor, and the first day it was neither poor nor near-poor, if that is so now
    "h.left_poor_on": Kind("int"),
    "h.left_list_on": Kind("int"),
    # the programme's rule: 36 months from the recognised escape from poverty (the plan, III.1)
    "h.newly_escaped": _BOOL,
    "h.average_living_standard": _BOOL,
    "h.no_labour_capacity": _BOOL,
    "h.residence": Kind("code", False, _codes("residence")),
    # open needs of the household or of any of its people
    "h.needs": Kind("codes", False, _codes("support_need_kind")),
    **{
        f"counts.{name}": _INT
        for name in (
            "members", "children_under_16", "women", "merit_persons", "disabled_persons", "minority_persons",
            "on_social_allowance", "with_pension", "age_unknown",
        )
    },
}  # fmt: skip

_MEMBER: dict[str, Kind] = {
    **{
        f"m.{name}": Kind(kind, True, _codes(listed) if listed else frozenset()) for name, kind, listed in MEMBER_FIELDS
    },
    "m.ethnicity": Kind("code", False, codes.ETHNICITIES),
    "m.age": Kind("int"),
    "m.school_age": Kind("int"),
    "m.low_income_worker": _BOOL,
    "m.needs": Kind("codes", False, _codes("support_need_kind")),
}

VOCABULARIES: dict[str, Vocabulary] = {"household": _HOUSEHOLD, "member": {**_HOUSEHOLD, **_MEMBER}}
