"""Reads the list of a round and how far the work has come."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, literal, select, tuple_
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.tables import Account
from api.areas.tables import Area
from api.households.aliases import ends, known_as
from api.households.search import head_name
from api.households.stored import among
from api.households.tables import Member
from api.households.wire_records import HOUSEHOLD
from api.names import fold
from api.problems import NotInRound
from api.reviews import queries
from api.reviews.cases import CASE, merged_cases
from api.reviews.round_schemas import CaseOut, HamletProgress, ProgressOut
from api.reviews.rounds import ROUND
from api.reviews.tables import CaseStage, Review, RoundKind, RoundStage
from api.schema import Page

_area = Area.__table__  # type: ignore[attr-defined]
_account = Account.__table__  # type: ignore[attr-defined]
_member = Member.__table__  # type: ignore[attr-defined]
_review = Review.__table__  # type: ignore[attr-defined]

_TO_SURVEY = (CaseStage.listed, CaseStage.resurvey, CaseStage.not_reached)
_HELD_BACK = (CaseStage.complained, CaseStage.re_verified, CaseStage.decided)


@dataclass(frozen=True)
class Filters:
    """What is asked for; None means anything. `q`: a name of somebody in the household."""

    stage: CaseStage | None = None
    hamlet_id: UUID | None = None
    surveyor: str | None = None
    household_id: UUID | None = None
    q: str | None = None


def cases_of(actor: Actor, *where: Any) -> Select[Any]:
    """Cases whose household stands in the actor's areas today, with what is shown beside them."""
    followed = ends()
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(HOUSEHOLD.c.hamlet_id).label("sees_sensitive")
    return (
        select(
            *(CASE.c[name] for name in _OWN),
            HOUSEHOLD.c.id.label("home"),
            HOUSEHOLD.c.household_no,
            head_name().label("head_name"),
            _account.c.username.label("surveyor"),
            (ROUND.c.kind == RoundKind.training).label("training"),
            *(_review.c[name] for name in _RESULT),
            sensitive,
        )
        .select_from(CASE)
        .join(ROUND, ROUND.c.id == CASE.c.round_id)
        .outerjoin(followed, followed.c.absorbed == CASE.c.household_id)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == func.coalesce(followed.c.survivor, CASE.c.household_id))
        .outerjoin(_account, _account.c.id == CASE.c.surveyor_id)
        .outerjoin(_review, _review.c.id == CASE.c.review_id)
        .where(actor.scope.covers(HOUSEHOLD.c.hamlet_id), *where)
    )


_RESULT = ("b1", "b2", "proposed_class", "override_class")
_OWN = (
    "id", "version", "round_id", "hamlet_id", "ground", "ground_reason", "request_id", "class_before", "stage",
    "not_reached_reason", "review_id", "created_at", "updated_at",
)  # fmt: skip


def cases(
    session: Session, actor: Actor, round_id: UUID, filters: Filters, *, limit: int, cursor: str | None
) -> Page[CaseOut]:
    """The list of a round, hamlet by hamlet. Raises NotFound for a round of another area."""
    queries.round_(session, actor.scope, round_id)
    stands = CASE.c.id.not_in(merged_cases(session, round_id))
    query = cases_of(actor, CASE.c.round_id == round_id, stands, *_conditions(filters))
    after = paging.decode(cursor, UUID, UUID)
    if after is not None:
        query = query.where(tuple_(CASE.c.hamlet_id, CASE.c.id) > tuple_(*map(literal, after)))
    rows = session.execute(query.order_by(CASE.c.hamlet_id, CASE.c.id).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (str(row.hamlet_id), str(row.id)))
    audit.record(session, actor, "rounds.households", "household", [row.home for row in shown])
    return Page[CaseOut](items=[case_out(row) for row in shown], next_cursor=next_cursor)


def case(session: Session, actor: Actor, round_id: UUID, household_id: UUID) -> CaseOut:
    """A household's case. Raises NotFound outside of one's areas, NotInRound where it is not on the list."""
    queries.round_(session, actor.scope, round_id)
    where = (CASE.c.round_id == round_id, CASE.c.household_id.in_(known_as(household_id)))
    own = CASE.c.household_id == HOUSEHOLD.c.id
    row = session.execute(cases_of(actor, *where).order_by(own.desc(), CASE.c.id).limit(1)).one_or_none()
    if row is None:
        raise NotInRound()
    audit.record(session, actor, "rounds.household", "household", [row.home])
    return case_out(row)


def case_out(row: Row[Any]) -> CaseOut:
    withheld = _withheld(row)
    shown = {
        name: getattr(row, name) for name in (*_OWN, *_RESULT, "household_no", "head_name", "surveyor", "training")
    }
    return CaseOut.model_validate(
        shown | {"household_id": row.home, "withheld": withheld} | dict.fromkeys(withheld, None)
    )


def _withheld(row: Row[Any]) -> list[str]:
    # why a household was put on the list by hand, or was not met, is mostly an illness: like the reason of a request
    return [] if row.sees_sensitive else ["ground_reason", "not_reached_reason"]


def load_cases(session: Session, actor: Actor, ids: Any) -> dict[UUID, tuple[int, dict[str, Any]]]:
    """`{id: (version, data)}` for the feed: what a tablet needs to know of its list."""
    rows = session.execute(cases_of(actor, among(CASE.c.id, ids)))
    return {row.id: (row.version, _told(row)) for row in rows}


def _told(row: Row[Any]) -> dict[str, Any]:
    withheld = [name for name in _withheld(row) if name == "not_reached_reason"]
    shown = ("stage", "ground", "class_before", "surveyor", "not_reached_reason")
    plain: dict[str, Any] = {name: None if name in withheld else getattr(row, name) for name in shown}
    plain["withheld"] = withheld
    ids = ("round_id", "hamlet_id", "review_id", "request_id")
    named = {"household_id": row.home} | {name: getattr(row, name) for name in ids}
    return plain | {name: None if value is None else str(value) for name, value in named.items()}


def progress(session: Session, actor: Actor, round_id: UUID) -> ProgressOut:
    """How far each hamlet of the actor's areas has come; counts only. Raises NotFound."""
    row = queries.round_(session, actor.scope, round_id)
    counted = session.execute(
        select(CASE.c.hamlet_id, _area.c.code, CASE.c.stage, func.count().label("households"))
        .join(_area, _area.c.id == CASE.c.hamlet_id)
        .where(CASE.c.round_id == round_id, actor.scope.covers(CASE.c.hamlet_id))
        .where(CASE.c.id.not_in(merged_cases(session, round_id)))
        .group_by(CASE.c.hamlet_id, _area.c.code, CASE.c.stage)
        .order_by(_area.c.code)
    ).all()
    hamlets: dict[UUID, dict[str, int]] = {}
    codes = {one.hamlet_id: one.code for one in counted}
    for one in counted:
        hamlets.setdefault(one.hamlet_id, _no_stages())[one.stage] = one.households
    whole = _no_stages()
    for stages in hamlets.values():
        for stage, households in stages.items():
            whole[stage] += households
    return ProgressOut(
        round_id=round_id,
        stage=row.stage,
        closes_on=row.closes_on,
        overdue=row.stage is not RoundStage.closed and clock.today() > row.closes_on,
        total=sum(whole.values()),
        by_stage=whole,
        hamlets=[_hamlet(hamlet_id, codes[hamlet_id], stages) for hamlet_id, stages in hamlets.items()],
    )


def _no_stages() -> dict[str, int]:
    return dict.fromkeys((stage.value for stage in CaseStage), 0)


def _hamlet(hamlet_id: UUID, code: str, stages: dict[str, int]) -> HamletProgress:
    total = sum(stages.values())
    waiting = sum(stages[stage] for stage in _TO_SURVEY)
    not_reached = stages[CaseStage.not_reached]
    return HamletProgress(
        hamlet_id=hamlet_id,
        hamlet_code=code,
        total=total,
        by_stage=stages,
        surveyed=total - waiting,
        not_reached=not_reached,
        held_back=sum(stages[stage] for stage in _HELD_BACK),
        percent=(total - waiting + not_reached) * 100 // total,
    )


def _conditions(filters: Filters) -> list[Any]:
    found: list[Any] = []
    if filters.stage is not None:
        found.append(CASE.c.stage == filters.stage)
    if filters.hamlet_id is not None:
        found.append(CASE.c.hamlet_id == filters.hamlet_id)
    if filters.surveyor is not None:
        found.append(_account.c.username == filters.surveyor)
    if filters.household_id is not None:
        found.append(CASE.c.household_id.in_(known_as(filters.household_id)))
    if filters.q:
        named = select(_member.c.household_id).where(
            _member.c.left_on.is_(None), _member.c.name_folded.contains(fold(filters.q), autoescape=True)
        )
        found.append(HOUSEHOLD.c.id.in_(named))
    return found
