"""The made-up people: believable, consistent, and nobody's."""

import re
import unicodedata
from collections import Counter
from datetime import date
from typing import Any

import pytest

from api import codes
from api.demo.people import ON
from api.demo.register import MadeUp, register
from api.households.member_schemas import MemberIn
from api.households.schemas import HouseholdIn

Person = dict[str, Any]


@pytest.fixture(scope="module")
def homes() -> list[MadeUp]:
    return register()


@pytest.fixture(scope="module")
def people(homes: list[MadeUp]) -> list[Person]:
    return [person for home in homes for _, person in home.members]


def born(person: Person) -> int:
    return int(person.get("birth_year") or person["birth_date"][:4])


def test_citizen_numbers_fit_their_bearer_and_belong_to_nobody(people: list[Person]) -> None:
    lengths: Counter[int] = Counter()
    for person in people:
        number = person.get("personal_id", "")
        lengths[len(number)] += 1
        if len(number) == 12:
            century = (2 if born(person) >= 2000 else 0) + (1 if person["sex"] == "female" else 0)
            assert number[:6] == f"036{century}{born(person) % 100:02d}"
            # more births of one sex than the province registers in a year
            assert int(number[6:]) >= 900_000
        elif number:
            assert re.fullmatch(r"1699\d{5}|16[0-9]{7}", number)
            assert ON.year - born(person) >= 60
    assert set(lengths) == {0, 9, 12}
    assert lengths[12] > 0.85 * len(people)
    assert lengths[9] >= 5
    assert lengths[0] >= 50


def test_telephone_numbers_belong_to_no_network(homes: list[MadeUp]) -> None:
    numbers = [home.fields["phone"] for home in homes if "phone" in home.fields]
    assert len(numbers) > 150
    assert all(re.fullmatch(r"0100\d{6}", number) for number in numbers)


def test_four_people_stand_in_two_hamlets(homes: list[MadeUp]) -> None:
    where: dict[str, list[tuple[str, Person]]] = {}
    for home in homes:
        for _, person in home.members:
            if "personal_id" in person:
                where.setdefault(person["personal_id"], []).append((home.fields["hamlet_id"], person))
    twice = [found for found in where.values() if len(found) > 1]
    assert len(twice) == 4
    for found in twice:
        (here, one), (there, other) = found
        assert here != there
        assert one["full_name"] == other["full_name"]
        assert {one["relation_to_head"], other["relation_to_head"]} == {"parent", "head"}


def test_families_fit_together(homes: list[MadeUp]) -> None:
    for home in homes:
        by: dict[str, list[Person]] = {}
        for _, person in home.members:
            by.setdefault(person["relation_to_head"], []).append(person)
        (head,) = by["head"]
        assert home.members[0][1] is head
        mother = next((p for p in (*by.get("spouse", ()), head) if p["sex"] == "female"), None)
        for child in by.get("child", ()):
            assert born(child) - born(head) >= 18, home
            if mother is not None:
                assert 17 <= born(child) - born(mother) <= 46, home
        for parent in by.get("parent", ()):
            assert born(head) - born(parent) >= 17, home
        for grandchild in by.get("grandchild", ()):
            assert born(grandchild) - born(head) >= 36, home
        assert len(by.get("spouse", ())) <= 1
        assert len({person["full_name"].split()[-1] for _, person in home.members}) == len(home.members)


def test_school_work_and_weighing_fit_the_age(people: list[Person]) -> None:
    for person in people:
        in_year = 2023 - born(person)
        if person.get("schooling") == "primary":
            assert 6 <= in_year <= 14
        if person.get("schooling") == "lower_secondary":
            assert 11 <= in_year <= 14
        if person.get("schooling") == "upper_secondary":
            assert 15 <= in_year <= 17
        if person.get("labour_status") == "studying":
            assert person["schooling"] != "none"
        if "nutrition" in person:
            assert ON.year - born(person) <= 16
        if person.get("disability") in ("severe", "very_severe"):
            assert person.get("labour_status") != "working"
        if "left_on" in person:
            assert date.fromisoformat(person["left_on"]) < ON


def test_names_and_ethnicities(people: list[Person]) -> None:
    for person in people:
        name = person["full_name"]
        assert unicodedata.is_normalized("NFC", name)
        assert 3 <= len(name.split()) <= 4
        assert len(set(name.split())) == len(name.split()), name
        assert ("Văn" in name.split()) <= (person["sex"] == "male"), name
        assert ("Thị" in name.split()) <= (person["sex"] == "female"), name
    groups = Counter(person["ethnicity"] for person in people)
    assert set(groups) <= codes.ETHNICITIES
    assert 0.97 < groups["kinh"] / len(people) < 1
    assert len({person["full_name"] for person in people}) > 0.8 * len(people)


def test_every_record_passes_the_door(homes: list[MadeUp]) -> None:
    numbers: set[tuple[str, str]] = set()
    for home in homes:
        HouseholdIn.model_validate(home.fields)
        for _, person in home.members:
            MemberIn.model_validate(person)
        if "household_no" in home.fields:
            numbers.add((home.fields["hamlet_id"], home.fields["household_no"]))
    assert len(numbers) == sum("household_no" in home.fields for home in homes)
