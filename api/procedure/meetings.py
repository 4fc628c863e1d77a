"""Records hamlet meetings: the vote on the list, separate votes, and where each household goes from there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, insert, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.attachments.commands import Declaration, declare
from api.attachments.tables import AttachmentEntity
from api.idempotency import new_id
from api.problems import FieldError, IllegalStage, Invalid, NotFound
from api.procedure import records
from api.procedure.meeting_schemas import MeetingCreate
from api.procedure.tables import Meeting, MeetingResult, MeetingVote
from api.procedure.votes import Vote, faults
from api.reviews import steps
from api.reviews.cases import CASE, Case, hold_cases, merged_cases, move_cases
from api.reviews.procedure_law import procedure
from api.reviews.rounds import conditions, hold_round
from api.reviews.tables import CaseStage

MEETING = Meeting.__table__  # type: ignore[attr-defined]
VOTE = MeetingVote.__table__  # type: ignore[attr-defined]

# What the minutes say, column by column. Votes and the households on the list are stored beside.
_MINUTES = frozenset(MeetingCreate.model_fields) - {"id", "votes", "except_household_ids"}


@dataclass(frozen=True, slots=True)
class Agenda:
    """The households a meeting votes on, and which of them the ids in the minutes mean."""

    cases: Sequence[Case]
    meant: dict[UUID, Case]


def record_meeting(session: Session, actor: Actor, body: MeetingCreate, key: str | None) -> UUID:
    """Stores the minutes; the households surveyed by that day go on, or back to the surveyors.

    The vote on the list fails: all are surveyed again. It passes: all are agreed, but for those whose own vote failed.
    Raises NotFound, Invalid (counts, households not on the list), IllegalStage (nobody is surveyed; a class cannot be
    told; the round is not in its time of surveys).
    """
    votes = [Vote(vote.household_id, vote.votes_for, vote.votes_against) for vote in body.votes]
    wrong = faults(body.present, body.attendance, votes)
    if wrong:
        raise Invalid(errors=wrong)
    row = hold_round(session, actor.scope, body.round_id)
    records.require_hamlet(session, actor.scope, row, body.hamlet_id)
    held = hold_cases(
        session,
        CASE.c.round_id == row.id,
        CASE.c.hamlet_id == body.hamlet_id,
        CASE.c.stage == CaseStage.surveyed,
        CASE.c.id.not_in(merged_cases(session, row.id)),
    )
    meeting_id = new_id(actor.account_id, "meeting", body.id, key)
    minutes = {name: value for name, value in body.model_dump().items() if name in _MINUTES}
    if _made_before(session, meeting_id, minutes, votes, by_key=bool(key) and body.id is None):
        return meeting_id
    agenda = _agenda(session, row, held, body)
    share = procedure(row.procedure_code, row.procedure_version).agree_share_percent
    passed = [vote.passed(body.present, share) for vote in votes]
    _insert(session, actor, meeting_id, minutes, agenda, body, passed)
    _move(
        session, actor, row, meeting_id, agenda, dict(zip((vote.household_id for vote in votes), passed, strict=True))
    )
    return meeting_id


def observe(session: Session, actor: Actor, meeting_id: UUID, version: int, observation: str) -> None:
    """The Fatherland Front writes what it saw. Raises NotFound, StaleVersion."""
    query = select(MEETING).where(MEETING.c.id == meeting_id, actor.scope.covers(MEETING.c.hamlet_id))
    row = session.execute(query.with_for_update(of=MEETING)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy cuộc họp này.", "There is no such meeting.")
    records.change(session, MEETING, row, version, front_observed=True, observation=observation)
    audit.record(session, actor, "meetings.observe", "meeting", [meeting_id])


def _made_before(
    session: Session, meeting_id: UUID, minutes: dict[str, Any], votes: Sequence[Vote], by_key: bool
) -> bool:
    # the Front may have written its observation meanwhile: whether it was there is its word, too
    same = {name: value for name, value in minutes.items() if name != "front_observed"}
    if records.made_before(session, MEETING, meeting_id, same, by_key) is None:
        return False
    stored = session.execute(select(VOTE.c.votes_for, VOTE.c.votes_against).where(VOTE.c.meeting_id == meeting_id))
    if sorted(map(tuple, stored)) != sorted((vote.votes_for, vote.votes_against) for vote in votes):
        raise records.reused(by_key)
    return True


def _agenda(session: Session, row: Row[Any], held: Sequence[Case], body: MeetingCreate) -> Agenda:
    found = records.proposals(session, [case.review_id for case in held])
    # whoever was surveyed after that day was not on the list of that meeting
    known = [case for case in held if case.review_id not in found or found[case.review_id].surveyed_on <= body.held_on]
    contested = [vote.household_id for vote in body.votes if vote.household_id is not None]
    meant = records.by_household(session, known, [*body.except_household_ids, *contested])
    waiting = {meant[i].id for i in body.except_household_ids if i in meant}
    cases = [case for case in known if case.id not in waiting]
    listed = {case.id for case in cases}
    there = {i for i, case in meant.items() if case.id in listed}
    wrong = [f"except_household_ids/{n}" for n, i in enumerate(body.except_household_ids) if i not in meant]
    named = [(n, vote.household_id) for n, vote in enumerate(body.votes) if vote.household_id is not None]
    wrong += [f"votes/{n}/household_id" for n, household_id in named if household_id not in there]
    if wrong:
        raise Invalid(errors=tuple(_not_on_the_list(place) for place in wrong))
    if body.held_on < row.opens_on:
        raise Invalid(errors=(_before_the_round(row),))
    _require_step(row, cases, {i for i, proposal in found.items() if proposal.poverty_class is not None})
    return Agenda(cases, meant)


def _require_step(row: Row[Any], cases: Sequence[Case], determined: set[UUID]) -> None:
    unclear = [case.household_id for case in cases if case.review_id not in determined]
    try:
        steps.after("case", "agree", CaseStage.surveyed, conditions(row) | (set() if unclear else {"class_determined"}))
    except IllegalStage as problem:
        if unclear:
            # named, so that they can be surveyed to the end, or wait (except_household_ids)
            problem.extras["household_ids"] = [str(i) for i in unclear]
        raise
    if not cases:
        raise IllegalStage(
            "Xóm này không có hộ nào đã rà soát đang chờ họp dân. Hãy rà soát trước.",
            "No household of this hamlet is surveyed and waits for a meeting. The surveys come first.",
            stage=row.stage,
            missing=[],
            allowed=[],
        )


def _insert(
    session: Session,
    actor: Actor,
    meeting_id: UUID,
    minutes: dict[str, Any],
    agenda: Agenda,
    body: MeetingCreate,
    passed: Sequence[bool],
) -> None:
    household_ids = [case.household_id for case in agenda.cases]
    on_the_list = next(said for vote, said in zip(body.votes, passed, strict=True) if vote.household_id is None)
    result = MeetingResult.agreed if on_the_list else MeetingResult.resurvey
    more = {"household_ids": household_ids, "result": result.value, "recorded_by": actor.account_id}
    session.execute(insert(MEETING).values(**records.new_row(meeting_id, minutes, **more)))
    rows = [
        {
            "id": uuid5(meeting_id, f"vote:{vote.household_id}"),
            "meeting_id": meeting_id,
            "household_id": vote.household_id and agenda.meant[vote.household_id].household_id,
            "votes_for": vote.votes_for,
            "votes_against": vote.votes_against,
            "passed": said,
            "comment": vote.comment,
        }
        for vote, said in zip(body.votes, passed, strict=True)
    ]
    session.execute(insert(VOTE), rows)
    papers = Declaration(AttachmentEntity.meeting, meeting_id, minutes["minutes"], area_id=body.hamlet_id)
    declare(session, actor, [papers])
    audit.record(session, actor, "meetings.record", "household", household_ids, meeting=str(meeting_id), result=result)


def _move(
    session: Session,
    actor: Actor,
    row: Row[Any],
    meeting_id: UUID,
    agenda: Agenda,
    passed: dict[UUID | None, bool],
) -> None:
    holding = conditions(row) | {"class_determined"}
    after = {
        said: CaseStage(steps.after("case", "agree" if said else "refuse", CaseStage.surveyed, holding))
        for said in (True, False)
    }
    refused = {agenda.meant[i].id for i, said in passed.items() if i is not None and not said}
    moved = [
        case._replace(stage=after[passed[None] and case.id not in refused], meeting_id=meeting_id)
        for case in agenda.cases
    ]
    move_cases(session, actor, moved)


def _not_on_the_list(place: str) -> FieldError:
    return FieldError(
        f"#/{place}",
        "not_on_the_list",
        "Hộ này không có trong danh sách đã rà soát chờ họp của xóm.",
        "This household is not on the surveyed list of the hamlet that waits for a meeting.",
    )


def _before_the_round(row: Row[Any]) -> FieldError:
    return FieldError(
        "#/held_on",
        "before_the_round",
        f"Cuộc họp không thể trước ngày bắt đầu đợt ({row.opens_on:%d/%m/%Y}).",
        f"The meeting cannot come before the round opens ({row.opens_on}).",
    )
