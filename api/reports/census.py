"""PURE: who is counted in the reports of a commune: households and people as of a day, and the ledger of a round."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from api.recognitions.movements import Entry

KINH, FOREIGN = "kinh", "foreign"


@dataclass(frozen=True, slots=True)
class Home:
    """A household. `poverty_class`: of the standing; `average` for one of average living standard beside it.

    `ethnicity`, `female_head`: of its head; None where nobody is named as head. `reviewed`: there is a review that says
    what it is deprived of; `undetermined`: the indicators of which that review does not know it.
    """

    household_id: UUID
    hamlet_id: UUID
    poverty_class: str | None
    persons: int
    average: bool = False
    ethnicity: str | None = None
    female_head: bool | None = None
    no_labour: bool = False
    merit: bool = False
    reviewed: bool = False
    deprivations: frozenset[str] = frozenset()
    undetermined: frozenset[str] = frozenset()
    causes: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    movements: frozenset[str] = frozenset()

    @property
    def minority(self) -> bool:
        return is_minority(self.ethnicity)


@dataclass(frozen=True, slots=True)
class Human:
    """A member of a listed household. `age`, `school_age` in years; None: not known."""

    member_id: UUID
    household_id: UUID
    hamlet_id: UUID
    poverty_class: str
    ethnicity: str | None
    age: int | None
    health_insurance: bool | None
    nutrition: str | None
    lacks_education: bool
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Census:
    """What a report counts. `statistics`: hamlet -> (households, persons), where somebody recorded them."""

    day: date
    homes: tuple[Home, ...] = ()
    humans: tuple[Human, ...] = ()
    entries: tuple[Entry, ...] = ()
    statistics: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)

    def ethnicities(self) -> set[str]:
        """The ethnic minorities there are among those counted."""
        all_ = [*(home.ethnicity for home in self.homes), *(human.ethnicity for human in self.humans)]
        return {one for one in all_ if one and is_minority(one)}


def is_minority(ethnicity: str | None) -> bool:
    """One of the 53: neither Kinh, nor a foreigner, nor unknown."""
    return ethnicity not in (None, KINH, FOREIGN)


# the level a child has to have reached: NĐ 07/2021; from school_age 6 primary, from 11 lower secondary (domain.md 10.6)
_LEVELS = {"preschool": 1, "primary": 2, "lower_secondary": 3}
_HIGH = ("upper_secondary", "vocational", "college", "university")


def lacks_education(age: int | None, school_age: int | None, schooling: str | None, right_level: bool | None) -> bool:
    """A child of 3 to under 16 that does not attend at the right level. Unknown schooling is no lack."""
    if age is None or school_age is None or not 3 <= age < 16 or (schooling is None and right_level is None):
        return False
    level = 4 if schooling in _HIGH else _LEVELS.get(schooling or "", 0)
    least = 1 if school_age < 6 else 2 if school_age < 11 else 3
    attends = right_level is True or level > least or (level == least and right_level is not False)
    return not attends
