"""Stores reviews and which of them are in force."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api import clock, sql
from api.areas.scope import Scope
from api.audit import Acting
from api.changes import history
from api.changes.fold import Step
from api.changes.history import Announcement
from api.changes.tables import Origin
from api.reviews.review_rows import stored_reviews

ENTITY = "review"


def restored(session: Session, actor: Acting, rows: Sequence[dict[str, Any]], review_id: UUID) -> None:
    """Of these stored reviews of a case, the one named comes into force, and no other one."""
    for row in rows:
        row |= {"in_force": row["id"] == review_id, "version": row["version"] + 1}
    store_changed(session, rows)
    kept = [Step(row["id"], row["version"], {"in_force": [not row["in_force"], row["in_force"]]}) for row in rows]
    history.keep(session, actor, ENTITY, kept, Origin.web)
    history.announce(
        session, [Announcement(ENTITY, row["id"], row["hamlet"], row["home"], row["version"]) for row in rows]
    )


def told_again(session: Session, scope: Scope, ids: Sequence[UUID]) -> None:
    """Tells the readers of the feed of reviews whose files have arrived: the same version, read anew."""
    rows = stored_reviews(session, scope, ids).values()
    history.announce(
        session, [Announcement(ENTITY, row["id"], row["hamlet"], row["home"], row["version"]) for row in rows]
    )


def store_changed(session: Session, changed: Sequence[dict[str, Any]]) -> None:
    # first those that make room: two reviews of a case are never in force at once
    for in_force in (False, True):
        rows = [{n: row[n] for n in ("id", "version", "in_force")} for row in changed if row["in_force"] is in_force]
        if rows:
            run(session, "change_reviews", rows)


def run(session: Session, statement: str, rows: list[Any]) -> None:
    session.execute(sql.load(f"api/reviews/sql/{statement}.sql"), {"rows": sql.rows(rows), "at": clock.now()})
