"""Writes what records declare, and that a file has arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from api import audit, clock, sql
from api.accounts.actor import Actor
from api.attachments.queries import FILE, LINK, Expected, sendable
from api.attachments.tables import AttachmentEntity
from api.households.stored import Lock, hold_households


@dataclass(frozen=True)
class Declaration:
    """The files one new record declares, and where it stands: with a household, or in an area. `by`: who has the files,
    where another one stores the record (an officer who tries the work of a tablet again); they can hand them in."""

    entity: AttachmentEntity
    record_id: UUID
    files: Sequence[dict[str, Any]]
    household_id: UUID | None = None
    area_id: UUID | None = None
    by: UUID | None = None


def declare(session: Session, actor: Actor, declarations: Sequence[Declaration]) -> None:
    """Stores what new records declare, in the transaction that stores them; one statement however many."""
    rows = [
        {
            "entity": one.entity,
            "record_id": one.record_id,
            "position": position,
            "sha256": file["sha256"],
            "size_bytes": file["size"],
            "media_type": file["media_type"],
            "purpose": file["purpose"],
            "household_id": one.household_id,
            "area_id": one.area_id,
            "by": one.by or actor.account_id,
        }
        for one in declarations
        for position, file in enumerate(one.files)
    ]
    if rows:
        session.execute(
            sql.load("api/attachments/sql/insert_links.sql"),
            {"rows": sql.rows(rows), "at": clock.now(), "device": actor.device_id},
        )


def settle(session: Session, actor: Actor, file: Expected) -> list[tuple[AttachmentEntity, UUID]]:
    """The file is here, whole and checked: so say all declarations the actor may fulfil. The records concerned.

    The bytes are on the disk before this is called: a file that the database knows is never half a file.
    """
    # none of them may be moved or merged away between now and the announcement
    homes = {row.home for row in sendable(session, actor, file.sha256) if row.home}
    hold_households(session, actor.scope, homes, Lock.share)
    now = clock.now()
    known = insert(FILE).values(sha256=file.sha256, size_bytes=file.size, media_type=file.media_type, complete_at=now)
    # known already, and now for one more record: no backup has that yet (api/attachments/safekeeping.py)
    session.execute(known.on_conflict_do_update(index_elements=[FILE.c.sha256], set_={"backed_up_at": None}))
    rows = [row for row in sendable(session, actor, file.sha256) if row.arrived_at is None]
    if not rows:
        return []
    key = tuple_(LINK.c.entity, LINK.c.record_id, LINK.c.position)
    session.execute(
        update(LINK)
        .where(key.in_([(row.entity, row.record_id, row.position) for row in rows]), LINK.c.arrived_at.is_(None))
        .values(arrived_at=now)
    )
    records = sorted({str(row.record_id) for row in rows})
    homes = {row.home for row in rows if row.home}
    audit.record(session, actor, "attachments.store", "household", homes, sha256=file.sha256, records=records)
    return sorted({(AttachmentEntity(row.entity), row.record_id) for row in rows})
