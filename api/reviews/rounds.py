"""A round under lock, and its steps: whoever does anything in a round holds it first."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.areas.scope import Scope
from api.problems import NotFound, StaleVersion
from api.reviews import steps
from api.reviews.tables import ReviewRound, RoundKind

ROUND = ReviewRound.__table__  # type: ignore[attr-defined]


def hold_round(session: Session, scope: Scope, round_id: UUID, *, whole: bool = False) -> Row[Any]:
    """The round, where `scope` touches its area; locked until the end of the transaction.

    Shared among those who work in it; `whole`: alone, to take a step with it. Raises NotFound.
    """
    query = select(ROUND).where(ROUND.c.id == round_id, scope.touches(ROUND.c.area_id))
    row = session.execute(query.with_for_update(of=ROUND, read=not whole)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy đợt rà soát này.", "There is no such round.")
    return row


def is_surveying(row: Row[Any]) -> bool:
    """Is the round in its time of surveys?"""
    return bool(row.stage == "surveying")


def conditions(row: Row[Any]) -> set[str]:
    """What the table of stages may ask of a round that stands in its row."""
    holding = set()
    if is_surveying(row):
        holding.add("round_is_surveying")
    if row.upper_level != "none" and row.kind == RoundKind.periodic:
        holding.add("opinion_required")
    if row.kind != RoundKind.training:
        holding.add("has_legal_effect")
    return holding


def take_step(
    session: Session, actor: Actor, row: Row[Any], action: str, holding: Collection[str] = (), **changes: Any
) -> None:
    """Takes a round that is held `whole` to its next stage, with these columns. Raises IllegalStage."""
    stage = steps.after("round", action, row.stage, {*conditions(row), *holding})
    session.execute(
        update(ROUND)
        .where(ROUND.c.id == row.id)
        .values(stage=stage, version=row.version + 1, updated_at=clock.now(), **changes)
    )
    audit.record(session, actor, f"rounds.{action}", "round", [row.id], stage=stage)


def expect_version(row: Row[Any], version: int | None) -> None:
    """Raises StaleVersion where the caller read another version than the row has now; None: they do not say which."""
    if version is not None and row.version != version:
        raise StaleVersion(
            f"Bạn đã đọc phiên bản {version}; máy chủ đang có phiên bản {row.version}. Hãy đọc lại.",
            f"You read version {version}; the server has version {row.version}. Read it again.",
            current_version=row.version,
        )
