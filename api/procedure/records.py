"""What every record of the procedure needs: its place, whether it was made before, its cases and their reviews."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, func, select, update
from sqlmodel import Session

from api import clock
from api.areas.scope import Scope, valid_on
from api.areas.tables import AreaClosure
from api.households.aliases import ends
from api.households.search import head_name, homes_then
from api.households.stored import among
from api.households.tables import Household
from api.problems import AlreadyExists, IdempotencyKeyReused, IllegalStage, NotFound, Problem
from api.reviews import stages, steps
from api.reviews.cases import Case
from api.reviews.rounds import expect_version
from api.reviews.stages import Refusal
from api.reviews.tables import Review, RoundState

_HOUSEHOLD = Household.__table__  # type: ignore[attr-defined]
REVIEW = Review.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Listed:
    """A household as a list shows it: the one it stands under today, its printed number, and the name of its head."""

    household_id: UUID
    hamlet_id: UUID
    household_no: str | None
    head_name: str | None


def require_hamlet(session: Session, scope: Scope, review_round: Row[Any], hamlet_id: UUID) -> None:
    """Raises NotFound unless the hamlet is in `scope` and lay in the area of the round when it opened."""
    below = select(AreaClosure.descendant_id).where(  # type: ignore[call-overload]
        AreaClosure.descendant_id == hamlet_id,
        AreaClosure.ancestor_id == review_round.area_id,
        valid_on(AreaClosure, review_round.opens_on),
        scope.covers(AreaClosure.descendant_id),
    )
    if session.execute(below).first() is None:
        raise NotFound("Không tìm thấy xóm này trong đợt rà soát.", "There is no such hamlet in the round.")


def require_open(review_round: Row[Any]) -> None:
    """Raises IllegalStage in a round that is not approved yet, or closed."""
    if review_round.state != RoundState.open:
        allowed = stages.allowed("round", review_round.stage)
        raise steps.refused(Refusal("round", "", review_round.stage, (), allowed))


def made_before(
    session: Session, table: Table, record_id: UUID, sent: Mapping[str, Any], by_key: bool
) -> Row[Any] | None:
    """The record of that id, where the same was sent before. Raises where the id stands for something else.

    To be asked under the locks of what is created: whoever sends twice at once waits there for the first one.
    """
    row = session.execute(select(table).where(table.c.id == record_id)).one_or_none()
    if row is None or all(getattr(row, name) == value for name, value in sent.items()):
        return row
    raise reused(by_key)


def reused(by_key: bool) -> Problem:
    """What an id, or a key, is answered with that stands for something else already."""
    if by_key:
        return IdempotencyKeyReused()
    return AlreadyExists("Mã này đã dùng cho bản ghi khác.", "This id belongs to another record.")


def expect_state(row: Row[Any], vi: str, en: str, *states: StrEnum) -> None:
    """Raises IllegalStage with these words unless the record is in one of these states."""
    if row.state not in states:
        raise IllegalStage(vi, en, stage=row.state, allowed=[state.value for state in states])


def change(session: Session, table: Table, row: Row[Any], version: int | None, **changes: Any) -> None:
    """Stores the next version of a held record. Raises StaleVersion where `version` was read and is another."""
    expect_version(row, version)
    session.execute(
        update(table).where(table.c.id == row.id).values(version=row.version + 1, updated_at=clock.now(), **changes)
    )


def new_row(record_id: UUID, sent: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A first version, as it is inserted."""
    now = clock.now()
    return {"id": record_id, **sent, **more, "version": 1, "created_at": now, "updated_at": now}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a review proposes: its class (an officer's override where there is one), its points, its day."""

    review_id: UUID
    household_id: UUID
    poverty_class: str | None
    b1: int | None
    b2: int | None
    undetermined: tuple[str, ...]
    surveyed_on: date
    surveyor_id: UUID | None


PROPOSED_CLASS = func.coalesce(REVIEW.c.override_class, REVIEW.c.proposed_class)


def proposals(session: Session, review_ids: Iterable[UUID | None]) -> dict[UUID, Proposal]:
    """Reviews by id, with what they propose."""
    columns = ("household_id", "b1", "b2", "undetermined", "surveyed_on", "surveyor_id")
    query = select(REVIEW.c.id, PROPOSED_CLASS.label("proposal"), *(REVIEW.c[name] for name in columns))
    rows = session.execute(query.where(among(REVIEW.c.id, [i for i in review_ids if i is not None])))
    return {
        row.id: Proposal(
            row.id,
            row.household_id,
            row.proposal,
            row.b1,
            row.b2,
            tuple(row.undetermined),
            row.surveyed_on,
            row.surveyor_id,
        )
        for row in rows
    }


def listed(session: Session, household_ids: Collection[UUID]) -> dict[UUID, Listed]:
    """Households by the id they are named with, as a list shows them; one merged away shows the one it became."""
    named, asked = _HOUSEHOLD.alias("named"), _HOUSEHOLD.alias("asked")
    followed = ends(select(asked.c.id).where(among(asked.c.id, household_ids)))
    rows = session.execute(
        select(
            named.c.id,
            *(_HOUSEHOLD.c[name] for name in ("hamlet_id", "household_no")),
            _HOUSEHOLD.c.id.label("home"),
            head_name().label("head_name"),
        )
        .select_from(named)
        .outerjoin(followed, followed.c.absorbed == named.c.id)
        .join(_HOUSEHOLD, _HOUSEHOLD.c.id == func.coalesce(followed.c.survivor, named.c.id))
        .where(among(named.c.id, household_ids))
    )
    return {row.id: Listed(row.home, row.hamlet_id, row.household_no, row.head_name) for row in rows}


def listed_then(
    session: Session, household_ids: Collection[UUID], moment: datetime, hamlet_id: UUID | None
) -> dict[UUID, Listed]:
    """The same for a paper of the past: the households they are today, by the names that were known at that moment;
    where nobody was registered then, by today's as long as they live in the hamlet of the paper. Of two that became
    one since, the one that is left comes last: where both were listed, its name stands."""
    then = homes_then(session, household_ids, moment)
    today = listed(session, household_ids)

    def called(known: UUID, home: Listed) -> str | None:
        name: str | None = then[known].head_name
        return home.head_name if name is None and home.hamlet_id == hamlet_id else name

    order = sorted(today.items(), key=lambda one: one[0] == one[1].household_id)
    return {known: replace(home, head_name=called(known, home)) for known, home in order}


def by_household(session: Session, cases: Sequence[Case], named: Collection[UUID]) -> dict[UUID, Case]:
    """The cases that these ids mean: under the id they were listed with, or another of the same household."""
    known = listed(session, {*named, *(case.household_id for case in cases)})
    at_home = {known[case.household_id].household_id: case for case in cases}
    exactly = {case.household_id: case for case in cases}
    found = {}
    for household_id in named:
        home = known.get(household_id)
        case = exactly.get(household_id) or (at_home.get(home.household_id) if home else None)
        if case is not None:
            found[household_id] = case
    return found
