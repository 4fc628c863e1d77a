"""The facts of households and their people as of a day, for any number of households in the same few statements.

Of a past day as exactly as the register knows it: who moved, left, was split off or ended since is put back, and what
was recorded later of people's work, school, insurance and health is taken back. A birth, a sex, an ethnic group are
facts of a life: a later correction of them counts. Households that were merged count as the one they are today.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, and_, bindparam, case, func, or_, select, tuple_
from sqlmodel import Session

from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.tables import Area
from api.eligibility import past
from api.eligibility.facts import Home, home_of
from api.households.aliases import all_names
from api.households.class_view import household_class_on
from api.households.stored import among
from api.households.tables import HouseholdStatus
from api.households.wire_records import HOUSEHOLD, MEMBER
from api.interventions.tables import SupportNeed
from api.recognitions.standings import hamlet_on, status_on
from api.recognitions.tables import LivingStandardKind, LivingStandardRecognition, Recognition
from api.reviews.queries import under
from api.standards.facts import MEMBER_FIELDS
from api.standards.tables import PovertyClass

_AREA = Area.__table__  # type: ignore[attr-defined]
_RECOGNITION = Recognition.__table__  # type: ignore[attr-defined]
_THIRD_PATH = LivingStandardRecognition.__table__  # type: ignore[attr-defined]
_NEED = SupportNeed.__table__  # type: ignore[attr-defined]
_OF_A_LIFE = ("sex", "birth_date", "birth_year", "ethnicity")
_CHANGING = (_HOME := "household_id", "occupation", *(name for name, _, _ in MEMBER_FIELDS if name not in _OF_A_LIFE))
_HOUSEHOLD_COLUMNS = ("id", "household_no", "head_member_id", "residence", "no_labour_capacity")
_MEMBER_FIELDS = ("id", "full_name", "left_on", *_OF_A_LIFE, *_CHANGING)
_MEMBER_COLUMNS = [MEMBER.c[name] for name in _MEMBER_FIELDS]


@dataclass(frozen=True)
class Found:
    """Homes in the order of hamlet and id. `homes_of`: every id under which papers of a home may stand -> the home.
    `papers_under`: these, and the households where people of theirs lived before."""

    homes: list[Home]
    homes_of: dict[UUID, UUID]
    papers_under: frozenset[UUID]


@dataclass(frozen=True)
class Which:
    """Which households are asked for: one, or those of an area; from a place in the order of hamlet and id on (the one
    at that place too where it is `including`). `recognised`: only the poor, near-poor and newly escaped ones of the
    day, and those with a worker of low income."""

    household_id: UUID | None = None
    area_id: UUID | None = None
    after: tuple[UUID, UUID] | None = None
    limit: int | None = None
    including: bool = False
    recognised: bool = False


def load(session: Session, actor: Actor, which: Which, day: date) -> Found:
    """The households of the actor's areas that were there on `day`, with the people who lived there then."""
    rows = session.execute(_households(actor, which, day)).all()
    homes_of = {row.known: row.home for row in session.execute(all_names([row.id for row in rows]))}
    members = _members(session, homes_of, day)
    values, former = past.then(session, [*members, *(row.id for row in rows)], day)
    papers = frozenset(homes_of).union(*former.values())
    third_path, needs = _third_path(session, homes_of, papers, day), _needs(session, homes_of, papers, day)
    living: dict[UUID, list[dict[str, Any]]] = {row.id: [] for row in rows}
    for member_id, member in members.items():
        member.update({name: v for name, v in values.get(member_id, {}).items() if name in _CHANGING})
        home_id = homes_of.get(member[_HOME])
        if home_id is not None:
            living[home_id].append(member)
    homes = [home_of(row, values.get(row.id, {}), living[row.id], third_path, needs, day) for row in rows]
    return Found(homes, homes_of, papers)


def _households(actor: Actor, which: Which, day: date) -> Select[Any]:
    on = household_class_on(day)
    hamlet, status = hamlet_on(day), status_on(day)
    if not past.is_past(day):
        hamlet, status = HOUSEHOLD.c.hamlet_id, HOUSEHOLD.c.status
    active = status == HouseholdStatus.active
    if past.is_past(day):
        active = and_(active, ~past.split_off_after(day))
    poor, listed = (PovertyClass.poor,), (PovertyClass.poor, PovertyClass.near_poor)
    query = (
        select(
            *(HOUSEHOLD.c[name] for name in _HOUSEHOLD_COLUMNS),
            HOUSEHOLD.c.hamlet_id.label("today_in"),
            hamlet.label("hamlet_id"),
            active.label("active"),
            _AREA.c.area_type,
            *on.c,
            _left(on, poor, day).label("left_poor_on"),
            _left(on, listed, day).label("left_list_on"),
            actor.scope_of(Permission.persons_sensitive).covers(HOUSEHOLD.c.hamlet_id).label("sees_sensitive"),
        )
        .join_from(HOUSEHOLD, on, on.c.household_id == HOUSEHOLD.c.id)
        .join(_AREA, _AREA.c.id == hamlet)
        .where(actor.scope.covers(HOUSEHOLD.c.hamlet_id), HOUSEHOLD.c.merged_into.is_(None))
        .order_by(HOUSEHOLD.c.hamlet_id, HOUSEHOLD.c.id)
        .limit(which.limit)
    )
    if which.household_id is not None:
        return query.where(HOUSEHOLD.c.id == which.household_id)
    query = query.where(active)
    if which.area_id is not None:
        query = query.where(under(which.area_id, day, hamlet))
    if which.recognised:
        query = query.where(_recognised(on, day))
    if which.after is not None:
        place, after = tuple_(HOUSEHOLD.c.hamlet_id, HOUSEHOLD.c.id), tuple_(*which.after)
        query = query.where(place >= after if which.including else place > after)
    return query


def _recognised(on: Any, day: date) -> Any:
    at = bindparam(None, day, type_=Date, unique=True)
    worker = and_(_THIRD_PATH.c.kind == LivingStandardKind.low_income_worker, _THIRD_PATH.c.days.op("@>")(at))
    # where they were registered then, and where they live now
    lived = select(_THIRD_PATH.c.household_id).where(worker)
    lives = select(MEMBER.c.household_id).join(_THIRD_PATH, _THIRD_PATH.c.member_id == MEMBER.c.id).where(worker)
    return or_(
        on.c.current_class.in_((PovertyClass.poor, PovertyClass.near_poor)),
        on.c.newly_escaped_until.is_not(None),
        HOUSEHOLD.c.id.in_(lived),
        HOUSEHOLD.c.id.in_(lives),
    )


def _left(on: Any, classes: tuple[PovertyClass, ...], day: date) -> Any:
    """The first day on which HOUSEHOLD was none of these classes any more, where that is so on `day`."""
    end = func.upper(_RECOGNITION.c.days)
    last = (
        select(func.max(end))
        .where(
            _RECOGNITION.c.household_id == HOUSEHOLD.c.id,
            _RECOGNITION.c.poverty_class.in_(classes),
            end <= bindparam(None, day, type_=Date, unique=True),
        )
        .correlate(HOUSEHOLD)
        .scalar_subquery()
    )
    return case((on.c.current_class.in_(classes), None), else_=last)


def _members(session: Session, homes_of: dict[UUID, UUID], day: date) -> dict[UUID, dict[str, Any]]:
    lives = among(MEMBER.c.household_id, homes_of)
    if past.is_past(day):
        lives = or_(lives, among(MEMBER.c.id, past.left_since(session, homes_of, day)))
    query = select(*_MEMBER_COLUMNS).where(lives).order_by(MEMBER.c.name_sort, MEMBER.c.id)
    return {row[0]: dict(zip(_MEMBER_FIELDS, row, strict=True)) for row in session.execute(query)}


def _third_path(
    session: Session, homes_of: dict[UUID, UUID], papers: Iterable[UUID], day: date
) -> tuple[set[UUID], set[UUID]]:
    """Households of average living standard, and low-income workers, on that day."""
    at = bindparam(None, day, type_=Date, unique=True)
    query = select(_THIRD_PATH.c.household_id, _THIRD_PATH.c.member_id, _THIRD_PATH.c.kind).where(
        among(_THIRD_PATH.c.household_id, papers), _THIRD_PATH.c.days.op("@>")(at)
    )
    homes, workers = set(), set()
    for household_id, member_id, kind in session.execute(query):
        if kind == LivingStandardKind.low_income_worker:
            workers.add(member_id)
        elif household_id in homes_of:
            homes.add(homes_of[household_id])
    return homes, workers


def _needs(session: Session, homes_of: dict[UUID, UUID], papers: Iterable[UUID], day: date) -> dict[UUID, set[str]]:
    """Household or person -> the needs that were open on that day."""
    query = select(_NEED.c.household_id, _NEED.c.member_id, _NEED.c.kind).where(
        among(_NEED.c.household_id, papers),
        _NEED.c.noted_on <= day,
        or_(_NEED.c.ended_on.is_(None), _NEED.c.ended_on > day),
    )
    found: dict[UUID, set[str]] = {}
    for household_id, member_id, kind in session.execute(query):
        whose = member_id or homes_of.get(household_id)
        if whose is not None:
            found.setdefault(whose, set()).add(kind)
    return found
