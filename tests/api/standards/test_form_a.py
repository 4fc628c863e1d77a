"""Form A: the law's items are not known here, and the rule of a form that has some decides as its vectors say."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from api.problems import Invalid
from api.standards import queries
from api.standards.documents import standard_of
from api.standards.form_rules import form_faults, needs_b
from tests.api.standards.vectors import standards
from tests.make import screening
from tests.make.screening import VECTORS, content

SALARY, CAR = ({"var": f"answers.{code}"} for code in ("test_salary", "test_car"))


def test_nothing_of_the_law_is_made_up() -> None:
    for code in ("vn-2022", "training-2022"):
        form = standards()[code].form("form-a")
        assert form is not None
        assert (form.questions, form.needs_b_if, form.confidence) == ((), None, "unknown")
        assert needs_b(standards()[code], "form-a", {"anything": True}) is None
    assert needs_b(standards()["vn-2022"], "form-b", {}) is None


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_the_rule_decides_as_its_vectors_say(case: dict[str, Any]) -> None:
    assert needs_b(standard_of(content()), "form-a", case["answers"]) is case["needs_b"]


def test_the_answers_of_the_vectors_fit_their_form_but_for_what_is_not_asked() -> None:
    made = standard_of(content())
    for case in VECTORS["cases"]:
        codes = {fault.code for fault in form_faults(made, "form-a", 900, case["answers"])}
        assert codes == ({"missing"} if case["name"] == "nothing answered" else set()), case


@pytest.mark.parametrize(
    "rule",
    [
        {"+": [1, 2]},
        {"===": [{"var": "answers.floor_area"}, 30]},
        {"===": [{"var": "area_type"}, "rural"]},
        {"if": [{"===": [SALARY, True]}, "yes", "no"]},
        {"and": [SALARY, CAR]},
        None,
    ],
)  # fmt: skip
def test_a_rule_reads_the_answers_of_its_form_and_says_yes_or_no(rule: Any) -> None:
    if rule is None:
        assert standard_of(content(needs_b_if=None)).needs_b == {}
        return
    with pytest.raises(Invalid):
        standard_of(content(needs_b_if=rule))


def test_the_tablet_gets_the_form_of_the_standard_in_force(session: Session) -> None:
    told = queries.form_a_on(session, date(2026, 10, 1))
    assert told is not None
    assert (told["version"], told["questions"], told["needs_b_if"]) == (1, [], None)
    assert "chưa có" in told["note"].lower()
    screening.in_force(session)
    told = queries.form_a_on(session, date(2026, 10, 1))
    assert told is not None
    assert (told["version"], len(told["questions"])) == (900, 4)
    assert told["needs_b_if"] == VECTORS["form"]["needs_b_if"]
    assert queries.form_a_on(session, date(2027, 2, 1)) is None, "of what is not in force nothing is asked"
