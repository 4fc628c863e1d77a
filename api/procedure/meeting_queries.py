"""Reads meetings with their votes, and the sheet that lies on the table of the next one."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.attachments import queries as attachments
from api.attachments.tables import AttachmentEntity
from api.households.stored import among
from api.problems import NotFound
from api.procedure import records
from api.procedure.meeting_schemas import MeetingOut, MeetingSheet, SheetLine, VoteOut
from api.procedure.tables import Meeting, MeetingVote
from api.reviews.cases import CASE, merged_cases
from api.reviews.rounds import ROUND
from api.reviews.tables import CaseStage, RoundKind
from api.schema import Page

_MEETING = Meeting.__table__  # type: ignore[attr-defined]
_VOTE = MeetingVote.__table__  # type: ignore[attr-defined]


def meetings(
    session: Session, actor: Actor, *, round_id: UUID | None, hamlet_id: UUID | None, limit: int, cursor: str | None
) -> Page[MeetingOut]:
    """The meetings of my hamlets, the last one first."""
    query = select(_MEETING).where(actor.scope.covers(_MEETING.c.hamlet_id))
    query = query.order_by(_MEETING.c.held_on.desc(), _MEETING.c.id.desc())
    if round_id is not None:
        query = query.where(_MEETING.c.round_id == round_id)
    if hamlet_id is not None:
        query = query.where(_MEETING.c.hamlet_id == hamlet_id)
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(_MEETING.c.held_on, _MEETING.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.held_on.isoformat(), str(row.id)))
    return Page[MeetingOut](items=_shown(session, actor, shown), next_cursor=next_cursor)


def meeting(session: Session, actor: Actor, meeting_id: UUID) -> MeetingOut:
    """One meeting. Raises NotFound outside of my hamlets."""
    query = select(_MEETING).where(_MEETING.c.id == meeting_id, actor.scope.covers(_MEETING.c.hamlet_id))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy cuộc họp này.", "There is no such meeting.")
    return _shown(session, actor, [row])[0]


def sheet(session: Session, actor: Actor, round_id: UUID, hamlet_id: UUID) -> MeetingSheet:
    """The households of a hamlet that wait for a meeting, with points and proposed class. Raises NotFound."""
    row = session.execute(
        select(ROUND).where(ROUND.c.id == round_id, actor.scope.touches(ROUND.c.area_id))
    ).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy đợt rà soát này.", "There is no such round.")
    records.require_hamlet(session, actor.scope, row, hamlet_id)
    cases = session.execute(
        select(CASE)
        .where(CASE.c.round_id == round_id, CASE.c.hamlet_id == hamlet_id, CASE.c.stage == CaseStage.surveyed)
        .where(CASE.c.id.not_in(merged_cases(session, round_id)))
        .order_by(CASE.c.id)
    ).all()
    found = records.proposals(session, [case.review_id for case in cases])
    named = records.listed(session, [case.household_id for case in cases])
    lines = [_line(case, found.get(case.review_id), named[case.household_id]) for case in cases]
    lines.sort(key=lambda line: (line.household_no or "", line.head_name or "", line.household_id))
    audit.record(session, actor, "meetings.sheet", "household", [line.household_id for line in lines])
    training = row.kind == RoundKind.training
    return MeetingSheet(round_id=round_id, hamlet_id=hamlet_id, training=training, items=lines)


def _line(case: Row[Any], proposal: records.Proposal | None, named: records.Listed) -> SheetLine:
    points: dict[str, Any] = {"b1": None, "b2": None, "proposed_class": None, "undetermined": [], "surveyed_on": None}
    if proposal is not None:
        points = {name: getattr(proposal, name) for name in points if name != "proposed_class"}
        points["proposed_class"] = proposal.poverty_class
    return SheetLine(
        household_id=named.household_id,
        household_no=named.household_no,
        head_name=named.head_name,
        ground=case.ground,
        class_before=case.class_before,
        **points,
    )


def _shown(session: Session, actor: Actor, rows: Sequence[Row[Any]]) -> list[MeetingOut]:
    stored = session.execute(
        select(_VOTE).where(among(_VOTE.c.meeting_id, [row.id for row in rows])).order_by(_VOTE.c.id)
    ).all()
    named = records.listed(session, {vote.household_id for vote in stored if vote.household_id is not None})
    votes: dict[UUID, list[VoteOut]] = {row.id: [] for row in rows}
    # the vote on the list comes first
    for vote in sorted(stored, key=lambda vote: vote.household_id is not None):
        home = vote.household_id and named[vote.household_id].household_id
        counted = {name: getattr(vote, name) for name in ("votes_for", "votes_against", "passed", "comment")}
        votes[vote.meeting_id].append(VoteOut(household_id=home, **counted))
    audit.record(session, actor, "meetings.read", "meeting", [row.id for row in rows])
    files = attachments.told(session, AttachmentEntity.meeting, {row.id: row.minutes for row in rows})
    plain = [name for name in MeetingOut.model_fields if name not in ("votes", "households", "minutes")]
    return [
        MeetingOut(
            **{name: getattr(row, name) for name in plain},
            votes=votes[row.id],
            households=len(row.household_ids),
            minutes=files[row.id],
        )
        for row in rows
    ]
