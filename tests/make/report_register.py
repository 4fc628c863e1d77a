"""A commune by chance, through the commands of the service: two closed rounds with life between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, text
from sqlmodel import Session

from api import clock
from api.areas.tables import AreaStatistic, area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.codes import code_lists
from api.households.commands import write_households, write_members
from api.households.moves import move_household
from api.households.schemas import MoveIn
from api.recognitions import closing, preparing, signing
from api.recognitions.decision_schemas import DecisionIn, SignatureIn
from api.recognitions.movements import movement
from api.standards.shipped import shipped
from tests.make.recognitions import recognise
from tests.make.reviews import acting
from tests.make.rounds import cases, review, review_round

HAMLETS = [f"14080-{n:02d}" for n in (1, 2, 3)]
DEPRIVATIONS = [one["code"] for one in shipped()[0]["indicators"]]
CAUSES = [value["code"] for one in code_lists() if one["code"] == "cause" for value in one["values"]]
NEEDS = [value["code"] for one in code_lists() if one["code"] == "need" for value in one["values"]]
# in the order of a Vietnamese list: by given name, letter by letter (a ă â, d đ, e ê, o ô ơ, u ư), tones last
NAMES = [
    "Trần Văn An", "Lê Thị Ánh", "Phạm Văn Ân", "Vũ Thị Bích", "Lê Văn Dung", "Trần Thị Đào", "Ngô Văn Đạt",
    "Đỗ Thị Em", "Bùi Văn Hoa", "Bùi Văn Hòa", "Bùi Văn Hóa", "Hà Thị Hương", "Cao Văn Oanh", "Lý Thị Ổn", "Mai Văn Ơn",
    "Mai Thị Út", "Lê Thị Uyên", "Đinh Văn Ước", "Đinh Thị Yến",
]  # fmt: skip
_MEMBER: dict[str, list[Any]] = {
    "sex": ["male", "female"], "ethnicity": ["kinh"] * 5 + ["tay", "muong", "foreign"],
    "merit_person": [False] * 5 + [True],
    "health_insurance": [True, True, False, None], "nutrition": [None, "normal", "stunted"],
    "schooling": [None, "none", "preschool", "primary", "lower_secondary"], "right_level": [None, True, False],
}  # fmt: skip


@contextmanager
def on(day: date, hour: int = 9) -> Iterator[None]:
    """The clock of the service stands on a day."""
    with clock.at(datetime(day.year, day.month, day.day, hour, tzinfo=clock.VIET_NAM)):
        yield


@dataclass
class Commune:
    """What was made: `classes` now, `left`: the classes a household once had, `decided` of the second round."""

    session: Session
    random: Random
    homes: list[UUID] = field(default_factory=list)
    classes: dict[UUID, str] = field(default_factory=dict)
    left: dict[UUID, set[str]] = field(default_factory=dict)
    decided: dict[UUID, list[str]] = field(default_factory=dict)
    rounds: list[UUID] = field(default_factory=list)

    def add(self) -> UUID:
        """A household with its people, the first one its head (once in a while nobody is)."""
        random, officer = self.random, acting("truc-thai")
        home = uuid4()
        data: dict[str, Any] = {"hamlet_id": str(area_id(random.choice(HAMLETS))), "residence": "permanent"}
        if random.random() < 0.2:
            data |= {"no_labour_capacity": True, "no_labour_capacity_ground": "Già yếu"}
        (written,) = write_households(self.session, officer, [Edit(home, None, data)], Origin.web)
        assert written.outcome == "applied", written
        headless = random.random() < 0.1
        edits = [Edit(uuid4(), None, self._member(home, n, headless)) for n in range(random.randint(1, 5))]
        assert all(w.outcome == "applied" for w in write_members(self.session, officer, edits, Origin.web))
        self.homes.append(home)
        return home

    def _member(self, home: UUID, number: int, headless: bool) -> dict[str, Any]:
        head = number == 0 and not headless
        born = self.random.randint(1950, 1999) if number == 0 else self.random.randint(1950, 2023)
        found = {name: self.random.choice(values) for name, values in _MEMBER.items()}
        if 2024 - born >= 16:
            found["nutrition"] = None
        name = NAMES[(11 * len(self.homes) + 5 * number) % len(NAMES)]
        relation = {"relation_to_head": "head" if head else "child", "full_name": name}
        return {"household_id": str(home), "birth_year": born, **relation, **found}

    def life(self, day: date) -> None:
        """Between two rounds: somebody dies, a household moves, another one comes."""
        officer = acting("truc-thai")
        for home in self.random.sample(self.homes, 4):
            where = self.session.execute(
                text("SELECT hamlet_id FROM household WHERE id = :i"), {"i": home}
            ).scalar_one()
            to = area_id(self.random.choice(HAMLETS))
            if to != where:
                move_household(self.session, officer, home, MoveIn(hamlet_id=to, moved_on=day), None)
        for home in self.random.sample(self.homes, 3):
            member = self.session.execute(
                text("SELECT id FROM member WHERE household_id = :i ORDER BY birth_year, id LIMIT 1"), {"i": home}
            ).scalar_one()
            data = {"left_on": day.isoformat(), "left_reason": "died"}
            assert write_members(self.session, officer, [Edit(member, 1, data)], Origin.web)
        self.add()

    def hold_round(self, year: int, number: str) -> UUID:
        """A round that decides on some households, and is closed."""
        found = {
            home: self.random.choice(["poor", "near_poor", "not_poor"])
            for home in self.random.sample(self.homes, len(self.homes) * 2 // 3)
        }
        days: dict[str, Any] = {"year": year, "opens_on": date(year, 9, 1), "closes_on": date(year, 12, 14)}
        round_id = review_round(self.session, stage="consolidated", upper_level="none", **days)
        for home, poverty_class in found.items():
            where = self.session.execute(
                text("SELECT a.code FROM household h JOIN area a ON a.id = h.hamlet_id WHERE h.id = :i"), {"i": home}
            ).scalar_one()
            cases(self.session, round_id, [home], where, stage="cleared")
            lacks = self.random.sample(DEPRIVATIONS, self.random.randint(0, 4))
            # of some reviews one indicator stays open
            unsure = [one for one in DEPRIVATIONS if one not in lacks][:1] if len(lacks) == 2 else []
            review(
                self.session, round_id, home, poverty_class, surveyed_on=date(year, 9, 20),
                deprivations=lacks,
                undetermined=unsure,
                causes=self.random.sample(CAUSES, self.random.randint(0, 3)),
                needs=self.random.sample(NEEDS, self.random.randint(0, 3)),
            )  # fmt: skip
        made = preparing.prepare(self.session, acting("truc-thai"), DecisionIn(round_id=round_id), None)
        paper = SignatureIn(number=number, decided_on=date(year, 12, 10), signatory="Chủ tịch UBND xã")
        signing.sign(self.session, acting("chu-tich"), made.id, 1, paper)
        self.decided = {home: [self._moved(home, to)] for home, to in found.items()}
        closing.close_round(self.session, acting("truc-thai"), round_id, None)
        self.rounds.append(round_id)
        return round_id

    def _moved(self, home: UUID, to: str) -> str:
        before, left = self.classes.get(home), self.left.setdefault(home, set())
        made = movement(before, to, was_poor="poor" in left, was_near_poor="near_poor" in left)
        if before and before != to:
            left.add(before)
        if before or to != "not_poor":
            self.classes[home] = to
        return made


def commune(session: Session, seed: int) -> Commune:
    """Made by chance of the seed, not committed: rounds of 2024 and 2025; the totals of xóm 1 and 2 are recorded."""
    made = Commune(session, Random(seed))
    with on(date(2024, 3, 1)):
        for _ in range(18):
            made.add()
        for home in made.random.sample(made.homes, 9):
            made.classes[home] = made.random.choice(["poor", "near_poor"])
            recognise(session, home, made.classes[home], date(2022, 12, 12))
        for place, hamlet in enumerate(HAMLETS[:2], start=1):
            total(session, hamlet, date(2024, 6, 30), 100 * place, 300 * place)
    with on(date(2024, 12, 14)):
        made.hold_round(2024, "1/QĐ-UBND")
    with on(date(2025, 4, 2)):
        made.life(date(2025, 4, 1))
    with on(date(2025, 12, 14)):
        made.hold_round(2025, "2/QĐ-UBND")
    return made


def total(session: Session, hamlet: str, day: date, households: int, persons: int) -> None:
    """The totals of a hamlet."""
    session.execute(
        insert(AreaStatistic).values(
            id=uuid4(), area_id=area_id(hamlet), as_of=day, households=households, persons=persons, source="Công an xã",
            recorded_at=clock.now(),
        )
    )  # fmt: skip
