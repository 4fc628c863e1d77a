"""Made-up families: who lives together, with ages and names that fit."""

from collections.abc import Callable
from random import Random
from typing import Any

from api.demo import names
from api.demo.people import ON, Means, person

Members = list[dict[str, Any]]


def family(rng: Random, means: Means) -> Members:
    """The members of one household, the head first. Kinds and their shares are guesses, not statistics."""
    kinds: list[Callable[[Random, Means], Members]] = [
        _couple_with_children,
        _three_generations,
        _mother_with_children,
        _old_alone,
        _old_couple,
        _grandparents_with_grandchild,
        _siblings,
    ]
    while True:
        members = rng.choices(kinds, weights=(34, 17, 13, 13, 11, 7, 5))[0](rng, means)
        # nobody gives a child the name of somebody in the house
        if len({member["full_name"].split()[-1] for member in members}) == len(members):
            return members


def _couple_with_children(rng: Random, means: Means) -> Members:
    age = rng.randint(27, 56)
    surname = names.surname(rng)
    members = [_head(rng, means, surname, age), _wife(rng, means, age)]
    mother_age = ON.year - int(members[1]["birth_date"][:4]) - 1
    children = _children(rng, means, surname, mother_age=mother_age, most=3)
    if children and age > 46 and rng.random() < 0.2:
        children[0] |= {"left_on": f"2023-{rng.randint(1, 11):02d}-12", "left_reason": rng.choice(("married", "moved"))}
    return members + children


def _three_generations(rng: Random, means: Means) -> Members:
    members = _couple_with_children(rng, means)
    surname = members[0]["full_name"].split()[0]
    widow = rng.random() < 0.7
    parent_surname = names.surname(rng) if widow else surname
    age = max(64, ON.year - int(members[0]["birth_date"][:4]) + rng.randint(19, 30))
    members.append(person(rng, relation="parent", surname=parent_surname, female=widow, age=age, means=means))
    return members


def _mother_with_children(rng: Random, means: Means) -> Members:
    age = rng.randint(28, 54)
    mother = _head(rng, means, names.surname(rng), age, female=True)
    return [mother, *_children(rng, means, names.surname(rng), mother_age=age, most=3, least=1)]


def _old_alone(rng: Random, means: Means) -> Members:
    return [_head(rng, means, names.surname(rng), rng.randint(66, 91), female=rng.random() < 0.8)]


def _old_couple(rng: Random, means: Means) -> Members:
    age = rng.randint(62, 86)
    return [_head(rng, means, names.surname(rng), age), _wife(rng, means, age)]


def _grandparents_with_grandchild(rng: Random, means: Means) -> Members:
    members = _old_couple(rng, means)
    surname = members[0]["full_name"].split()[0]
    for _ in range(rng.randint(1, 2)):
        child = person(
            rng, relation="grandchild", surname=surname, female=rng.random() < 0.5, age=rng.randint(2, 15), means=means
        )
        members.append(child)
    return members


def _siblings(rng: Random, means: Means) -> Members:
    age = rng.randint(45, 68)
    surname = names.surname(rng)
    head = _head(rng, means, surname, age, female=rng.random() < 0.5)
    ill = person(rng, relation="sibling", surname=surname, female=rng.random() < 0.5, age=age - 4, means=means)
    ill |= {"disability": "severe", "social_allowance": True, "labour_status": "not_working"}
    for unfit in ("occupation", "labour_contract"):
        ill.pop(unfit, None)
    return [head, ill]


def _head(rng: Random, means: Means, surname: str, age: int, *, female: bool = False) -> dict[str, Any]:
    return person(rng, relation="head", surname=surname, female=female, age=age, means=means)


def _wife(rng: Random, means: Means, age: int) -> dict[str, Any]:
    return person(
        rng,
        relation="spouse",
        surname=names.surname(rng),
        female=True,
        age=age - rng.randint(0, 5),
        means=means,
        comes_from_elsewhere=True,
    )


def _children(rng: Random, means: Means, surname: str, *, mother_age: int, most: int, least: int = 0) -> Members:
    """Oldest first, two years or more apart, none before their mother was twenty; grown ones often live elsewhere."""
    children: Members = []
    age = mother_age - rng.randint(20, 27)
    for _ in range(rng.randint(max(least, 1), most)):
        if age < 0:
            break
        if age < 25 or rng.random() < 0.3:
            female = rng.random() < 0.48
            children.append(person(rng, relation="child", surname=surname, female=female, age=age, means=means))
        age -= rng.randint(2, 5)
    if not children and least:
        small = max(mother_age - 27, 1)
        children.append(person(rng, relation="child", surname=surname, female=False, age=min(small, 20), means=means))
    return children
