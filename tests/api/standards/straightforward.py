"""The rules once more, in plain ifs and with dates as dates: what the declared rules are compared with.

Written from the decree (NĐ 07/2021 Điều 3, TT 07/2021), not from the data files, and shares no code with api.standards.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

Flag = bool | None
_AFTER_PRIMARY = ("lower_secondary", "upper_secondary", "vocational", "college", "university")
_HIGHER = ("upper_secondary", "vocational", "college", "university")
_SKILLED = ("upper_secondary", "elementary_vocational", "intermediate", "college", "university")


class Person:
    """A member on a day."""

    def __init__(self, record: dict[str, Any], on: date) -> None:
        self.record, self.on = record, on
        if record.get("birth_date"):
            self.born = date.fromisoformat(record["birth_date"])
        else:
            self.born = date(record["birth_year"], 1, 1)

    def __getattr__(self, name: str) -> Any:
        return self.record.get(name)

    @property
    def there(self) -> bool:
        return self.born <= self.on and (not self.left_on or date.fromisoformat(self.left_on) > self.on)

    def at_least(self, years: int) -> bool:
        try:
            birthday = self.born.replace(year=self.born.year + years)
        except ValueError:  # 29 February
            birthday = date(self.born.year + years, 3, 1)
        return self.on >= birthday

    @property
    def school_age(self) -> int:
        return (self.on.year if self.on.month >= 9 else self.on.year - 1) - self.born.year


def flags(answers: dict[str, Any], members: list[dict[str, Any]], on: date) -> dict[str, Flag]:
    people = [person for record in members if (person := Person(record, on)).there]
    return {
        "employment": any_of(employment(p, answers.get("hired_without_contract")) for p in people),
        "dependants": dependants(people),
        "nutrition": any_of(nutrition(p) for p in people),
        "health_insurance": any_of(insurance(p) for p in people),
        "adult_education": any_of(adult_education(p) for p in people),
        "child_school_attendance": any_of(school(p) for p in people),
        "housing_quality": housing_quality([answers.get(f"{part}_durable") for part in ("wall", "column", "roof")]),
        "housing_area": housing_area(answers.get("floor_area"), len(people)),
        "clean_water": {None: None, "other": True}.get(answers.get("water_source"), False),
        "hygienic_toilet": {None: None, "other": True, "none": True}.get(answers.get("toilet"), False),
        "telecom_service": {None: None, True: False, False: True}[answers.get("internet_used")],
        "info_devices": devices(answers.get("shared_device"), answers.get("personal_device")),
    }


def any_of(found: Iterable[Flag]) -> Flag:
    listed = list(found)
    if True in listed:
        return True
    return None if None in listed or not listed else False


def employment(p: Person, hired: Flag) -> Flag:
    if not p.at_least(15) or p.labour_status in ("studying", "not_working"):
        return False
    if p.labour_status is None or p.labour_status == "unemployed":
        return None if p.labour_status is None else True
    if p.labour_contract is None:
        return hired
    return not p.labour_contract


def dependants(people: list[Person]) -> Flag:
    sure = maybe = 0
    for p in people:
        special = p.at_least(60) or p.disability in ("mild", "severe", "very_severe")
        if not p.at_least(16) or (p.social_allowance and special):
            sure += 1
        elif p.social_allowance is None and (special or p.disability is None):
            maybe += 1
    if not people:
        return None
    if sure > len(people) / 2:
        return True
    return None if sure + maybe > len(people) / 2 else False


def nutrition(p: Person) -> Flag:
    if p.at_least(16):
        return False
    return None if p.nutrition is None else p.nutrition != "normal"


def insurance(p: Person) -> Flag:
    if not p.at_least(6):
        return False
    return None if p.health_insurance is None else not p.health_insurance


def adult_education(p: Person) -> Flag:
    if not p.at_least(16) or p.at_least(31):
        return False
    if p.at_least(18):
        good = p.schooling in _HIGHER or p.qualification in _SKILLED
    else:
        good = p.schooling in _AFTER_PRIMARY or p.qualification in ("lower_secondary", *_SKILLED)
    if good:
        return False
    return None if p.schooling is None or p.qualification is None else True


def school(p: Person) -> Flag:
    if not p.at_least(3) or p.at_least(16) or p.right_level is True:
        return False
    levels = ("none", "preschool", "primary", "lower_secondary", *_HIGHER)
    expected = 1 if p.school_age < 6 else 2 if p.school_age < 11 else 3
    attended = None if p.schooling is None else min(levels.index(p.schooling), 4)
    if attended is not None and attended > expected:
        return False
    if p.right_level is False:
        return True
    return None if attended is None else attended < expected


def housing_quality(parts: list[Flag]) -> Flag:
    if parts.count(False) >= 2:
        return True
    return None if parts.count(False) + parts.count(None) >= 2 else False


def housing_area(area: float | None, people: int) -> Flag:
    return None if area is None or people == 0 else area / people < 8


def devices(shared: Flag, personal: Flag) -> Flag:
    if shared or personal:
        return False
    return True if shared is False and personal is False else None


def proposed(b1: int | None, found: dict[str, Flag], area_type: str) -> str | None:
    line = 140 if area_type == "rural" else 175
    count, open_ = list(found.values()).count(True), list(found.values()).count(None)
    if b1 is None:
        return None
    if b1 > line:
        return "not_poor"
    if count >= 3:
        return "poor"
    return "near_poor" if count + open_ < 3 else None
