"""Stores reviews and which of them are in force."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from operator import itemgetter
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


def storing_added(session: Session, added: Sequence[dict[str, Any]]) -> AbstractContextManager[None]:
    """Stores new reviews; the values of each are JSON's (review_rows.row_of), its ids are UUIDs. The block is done
    while the database takes them in (see `sql.copying`)."""
    if not added:
        return nullcontext()
    now = sql.moment_bytes(clock.now())
    rows = (
        (
            *(one.bytes for one in _ids(row)),
            *_plain(row),
            *(sql.texts_bytes(tuple(one)) for one in _listed(row)),
            *map(sql.json_bytes, _documents(row)),
            date.fromisoformat(row["surveyed_on"]), now, now,
        )
        for row in added
    )  # fmt: skip
    return sql.copying(session, "api/reviews/sql/insert_reviews.sql", _TYPES, rows)


_IDS = ("id", "round_id", "household_id", "surveyor_id")
_PLAIN = {
    "text": ("kind", "form_code", "respondent", "paper_no", "area_type", "region", "standard_code", "proposed_class"),
    "int4": ("form_version", "b1_entered", "standard_version", "b1", "b2", "version"),
    "bool": ("differs_from_device", "in_force"),
}
_LISTED = ("causes", "needs", "deprivations", "undetermined")
_DOCUMENTS = ("answers", "members", "attachments", "warnings", "device_result", "position")
_TYPES = (
    *(sql.ID for _ in _IDS),
    *(kind for kind, names in _PLAIN.items() for _ in names),
    *(sql.TEXTS for _ in _LISTED),
    *(sql.JSON for _ in _DOCUMENTS),
    *("date", sql.MOMENT, sql.MOMENT),
)
_ids, _listed, _documents = itemgetter(*_IDS), itemgetter(*_LISTED), itemgetter(*_DOCUMENTS)
_plain = itemgetter(*(name for names in _PLAIN.values() for name in names))


def store_changed(session: Session, changed: Sequence[dict[str, Any]]) -> None:
    # first those that make room: two reviews of a case are never in force at once
    for in_force in (False, True):
        rows = [{n: row[n] for n in ("id", "version", "in_force")} for row in changed if row["in_force"] is in_force]
        if rows:
            statement = sql.load("api/reviews/sql/change_reviews.sql")
            session.execute(statement, {"rows": sql.rows(rows), "at": clock.now()})
