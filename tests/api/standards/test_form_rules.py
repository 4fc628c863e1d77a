"""Answers against their form, results of a tablet against what can be, and warnings of what contradicts itself."""

from typing import Any

import pytest

from api.standards import rules
from api.standards.form_rules import device_faults, form_faults
from tests.api.standards.vectors import facts_of, standards

LIVE = standards()["vn-2022"]
GOOD: dict[str, Any] = {
    "wall_durable": True, "column_durable": True, "roof_durable": False, "floor_area": 31.5, "water_source": "piped",
    "toilet": "septic", "internet_used": True, "shared_device": True, "personal_device": False,
}  # fmt: skip


def faults(answers: dict[str, Any], form: str = "form-b", version: int = 1) -> dict[str, str]:
    return {fault.pointer: fault.code for fault in form_faults(LIVE, form, version, answers)}


def test_good_answers_have_no_fault() -> None:
    assert faults(GOOD) == {}
    assert faults(GOOD | {"assets": ["fridge", "car"], "cattle": 2, "hired_without_contract": None}) == {}


@pytest.mark.parametrize(
    ("answer", "pointer", "code"),
    [
        ({"pets": 2}, "#/answers/pets", "unknown_question"),
        ({"a/b~": 2}, "#/answers/a~1b~0", "unknown_question"),
        ({"water_source": "river"}, "#/answers/water_source", "unknown_option"),
        ({"water_source": ["piped"]}, "#/answers/water_source", "wrong_type"),
        ({"assets": "car"}, "#/answers/assets", "wrong_type"),
        ({"assets": ["car", 3]}, "#/answers/assets", "wrong_type"),
        ({"assets": ["car", "car"]}, "#/answers/assets", "twice"),
        ({"assets": ["plane"]}, "#/answers/assets", "unknown_option"),
        ({"wall_durable": 1}, "#/answers/wall_durable", "wrong_type"),
        ({"wall_durable": "true"}, "#/answers/wall_durable", "wrong_type"),
        ({"floor_area": True}, "#/answers/floor_area", "wrong_type"),
        ({"floor_area": "31"}, "#/answers/floor_area", "wrong_type"),
        ({"floor_area": -1}, "#/answers/floor_area", "out_of_range"),
        ({"floor_area": 2001}, "#/answers/floor_area", "out_of_range"),
        ({"floor_area": 31.55}, "#/answers/floor_area", "too_precise"),
        ({"cattle": 1.5}, "#/answers/cattle", "too_precise"),
        ({"toilet": None}, "#/answers/toilet", "missing"),
    ],
)
def test_each_fault_has_its_place(answer: dict[str, Any], pointer: str, code: str) -> None:
    assert faults(GOOD | answer) == {pointer: code}


def test_a_form_that_is_not_of_this_standard() -> None:
    assert faults(GOOD, version=7) == {"#/form": "unknown-form-version"}
    assert faults(GOOD, form="form-z") == {"#/form": "unknown-form-version"}


@pytest.mark.parametrize(
    ("result", "codes"),
    [
        ({"b2": 0, "deprivations": []}, []),
        ({"b2": 20, "deprivations": ["toilet_x", "clean_water"]}, ["unknown_indicator"]),
        ({"b2": 25, "deprivations": ["clean_water"]}, ["not_a_sum"]),
        ({"b2": 130, "deprivations": []}, ["not_a_sum"]),
        ({"b2": -10, "deprivations": []}, ["not_a_sum"]),
        ({"b2": 20, "deprivations": ["clean_water"]}, ["differs_from_deprivations"]),
        ({"b2": 20, "deprivations": ["clean_water", "clean_water"]}, ["twice"]),
        ({"b2": 120}, []),
        ({"b2": None, "deprivations": ["clean_water"]}, []),
    ],
)
def test_what_a_tablet_cannot_have_computed(result: dict[str, Any], codes: list[str]) -> None:
    assert [fault.code for fault in device_faults(LIVE, result)] == codes


PERSON = {"id": "an", "birth_date": "1980-01-01", "disability": "none"}


@pytest.mark.parametrize(
    ("member", "answers", "codes"),
    [
        ({}, {}, []),
        ({"schooling": "primary"}, {}, ["pupil_too_old"]),
        ({"birth_date": "2004-11-01", "pension": True}, {}, ["pensioner_too_young"]),
        ({"birth_date": "2014-01-01", "relation_to_head": "head"}, {}, ["head_too_young"]),
        ({"nutrition": "stunted"}, {}, ["nutrition_of_adult"]),
        ({"birth_date": "2014-01-01", "labour_status": "working"}, {}, ["child_at_work"]),
        ({"birth_date": "2022-01-01", "schooling": "primary"}, {}, ["pupil_too_young"]),
        ({"birth_date": "2014-01-01", "schooling": "none", "right_level": True}, {}, ["right_level_without_school"]),
        ({"labour_status": "studying", "schooling": "none"}, {}, ["studying_without_school"]),
        ({}, {"floor_area": 0}, ["no_floor_area"]),
        ({"labour_status": "not_working"}, {"hired_without_contract": True}, ["no_hired_worker"]),
        ({"left_on": "2024-01-01"}, {}, ["nobody_counted"]),
    ],
)
def test_what_contradicts_itself_is_a_warning(
    member: dict[str, Any], answers: dict[str, Any], codes: list[str]
) -> None:
    case = {"standard": "vn-2022", "on": "2024-10-01", "area_type": "rural", "region": "red_river_delta",
            "members": [PERSON | member], "answers": answers}  # fmt: skip
    found = rules.contradictions(LIVE, rules.derive(LIVE, facts_of(case)))
    assert [warning["code"] for warning in found] == codes
    for warning in found:
        whole = warning["code"] in {"no_floor_area", "no_hired_worker", "nobody_counted"}
        assert warning["member_id"] == (None if whole else "an")
        assert warning["vi"]
        assert warning["en"]
