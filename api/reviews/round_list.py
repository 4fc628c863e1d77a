"""The list of a round (Phụ lục I of TT 07/2021): whom to review, why, and which requests did not lead onto it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Subquery, exists, false, func, or_, select
from sqlmodel import Session

from api import audit, clock, sql
from api.accounts.actor import Actor
from api.households.aliases import ends
from api.households.class_view import household_class_on
from api.households.stored import Lock, hold_households, survivors
from api.households.tables import Household, HouseholdStatus
from api.problems import Conflict, NotFound
from api.reviews import round_queries, stages, steps
from api.reviews.cases import CASE, Case, announce_cases, case_id
from api.reviews.queries import REQUEST_HAMLET, REQUEST_HOME, at_home, under
from api.reviews.round_schemas import CaseOut, LeftOut, ListOut
from api.reviews.rounds import ROUND, hold_round
from api.reviews.tables import CaseGround, CaseStage, Request, RequestKind, Review, RoundKind, RoundStage, Screening

_household = Household.__table__  # type: ignore[attr-defined]
_request = Request.__table__  # type: ignore[attr-defined]
_screening = Screening.__table__  # type: ignore[attr-defined]
_review = Review.__table__  # type: ignore[attr-defined]

_ON_THE_LIST = ("poor", "near_poor")


@dataclass(frozen=True, slots=True)
class Entry:
    """A household that belongs on the list."""

    household_id: UUID
    hamlet_id: UUID
    ground: CaseGround
    class_before: str | None
    request_id: UUID | None = None
    reason: str | None = None


@dataclass
class Candidates:
    entries: dict[UUID, Entry] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


def build_list(session: Session, actor: Actor, round_id: UUID) -> ListOut:
    """Puts onto the list whoever belongs there by now and is not on it; asked again, it adds what came meanwhile.

    Periodic and training rounds: all poor and near-poor households of the commune as of the first day. All rounds: the
    requests (Mẫu 01, Mẫu 04) that passed Phiếu A, which a household already on the list and Mẫu 04 do not need.
    Raises NotFound, IllegalStage once the surveys are over. Always as many statements.
    """
    row = _held(session, actor, round_id)
    found = Candidates()
    if row.kind != RoundKind.regular:
        found.entries = {entry.household_id: entry for entry in _recognised(session, actor, row)}
    _hold(session, _requests(actor, row))
    _add_requests(found, session.execute(_requests(actor, row)).all())
    added = _insert(session, row, found.entries.values())
    audit.record(session, actor, "rounds.list", "household", [case.household_id for case in added], added=len(added))
    return _told(session, round_id, len(added), found.left_out)


def add_household(session: Session, actor: Actor, round_id: UUID, household_id: UUID, reason: str) -> CaseOut:
    """Puts one household onto the list by hand. Raises NotFound, IllegalStage, Conflict where it is on it already or
    is no longer kept in the register."""
    row = _held(session, actor, round_id)
    held = hold_households(session, actor.scope, [household_id], Lock.share)
    followed = survivors(session, held, actor.scope, Lock.share)
    home = followed.get(household_id, household_id)
    if home not in held.mine or not _lies_in(session, row, held.hamlets[home]):
        raise NotFound("Không tìm thấy hộ này.", "There is no such household.")
    if held.records[home].values["status"] != HouseholdStatus.active:
        raise Conflict(
            "Hộ này không còn được quản lý trong sổ; hãy mở lại hộ trước khi đưa vào danh sách.",
            "The household is no longer kept in the register; open it again first.",
        )
    day = household_class_on(row.opens_on)
    before = session.scalar(select(day.c.current_class).where(day.c.household_id == home))
    hamlet = UUID(held.hamlets[home])
    added = _insert(session, row, [Entry(home, hamlet, CaseGround.added, before, reason=reason)])
    if not added:
        raise Conflict("Hộ đã có trong danh sách của đợt.", "The household is on the list already.")
    audit.record(session, actor, "rounds.add-household", "household", [home], round=str(round_id))
    return round_queries.case(session, actor, round_id, home)


def _held(session: Session, actor: Actor, round_id: UUID) -> Row[Any]:
    row = hold_round(session, actor.scope, round_id, whole=True)
    if row.stage not in (RoundStage.prepared, RoundStage.surveying):
        raise steps.refused(stages.Refusal("round", "list", row.stage, (), stages.allowed("round", row.stage)))
    return row


def _lies_in(session: Session, row: Row[Any], hamlet_id: str) -> bool:
    area = _household.c.hamlet_id
    return bool(
        session.scalar(select(exists().where(area == UUID(hamlet_id), under(row.area_id, clock.today(), area))))
    )


def _recognised(session: Session, actor: Actor, row: Row[Any]) -> Iterable[Entry]:
    day = household_class_on(row.opens_on)
    found = session.execute(
        select(_household.c.id, _household.c.hamlet_id, day.c.current_class)
        .join(day, day.c.household_id == _household.c.id)
        .where(day.c.current_class.in_(_ON_THE_LIST), _household.c.status == HouseholdStatus.active)
        .where(under(row.area_id, actor.scope.day, _household.c.hamlet_id), actor.scope.covers(_household.c.hamlet_id))
    )
    return [Entry(one.id, one.hamlet_id, CaseGround(one.current_class), one.current_class) for one in found]


def _requests(actor: Actor, row: Row[Any]) -> Select[Any]:
    """The requests of the commune that nobody has dealt with: by a review since, or by a signed refusal."""
    day = household_class_on(row.opens_on)
    query = at_home(
        select(
            _request.c.id,
            _request.c.kind,
            REQUEST_HOME.label("home"),
            REQUEST_HAMLET.label("hamlet"),
            _household.c.status,
            day.c.current_class,
            _screening.c.passed,
            _elsewhere(row).label("elsewhere"),
        ).select_from(_request)
    )
    return (
        query.outerjoin(day, day.c.household_id == REQUEST_HOME)
        .outerjoin(_screening, _screening.c.request_id == _request.c.id)
        .where(_request.c.kind.in_((RequestKind.review, RequestKind.escape)), _request.c.received_on <= clock.today())
        .where(under(row.area_id, actor.scope.day, REQUEST_HAMLET), actor.scope.covers(REQUEST_HAMLET))
        .where(_request.c.refused_on.is_(None), ~_dealt_with())
        .order_by(_request.c.received_on, _request.c.id)
    )


def _hold(session: Session, requests: Select[Any]) -> None:
    """Against who writes down a Phiếu A or signs a refusal at this moment: what is read is what leads onto the list."""
    ids = requests.with_only_columns(_request.c.id, maintain_column_froms=True).order_by(None).order_by(_request.c.id)
    session.execute(ids.with_for_update(of=_request, read=True, key_share=True))


def _rounds_of_homes() -> Subquery:
    """Every listing of a household in a round with legal effect, under the household it stands under today."""
    followed = ends()
    return (
        select(
            func.coalesce(followed.c.survivor, CASE.c.household_id).label("home"),
            CASE.c.round_id,
            CASE.c.request_id,
            (ROUND.c.stage == RoundStage.closed).label("closed"),
            (CASE.c.stage != CaseStage.not_reached).label("reached"),
            _review.c.surveyed_on,
        )
        .select_from(CASE)
        .join(ROUND, ROUND.c.id == CASE.c.round_id)
        .outerjoin(_review, _review.c.id == CASE.c.review_id)
        .outerjoin(followed, followed.c.absorbed == CASE.c.household_id)
        .where(ROUND.c.kind != RoundKind.training)
        .subquery()
    )


def _elsewhere(row: Row[Any]) -> ColumnElement[bool]:
    """On the list of another round that is on its way; a training round takes nobody's place."""
    if row.kind == RoundKind.training:
        return false()
    listed = _rounds_of_homes()
    return exists().where(listed.c.home == REQUEST_HOME, ~listed.c.closed, listed.c.round_id != row.id)


def _dealt_with() -> ColumnElement[bool]:
    """In a round that is closed: by this request, or by a review on the day the paper came in or later."""
    listed = _rounds_of_homes()
    by_review = listed.c.surveyed_on >= _request.c.received_on
    by_request = listed.c.request_id == _request.c.id
    return exists().where(listed.c.home == REQUEST_HOME, listed.c.closed, listed.c.reached, or_(by_request, by_review))


def _add_requests(found: Candidates, requests: Sequence[Row[Any]]) -> None:
    for one in requests:
        already = found.entries.get(one.home)
        reason = _missing(one, listed=already is not None)
        if reason is not None:
            found.left_out.append(LeftOut(request_id=one.id, household_id=one.home, reason=reason))
        elif already is None:
            found.entries[one.home] = Entry(one.home, one.hamlet, CaseGround.request, one.current_class, one.id)
        elif already.request_id is None:
            found.entries[one.home] = Entry(
                already.household_id, already.hamlet_id, already.ground, already.class_before, one.id
            )


def _missing(one: Row[Any], *, listed: bool) -> str | None:
    """Why a request does not lead onto the list (codes of `left_out_reason`)."""
    if one.home is None:
        return "no_household"
    if one.status != HouseholdStatus.active:
        return "household_gone"
    if one.elsewhere:
        return "in_another_round"
    if listed or one.kind == RequestKind.escape or one.current_class in _ON_THE_LIST or one.passed:
        return None
    return "not_screened" if one.passed is None else "screened_out"


def _insert(session: Session, row: Row[Any], entries: Iterable[Entry]) -> list[Case]:
    there = _homes_listed(session, row.id)
    cases = {case_id(row.id, e.household_id): e for e in entries if e.household_id not in there}
    rows = [
        {
            "id": new,
            "round_id": row.id,
            "household_id": entry.household_id,
            "hamlet_id": entry.hamlet_id,
            "ground": entry.ground,
            "ground_reason": entry.reason,
            "request_id": entry.request_id,
            "class_before": entry.class_before,
        }
        for new, entry in sorted(cases.items())
    ]
    made = session.execute(
        sql.load("api/reviews/sql/insert_cases.sql"), {"rows": sql.rows(rows), "at": clock.now()}
    ).scalars()
    added = [_new_case(new, row.id, cases[new]) for new in made]
    announce_cases(session, added)
    return added


def _homes_listed(session: Session, round_id: UUID) -> set[UUID]:
    """The households that the list holds, also those listed under a household merged into them since."""
    followed = ends(select(CASE.c.household_id).where(CASE.c.round_id == round_id))
    home = func.coalesce(followed.c.survivor, CASE.c.household_id)
    listed = select(home).select_from(CASE).outerjoin(followed, followed.c.absorbed == CASE.c.household_id)
    return set(session.execute(listed.where(CASE.c.round_id == round_id)).scalars())


def _new_case(new: UUID, round_id: UUID, entry: Entry) -> Case:
    return Case(
        new, round_id, entry.household_id, entry.hamlet_id, CaseStage.listed, 1, entry.class_before, entry.request_id,
        surveyor_id=None, not_reached_reason=None, review_id=None, meeting_id=None, posting_id=None, decision_id=None,
    )  # fmt: skip


def _told(session: Session, round_id: UUID, added: int, left_out: list[LeftOut]) -> ListOut:
    counted = session.execute(
        select(CASE.c.ground, CASE.c.hamlet_id, func.count().label("households"))
        .where(CASE.c.round_id == round_id)
        .group_by(CASE.c.ground, CASE.c.hamlet_id)
    ).all()
    by_ground = dict.fromkeys((ground.value for ground in CaseGround), 0)
    by_hamlet: dict[str, int] = {}
    for one in counted:
        by_ground[one.ground] += one.households
        by_hamlet[str(one.hamlet_id)] = by_hamlet.get(str(one.hamlet_id), 0) + one.households
    return ListOut(
        round_id=round_id,
        added=added,
        total=sum(by_ground.values()),
        by_ground=by_ground,
        by_hamlet=by_hamlet,
        left_out=left_out,
    )
