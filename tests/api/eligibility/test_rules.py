"""One policy over made facts: yes, no and not known; reasons, what is to be checked, what a reader may not see."""

from datetime import date
from typing import Any

import pytest

from api.eligibility.rules import Judgement, amounts, period_start, rulebook
from api.programmes.definition import Policy
from tests.make.entitlements import catalogue_of, policy

DAY = date(2024, 12, 1)
_OLD = '{"and": [{"!==": [{"var": "m.age"}, null]}, {">=": [{"var": "m.age"}, 70]}]}'
_NO_PENSION = '{"===": [{"var": "m.pension"}, false]}'
_POOR = '{"===": [{"var": "h.class"}, "poor"]}'
_DISABLED = '{"in": [{"var": "m.disability"}, ["severe", "very_severe"]]}'


def one(text: str) -> Policy:
    (found,) = catalogue_of(text).policies.values()
    return found


def facts(**changed: Any) -> dict[str, Any]:
    """A poor household of one man of 75 who gets nothing; `h_class=…`, `m_pension=…` change that."""
    made: dict[str, Any] = {
        "on": 20241201, "school_year": 2024, "area_type": "rural",
        "h": {"class": "poor", "class_since": 20221212, "left_poor_on": None, "left_list_on": None,
              "newly_escaped": False, "average_living_standard": False, "no_labour_capacity": False,
              "residence": "permanent", "needs": []},
        "counts": {"members": 1, "children_under_16": 0, "women": 0, "merit_persons": 0, "disabled_persons": 0,
                   "minority_persons": 0, "age_unknown": 0, "on_social_allowance": 0, "with_pension": 0},
        "most": {"on_social_allowance": 0, "with_pension": 0},
        "m": {"age": 75, "school_age": 75, "sex": "male", "relation_to_head": "head", "schooling": None,
              "right_level": None, "qualification": None, "labour_status": None, "labour_contract": None,
              "health_insurance": False, "social_allowance": False, "pension": False, "merit_person": False,
              "disability": "none", "nutrition": None, "ethnicity": "kinh", "low_income_worker": False, "needs": []},
    }  # fmt: skip
    for name, value in changed.items():
        part, _, fact = name.partition("_")
        made[part][fact] = value
    return made


def judge(text: str, day: date = DAY, sees_sensitive: bool = True, **changed: Any) -> Judgement:
    found = one(text)
    judged = rulebook([found], found.subject, day).judge(facts(**changed), sees_sensitive=sees_sensitive)
    return judged[0] if judged else Judgement(found, False, (), False, (), (), None, ())  # of no concern


def codes(judged: Judgement) -> list[tuple[str, bool]]:
    return [(held.ground.code, held.certain) for held in judged.reasons]


def said(judged: Judgement) -> list[str]:
    return [words.en for words in judged.to_check]


def test_a_ground_that_holds_makes_eligible_and_is_the_reason() -> None:
    judged = judge(policy("p", _POOR, '{"===": [{"var": "h.class"}, "near_poor"]}'))
    assert (judged.eligible, codes(judged), judged.excluded, said(judged)) == (True, [("g0", True)], False, [])


def test_without_a_ground_nobody_is_eligible() -> None:
    judged = judge(policy("p", _POOR), h_class="near_poor")
    assert (judged.eligible, judged.reasons, judged.excluded) == (False, (), False)


def test_a_class_that_a_household_never_had_is_known_and_not_unknown() -> None:
    assert judge(policy("p", _POOR), h_class=None).eligible is False


def test_an_answer_that_nobody_gave_makes_unknown_and_says_what_to_ask() -> None:
    text = policy("p", f'{{"and": [{_OLD}, {_NO_PENSION}]}}', subject="member")
    assert judge(text).eligible is True
    assert judge(text, m_pension=True).eligible is False
    judged = judge(text, m_pension=None)
    assert (judged.eligible, codes(judged)) == (None, [("g0", False)])
    assert said(judged) == ["Whether on a pension"]
    assert judge(text, m_pension=None, m_age=40).eligible is False, "whatever the pension"


def test_a_guard_against_null_does_not_turn_unknown_into_no() -> None:
    text = policy("p", _OLD, subject="member")
    assert judge(text, m_age=None).eligible is None
    assert judge(text, m_age=69).eligible is False


def test_not_asked_of_everybody_in_the_house_is_unknown_for_the_house() -> None:
    text = policy("p", '{">=": [{"var": "counts.on_social_allowance"}, 1]}')
    assert judge(text).eligible is False
    assert judge(text, counts_on_social_allowance=1, most_on_social_allowance=1).eligible is True
    judged = judge(text, most_on_social_allowance=2)
    assert (judged.eligible, said(judged)) == (None, ["Who is on a social allowance"])


def test_none_of_them_needs_to_know_all_of_them() -> None:
    text = policy("p", '{"===": [{"var": "counts.with_pension"}, 0]}')
    assert judge(text).eligible is True
    assert judge(text, most_with_pension=1).eligible is None
    assert judge(text, counts_with_pension=1, most_with_pension=2).eligible is False


def test_what_a_person_has_to_check_is_never_yes() -> None:
    text = policy("p", _POOR) + 'asks = [{vi = "Dùng điện không quá 50 kWh", en = "Uses at most 50 kWh"}]\n'
    judged = judge(text)
    assert (judged.eligible, codes(judged), said(judged)) == (None, [("g0", False)], ["Uses at most 50 kWh"])
    assert judge(text, h_class="near_poor").eligible is False


def test_one_certain_ground_is_enough_and_nothing_is_asked_then() -> None:
    asked = policy("p", '{"===": [{"var": "h.residence"}, "permanent"]}', _POOR).replace(
        'code = "g0"', 'code = "g0"\nasks = [{vi = "Hỏi", en = "Ask"}]'
    )
    judged = judge(asked)
    assert (judged.eligible, said(judged)) == (True, [])
    assert codes(judged) == [("g1", True), ("g0", False)], "what is certain comes first"


def test_what_excludes_excludes_with_its_reason() -> None:
    unless = '{"===": [{"var": "h.residence"}, "temporary"]}'
    more = f'unless = \'{unless}\'\nunless_reason = {{vi = "Chỉ tạm trú", en = "Only a temporary residence"}}'
    assert judge(policy("p", _POOR, more=more)).eligible is True
    judged = judge(policy("p", _POOR, more=more), h_residence="temporary")
    assert (judged.eligible, judged.excluded, codes(judged)) == (False, True, [("g0", True)])
    assert judge(policy("p", _POOR, more=more), h_residence="temporary", h_class=None).excluded is False


def test_an_exclusion_that_is_not_known_makes_unknown() -> None:
    more = 'unless = \'{"===": [{"var": "m.pension"}, true]}\'\nunless_reason = {vi = "Có lương", en = "Paid"}'
    judged = judge(policy("p", _OLD, subject="member", more=more), m_pension=None)
    assert (judged.eligible, judged.excluded, said(judged)) == (None, False, ["Whether on a pension"])


def test_where_the_ground_is_sure_only_the_exclusion_is_asked_for() -> None:
    more = 'unless = \'{"===": [{"var": "m.pension"}, true]}\'\nunless_reason = {vi = "Có lương", en = "Paid"}'
    text = policy("p", '{"===": [{"var": "m.health_insurance"}, false]}', _OLD, subject="member", more=more)
    judged = judge(text, m_pension=None, m_health_insurance=None)
    assert (judged.eligible, codes(judged)) == (None, [("g1", True), ("g0", False)])
    assert said(judged) == ["Whether on a pension"]


def test_served_by_facts() -> None:
    more = 'served = "never"\nserved_if = \'{"===": [{"var": "m.health_insurance"}, true]}\''
    text = policy("p", _POOR, subject="member", more=more)
    assert judge(text, m_health_insurance=True).served_by_facts is True
    assert judge(text).served_by_facts is False
    judged = judge(text, m_health_insurance=None)
    assert (judged.eligible, judged.served_by_facts, said(judged)) == (True, None, ["Whether insured"])


_PRIORITY = """
[[policies.priorities]]
code = "{code}"
label = {{vi = "Nhóm", en = "Group"}}
when = '{when}'
document = "luat"
"""


def test_priority_groups_are_a_set_of_those_that_hold() -> None:
    text = policy("p", _POOR)
    text += _PRIORITY.format(code="merit", when='{">=": [{"var": "counts.merit_persons"}, 1]}')
    text += _PRIORITY.format(code="women", when='{">=": [{"var": "counts.women"}, 1]}')
    text += _PRIORITY.format(code="paid", when='{">=": [{"var": "counts.with_pension"}, 1]}')
    both = judge(text, counts_merit_persons=1, counts_women=2, most_with_pension=1)
    assert [group.code for group in both.priorities] == ["merit", "women"], "what may hold is no priority"
    hidden = judge(text, sees_sensitive=False, counts_merit_persons=1, counts_women=2)
    assert [group.code for group in hidden.priorities] == ["women"]
    assert hidden.withheld == ("priorities",)
    assert judge(text, sees_sensitive=False).withheld == ("priorities",), "whether or not it holds"


@pytest.mark.parametrize("disability", ["none", "very_severe"])
def test_who_may_not_see_health_learns_the_same_of_everybody(disability: str) -> None:
    text = policy("p", _DISABLED, subject="member")
    judged = judge(text, sees_sensitive=False, m_disability=disability)
    assert (judged.eligible, judged.reasons, said(judged), judged.withheld) == (None, (), [], ("grounds",))
    assert judged.hidden
    assert judge(text, m_disability=disability).eligible is (disability != "none")
    both = judge(policy("p", _DISABLED, _POOR, subject="member"), sees_sensitive=False, m_disability=disability)
    assert (both.eligible, codes(both), both.hidden) == (True, [("g1", True)], False)


@pytest.mark.parametrize("disability", ["none", "severe"])
def test_an_exclusion_by_health_is_not_told_either(disability: str) -> None:
    more = f'unless = \'{_DISABLED}\'\nunless_reason = {{vi = "Khuyết tật", en = "Disabled"}}'
    text = policy("p", _POOR, subject="member", more=more)
    judged = judge(text, sees_sensitive=False, m_disability=disability)
    assert (judged.eligible, judged.excluded, judged.withheld) == (None, False, ("unless",))
    assert said(judged) == []


def test_days_of_a_policy_and_of_a_ground_count_on_both_ends() -> None:
    text = policy("p", _POOR, more="valid_from = 2024-01-01\nvalid_to = 2024-12-01")
    text = text.replace('code = "g0"', 'code = "g0"\nvalid_from = 2024-06-01')
    found = [one(text)]
    assert rulebook(found, "household", date(2023, 12, 31)).policies == ()
    assert rulebook(found, "household", date(2024, 12, 2)).policies == ()
    assert rulebook(found, "member", DAY).policies == ()
    assert rulebook(found, "household", date(2023, 12, 31)).judge(facts(), sees_sensitive=True) == []
    assert judge(text, date(2024, 5, 31)).eligible is False
    assert judge(text, date(2024, 6, 1)).eligible is True
    assert judge(text, date(2024, 12, 1)).eligible is True


_PARAMETER = """
[[policies.parameters]]
code = "monthly"
label = {{vi = "Mức", en = "Level"}}
unit = "vnd"
document = "luat"
verified = {verified}
{more}
"""


def test_only_what_was_compared_with_the_text_is_an_amount() -> None:
    text = policy("p", _POOR)
    text += _PARAMETER.format(verified="true", more="value = 54180\nvalid_to = 2024-10-10")
    text += _PARAMETER.format(verified="false", more="value = 56790\nvalid_from = 2024-10-11\nvalid_to = 2025-05-09")
    found = one(text)

    def on(*day: int) -> tuple[Any, ...]:
        (amount,) = amounts(found, date(*day))
        return amount.value, amount.unverified_value, amount.said and amount.said.vi[:15]

    assert on(2024, 10, 10) == (54180, None, None)
    assert on(2024, 10, 11) == (None, 56790, "Chưa kiểm chứng")
    assert on(2025, 5, 10) == (None, None, "Chưa biết mức á")


def test_a_parameter_without_a_value_is_there_and_says_so() -> None:
    (amount,) = amounts(one(policy("p", _POOR) + _PARAMETER.format(verified="false", more="")), DAY)
    assert (amount.value, amount.unverified_value) == (None, None)
    assert amount.said is not None


@pytest.mark.parametrize(
    ("served", "day", "start"),
    [
        ("month", (2024, 3, 31), (2024, 3, 1)),
        ("quarter", (2024, 3, 31), (2024, 1, 1)),
        ("quarter", (2024, 4, 1), (2024, 4, 1)),
        ("quarter", (2024, 12, 31), (2024, 10, 1)),
        ("year", (2024, 12, 31), (2024, 1, 1)),
        ("school_year", (2024, 8, 31), (2023, 9, 1)),
        ("school_year", (2024, 9, 1), (2024, 9, 1)),
    ],
)
def test_the_period_of_a_day(served: Any, day: tuple[int, int, int], start: tuple[int, int, int]) -> None:
    assert period_start(served, date(*day)) == date(*start)


def test_once_counts_from_ever() -> None:
    assert period_start("once", DAY) is None
