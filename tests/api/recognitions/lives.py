"""Random lives of a commune, and a count of what happened that knows nothing of the ledger's code."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from uuid import UUID, uuid5

from api.recognitions.movements import Stands, movement

COMMUNE = UUID(int=14080)
HAMLETS = [UUID(int=number) for number in range(1, 4)]


@dataclass
class Home:
    """A household of the simulation: where, how many people, its class now and the ones it left."""

    hamlet: UUID
    persons: int
    poverty_class: str | None = None
    left: set[str] = field(default_factory=set)
    here: bool = True


@dataclass
class Commune:
    """Events happen to it; `decided` collects the movements of the decisions since the last standing."""

    random: Random
    homes: dict[UUID, Home] = field(default_factory=dict)
    decided: dict[UUID, list[str]] = field(default_factory=dict)

    def add(self, persons: int, poverty_class: str | None = None) -> UUID:
        home_id = uuid5(COMMUNE, str(len(self.homes)))
        self.homes[home_id] = Home(self.random.choice(HAMLETS), persons, poverty_class)
        return home_id

    def happen(self, event: str) -> None:
        here = [home_id for home_id, home in self.homes.items() if home.here]
        if event == "moves in" or not here:
            self.add(self.random.randint(1, 6), self.random.choice([None, "poor", "near_poor"]))
            return
        home_id = self.random.choice(sorted(here))
        home = self.homes[home_id]
        if event == "birth":
            home.persons += 1
        elif event == "death":
            home.persons -= 1
            home.here = home.persons > 0
        elif event == "moves inside":
            home.hamlet = self.random.choice(HAMLETS)
        elif event == "moves away":
            home.here = False
        elif event == "split" and home.persons > 1:
            home.persons -= 1
            self.add(1)
        elif event == "decision":
            self.decide(home_id, self.random.choice(["poor", "near_poor", "not_poor"]))

    def decide(self, home_id: UUID, poverty_class: str) -> None:
        home = self.homes[home_id]
        made = movement(
            home.poverty_class,
            poverty_class,
            was_poor="poor" in home.left,
            was_near_poor="near_poor" in home.left,
        )
        self.decided.setdefault(home_id, []).append(made)
        if home.poverty_class and home.poverty_class != poverty_class:
            home.left.add(home.poverty_class)
        home.poverty_class = poverty_class

    def standing(self) -> dict[UUID, Stands]:
        self.decided = {}
        return {
            home_id: Stands(home.hamlet, home.poverty_class, home.persons)
            for home_id, home in self.homes.items()
            if home.here and home.poverty_class in ("poor", "near_poor")
        }


EVENTS = ("birth", "death", "moves inside", "moves away", "moves in", "split", "decision", "decision", "decision")


def counted_by_hand(
    opening: Mapping[UUID, Stands], closing: Mapping[UUID, Stands], decided: Mapping[UUID, list[str]], inside: bool
) -> Counter[tuple[UUID, str, str]]:
    """(area, class, column) -> households, by one comprehension for each column. `inside`: the commune as one area."""

    def area(stands: Stands) -> UUID:
        return COMMUNE if inside else stands.hamlet_id

    def came(home_id: UUID) -> str:
        for name in decided.get(home_id, []):
            if name.startswith(("new", "relapsed")):
                return name.split("_")[0]
        return "increase_other"

    def went(home_id: UUID) -> str:
        last = decided.get(home_id, ["none"])[-1]
        return "above_line" if last.startswith("escaped") or last == "stays_not_poor" else "decrease_other"

    both, gone, fresh = opening.keys() & closing.keys(), opening.keys() - closing, closing.keys() - opening
    changed = [i for i in both if opening[i].poverty_class != closing[i].poverty_class]
    moved = [i for i in both if i not in changed and area(opening[i]) != area(closing[i])]
    found: list[tuple[Stands, str]] = [(stands, "opening") for stands in opening.values()]
    found += [(stands, "closing") for stands in closing.values()]
    found += [(opening[i], "to_other_class") for i in changed]
    found += [(closing[i], "from_other_class") for i in changed]
    found += [(opening[i], "decrease_other") for i in moved]
    found += [(closing[i], "increase_other") for i in moved]
    found += [(opening[i], went(i)) for i in gone]
    found += [(closing[i], came(i)) for i in fresh]
    return Counter((area(stands), stands.poverty_class, column) for stands, column in found)
