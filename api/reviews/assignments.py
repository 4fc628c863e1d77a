"""Who surveys whom in a round, and households that were not met."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.accounts.permissions import ROLE_PERMISSIONS, Permission
from api.accounts.tables import Account, AccountGrant
from api.areas.scope import valid_on
from api.areas.tables import AreaClosure
from api.households.aliases import known_as
from api.households.stored import Lock, hold_households
from api.problems import FieldError, IllegalStage, Invalid, NotFound, NotInRound
from api.reviews import round_queries, steps
from api.reviews.cases import CASE, Case, hold_cases, homes, move_cases, speaking
from api.reviews.round_schemas import Assignment, Assignments, AssignmentsOut, CaseOut
from api.reviews.rounds import conditions, hold_round
from api.reviews.tables import CaseStage, RoundStage

_account = Account.__table__  # type: ignore[attr-defined]
_grant = AccountGrant.__table__  # type: ignore[attr-defined]
_closure = AreaClosure.__table__  # type: ignore[attr-defined]

_REVIEWERS = [holder.role.value for holder in ROLE_PERMISSIONS[Permission.reviews_write]]


def assign(session: Session, actor: Actor, round_id: UUID, body: Assignments) -> AssignmentsOut:
    """Gives households to surveyors; a later item wins over an earlier one, what is not named stays as it is.

    Raises NotFound, IllegalStage once the round is consolidated, and Invalid with a pointer for each item whose
    household is not on the list or whose surveyor may not review there.
    """
    row = hold_round(session, actor.scope, round_id)
    if row.stage not in (RoundStage.prepared, RoundStage.surveying):
        raise IllegalStage("Đợt này không còn phân công rà soát.", "Nobody is assigned in this round any more.")
    held = hold_cases(session, CASE.c.round_id == round_id, actor.scope.covers(CASE.c.hamlet_id))
    asked = {item.household_id for item in body.items if item.household_id is not None}
    home = {named: at for named, (_, at) in homes(session, asked | {case.household_id for case in held}).items()}
    surveyors = _surveyors(session, [item.username for item in body.items], {case.hamlet_id for case in held})
    named: dict[UUID, UUID] = {}
    faults: list[FieldError] = []
    for place, item in enumerate(body.items):
        chosen = _chosen(held, home, item)
        fault = _fault(place, item, chosen, surveyors)
        if fault is not None:
            faults.append(fault)
        named |= {case.id: surveyors[item.username][0] for case in chosen if item.username in surveyors}
    if faults:
        raise Invalid(errors=tuple(faults))
    moved = [case._replace(surveyor_id=named[case.id]) for case in held if named.get(case.id, case.surveyor_id)
             != case.surveyor_id]  # fmt: skip
    move_cases(session, actor, moved)
    audit.record(session, actor, "rounds.assign", "household", [case.household_id for case in moved])
    return _told(session, actor, round_id, len(moved))


def record_absence(session: Session, actor: Actor, round_id: UUID, household_id: UUID, reason: str) -> CaseOut:
    """Nobody was met there. A later review takes the household out of that stage again.

    Raises NotFound, NotInRound, IllegalStage (also for a household that was surveyed).
    """
    row = hold_round(session, actor.scope, round_id)
    case = held_case(session, actor, row, household_id)
    stage = steps.after("case", "miss", case.stage, conditions(row))
    move_cases(session, actor, [case._replace(stage=CaseStage(stage), not_reached_reason=reason)])
    audit.record(session, actor, "rounds.absence", "household", [case.household_id], round=str(round_id))
    return round_queries.case(session, actor, round_id, household_id)


def held_case(session: Session, actor: Actor, row: Row[Any], household_id: UUID) -> Case:
    """The case of a household of one's areas, also one listed under a household merged into it.

    Raises NotFound for a household that is not there, NotInRound for one that is not on the list.
    """
    if household_id not in hold_households(session, actor.scope, [household_id], Lock.share).mine:
        raise NotFound("Không tìm thấy hộ này.", "There is no such household.")
    held = hold_cases(session, CASE.c.round_id == row.id, CASE.c.household_id.in_(known_as(household_id)))
    if not held:
        raise NotInRound(
            "Hộ này không có trong danh sách của đợt; đề nghị cán bộ xã đưa hộ vào danh sách.",
            "The household is not on the list of the round; ask the commune officer to add it.",
        )
    return speaking(held, {case.household_id: household_id for case in held})[row.id, household_id]


def _chosen(held: Sequence[Case], home: dict[UUID, UUID], item: Assignment) -> list[Case]:
    """The cases an item means; of a household by any of its ids."""
    if item.household_id is not None:
        named = home.get(item.household_id)
        return [case for case in held if home[case.household_id] == named]
    return [case for case in held if case.hamlet_id == item.hamlet_id]


def _fault(
    place: int, item: Assignment, chosen: Sequence[Case], surveyors: dict[str, tuple[UUID, set[UUID]]]
) -> FieldError | None:
    at = f"#/items/{place}"
    if (item.hamlet_id is None) == (item.household_id is None):
        return FieldError(at, "one_of", "Nêu xóm hoặc hộ, chỉ một.", "Name a hamlet or a household, one of them.")
    if not chosen:
        field = "household_id" if item.household_id else "hamlet_id"
        return FieldError(f"{at}/{field}", NotInRound.slug, "Không có hộ nào như vậy trong danh sách của đợt.",
                          "There is no such household on the list of the round.")  # fmt: skip
    _, hamlets = surveyors.get(item.username, (None, set()))
    if not {case.hamlet_id for case in chosen} <= hamlets:
        return FieldError(f"{at}/username", "may_not_review", "Người này không được rà soát ở xóm đó.",
                          "This person may not review in that hamlet.")  # fmt: skip
    return None


def _surveyors(session: Session, usernames: Sequence[str], hamlets: set[UUID]) -> dict[str, tuple[UUID, set[UUID]]]:
    """Username -> (account, the hamlets among these in which it may review today)."""
    found: dict[str, tuple[UUID, set[UUID]]] = {}
    rows = session.execute(
        select(_account.c.username, _account.c.id, _closure.c.descendant_id)
        .join(_grant, _grant.c.account_id == _account.c.id)
        .join(_closure, _closure.c.ancestor_id == _grant.c.area_id)
        .where(_account.c.username.in_(usernames), _account.c.disabled_at.is_(None))
        .where(_grant.c.role.in_(_REVIEWERS), valid_on(_grant.c, clock.today()))
        .where(_closure.c.descendant_id.in_(hamlets), valid_on(_closure.c, clock.today()))
    )
    for username, account_id, hamlet_id in rows:
        found.setdefault(username, (account_id, set()))[1].add(hamlet_id)
    return found


def _told(session: Session, actor: Actor, round_id: UUID, changed: int) -> AssignmentsOut:
    counted = session.execute(
        select(_account.c.username, func.count().label("households"))
        .select_from(CASE)
        .outerjoin(_account, _account.c.id == CASE.c.surveyor_id)
        .where(CASE.c.round_id == round_id, actor.scope.covers(CASE.c.hamlet_id))
        .group_by(_account.c.username)
        .order_by(_account.c.username)
    ).all()
    by_name = {one.username: one.households for one in counted}
    unassigned = by_name.pop(None, 0)
    return AssignmentsOut(round_id=round_id, changed=changed, assigned=by_name, unassigned=unassigned)
