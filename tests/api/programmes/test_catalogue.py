"""The catalogue as it is read: whole, cited, dated; a mistake in a file says where it is."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any, get_args

import pytest

from api import codes
from api.programmes.catalogue import Catalogue, CatalogueError, catalogue, read
from api.programmes.definition import Measure, Parameter, Policy, Served, in_force
from api.standards.definition import Cited

# the components of the plan's IV.2 and their numbers in QĐ 90/QĐ-TTg (domain.md 5.1)
COMPONENTS = {
    "livelihood": ("IV.2.1", ("DA2", "DA3-TDA1")),
    "nutrition": ("IV.2.2", ("DA3-TDA2",)),
    "vocational_education": ("IV.2.3", ("DA4-TDA1",)),
    "sustainable_employment": ("IV.2.4", ("DA4-TDA3",)),
    "information_poverty": ("IV.2.5", ("DA6-TDA1",)),
    "communication": ("IV.2.6", ("DA6-TDA2",)),
    "capacity_building": ("IV.2.7", ("DA7-TDA1",)),
    "monitoring_evaluation": ("IV.2.8", ("DA7-TDA2",)),
}

SOURCE = """
[[sources]]
code = "law"
number = "1/2024"
title = "Luật thử"
"""
COMPONENT = """
[[components]]
code = "ninth"
order = 9
section = "IV.2.9"
projects = ["DA9"]
label = {vi = "Hợp phần thứ chín", en = "Ninth"}
document = "law"
article = "Điều 9"
verified = true
groups = [{code = "all", label = {vi = "Mọi hộ", en = "All"}}]
"""
POLICY = """
[[policies]]
code = "ninth_support"
field = "livelihood"
label = {vi = "Hỗ trợ", en = "Support"}
benefit = {vi = "Tiền", en = "Money"}
responsible = {vi = "UBND xã", en = "Commune"}
subject = "household"
document = "law"
"""
GROUND = """
[[policies.grounds]]
code = "poor"
reason = {vi = "Hộ nghèo", en = "Poor"}
when = '{"===": [{"var": "h.class"}, "poor"]}'
document = "law"
"""
AMOUNT = """
[[policies.parameters]]
code = "amount"
label = {vi = "Mức", en = "Amount"}
unit = "vnd"
document = "law"
"""
SETS = """
[[priority_sets]]
code = "ours"
[[priority_sets.priorities]]
code = "women"
label = {vi = "Phụ nữ", en = "Women"}
when = '{">": [{"var": "counts.women"}, 0]}'
when_member = '{"===": [{"var": "m.sex"}, "female"]}'
document = "law"
"""


def said(text: str, **more: str) -> str:
    with pytest.raises(CatalogueError) as refused:
        read({"policies-9.toml": text, "sources.toml": SOURCE} | more)
    return str(refused.value)


def cited(value: Any) -> Iterator[Cited]:
    if isinstance(value, Cited):
        yield value
    if isinstance(value, tuple):
        for inner in value:
            yield from cited(inner)
    elif is_dataclass(value):
        for field in fields(value):
            yield from cited(getattr(value, field.name))


# -- what ships


def test_the_eight_components_of_the_plan() -> None:
    found = catalogue().components
    assert {code: (one.section, one.projects) for code, one in found.items()} == COMPONENTS
    assert [one.order for one in found.values()] == list(range(1, 9))
    for one in found.values():
        assert one.groups, one.code
        assert one.contents, one.code
        assert one.legal_bases, one.code
        quoted = (*one.groups, *one.contents)
        assert {(item.document, item.article, item.verified) for item in quoted} == {
            ("ke-hoach-16-2024", one.section, True)
        }


def test_every_component_brings_a_kind_of_intervention() -> None:
    assert {kind.component for kind in catalogue().kinds.values()} >= set(COMPONENTS)


def test_every_area_of_the_policies_has_one() -> None:
    listed = {value["code"] for one in codes.code_lists() if one["code"] == "policy_field" for value in one["values"]}
    assert {policy.field for policy in catalogue().policies.values()} == listed


def test_what_can_be_said_of_a_policy_has_words_for_people() -> None:
    lists = {one["code"]: [value["code"] for value in one["values"]] for one in codes.code_lists()}
    assert lists["served"] == list(get_args(Served))
    assert lists["parameter_measure"] == list(get_args(Measure))


def test_every_source_is_cited_and_every_citation_has_its_confidence() -> None:
    found = catalogue()
    every = [*cited(tuple(found.components.values())), *cited(tuple(found.policies.values()))]
    assert {one.document for one in every} == set(found.sources)
    assert [one for one in every if one.confidence == "unknown" and getattr(one, "value", None) is not None] == []


def test_an_amount_is_verified_only_where_the_text_was_at_hand() -> None:
    verified = {
        (policy.code, one.code): (one.value, one.document)
        for policy in catalogue().policies.values()
        for one in policy.parameters
        if one.verified
    }
    # the plan's own text, and a rule on which two retrieved texts agree
    assert verified == {
        ("health_insurance_average", "support_share_plan"): (50, "ke-hoach-16-2024"),
        ("electricity_poor", "kwh"): (30, "qd-28-2014"),
        ("electricity_social_policy", "kwh"): (30, "qd-28-2014"),
    }
    assert catalogue().policies["electricity_poor"].known is False
    assert catalogue().policies["job_support"].known is True, "it has no numbers"


def on(code: str, parameter: str, day: date) -> int | None:
    (found,) = [one for one in catalogue().policies[code].on(day).parameters if one.code == parameter]
    return found.value


@pytest.mark.parametrize(
    ("code", "parameter", "day", "before", "after"),
    [
        ("electricity_poor", "monthly_amount", date(2024, 10, 11), 54180, 56790),
        ("electricity_poor", "monthly_amount", date(2025, 5, 10), 56790, 59520),
        ("electricity_social_policy", "monthly_amount", date(2024, 10, 11), 54180, 56790),
        ("credit_clean_water", "ceiling", date(2024, 9, 2), 10_000_000, 25_000_000),
        ("social_allowance", "base_level", date(2024, 7, 1), 360_000, 500_000),
        ("learning_costs", "monthly_amount", date(2025, 9, 3), 150_000, None),
        ("health_insurance_near_poor", "support_share", date(2025, 8, 15), 70, 70),
    ],
)
def test_a_number_changes_on_its_day(
    code: str, parameter: str, day: date, before: int | None, after: int | None
) -> None:
    assert on(code, parameter, day - timedelta(days=1)) == before
    assert on(code, parameter, day) == after


def test_before_and_after_its_days_there_is_no_number() -> None:
    housing = catalogue().policies["housing_temporary"]
    assert {one.code for one in housing.on(date(2025, 12, 31)).parameters} == {"new_house", "repair", "local_top_up"}
    assert {one.code for one in housing.on(date(2026, 1, 1)).parameters} == {"local_top_up"}
    credit = catalogue().policies["credit_poor"]
    assert credit.on(date(2024, 12, 31)).parameters == ()


def test_a_policy_begins_on_its_day_and_its_grounds_follow_each_other() -> None:
    pension = catalogue().policies["social_pension"]
    assert not in_force(pension, date(2025, 6, 30))
    assert in_force(pension, date(2025, 7, 1))
    fees = catalogue().policies["tuition_exemption"]
    assert [one.code for one in fees.on(date(2025, 9, 2)).grounds] == [
        "poor_general", "near_poor_general", "after_school",
    ]  # fmt: skip
    assert [one.code for one in fees.on(date(2025, 9, 3)).grounds] == ["public_general", "after_school_2025"]


def test_what_the_register_cannot_decide_is_asked() -> None:
    asked = {
        f"{policy.code}/{ground.code}"
        for policy in catalogue().policies.values()
        for ground in policy.grounds
        if ground.asks
    }
    assert asked >= {
        "electricity_social_policy/on_social_allowance",  # at most 50 kWh a month
        "health_insurance_escaped_near_poor/escaped_now_near_poor",  # is QĐ 705 still in force
        "housing_temporary/in_hardship",
        "legal_aid/near_poor",
        "social_allowance/elderly_poor",
    }
    assert "electricity_poor/poor" not in asked


def test_the_plans_priorities_are_the_same_everywhere() -> None:
    for policy in catalogue().policies.values():
        if policy.code not in {"telecom_device", "livelihood_project"}:  # these have groups of their own
            assert policy.priorities == catalogue().priority_sets["plan"].for_subject(policy.subject), policy.code
    assert catalogue().policies["telecom_device"].order is not None


# -- how it is read


def test_a_ninth_component_is_one_file() -> None:
    found = read(
        {"ninth.toml": SOURCE + COMPONENT + POLICY + 'component = "ninth"\npriorities = "ours"\n' + GROUND + SETS}
    )
    (group,) = found.components["ninth"].groups
    assert (group.document, group.article, group.verified) == ("law", "Điều 9", True)
    policy = found.policies["ninth_support"]
    assert (policy.component, policy.served, policy.grounds[0].asks) == ("ninth", "once", ())
    assert [one.code for one in policy.priorities] == ["women"]
    assert policy.priorities[0].when == {">": [{"var": "counts.women"}, 0]}
    member = read({"a": SOURCE + POLICY.replace('"household"', '"member"') + 'priorities = "ours"\n' + GROUND + SETS})
    assert member.policies["ninth_support"].priorities[0].when == {"===": [{"var": "m.sex"}, "female"]}


def test_an_empty_catalogue_is_one() -> None:
    assert read({}) == Catalogue()


MISTAKES: dict[str, tuple[str, str]] = {
    "no TOML": (POLICY + "nonsense", "policies-9.toml: "),
    "an unknown list": ("[[polices]]\ncode = 'x'", "policies-9.toml: no list is called polices"),
    "a table that is no list": ("[policies]\ncode = 'x'", "policies-9.toml: policies is a list: write [[policies]]"),
    "an entry without a code": (POLICY.replace("code =", "kode ="), "policies-9.toml: policies/None: "),
    "an unknown key": (POLICY + "benefits = 'x'\n" + GROUND, "policies/ninth_support: benefits: Unexpected"),
    "no ground": (POLICY + "grounds = []", "policies/ninth_support: nobody can come under it"),
    "a ground without a document": (
        POLICY + GROUND.replace('document = "law"', ""), "policies/ninth_support: grounds/0/document: ",
    ),
    "a document that is not there": (
        POLICY + GROUND.replace('"law"', '"lore"'), "policies/ninth_support/poor: no document is called lore",
    ),
    "a code twice": (POLICY + GROUND + POLICY + GROUND, "policies-9.toml: policies/ninth_support stands there twice"),
    "two grounds of one code": (POLICY + GROUND + GROUND, "policies/ninth_support/grounds: poor stands there twice"),
    "a condition that is no JSON": (
        POLICY + GROUND.replace('"poor"]}\'', '"poor"}\''), "policies/ninth_support/grounds/0/when: no JSON: ",
    ),
    "a fact that is not there": (
        POLICY + GROUND.replace("h.class", "h.klass"),
        "policies/ninth_support/grounds/poor/===/0/var: nothing is called h.klass",
    ),
    "a class that is not there": (
        POLICY + GROUND.replace('"poor"]', '"very_poor"]'), "policies/ninth_support/grounds/poor/===",
    ),
    "a fact of a person asked of a household": (
        POLICY + GROUND.replace('"h.class"}, "poor"', '"m.sex"}, "female"'), "nothing is called m.sex",
    ),
    "a number that may be null": (
        POLICY + GROUND.replace('{"===": [{"var": "h.class"}, "poor"]}', '{"<": [{"var": "h.left_list_on"}, 1]}'),
        "a number that cannot be null",
    ),
    "no comparison": (
        POLICY + GROUND.replace('{"===": [{"var": "h.class"}, "poor"]}', "poor"), "a condition is a comparison",
    ),
    "an exclusion without a reason": (
        POLICY + "unless = true\n" + GROUND, "ninth_support/unless: a condition and its reason",
    ),
    "a reason that excludes nobody": (
        POLICY + "unless_reason = {vi = 'a', en = 'b'}\n" + GROUND, "ninth_support/unless: a condition and its reason",
    ),
    "an unknown component": (POLICY + "component = 'tenth'\n" + GROUND, "ninth_support: no component is called tenth"),
    "an unknown field": (POLICY.replace("livelihood", "luck") + GROUND, "ninth_support: no field is called luck"),
    "an unknown set of priorities": (
        POLICY + "priorities = 'theirs'\n" + GROUND,
        "policies-9.toml: policies/ninth_support/priorities: no set is called theirs",
    ),
    "an unknown unit": (
        POLICY + GROUND + AMOUNT.replace('"vnd"', '"dong"'), "parameters/amount: no unit is called dong",
    ),
    "an amount with a fraction": (POLICY + GROUND + AMOUNT + "value = 0.5", "ninth_support: parameters/0/value: "),
    "an amount below zero": (POLICY + GROUND + AMOUNT + "value = -1", "parameters/amount: -1 is below zero"),
    "an unknown value that is verified": (
        POLICY + GROUND + AMOUNT + "verified = true", "parameters/amount: a value that is not known cannot be verified",
    ),
    "days in the wrong order": (
        POLICY + GROUND + AMOUNT + "valid_from = 2024-02-01\nvalid_to = 2024-01-31",
        "policies/ninth_support/amount: it ends on 2024-01-31, before it begins on 2024-02-01",
    ),
    "two values on one day": (
        POLICY + GROUND + AMOUNT + "valid_to = 2024-02-01\n" + AMOUNT + "valid_from = 2024-02-01",
        "parameters/amount: two values hold on one day (2024-02-01)",
    ),
    "a value that never ends before the next": (
        POLICY + GROUND + AMOUNT + AMOUNT + "valid_from = 2024-02-01", "parameters/amount: two values hold on one day",
    ),
    "a component whose group is quoted from nowhere": (
        COMPONENT.replace('"law"', '"lore"'), "components/ninth/all: no document is called lore",
    ),
    "two groups of one code": (
        COMPONENT.replace("groups = [", "groups = [{code = 'all', label = {vi = 'a', en = 'b'}}, "),
        "components/ninth: two groups have one code",
    ),
    "a shared priority over a fact that is not there": (
        SETS.replace("m.sex", "m.gender"), "priority_sets/ours/women/when_member",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_says_where_it_is(name: str) -> None:
    text, expected = MISTAKES[name]
    assert expected in said(text)


def test_all_mistakes_of_the_catalogue_are_said_at_once() -> None:
    told = said(POLICY + "component = 'tenth'\n" + GROUND + AMOUNT + "value = -1")
    assert "tenth" in told
    assert "below zero" in told


def test_values_of_one_number_may_follow_each_other() -> None:
    rows = AMOUNT + "valid_to = 2024-01-31\n" + AMOUNT + "valid_from = 2024-02-01\nvalue = 5"
    policy = read({"a": SOURCE + POLICY + GROUND + rows}).policies["ninth_support"]
    assert [(one.value, one.measure) for one in policy.parameters] == [(None, "amount"), (5, "amount")]
    assert _values(policy, date(2024, 1, 31)) == [None]
    assert _values(policy, date(2024, 2, 1)) == [5]


def _values(policy: Policy, day: date) -> list[int | None]:
    found: tuple[Parameter, ...] = policy.on(day).parameters
    return [one.value for one in found]
