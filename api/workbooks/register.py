"""What the register of a commune knows, loaded whole in a fixed number of statements: a file is compared with that."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.areas.names import full_name
from api.areas.scope import valid_on, with_predecessors
from api.areas.tables import Area, Level, LocalKind
from api.households.aliases import ends
from api.households.citizen_numbers import id_key
from api.households.tables import HouseholdStatus
from api.households.wire_records import HOUSEHOLD, MEMBER
from api.names import fold
from api.recognitions.books import AREA
from api.recognitions.decision_queries import DECISION, LINE
from api.recognitions.tables import DecisionKind, DecisionState, Recognition
from api.reviews.queries import under
from api.reviews.tables import Review

_RECOGNITION = Recognition.__table__  # type: ignore[attr-defined]
_REVIEW = Review.__table__  # type: ignore[attr-defined]
_KIND_WORDS = re.compile(r"^(?:xom|thon|to dan pho|tdp|ap|ban|khu|khoi|xa|phuong|thi tran)\b\.?\s*")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the register, living there or gone."""

    id: UUID
    version: int
    household_id: UUID
    full_name: str
    name_toned: str
    sex: str
    birth_date: date | None
    birth_year: int
    relation_to_head: str
    ethnicity: str
    merit_person: bool
    index: bytes | None
    last4: str | None
    left: bool


@dataclass(slots=True)
class Known:
    """A household of the register with its people, those who left last."""

    id: UUID
    version: int
    hamlet_id: UUID
    household_no: str | None
    address: str | None
    head_member_id: UUID | None
    no_labour_capacity: bool
    active: bool
    people: list[Person] = field(default_factory=list)

    @property
    def head(self) -> Person | None:
        """Who is named as head, else who is related as head."""
        return next((p for p in self.people if p.id == self.head_member_id), None) or next(
            (p for p in self.people if p.relation_to_head == "head" and not p.left), None
        )


@dataclass(frozen=True, slots=True)
class Recognised:
    """A class of a household over days: `until` is the first day after it, None while it is in force."""

    poverty_class: str
    since: date
    until: date | None
    decision_id: UUID
    number: str
    decided_on: date
    scores: tuple[int | None, int | None]


@dataclass(slots=True)
class Register:
    """The households of a commune. `survivors`: a household that was merged away -> the one it is today."""

    area_id: UUID
    index: Callable[[str], bytes]
    commune_names: frozenset[str]
    hamlets: dict[UUID, str]
    households: dict[UUID, Known]
    survivors: dict[UUID, UUID]
    people: dict[UUID, Person]
    classes: Mapping[UUID, list[Recognised]]
    # (number as it is compared, day) -> the decision
    decisions: dict[tuple[str, date], UUID]
    by_number: dict[bytes, list[Person]] = field(default_factory=lambda: defaultdict(list))
    by_no: dict[tuple[UUID, str], UUID] = field(default_factory=dict)
    by_name: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))

    def household(self, named: UUID) -> Known | None:
        return self.households.get(self.survivors.get(named, named))

    def hamlet(self, name: str) -> UUID | None:
        """The hamlet of this name, however its tones are set and its kind is written; None where none or several."""
        wanted = place_key(name)
        found = [hamlet for hamlet, known in self.hamlets.items() if place_key(known) == wanted]
        return found[0] if len(found) == 1 else None


def place_key(name: str) -> str:
    """`Xóm 03`, `xom 3`, `Thôn 3` and `3` are one name."""
    bare = _KIND_WORDS.sub("", fold(name)) or fold(name)
    return re.sub(r"\b0+(?=[0-9])", "", bare)


def no_key(number: str) -> str:
    """A household number as it is compared: `007` is `7`."""
    return fold(number).lstrip("0") or "0"


def decision_key(number: str, day: date) -> tuple[str, date]:
    """A decision as it is compared: number without spaces and tone marks, and its day."""
    return fold(number).replace(" ", ""), day


def load_register(session: Session, actor: Actor, area_id: UUID) -> Register:
    """Everything of the commune's hamlets of today that the actor reaches. The caller has checked the commune."""
    households = _households(session, actor, area_id)
    people = _people(session, actor, area_id, households)
    register = Register(
        area_id=area_id,
        index=id_key(session).index,
        commune_names=_commune_names(session, actor, area_id),
        hamlets=_hamlets(session, actor, area_id),
        households=households,
        survivors=_survivors(session),
        people=people,
        classes=_classes(session, actor, area_id),
        decisions=_decisions(session, area_id, actor.scope.day),
    )
    for known in households.values():
        if known.active and known.household_no is not None:
            register.by_no[known.hamlet_id, no_key(known.household_no)] = known.id
    for person in people.values():
        if person.index is not None:
            register.by_number[person.index].append(person)
        if not person.left:
            register.by_name[person.name_toned].append(person)
    return register


def _mine(actor: Actor, area_id: UUID) -> tuple[Any, ...]:
    return actor.scope.covers(HOUSEHOLD.c.hamlet_id), under(area_id, actor.scope.day, HOUSEHOLD.c.hamlet_id)


def _households(session: Session, actor: Actor, area_id: UUID) -> dict[UUID, Known]:
    names = ("id", "version", "hamlet_id", "household_no", "address", "head_member_id", "no_labour_capacity")
    active = (HOUSEHOLD.c.status == HouseholdStatus.active).label("active")
    query = select(*(HOUSEHOLD.c[name] for name in names), active)
    rows = session.execute(query.where(*_mine(actor, area_id), HOUSEHOLD.c.merged_into.is_(None)))
    return {row.id: Known(*row) for row in rows}


def _people(session: Session, actor: Actor, area_id: UUID, households: dict[UUID, Known]) -> dict[UUID, Person]:
    names = ("id", "version", "household_id", "full_name", "name_toned", "sex", "birth_date")
    year = func.coalesce(MEMBER.c.birth_year, func.extract("year", MEMBER.c.birth_date)).label("birth_year")
    more = ("relation_to_head", "ethnicity", "merit_person", "personal_id_index", "personal_id_last4")
    left = MEMBER.c.left_on.is_not(None)
    query = (
        select(*(MEMBER.c[name] for name in names), year, *(MEMBER.c[name] for name in more), left)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == MEMBER.c.household_id)
        .where(*_mine(actor, area_id), HOUSEHOLD.c.merged_into.is_(None))
        .order_by(left, MEMBER.c.id)
    )
    found = {}
    for row in session.execute(query):
        person = Person(*row[:7], int(row[7]), *row[8:])  # type: ignore[call-arg]
        found[person.id] = person
        households[person.household_id].people.append(person)
    return found


def _classes(session: Session, actor: Actor, area_id: UUID) -> dict[UUID, list[Recognised]]:
    query = (
        select(
            _RECOGNITION.c.household_id,
            _RECOGNITION.c.poverty_class,
            _RECOGNITION.c.days,
            _RECOGNITION.c.decision_id,
            DECISION.c.number,
            DECISION.c.decided_on,
            _REVIEW.c.b1,
            _REVIEW.c.b2,
        )
        .join(DECISION, DECISION.c.id == _RECOGNITION.c.decision_id)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == _RECOGNITION.c.household_id)
        .outerjoin(
            LINE,
            (LINE.c.decision_id == DECISION.c.id) & (LINE.c.household_id == _RECOGNITION.c.household_id),
        )
        .outerjoin(_REVIEW, _REVIEW.c.id == LINE.c.review_id)
        .where(*_mine(actor, area_id), HOUSEHOLD.c.merged_into.is_(None))
        .order_by(func.lower(_RECOGNITION.c.days))
    )
    found: dict[UUID, list[Recognised]] = defaultdict(list)
    for row in session.execute(query):
        one = Recognised(
            row.poverty_class,
            row.days.lower,
            row.days.upper,
            row.decision_id,
            row.number,
            row.decided_on,
            (row.b1, row.b2),
        )
        found[row.household_id].append(one)
    return found


def _survivors(session: Session) -> dict[UUID, UUID]:
    followed = ends()
    return {row.absorbed: row.survivor for row in session.execute(select(followed))}


def _hamlets(session: Session, actor: Actor, area_id: UUID) -> dict[UUID, str]:
    day = actor.scope.day
    here = under(area_id, day, AREA.c.id), AREA.c.level == Level.hamlet, valid_on(Area, day)
    rows = session.execute(
        select(AREA.c.id, AREA.c.local_kind, AREA.c.name).where(*here, actor.scope.covers(AREA.c.id))
    )
    return {row.id: full_name(LocalKind(row.local_kind), row.name) for row in rows}


def _commune_names(session: Session, actor: Actor, area_id: UUID) -> frozenset[str]:
    """The names and codes of the commune and of those that became it."""
    were = with_predecessors(select(AREA.c.id).where(AREA.c.id == area_id), actor.scope.day)
    rows = session.execute(select(AREA.c.name, AREA.c.code).where(AREA.c.id.in_(were)))
    return frozenset(place_key(said) for row in rows for said in row)


def _decisions(session: Session, area_id: UUID, day: date) -> dict[tuple[str, date], UUID]:
    were = with_predecessors(select(AREA.c.id).where(AREA.c.id == area_id), day)
    rows = session.execute(
        select(DECISION.c.id, DECISION.c.number, DECISION.c.decided_on)
        .where(DECISION.c.area_id.in_(were), DECISION.c.state == DecisionState.signed)
        .where(DECISION.c.kind != DecisionKind.living_standard)
        .order_by(DECISION.c.recorded_at, DECISION.c.id)
    )
    return {decision_key(row.number, row.decided_on): row.id for row in rows}
