"""Reads the reports to the level above and its answers. No personal data."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, tuple_
from sqlmodel import Session

from api import paging
from api.accounts.actor import Actor
from api.problems import NotFound
from api.procedure.opinion_schemas import OpinionOut
from api.procedure.opinions import OPINION
from api.reviews.procedure_law import counted_roughly
from api.reviews.rounds import ROUND
from api.schema import Page

_PLAIN = [name for name in OpinionOut.model_fields if name != "due_on_approximate"]


def opinions(
    session: Session, actor: Actor, *, round_id: UUID | None, open_: bool | None, limit: int, cursor: str | None
) -> Page[OpinionOut]:
    """The opinions on rounds of my areas, the last one first."""
    query = _mine(actor).order_by(OPINION.c.asked_on.desc(), OPINION.c.id.desc())
    if round_id is not None:
        query = query.where(OPINION.c.round_id == round_id)
    if open_ is not None:
        query = query.where(OPINION.c.verdict.is_(None) if open_ else OPINION.c.verdict.is_not(None))
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(OPINION.c.asked_on, OPINION.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.asked_on.isoformat(), str(row.id)))
    return Page[OpinionOut](items=[_out(row) for row in shown], next_cursor=next_cursor)


def opinion(session: Session, actor: Actor, opinion_id: UUID) -> OpinionOut:
    """One opinion. Raises NotFound outside of my areas."""
    row = session.execute(_mine(actor).where(OPINION.c.id == opinion_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy văn bản xin ý kiến này.", "There is no such request for an opinion.")
    return _out(row)


def _mine(actor: Actor) -> Select[Any]:
    query = select(OPINION, ROUND.c.area_id).join_from(OPINION, ROUND, ROUND.c.id == OPINION.c.round_id)
    return query.where(actor.scope.covers(ROUND.c.area_id))


def _out(row: Row[Any]) -> OpinionOut:
    return OpinionOut(
        **{name: getattr(row, name) for name in _PLAIN}, due_on_approximate=counted_roughly(row.asked_on, row.due_on)
    )
