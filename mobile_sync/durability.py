"""Up to where a tablet may let go of its work: what a verified backup has."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api.accounts.tables import Device
from api.sql import load, rows


def note_backup(session: Session, arrivals: Mapping[UUID, int]) -> None:
    """A backup was verified that holds so many arrivals of each tablet; of one that it does not name, nothing.

    Waits for the batches that are being received, and lets others wait until the transaction ends.
    """
    # Locked by a statement of its own: the next one then sees what the batches it waited for have written. In one
    # statement the submissions would be counted as they were before the wait, and a batch could become durable unsaved.
    device: Any = Device
    session.execute(select(device.id).order_by(device.id).with_for_update(key_share=True))
    held = [{"device": device_id, "arrivals": count} for device_id, count in arrivals.items()]
    session.execute(load("mobile_sync/sql/note_backup.sql"), {"held": rows(held)})
