"""Backups and the files beside the database: which a verified one has, and which a restored register must ask for."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlmodel import Session

from api import sql
from api.attachments import store
from api.attachments.queries import FILE, LINK
from api.backups.files import Known


def note_backup(session: Session, files: Sequence[Known], lacking: Collection[str], taken_at: datetime) -> None:
    """A backup was verified that refers to these files; all but `lacking` (sha256) lie beside it, whole.

    A file that an earlier backup had and this one lacks is durable no longer.
    """
    moved = [file for file in files if not file.durable or file.sha256 in lacking]
    if not moved:
        return
    # Locked by a statement of its own, so that the next one sees the arrivals it waited for (commands.settle).
    names = [file.sha256 for file in moved]
    session.execute(select(FILE.c.sha256).where(FILE.c.sha256.in_(names)).order_by(FILE.c.sha256).with_for_update())
    held = [{"sha256": file.sha256, "arrivals": file.arrivals, "whole": file.sha256 not in lacking} for file in moved]
    session.execute(sql.load("api/attachments/sql/note_backup.sql"), {"held": sql.rows(held), "at": taken_at})


def forget_missing(session: Session, folder: Path) -> list[str]:
    """The files (sha256) that the register calls complete and the disk does not have: they are awaited again.

    For a register that was just restored, before anybody uses it: it tells nobody of the change.
    """
    known = session.execute(select(FILE.c.sha256, FILE.c.size_bytes).order_by(FILE.c.sha256))
    missing = [row.sha256 for row in known if not store.is_whole(folder, row.sha256, row.size_bytes)]
    if missing:
        session.execute(update(LINK).where(LINK.c.sha256.in_(missing)).values(arrived_at=None))
        session.execute(delete(FILE).where(FILE.c.sha256.in_(missing)))
    return missing
