"""Made-up people, one at a time: age, schooling, work, health and citizen number that fit together.

NOTHING HERE IS ABOUT A REAL PERSON. Citizen numbers have the right province, century, sex and year digits, but their
last six digits start at 900000, more births of one sex than a province registers in a year; phone numbers begin with
0100, which no network uses.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from api.demo import names

# The register is imagined as it stood when the plan was signed; ages and school levels are those of that day.
ON = date(2024, 4, 2)
_SCHOOL_YEAR = 2023  # September 2023 to May 2024: the level goes by the year of birth (domain.md 10.6)

_FARM_WORK = ("Làm ruộng", "Làm ruộng", "Làm ruộng", "Chăn nuôi nhỏ", "Nuôi vịt", "Trồng rau")
_OTHER_WORK = (
    "Phụ hồ", "Thợ xây", "Thợ mộc", "Công nhân may", "Công nhân giày da", "Bán hàng ở chợ", "Đan lát",
    "Giúp việc", "Lái xe thuê", "Lao động tự do", "Thợ hàn",
)  # fmt: skip
# Wives from elsewhere: nearly everybody here is Kinh.
_OTHER_ETHNICITIES = ("tay", "muong", "thai", "nung", "dao")


@dataclass(frozen=True)
class Means:
    """How a household fares: what its class does to insurance, work and nutrition, as probabilities."""

    insured: float
    jobless: float
    badly_fed: float


def person(
    rng: Random,
    *,
    relation: str,
    surname: str,
    female: bool,
    age: int,
    means: Means,
    comes_from_elsewhere: bool = False,
) -> dict[str, Any]:
    """The fields of one member (records.md), `household_id` still missing. `age` in completed years on ON."""
    born = ON - timedelta(days=age * 365.25 + rng.uniform(1, 364))
    data: dict[str, Any] = {
        "full_name": names.full_name(rng, surname, female=female, birth_year=born.year),
        "sex": "female" if female else "male",
        "relation_to_head": relation,
        "ethnicity": "kinh",
        "merit_person": age > 68 and rng.random() < 0.07,
        "disability": "none",
    }
    # Old people often know their year only.
    data |= {"birth_year": born.year} if age > 72 and rng.random() < 0.4 else {"birth_date": born.isoformat()}
    if comes_from_elsewhere and rng.random() < 0.06:
        data["ethnicity"] = rng.choice(_OTHER_ETHNICITIES)
    number = _citizen_number(rng, born.year, female=female, age=age)
    if number is not None:
        data["personal_id"] = number
    data |= _health(rng, age, means)
    data |= _school(rng, born.year, age)
    data |= _work(rng, age, data, means)
    return data


def _citizen_number(rng: Random, year: int, *, female: bool, age: int) -> str | None:
    if rng.random() < (0.25 if age < 6 else 0.06):
        return None  # not issued yet, or not at hand when the paper was filled in
    if age > 60 and rng.random() < 0.12:
        return f"16{rng.randint(9_900_000, 9_999_999)}"  # the old nine digits (CMND of Nam Định)
    century = (2 if year >= 2000 else 0) + (1 if female else 0)
    return f"036{century}{year % 100:02d}{rng.randint(900_000, 999_999)}"


def _health(rng: Random, age: int, means: Means) -> dict[str, Any]:
    health: dict[str, Any] = {"health_insurance": age < 6 or age >= 80 or rng.random() < means.insured}
    if rng.random() < (0.14 if age > 60 else 0.06):
        health["disability"] = rng.choices(("mild", "severe", "very_severe"), weights=(3, 3, 1))[0]
    supported = health.get("disability") in ("severe", "very_severe") or age >= 80
    health["social_allowance"] = supported and rng.random() < 0.9
    if age >= 60:
        health["pension"] = rng.random() < 0.05
    if age < 16:  # the health station weighs them
        fed = ("stunted", "underweight", "stunted_underweight")
        health["nutrition"] = rng.choice(fed) if rng.random() < means.badly_fed else "normal"
    return health


def _school(rng: Random, born: int, age: int) -> dict[str, Any]:
    in_year = _SCHOOL_YEAR - born
    if age < 3:
        return {}
    if in_year < 6:
        attends = rng.random() < 0.95
        return {"schooling": "preschool", "right_level": True} if attends else {"schooling": "none"}
    if in_year < 15:
        level = "primary" if in_year < 11 else "lower_secondary"
        if rng.random() < 0.03:
            return {"schooling": "none", "qualification": "none", "right_level": False}
        behind = level == "lower_secondary" and rng.random() < 0.02
        done = "primary" if level == "lower_secondary" and not behind else "none"
        return {"schooling": "primary" if behind else level, "right_level": not behind, "qualification": done}
    if in_year < 18:
        level = rng.choices(("upper_secondary", "vocational", "none"), weights=(7, 2, 1))[0]
        school = {"schooling": level, "qualification": "lower_secondary"}
        return school if level == "none" else school | {"right_level": True}
    if in_year < 22 and rng.random() < 0.3:
        return {"schooling": rng.choice(("college", "university", "vocational")), "qualification": "upper_secondary"}
    return {"schooling": "none", "qualification": _qualification(rng, age)}


def _qualification(rng: Random, age: int) -> str:
    if age > 60:
        return rng.choices(("none", "primary", "lower_secondary"), weights=(3, 4, 3))[0]
    levels = ("primary", "lower_secondary", "upper_secondary", "elementary_vocational", "intermediate", "college")
    return rng.choices(levels, weights=(1, 6, 4, 1, 1, 0.5) if age > 35 else (0, 4, 6, 2, 1, 1))[0]


def _work(rng: Random, age: int, data: dict[str, Any], means: Means) -> dict[str, Any]:
    if age < 15:
        return {}
    if data.get("schooling", "none") != "none":
        return {"labour_status": "studying"}
    if data["disability"] in ("severe", "very_severe") or age > 72:
        return {"labour_status": "not_working"}
    if age > 60 and rng.random() < 0.5:
        return {"labour_status": "not_working"}
    if age < 60 and rng.random() < means.jobless:
        return {"labour_status": "unemployed"}
    if rng.random() < 0.5 or age > 55:
        # on the own fields: the question of a contract does not arise
        return {"labour_status": "working", "occupation": rng.choice(_FARM_WORK)}
    work = rng.choice(_OTHER_WORK)
    return {"labour_status": "working", "labour_contract": work.startswith("Công nhân"), "occupation": work}
