"""Ends a round: who is poor and near-poor then is kept, and is what the next round of the commune opens with."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlmodel import Session

from api import clock, sql
from api.accounts.actor import Actor
from api.recognitions.books import hold_books
from api.recognitions.decision_queries import DECISION
from api.recognitions.standings import stands_on
from api.recognitions.tables import DecisionState
from api.reviews import queries
from api.reviews.candidates import candidates
from api.reviews.rounds import ROUND, expect_version, hold_round, take_step
from api.reviews.schemas import RoundOut
from api.reviews.tables import CaseStage, RoundKind

_THROUGH = (CaseStage.recognised, CaseStage.not_reached)


def close_round(session: Session, actor: Actor, round_id: UUID, read: int | None) -> RoundOut:
    """Closes a round whose households are all decided on or were not met; a training round just ends.

    Keeps the standing of the day and counts the decisions since the last closing in this round's ledger. Raises
    NotFound, StaleVersion, IllegalStage while a household is held back or waits for a decision.
    """
    row = hold_round(session, actor.scope, round_id, whole=True)
    hold_books(session, row.area_id)
    expect_version(row, read)
    today, now = clock.today(), clock.now()
    if row.kind == RoundKind.training:
        take_step(session, actor, row, "end_training", closed_on=today, closed_at=now)
        return queries.round_(session, actor.scope, round_id)
    holding = set() if _held_back(session, row) else {"no_case_held_back"}
    before = last_closed(session, row.area_id)
    take_step(session, actor, row, "close", holding, closed_on=today, closed_at=now, opening_round_id=before)
    keep_standing(session, row.area_id, round_id, today)
    return queries.round_(session, actor.scope, round_id)


def keep_standing(session: Session, area_id: UUID, round_id: UUID, day: date) -> None:
    """Freezes who is poor and near-poor in the commune on the day its round was closed, and books the decisions that
    are in no ledger yet in that of this round. The books of the commune are held."""
    stands = stands_on(session, area_id, day)
    content = [
        {
            "household_id": household_id,
            "hamlet_id": found.hamlet_id,
            "poverty_class": found.poverty_class,
            "persons": found.persons,
        }
        for household_id, found in stands.items()
    ]
    session.execute(
        sql.load("api/recognitions/sql/insert_standing.sql"), {"rows": sql.rows(content), "round_id": round_id}
    )
    session.execute(
        update(DECISION)
        .where(
            DECISION.c.area_id == area_id,
            DECISION.c.state == DecisionState.signed,
            DECISION.c.ledger_round_id.is_(None),
        )
        .values(ledger_round_id=round_id)
    )


def _held_back(session: Session, row: Row[Any]) -> bool:
    return any(case.present and case.stage not in _THROUGH for case in candidates(session, row.id))


def last_closed(session: Session, area_id: UUID) -> UUID | None:
    """The round closed last in a commune with a standing: the one that is not yet the opening of another one."""
    later = ROUND.alias()
    found = session.scalar(
        select(ROUND.c.id).where(
            ROUND.c.area_id == area_id,
            ROUND.c.closed_on.is_not(None),
            ROUND.c.kind != RoundKind.training,
            ~select(later.c.id).where(later.c.opening_round_id == ROUND.c.id).exists(),
        )
    )
    return None if found is None else UUID(str(found))
