"""The households of a commune or hamlet as they stood on a day, with their people, for a workbook of layout A."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, func, or_, select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.names import full_name
from api.areas.scope import valid_on, with_predecessors
from api.areas.tables import AreaClosure, Level, LocalKind
from api.households.citizen_numbers import id_key
from api.households.stored import among
from api.households.tables import HouseholdStatus
from api.households.wire_records import HOUSEHOLD, MEMBER
from api.keys import mask
from api.problems import FieldError, Invalid, NotFound
from api.recognitions.books import AREA
from api.recognitions.decision_queries import DECISION, LINE
from api.recognitions.standings import hamlet_on, status_on
from api.recognitions.tables import Movement, Recognition
from api.reviews.tables import Review
from api.standards.tables import PovertyClass
from api.workbooks.tables import SheetRole

_RECOGNITION = Recognition.__table__  # type: ignore[attr-defined]
_REVIEW = Review.__table__  # type: ignore[attr-defined]
_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]
_LISTED = (PovertyClass.poor, PovertyClass.near_poor)
# By which movement a household came to its class -> the list of those who escaped on which it stands.
_ESCAPED = {
    Movement.escaped_poor: SheetRole.escaped_poor,
    Movement.poor_to_near_poor: SheetRole.escaped_poor,
    Movement.escaped_near_poor: SheetRole.escaped_near_poor,
}


@dataclass(frozen=True, slots=True)
class Place:
    """The units above a hamlet on the day, by level: name with its kind, and code."""

    names: dict[str, str]
    codes: dict[str, str]


@dataclass(slots=True)
class Listed:
    """A household with those who lived there on the day, the head first."""

    row: Row[Any]
    place: Place
    people: list[dict[str, Any]] = field(default_factory=list)

    def roles(self) -> list[SheetRole]:
        """The sheets it stands on."""
        listed = [SheetRole.listed] if self.row.poverty_class in _LISTED else []
        escaped = _ESCAPED.get(self.row.movement)
        return listed + ([escaped] if escaped else [])


def require_place(session: Session, actor: Actor, area_id: UUID) -> Row[Any]:
    """The commune or hamlet that is asked for. Raises NotFound outside of the actor's areas, Invalid for more."""
    known = AREA.c.id == area_id, actor.scope.covers(AREA.c.id)
    row = session.execute(select(AREA.c.level, AREA.c.local_kind, AREA.c.name, AREA.c.code).where(*known)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy xã hoặc xóm này.", "There is no such commune or hamlet.")
    if row.level not in (Level.commune, Level.hamlet):
        vi, en = "Danh sách xuất theo xã hoặc xóm.", "A workbook is that of a commune or hamlet."
        raise Invalid(vi, en, errors=(FieldError("#query/area_id", "not_a_commune", vi, en),))
    return row


def listed(session: Session, actor: Actor, area_id: UUID, day: date) -> list[Listed]:
    """The households that had a class on `day` and stand on one of the sheets, by hamlet and number. A fixed number of
    statements. Names, numbers and births are those of today; who lived there, hamlet and class those of the day."""
    hamlet = hamlet_on(day)
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(HOUSEHOLD.c.hamlet_id).label("sees_sensitive")
    number = actor.scope_of(Permission.persons_id_full).covers(HOUSEHOLD.c.hamlet_id).label("sees_number")
    fields = ("id", "household_no", "address", "head_member_id", "no_labour_capacity")
    query = (
        select(
            *(HOUSEHOLD.c[name] for name in fields),
            hamlet.label("hamlet_id"),
            _RECOGNITION.c.poverty_class,
            DECISION.c.number,
            DECISION.c.decided_on,
            LINE.c.movement,
            _REVIEW.c.b1,
            _REVIEW.c.b2,
            _REVIEW.c.causes,
            sensitive,
            number,
        )
        .join_from(HOUSEHOLD, _RECOGNITION, _RECOGNITION.c.household_id == HOUSEHOLD.c.id)
        .join(DECISION, DECISION.c.id == _RECOGNITION.c.decision_id)
        .outerjoin(LINE, (LINE.c.decision_id == DECISION.c.id) & (LINE.c.household_id == HOUSEHOLD.c.id))
        .outerjoin(_REVIEW, _REVIEW.c.id == LINE.c.review_id)
        .where(
            actor.scope.covers(HOUSEHOLD.c.hamlet_id),
            HOUSEHOLD.c.merged_into.is_(None),
            _RECOGNITION.c.days.contains(day),
            status_on(day) == HouseholdStatus.active,
            hamlet.in_(_below(area_id, actor.scope.day, day)),
        )
    )
    return _with_people(session, session.execute(query).all(), day)


def _with_people(session: Session, rows: Sequence[Row[Any]], day: date) -> list[Listed]:
    places = _places(session, {row.hamlet_id for row in rows}, day)
    homes = [home for row in rows if (home := Listed(row, places[row.hamlet_id])).roles()]
    homes.sort(key=lambda home: (home.place.codes["hamlet"], _in_order(home.row.household_no), str(home.row.id)))
    people = _people(session, homes, day)
    for home in homes:
        home.people = people[home.row.id]
    return homes


def _below(area_id: UUID, today: date, day: date) -> Any:
    """The hamlets that on `day` hung under the area, or under one that has become it since."""
    were = with_predecessors(select(AREA.c.id).where(AREA.c.id == area_id), today)
    return select(_CLOSURE.c.descendant_id).where(_CLOSURE.c.ancestor_id.in_(were), valid_on(AreaClosure, day))


def _in_order(number: str | None) -> tuple[int, str]:
    """`9` before `10`, and who has no number last."""
    digits = "".join(filter(str.isdecimal, number or ""))
    return (int(digits) if digits.isascii() and digits else 10**20, number or "")


def _places(session: Session, hamlets: set[UUID], day: date) -> dict[UUID, Place]:
    above = (
        select(_CLOSURE.c.descendant_id, AREA.c.level, AREA.c.local_kind, AREA.c.name, AREA.c.code)
        .join(AREA, AREA.c.id == _CLOSURE.c.ancestor_id)
        .where(among(_CLOSURE.c.descendant_id, hamlets), valid_on(AreaClosure, day))
    )
    found: dict[UUID, Place] = {hamlet: Place({}, {}) for hamlet in hamlets}
    for row in session.execute(above):
        named = row.name if row.level != Level.hamlet else full_name(LocalKind(row.local_kind), row.name)
        found[row.descendant_id].names[row.level] = named
        found[row.descendant_id].codes[row.level] = row.code
    return found


def _people(session: Session, homes: Sequence[Listed], day: date) -> dict[UUID, list[dict[str, Any]]]:
    """Who lived in each household on the day, the head first, then by name; citizen numbers as the actor may see
    them."""
    rows_of = {home.row.id: home.row for home in homes}
    head = case((MEMBER.c.id == HOUSEHOLD.c.head_member_id, 0), (MEMBER.c.relation_to_head == "head", 1), else_=2)
    born = func.coalesce(MEMBER.c.birth_date, func.make_date(MEMBER.c.birth_year, 1, 1))
    query = (
        select(MEMBER)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == MEMBER.c.household_id)
        .where(among(MEMBER.c.household_id, rows_of), or_(MEMBER.c.left_on.is_(None), MEMBER.c.left_on > day))
        .where(born <= day)
        .order_by(MEMBER.c.household_id, head, MEMBER.c.name_sort, MEMBER.c.id)
    )
    key = id_key(session)
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(query).mappings():
        person = dict(row)
        home, seal = rows_of[person["household_id"]], person["personal_id_sealed"]
        number = None
        if seal is not None:
            number = key.open(seal, person["id"]) if home.sees_number else mask(person["personal_id_last4"])
        if not home.sees_sensitive:
            person["ethnicity"] = None
        found[home.id].append(person | {"number": number})
    return found
