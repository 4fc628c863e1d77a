"""How counts are split: each breakdown is a column of the facts, for each grain that has it."""

from typing import Any

from sqlalchemy import Text, case, cast, func, literal

from api import codes
from api.indicators.facts import HOUSEHOLD, INTERVENTION, PERSON, TRAINEE, Grain
from api.programmes.catalogue import catalogue
from api.schema import Words

UNKNOWN = "unknown"
_h, _p = HOUSEHOLD.c, PERSON.c


def _yes(column: Any) -> Any:
    return case((column, literal("yes")), (~column, literal("no")), else_=literal(UNKNOWN))


def _class(columns: Any) -> Any:
    """poor, near_poor, newly_escaped (above the line), not_poor."""
    return case(
        (columns.poverty_class.in_(("poor", "near_poor")), columns.poverty_class),
        (columns.newly_escaped, literal("newly_escaped")),
        else_=literal("not_poor"),
    )


_AGE = case(
    (_p.age < 6, literal("0_5")),
    (_p.age < 16, literal("6_15")),
    (_p.age < 31, literal("16_30")),
    (_p.age < 60, literal("31_59")),
    (_p.age >= 60, literal("60_up")),
    else_=literal(UNKNOWN),
)

# breakdown -> grain -> the part a fact belongs to; a grain that is not named has no such breakdown
COLUMNS: dict[str, dict[Grain, Any]] = {
    "": {grain: cast(literal(""), Text) for grain in ("household", "person", "intervention", "trainee")},
    "class": {"household": _class(_h), "person": _class(_p)},
    "sex": {
        "household": func.coalesce(_h.head_sex, UNKNOWN),
        "person": _p.sex,
        "trainee": func.coalesce(TRAINEE.c.sex, UNKNOWN),
    },
    "ethnicity": {"household": func.coalesce(_h.head_ethnicity, UNKNOWN), "person": _p.ethnicity},
    "merit": {"household": _yes(func.coalesce(_h.merit, False)), "person": _yes(_p.merit_person)},
    "disability": {"household": _yes(func.coalesce(_h.disabled, False)), "person": _yes(_p.disability != "none")},
    "age": {"person": _AGE},
    "kind": {"intervention": INTERVENTION.c.kind},
    "category": {"trainee": func.coalesce(TRAINEE.c.category, UNKNOWN)},
}

_YES_NO = {"yes": Words(vi="có", en="yes"), "no": Words(vi="không", en="no")}
_NOT_KNOWN = Words(vi="chưa rõ", en="not known")
_AGES = {
    "0_5": Words(vi="dưới 6 tuổi", en="under 6"),
    "6_15": Words(vi="6 đến dưới 16 tuổi", en="6 to under 16"),
    "16_30": Words(vi="16 đến 30 tuổi", en="16 to 30"),
    "31_59": Words(vi="31 đến dưới 60 tuổi", en="31 to under 60"),
    "60_up": Words(vi="từ 60 tuổi", en="60 and over"),
}
_CLASSES = {
    "poor": Words(vi="hộ nghèo", en="poor"),
    "near_poor": Words(vi="hộ cận nghèo", en="near-poor"),
    "newly_escaped": Words(vi="hộ mới thoát nghèo", en="newly escaped"),
    "not_poor": Words(vi="hộ không nghèo", en="not poor"),
}
_LISTS = {"sex": "sex", "ethnicity": "ethnicity"}


def part_words(breakdown: str, part: str) -> Words:
    """What a part of a breakdown is called."""
    if part == UNKNOWN:
        return _NOT_KNOWN
    if breakdown in _LISTS and codes.known(_LISTS[breakdown], part):
        return Words(vi=codes.label(_LISTS[breakdown], part), en=codes.label(_LISTS[breakdown], part, "en"))
    if breakdown == "kind":
        label = catalogue().kinds[part].label
        return Words(vi=label.vi, en=label.en)
    return {**_YES_NO, **_AGES, **_CLASSES}.get(part, Words(vi=part, en=part))
