"""A played interview: the questions of a form of an open round, answered by chance and scored on the tablet, offline.

The rules are those of the server; a tablet app finds the same ones in `scoring` of the form.
"""

import random
from collections.abc import Callable
from functools import cache
from typing import Any

from api.standards import rules
from api.standards.compiled import Standard
from api.standards.documents import standard_of
from api.standards.facts import facts
from api.standards.shipped import shipped
from mobile_sync.tablet import Tablet
from mobile_sync.tablet_work import Record

_TO_SURVEY = ("listed", "not_reached", "resurvey")
_FORM = "form-b"


def interview(
    tablet: Tablet, reference: dict[str, Any], household_id: str, luck: random.Random, today: str
) -> str | None:
    """Reviews the household, where it is on the list of an open round and not reviewed yet; the review's id."""
    case = _waiting(tablet, household_id)
    if case is None:
        return None
    rounds = {one["id"]: one for one in reference.get("rounds", [])}
    asked = rounds.get(case.data["round_id"])
    form = None if asked is None else _form(reference, asked)
    if asked is None or form is None:
        return None
    answers = {question["code"]: _answer(question, luck) for question in form["questions"] if _always(question)}
    review: dict[str, Any] = {
        "household_id": household_id,
        "round_id": asked["id"],
        "form": {"code": form["code"], "version": form["version"]},
        "surveyed_on": max(today, asked["opens_on"]),
        "answers": answers,
    }
    if not form["scoring"]["points_known"]:
        review |= {"b1_entered": luck.randrange(60, 200), "paper_no": f"B-{luck.randrange(1, 1000)}"}
    result = _scored(tablet, reference, case, form, review)
    if result is not None:
        review["device_result"] = result
    return tablet.create("review", review)


def _waiting(tablet: Tablet, household_id: str) -> Record | None:
    """Its case, unless a review of it is on the tablet already."""
    done = {one.data["round_id"] for one in tablet.storage.records("review") if _of(one, household_id)}
    for case in tablet.storage.records("review_case"):
        if _of(case, household_id) and case.data["stage"] in _TO_SURVEY and case.data["round_id"] not in done:
            return case
    return None


def _of(record: Record, household_id: str) -> bool:
    return bool(record.data.get("household_id") == household_id)


def _form(reference: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any] | None:
    standard = {"code": asked["standard_code"], "version": asked["standard_version"]}
    forms: list[dict[str, Any]] = reference.get("forms", [])
    return next((f for f in forms if f["code"] == _FORM and f["scoring"]["standard"] == standard), None)


def _always(question: dict[str, Any]) -> bool:
    return question.get("visible_if") in (None, True)


def _answer(question: dict[str, Any], luck: random.Random) -> Any:
    options = [option["code"] for option in question.get("options") or []]
    kinds: dict[str, Callable[[], Any]] = {
        "boolean": lambda: luck.random() < 0.6,
        "single": lambda: luck.choice(options),
        "multi": lambda: [code for code in options if luck.random() < 0.3],
        "number": lambda: luck.randrange(int(question["min"] or 0), min(int(question["max"] or 100), 120)),
        "date": lambda: "2024-01-01",
        "text": lambda: "không rõ",
    }
    return kinds[question["type"]]()


def _scored(
    tablet: Tablet, reference: dict[str, Any], case: Record, form: dict[str, Any], review: dict[str, Any]
) -> dict[str, Any] | None:
    """What the tablet computes. None for a standard that came with no version of this program."""
    standard = _standard(**form["scoring"]["standard"])
    place = next((area for area in reference["areas"] if area["id"] == case.data["hamlet_id"]), None)
    if standard is None or place is None:
        return None
    people = [
        {"id": one.id, **one.data} for one in tablet.storage.records("member") if _of(one, review["household_id"])
    ]
    known = facts(
        review["answers"],
        people,
        on=review["surveyed_on"],
        area_type=place["area_type"],
        region=place["region"],
        school_year_starts=standard.definition.school_year_starts,
    )
    found = rules.assess(standard, known, review.get("b1_entered"))
    return {
        "b1": found.b1,
        "b2": found.b2,
        "proposed_class": found.proposed_class,
        "deprivations": list(found.deprivations),
    }


@cache
def _standard(code: str, version: int) -> Standard | None:
    for content in shipped():
        if (content["code"], content["version"]) == (code, version):
            return standard_of(content, verified=True)
    return None
