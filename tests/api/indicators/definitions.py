"""Who is counted over whom, by code: the catalogue's definitions once more, as plain conditions over rows."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.make.commune_facts import DEPRIVATIONS

Row = dict[str, Any]
Test = Callable[[Row], bool]


class Counted(NamedTuple):
    """`over`: who is counted below the line, or the name of a total or figure, or None. `above` may be a figure too."""

    grain: str
    above: Test | str
    over: Test | str | None
    unknown: Test | None = None


# what a commune writes down from a paper -> whether it adds up since 1 January
FIGURES = {"poverty_officers": False, "average_premium_due": True, "average_premium_supported": True}
BESIDE = {
    "average_premium_due": "average_premium_supported", "average_premium_supported": "average_premium_due",
}  # fmt: skip


def listed(h: Row) -> bool:
    return h["class"] in ("poor", "near_poor")


def target(h: Row) -> bool:
    return listed(h) or bool(h["escaped"])


def _moved(name: str) -> Test:
    return lambda h: name in h["movements"]


def lacks(code: str) -> Test:
    return lambda h: h["review"] is not None and code in h["review"]["deprivations"]


def _unsure(code: str) -> Test:
    return lambda h: h["review"] is None or code in h["review"]["undetermined"]


def has(code: str) -> Test:
    return lambda h: not lacks(code)(h) and not _unsure(code)(h)


def both(*tests: Test) -> Test:
    return lambda row: all(test(row) for test in tests)


def either(*tests: Test) -> Test:
    return lambda row: any(test(row) for test in tests)


def needs(kind: str) -> Test:
    return lambda row: kind in row["needs"]


def got(*kinds: str) -> Test:
    return lambda row: bool(set(kinds) & row["received"])


def of_home(test: Test) -> Test:
    return lambda person: test(person["home"])


_LEVELS = {
    "preschool": 1, "primary": 2, "lower_secondary": 3, "upper_secondary": 4, "vocational": 4, "college": 4,
    "university": 4,
}  # fmt: skip


def _level(p: Row) -> int:
    return _LEVELS.get(p["schooling"], 0)


def _attends(p: Row) -> bool:
    due = 1 if p["school_age"] < 6 else 2 if p["school_age"] < 11 else 3
    return p["right_level"] is True or _level(p) > due or (_level(p) == due and p["right_level"] is not False)


def child(p: Row) -> bool:
    return listed(p["home"]) and 3 <= p["age"] < 16


def insured(p: Row) -> bool:
    return p["health_insurance"] is True


def project(i: Row) -> bool:
    return i["kind"] in ("value_chain_project", "community_project", "assigned_task_project")


def _a_year_old(i: Row) -> bool:
    day, started = i["day"], i["started"]
    if started is None:
        return False
    return bool((started.year + 1, started.month, started.day) <= (day.year, day.month, day.day))


def _started_this_year(i: Row) -> bool:
    return i["started"] is not None and i["started"].year == i["day"].year


def _at_school(p: Row) -> bool:
    return child(p) and _level(p) > 0


def _wants_to_learn(p: Row) -> bool:
    return p["age"] >= 15 and (target(p["home"]) or p["low_income"]) and "vocational_training" in p["needs"]


_p_poor = of_home(lambda h: h["class"] == "poor")
_p_near = of_home(lambda h: h["class"] == "near_poor")
_telecom_of = both(listed, either(needs("telecom"), got("telecom_support"), has("telecom_service")))

COUNTED: dict[str, Counted] = {
    "multidimensional_poverty_rate": Counted("household", listed, "households"),
    "multidimensional_poverty_change": Counted("household", listed, "households"),
    "criterion_11_poverty": Counted("household", listed, "households"),
    "poverty_rate": Counted("household", lambda h: h["class"] == "poor", "households"),
    "near_poverty_rate": Counted("household", lambda h: h["class"] == "near_poor", "households"),
    "poor_persons_rate": Counted("person", _p_poor, "persons"),
    "near_poor_persons_rate": Counted("person", _p_near, "persons"),
    "relapse_rate": Counted("household", _moved("relapsed_poor"), "households"),
    "new_poor_rate": Counted("household", _moved("new_poor"), "households"),
    "relapse_near_poor_rate": Counted("household", _moved("relapsed_near_poor"), "households"),
    "new_near_poor_rate": Counted("household", _moved("new_near_poor"), "households"),
    "poor_households": Counted("household", lambda h: h["class"] == "poor", None),
    "near_poor_households": Counted("household", lambda h: h["class"] == "near_poor", None),
    "newly_escaped_households": Counted("household", lambda h: bool(h["escaped"]), None),
    "average_living_standard_households": Counted("household", lambda h: h["average"], None),
    "poor_persons": Counted("person", _p_poor, None),
    "near_poor_persons": Counted("person", _p_near, None),
    "escaped_poor_households": Counted("household", either(_moved("escaped_poor"), _moved("poor_to_near_poor")), None),
    "access_to_services_and_policies": Counted(
        "household", both(listed, lambda h: h["borrows"] or bool(h["received"])), listed
    ),
    "preferential_credit": Counted("household", both(target, lambda h: h["borrows"]), target),
    "preferential_credit_of_need": Counted(
        "household", both(target, lambda h: h["borrows"]), both(target, either(needs("credit"), lambda h: h["borrows"]))
    ),
    "sustainable_job_in_household": Counted(
        "household", both(listed, lambda h: h["steady"]), both(listed, lambda h: h["able"]),
        both(listed, lambda h: h["able"] and not h["steady"] and h["unsure"]),
    ),
    "job_support": Counted(
        "person", both(of_home(target), needs("job"), got("job_support", "job_seeker", "vacancy")),
        both(of_home(target), needs("job")),
    ),
    "health_insurance": Counted(
        "person", both(of_home(listed), insured), of_home(listed),
        both(of_home(listed), lambda p: p["health_insurance"] is None),
    ),
    "average_living_standard_insured": Counted(
        "person", both(of_home(lambda h: h["average"]), insured), of_home(lambda h: h["average"]),
        both(of_home(lambda h: h["average"]), lambda p: p["health_insurance"] is None),
    ),
    "premium_support": Counted("vnd", "average_premium_supported", "average_premium_due"),
    "school_attendance": Counted(
        "person", both(child, _attends), child,
        both(child, lambda p: not _attends(p) and p["schooling"] is None and p["right_level"] is None),
    ),
    "school_benefits": Counted("person", both(_at_school, lambda p: bool(p["received"])), _at_school),
    "vocational_training": Counted("person", both(_wants_to_learn, got("vocational_course")), _wants_to_learn),
    "safe_housing": Counted(
        "household", both(listed, got("housing_case")), both(listed, either(needs("housing"), got("housing_case")))
    ),
    "clean_water": Counted("household", both(listed, has("clean_water")), listed, both(listed, _unsure("clean_water"))),
    "hygienic_toilet": Counted(
        "household", both(listed, has("hygienic_toilet")), listed, both(listed, _unsure("hygienic_toilet"))
    ),
    "telecom_service": Counted(
        "household", both(_telecom_of, has("telecom_service")), _telecom_of,
        both(_telecom_of, _unsure("telecom_service")),
    ),
    "officers_trained": Counted("trainee", lambda t: t["first_of_officer"], "poverty_officers"),
    "models_started": Counted("intervention", lambda i: project(i) and _started_this_year(i), None),
    "models_replicated": Counted(
        "intervention", lambda i: project(i) and i["started"] is not None and (i["replicates"] or i["replicated"]), None
    ),
    "models_alive_at_12_months": Counted(
        "intervention", lambda i: project(i) and i["alive"] is True,
        lambda i: project(i) and (i["alive"] is not None or _a_year_old(i)),
        lambda i: project(i) and i["alive"] is None and _a_year_old(i),
    ),
    **{
        f"deprived_{code}": Counted("household", both(listed, lacks(code)), listed, both(listed, _unsure(code)))
        for code in DEPRIVATIONS
    },
}  # fmt: skip


def _class_part(h: Row) -> str:
    return h["class"] if listed(h) else "newly_escaped" if h["escaped"] else "not_poor"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _age_part(p: Row) -> str:
    bands = ((6, "0_5"), (16, "6_15"), (31, "16_30"), (60, "31_59"))
    return next((name for least, name in bands if p["age"] < least), "60_up")


# breakdown -> grain -> the part a row belongs to
PARTS: dict[str, dict[str, Callable[[Row], str]]] = {
    "": dict.fromkeys(("household", "person", "intervention", "trainee"), lambda _: ""),
    "class": {"household": _class_part, "person": lambda p: _class_part(p["home"])},
    "sex": {
        "household": lambda h: h["sex"] or "unknown", "person": lambda p: p["sex"],
        "trainee": lambda t: t["sex"] or "unknown",
    },
    "ethnicity": {"household": lambda h: h["ethnicity"] or "unknown", "person": lambda p: p["ethnicity"]},
    "merit": {"household": lambda h: _yes(h["merit"]), "person": lambda p: _yes(p["merit_person"])},
    "disability": {"household": lambda h: _yes(h["disabled"]), "person": lambda p: _yes(p["disability"] != "none")},
    "age": {"person": _age_part},
    "kind": {"intervention": lambda i: i["kind"]},
    "category": {"trainee": lambda t: t["category"] or "unknown"},
}  # fmt: skip
