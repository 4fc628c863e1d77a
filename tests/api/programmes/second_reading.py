"""The grounds, exclusions and priorities once more, as somebody writes them who reads the law and the plan only."""

from collections.abc import Callable
from typing import Any

Facts = dict[str, Any]
Reading = Callable[[Facts], bool]

# Every value that makes a difference somewhere, by fact; what is not here stays as in the made family.
VALUES: dict[str, list[Any]] = {
    "on": [20241001, 20241031],
    "area_type": ["rural", "urban"],
    "h.class": ["poor", "near_poor", "not_poor", None],
    "h.left_poor_on": [None, 20190930, 20191001, 20191030, 20191031, 20240101],
    "h.left_list_on": [None, 20210930, 20211001, 20211030, 20211031, 20240101],
    "h.newly_escaped": [True, False],
    "h.average_living_standard": [True, False],
    "h.no_labour_capacity": [True, False],
    "h.needs": [[], ["other"], ["credit"], ["housing"], ["telecom"], ["clean_water"], ["toilet"]],
    "counts.children_under_16": [0, 1, 2],
    "counts.women": [0, 1],
    "counts.merit_persons": [0, 1],
    "counts.disabled_persons": [0, 1],
    "counts.on_social_allowance": [0, 1],
    "m.sex": ["male", "female"],
    "m.relation_to_head": ["head", "spouse", "child", "parent", "grandchild"],
    "m.schooling": [
        None, "none", "preschool", "primary", "lower_secondary", "upper_secondary", "vocational", "college",
        "university",
    ],
    "m.labour_status": [None, "working", "unemployed", "studying", "not_working"],
    "m.health_insurance": [None, True, False],
    "m.social_allowance": [None, True, False],
    "m.pension": [None, True, False],
    "m.merit_person": [True, False],
    "m.disability": ["none", "mild", "severe", "very_severe"],
    "m.age": [None, 0, 14, 15, 16, 17, 59, 60, 69, 70, 74, 75, 90],
    "m.low_income_worker": [True, False],
    "m.needs": [[], ["job"], ["credit"], ["vocational_training"], ["legal_aid"], ["job", "vocational_training"]],
}  # fmt: skip


def poor(f: Facts) -> bool:
    return f["h.class"] == "poor"


def near(f: Facts) -> bool:
    return f["h.class"] == "near_poor"


def on_list(f: Facts) -> bool:
    return poor(f) or near(f)


def helped(f: Facts) -> bool:
    """Those of the programme: poor, near-poor, newly escaped (the plan, III.1)."""
    return on_list(f) or f["h.newly_escaped"]


def aged(f: Facts, least: int, below: int = 200) -> bool:
    return f["m.age"] is not None and least <= f["m.age"] < below


def wants(f: Facts, need: str) -> bool:
    return need in f["m.needs"]


def lacks(f: Facts, need: str) -> bool:
    return need in f["h.needs"]


def before_university(f: Facts) -> bool:
    return f["m.schooling"] in ("preschool", "primary", "lower_secondary", "upper_secondary")


def after_school(f: Facts) -> bool:
    return f["m.schooling"] in ("vocational", "college", "university")


def within_years(f: Facts, since: str, years: int) -> bool:
    return f[since] is not None and f["on"] - f[since] <= years * 10_000


GROUNDS: dict[str, Reading] = {
    "health_insurance_poor/poor": poor,
    "health_insurance_near_poor/near_poor": near,
    "health_insurance_average/average_living_standard": lambda f: f["h.average_living_standard"],
    "health_insurance_escaped_near_poor/escaped_now_near_poor": lambda f: (
        near(f) and within_years(f, "h.left_poor_on", 5)
    ),
    "health_insurance_pupil/pupil": lambda f: f["m.schooling"] not in (None, "none", "preschool"),
    "tuition_exemption/poor_general": lambda f: poor(f) and before_university(f),
    "tuition_exemption/near_poor_general": lambda f: near(f) and before_university(f),
    "tuition_exemption/public_general": lambda f: on_list(f) and before_university(f),
    "tuition_exemption/after_school": lambda f: on_list(f) and after_school(f),
    "tuition_exemption/after_school_2025": lambda f: on_list(f) and after_school(f),
    "learning_costs/poor_pupil": lambda f: poor(f) and before_university(f),
    "credit_poor/poor": poor,
    "credit_near_poor/near_poor": near,
    "credit_newly_escaped/left_list": lambda f: within_years(f, "h.left_list_on", 3),
    "credit_student/student": lambda f: on_list(f) and after_school(f),
    "credit_job_creation/worker_with_need": lambda f: (
        aged(f, 15) and (wants(f, "job") or wants(f, "credit") or lacks(f, "credit"))
    ),
    "credit_abroad/worker_with_need": lambda f: on_list(f) and aged(f, 15) and (wants(f, "job") or wants(f, "credit")),
    "credit_clean_water/rural_with_need": lambda f: (
        f["area_type"] == "rural" and (lacks(f, "clean_water") or lacks(f, "toilet"))
    ),
    "housing_temporary/in_hardship": lambda f: on_list(f) and lacks(f, "housing"),
    "housing_poor_district/poor_or_near_poor": on_list,
    "electricity_poor/poor": poor,
    "electricity_social_policy/on_social_allowance": lambda f: f["counts.on_social_allowance"] >= 1,
    "vocational_training/worker": lambda f: helped(f) and aged(f, 15) and wants(f, "vocational_training"),
    "vocational_training/low_income_worker": lambda f: f["m.low_income_worker"] and wants(f, "vocational_training"),
    "vocational_training/need_not_asked": lambda f: (
        helped(f) and aged(f, 15) and f["m.labour_status"] == "unemployed" and not wants(f, "vocational_training")
    ),
    "job_support/worker": lambda f: helped(f) and aged(f, 15) and wants(f, "job"),
    "job_support/need_not_asked": lambda f: (
        helped(f) and aged(f, 15) and f["m.labour_status"] == "unemployed" and not wants(f, "job")
    ),
    "livelihood_project/class": lambda f: helped(f) and not f["h.no_labour_capacity"],
    "livelihood_project/class_no_labour": lambda f: helped(f) and f["h.no_labour_capacity"],
    "livelihood_project/disabled": lambda f: not helped(f) and f["counts.disabled_persons"] >= 1,
    "nutrition/child": lambda f: helped(f) and aged(f, 0, 16),
    "nutrition/mother": lambda f: (
        on_list(f) and f["m.sex"] == "female" and aged(f, 16) and f["counts.children_under_16"] >= 1
    ),
    "telecom_device/with_need": lambda f: on_list(f) and lacks(f, "telecom"),
    "telecom_device/need_not_asked": lambda f: on_list(f) and not lacks(f, "telecom"),
    "legal_aid/poor": poor,
    "legal_aid/near_poor": lambda f: near(f) and wants(f, "legal_aid"),
    "social_allowance/elderly_poor": lambda f: poor(f) and aged(f, 60),
    "social_allowance/single_parent": lambda f: (
        poor(f) and aged(f, 16) and f["counts.children_under_16"] >= 1 and f["m.relation_to_head"] in ("head", "child")
    ),
    "social_pension/from_75": lambda f: aged(f, 75),
    "social_pension/from_70_poor": lambda f: on_list(f) and aged(f, 70, 75),
    "clean_water/with_need": lambda f: on_list(f) and lacks(f, "clean_water"),
    "clean_water/need_not_asked": lambda f: on_list(f) and not lacks(f, "clean_water"),
    "hygienic_toilet/with_need": lambda f: on_list(f) and lacks(f, "toilet"),
    "hygienic_toilet/need_not_asked": lambda f: on_list(f) and not lacks(f, "toilet"),
}

UNLESS: dict[str, Reading] = {
    "health_insurance_average": on_list,
    "health_insurance_pupil": on_list,
    "electricity_social_policy": poor,
    "social_pension": lambda f: f["m.pension"] is True,
    "housing_poor_district": lambda _: True,  # this commune is in none
}

SERVED: dict[str, Reading] = {
    **dict.fromkeys(
        [f"health_insurance_{of}" for of in ("poor", "near_poor", "average", "escaped_near_poor", "pupil")],
        lambda f: f["m.health_insurance"] is True,
    ),
    "social_allowance": lambda f: f["m.social_allowance"] is True,
}

PRIORITIES: dict[str, Reading] = {
    "household/merit_member": lambda f: poor(f) and f["counts.merit_persons"] >= 1,
    "household/children": lambda f: helped(f) and f["counts.children_under_16"] >= 1,
    "household/disabled": lambda f: helped(f) and f["counts.disabled_persons"] >= 1,
    "household/women": lambda f: helped(f) and f["counts.women"] >= 1,
    "member/merit_member": lambda f: poor(f) and f["counts.merit_persons"] >= 1,
    "member/children": lambda f: helped(f) and aged(f, 0, 16),
    "member/disabled": lambda f: helped(f) and f["m.disability"] != "none",
    "member/women": lambda f: helped(f) and f["m.sex"] == "female",
}

OWN_PRIORITIES: dict[str, Reading] = {
    "telecom_device/merit": lambda f: f["counts.merit_persons"] >= 1,
    "telecom_device/social_policy": lambda f: f["counts.on_social_allowance"] >= 1,
    "telecom_device/poor": poor,
    "telecom_device/near_poor": near,
    "livelihood_project/merit_member": lambda f: poor(f) and f["counts.merit_persons"] >= 1,
    "livelihood_project/women": lambda f: poor(f) and f["counts.women"] >= 1,
}
