"""What is really so in the made-up commune of the year: counted by hand, knowing nothing of the service.

48 households, six in each of eight hamlets. Everybody is a grown-up at work and insured, so that only what is seen at
the house decides: points from the signed paper, and so many of six things lacking.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

HAMLETS = range(1, 9)
HOMES = range(1, 7)
LACKING: tuple[dict[str, Any], ...] = (
    {"water_source": "other"},
    {"toilet": "none"},
    {"internet_used": False},
    {"shared_device": False, "personal_device": False},
    {"wall_durable": False, "roof_durable": False},
)
HAVING: dict[str, Any] = {
    "wall_durable": True,
    "column_durable": True,
    "roof_durable": True,
    "floor_area": 60,
    "water_source": "piped",
    "toilet": "septic",
    "internet_used": True,
    "shared_device": True,
    "personal_device": True,
}
Home = tuple[int, int]  # hamlet, number


@dataclass(frozen=True)
class Finding:
    """What a surveyor finds at a house: the total of the paper, and how many things lack."""

    b1: int
    lacking: int

    @property
    def poverty_class(self) -> str:
        if self.b1 > 140:
            return "not_poor"
        return "poor" if self.lacking >= 3 else "near_poor"

    @property
    def answers(self) -> dict[str, Any]:
        said = dict(HAVING)
        for one in LACKING[: self.lacking]:
            said |= one
        return said


POOR, AT_THE_LINE, NEAR = Finding(120, 3), Finding(140, 0), Finding(130, 2)
ABOVE, FAR_ABOVE, DESTITUTE = Finding(141, 4), Finding(150, 1), Finding(100, 4)


def persons_of(home: Home) -> int:
    """One to three people live in a house."""
    return 1 + (home[0] + home[1]) % 3


def found_in_january() -> dict[Home, Finding]:
    """Of the four of each hamlet that asked, all but two passed Phiếu A."""
    found: dict[Home, Finding] = {}
    for hamlet in HAMLETS:
        found |= {(hamlet, 1): POOR, (hamlet, 2): NEAR, (hamlet, 3): AT_THE_LINE}
        if hamlet > 2:
            found[hamlet, 4] = ABOVE
    return found


SCREENED_OUT: tuple[Home, ...] = ((1, 4), (2, 4))
NOT_MET: Home = (4, 3)
VOTED_DOWN: Home = (3, 5)
FAILED_MEETING = 2
UPHELD: Home = (1, 1)
DISMISSED: Home = (6, 2)


def found_in_autumn() -> dict[Home, Finding]:
    """Everybody on the list, and the fifth house of each hamlet, which asked; one is not met."""
    found: dict[Home, Finding] = {}
    for hamlet in HAMLETS:
        found[hamlet, 1] = POOR if hamlet <= 4 else NEAR if hamlet <= 6 else FAR_ABOVE
        found[hamlet, 2] = {7: POOR, 8: FAR_ABOVE}.get(hamlet, NEAR)
        found[hamlet, 3] = AT_THE_LINE
        found[hamlet, 5] = DESTITUTE if hamlet <= 4 else NEAR
    del found[NOT_MET]
    return found


@dataclass
class Register:
    """Who has which class by decision, and how it came about; counted one by one."""

    classes: dict[Home, str] = field(default_factory=dict)
    ever_poor: set[Home] = field(default_factory=set)
    ever_near: set[Home] = field(default_factory=set)
    moved: Counter[str] = field(default_factory=Counter)

    def decide(self, home: Home, poverty_class: str) -> str | None:
        """The movement by a decision; None where nothing is recognised."""
        before = self.classes.get(home)
        movement = self._movement(home, before, poverty_class)
        if before is None and poverty_class == "not_poor":
            return movement
        self.classes[home] = poverty_class
        if poverty_class == "poor":
            self.ever_poor.add(home)
        if poverty_class == "near_poor":
            self.ever_near.add(home)
        return movement

    def _movement(self, home: Home, before: str | None, now: str) -> str:
        came = before in (None, "not_poor")
        if came and now == "not_poor":
            return "stays_not_poor"
        if came and now == "poor":
            return "relapsed_poor" if home in self.ever_poor else "new_poor"
        if came:
            return "relapsed_near_poor" if home in self.ever_near else "new_near_poor"
        if before == now:
            return "stays"
        return {
            ("poor", "near_poor"): "poor_to_near_poor",
            ("poor", "not_poor"): "escaped_poor",
            ("near_poor", "poor"): "near_poor_to_poor",
            ("near_poor", "not_poor"): "escaped_near_poor",
        }[str(before), now]

    def standing(self, poverty_class: str) -> set[Home]:
        return {home for home, found in self.classes.items() if found == poverty_class}
