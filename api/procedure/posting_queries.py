"""Reads postings, and what hung on the board: name, hamlet, class (domain.md 10.9)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.procedure import records
from api.procedure.posting_schemas import PostedLine, PostedList, PostingOut
from api.procedure.postings import POSTING, posting_not_found
from api.procedure.tables import PostingKind
from api.reviews.procedure_law import counted_roughly, procedure
from api.reviews.rounds import ROUND
from api.reviews.tables import RoundKind
from api.schema import Page

_PLAIN = [name for name in PostingOut.model_fields if name not in ("households", "last_day_approximate")]


def postings(
    session: Session,
    actor: Actor,
    *,
    round_id: UUID | None,
    hamlet_id: UUID | None,
    kind: PostingKind | None,
    limit: int,
    cursor: str | None,
) -> Page[PostingOut]:
    """The postings of my areas, the last one first."""
    query = _mine(actor).order_by(POSTING.c.posted_on.desc(), POSTING.c.id.desc())
    for name, value in (("round_id", round_id), ("hamlet_id", hamlet_id), ("kind", kind)):
        if value is not None:
            query = query.where(POSTING.c[name] == value)
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(POSTING.c.posted_on, POSTING.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.posted_on.isoformat(), str(row.id)))
    return Page[PostingOut](items=[_out(row) for row in shown], next_cursor=next_cursor)


def posting(session: Session, actor: Actor, posting_id: UUID) -> PostingOut:
    """One posting. Raises NotFound outside of my areas."""
    return _out(_row(session, actor, posting_id))


def posted_list(session: Session, actor: Actor, posting_id: UUID) -> PostedList:
    """What hung on the board then, household by household, by the name it had. Raises NotFound outside of my areas."""
    row = _row(session, actor, posting_id)
    law = procedure(row.procedure_code, row.procedure_version) if row.round_id else None
    found = {p.household_id: p for p in records.proposals(session, row.review_ids).values()}
    named = records.listed_then(session, row.household_ids, row.created_at, row.hamlet_id)
    lines = []
    for household_id in row.household_ids:
        proposal, home = found.get(household_id), named[household_id]
        points = proposal if proposal and law and law.scores_posted else None
        lines.append(
            PostedLine(
                household_id=home.household_id,
                head_name=home.head_name,
                hamlet_id=row.hamlet_id,
                poverty_class=proposal.poverty_class if proposal else None,  # type: ignore[arg-type]  # its text
                b1=points.b1 if points else None,
                b2=points.b2 if points else None,
            )
        )
    lines.sort(key=lambda line: (line.head_name or "", line.household_id))
    audit.record(session, actor, "postings.list", "household", [line.household_id for line in lines])
    return PostedList(posting_id=posting_id, training=row.round_kind == RoundKind.training, items=lines)


def _mine(actor: Actor) -> Select[Any]:
    return (
        select(POSTING, ROUND.c.kind.label("round_kind"), ROUND.c.procedure_code, ROUND.c.procedure_version)
        .outerjoin_from(POSTING, ROUND, ROUND.c.id == POSTING.c.round_id)
        .where(actor.scope.covers(POSTING.c.area_id))
    )


def _row(session: Session, actor: Actor, posting_id: UUID) -> Row[Any]:
    row = session.execute(_mine(actor).where(POSTING.c.id == posting_id)).one_or_none()
    if row is None:
        raise posting_not_found()
    return row


def _out(row: Row[Any]) -> PostingOut:
    return PostingOut(
        **{name: getattr(row, name) for name in _PLAIN},
        households=len(row.household_ids),
        last_day_approximate=counted_roughly(row.posted_on, row.last_day),
    )
