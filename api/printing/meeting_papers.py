"""The minutes of a hamlet meeting (QĐ 24/2021, Điều 4): what was voted on then, whatever was reviewed since."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.codes import code_lists
from api.households.aliases import all_names
from api.papers.procedure import Attendance, MeetingHousehold, Minutes, Vote
from api.printing import places
from api.printing.people import word
from api.printing.sheet import NAMELESS, Sheet, as_lines, is_training, round_name
from api.problems import NotFound
from api.procedure import records
from api.procedure.meetings import MEETING, VOTE
from api.procedure.records import REVIEW, Listed
from api.reviews.cases import CASE
from api.reviews.rounds import ROUND

_OF_ROUND = ("kind", "year", "opens_on")


def minutes(session: Session, actor: Actor, meeting_id: UUID) -> Sheet:
    """The minutes, to be signed or kept. A fixed number of statements. Raises NotFound outside of the actor's areas."""
    row = session.execute(
        select(MEETING, *(ROUND.c[name] for name in _OF_ROUND))
        .join(ROUND, ROUND.c.id == MEETING.c.round_id)
        .where(MEETING.c.id == meeting_id, actor.scope.covers(MEETING.c.hamlet_id))
    ).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy cuộc họp này.", "There is no such meeting.")
    place = places.place(session, row.hamlet_id, row.held_on)
    votes = {one.household_id: one for one in session.execute(select(VOTE).where(VOTE.c.meeting_id == meeting_id))}
    named = records.listed_then(session, row.household_ids, row.created_at, row.hamlet_id)
    paper = Minutes(
        issuer=place.hamlet_issuer(),
        round_name=round_name(row),
        place=row.place,
        held_on=row.held_on,
        chair=row.chaired_by,
        secretary=row.secretary,
        attendance=tuple(Attendance(role=word("attendee_role", r) or r, count=n) for r, n in _in_order(row.attendance)),
        observers=(f"Đại diện Ủy ban Mặt trận Tổ quốc Việt Nam {place.commune}",) if row.front_observed else (),
        present=row.present,
        households=_households(session, row, named, votes),
        list_vote=_vote(votes.get(None), row.present),
        result=row.result,
        comments=(*as_lines(row.comments), *_observed(row.observation)),
        training=is_training(row),
    )
    homes = dict.fromkeys(one.household_id for one in named.values())
    audit.record(session, actor, "meetings.print", "household", homes, meeting=str(meeting_id))
    return Sheet("minutes", paper, f"Biên bản họp dân - {place.hamlet} - {row.held_on:%d-%m-%Y}")


def _in_order(attendance: dict[str, int]) -> list[tuple[str, int]]:
    """JSON keeps no order: that of the law's list."""
    listed = next(one for one in code_lists() if one["code"] == "attendee_role")
    order = [value["code"] for value in listed["values"]]
    return sorted(attendance.items(), key=lambda one: order.index(one[0]))


def _observed(observation: str | None) -> tuple[str, ...]:
    return tuple(f"Ý kiến giám sát của Mặt trận: {line}" for line in as_lines(observation))


def _vote(found: Row[Any] | None, present: int) -> Vote | None:
    return None if found is None else Vote(agreed=found.votes_for, against=found.votes_against, present=present)


def _households(
    session: Session, row: Row[Any], named: dict[UUID, Listed], votes: dict[UUID | None, Row[Any]]
) -> tuple[MeetingHousehold, ...]:
    homes = {one.household_id for one in named.values()}
    before = _classes_before(session, row.round_id, homes)
    reviews = _reviews_then(session, row.round_id, homes, row.created_at)
    separate = {named[i].household_id: vote for i, vote in votes.items() if i in named}
    found: dict[UUID, tuple[Any, MeetingHousehold]] = {}
    for one in named.values():
        review = reviews.get(one.household_id)
        line = MeetingHousehold(
            head_name=one.head_name or NAMELESS,
            b1=review and review.b1,
            b2=review and review.b2,
            class_now=word("poverty_class", before.get(one.household_id)),
            proposed_class=word("poverty_class", review and _class_then(review, row.created_at)),
            vote=_vote(separate.get(one.household_id), row.present),
        )
        found[one.household_id] = ((one.household_no or "", one.head_name or "", one.household_id), line)
    return tuple(line for _, line in sorted(found.values(), key=lambda pair: pair[0]))


def _classes_before(session: Session, round_id: UUID, homes: set[UUID]) -> dict[UUID, str | None]:
    known = all_names(homes).subquery()
    rows = session.execute(
        select(known.c.home, CASE.c.class_before)
        .join(CASE, CASE.c.household_id == known.c.known)
        .where(CASE.c.round_id == round_id)
    )
    return {row.home: row.class_before for row in rows}


def _reviews_then(session: Session, round_id: UUID, homes: set[UUID], moment: datetime) -> dict[UUID, Row[Any]]:
    """The review that counted when the meeting was recorded: the last one there was in the round."""
    known = all_names(homes).subquery()
    columns = ("b1", "b2", "proposed_class", "override_class", "override_at")
    rows = session.execute(
        select(known.c.home, *(REVIEW.c[name] for name in columns))
        .join(REVIEW, REVIEW.c.household_id == known.c.known)
        .where(REVIEW.c.round_id == round_id, REVIEW.c.created_at <= moment)
        .order_by(REVIEW.c.created_at, REVIEW.c.id)
    )
    return {row.home: row for row in rows}


def _class_then(review: Row[Any], moment: datetime) -> str | None:
    overridden = review.override_at is not None and review.override_at <= moment
    found: str | None = review.override_class if overridden else review.proposed_class
    return found
