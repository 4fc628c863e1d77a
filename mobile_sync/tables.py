"""The journal: every batch and every submission as it was received, with its one current outcome."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class OutcomeKind(StrEnum):
    applied = "applied"
    merged = "merged"
    conflict = "conflict"
    held = "held"
    rejected = "rejected"
    quarantined = "quarantined"


class ConflictState(StrEnum):
    open = "open"
    resolved = "resolved"


class TabletState(StrEnum):
    """How a tablet is, as its officer should see it (docs/operations.md, "The fleet")."""

    fine = "fine"
    silent = "silent"
    stuck = "stuck"
    revoked = "revoked"


class StuckBecause(StrEnum):
    """Why work does not get through although the tablet is heard of."""

    old_work = "old_work"
    first_syncs = "first_syncs"
    refused = "refused"


class SyncBatch(SQLModel, table=True):
    """One arrival of a batch. Sent again, it arrives again: the submissions are what is counted once."""

    __tablename__ = "sync_batch"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, primary_key=True, autoincrement=True))
    batch_id: UUID = Field(index=True)
    device_id: UUID = Field(foreign_key="device.id", index=True)
    account_id: UUID = Field(foreign_key="account.id")
    protocol: int
    sent_at: datetime = Field(sa_type=_WHEN)
    received_at: datetime = Field(sa_type=_WHEN)
    skew_seconds: int
    submissions: int
    replayed: int


class SyncSubmission(SQLModel, table=True):
    """One submission, raw, and what became of it.

    `payload` is the JSON text of the submission as received (escapes kept: it may hold what jsonb cannot), sealed
    as a whole (payloads.py), for it holds citizen numbers; `digest` is a keyed hash of it, by which a resend is known.
    `upheld`: once its conflict is decided, the fields that no officer decided: these hold as its tablet said them.
    """

    __tablename__ = "sync_submission"
    __table_args__ = (
        one_of("outcome", OutcomeKind),
        Index("ix_sync_submission_device_seq", "device_id", "seq"),
        Index("ix_sync_submission_waiting", "waiting_for", postgresql_where=text("outcome = 'held'")),
        Index("ix_sync_submission_record", "record_id"),
        # what a person or a repair still has to deal with: few, and counted for every tablet and every scrape
        Index(
            "ix_sync_submission_unfinished",
            "device_id",
            "outcome",
            "received_at",
            postgresql_where=text("outcome IN ('held', 'quarantined', 'conflict')"),
        ),
        # the officers' list: a few of millions
        Index(
            "ix_sync_submission_open",
            "received_at",
            "submission_id",
            postgresql_where=text("outcome IN ('held', 'quarantined', 'rejected')"),
        ),
        # what a tablet has to read again: it holds nothing of what is applied, so that a push pays nothing for it
        Index(
            "ix_sync_submission_not_in_force",
            "device_id",
            "decided_at",
            postgresql_where=text("outcome IN ('conflict', 'held', 'rejected', 'quarantined')"),
        ),
    )

    submission_id: UUID = Field(primary_key=True)
    device_id: UUID = Field(foreign_key="device.id")
    account_id: UUID = Field(foreign_key="account.id")
    batch_id: UUID
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    entity: str = Field(sa_type=Text)
    record_id: UUID | None
    base_version: int | None = Field(sa_column=Column(Integer, nullable=True))
    recorded_at: datetime | None = Field(sa_type=_WHEN)
    received_at: datetime = Field(sa_type=_WHEN)
    digest: bytes = Field(sa_type=LargeBinary)
    payload: bytes = Field(sa_type=LargeBinary)
    outcome: OutcomeKind = Field(sa_type=Text)
    version: int | None = None
    result: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True), nullable=True))
    problem: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True), nullable=True))
    conflict_id: UUID | None = None
    waiting_for: UUID | None = None
    decided_at: datetime = Field(sa_type=_WHEN)
    attempts: int = 1
    # with which of the tablet's arrivals (device.arrivals) it came: tells what a backup holds
    arrival: int = Field(sa_column=Column(BigInteger, nullable=False))
    upheld: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text), nullable=True))


class SyncReuse(SQLModel, table=True):
    """Other content that came under a submission id already used: kept beside the first, never applied."""

    __tablename__ = "sync_reuse"

    submission_id: UUID = Field(primary_key=True)
    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    device_id: UUID = Field(foreign_key="device.id")
    payload: bytes = Field(sa_type=LargeBinary)
    received_at: datetime = Field(sa_type=_WHEN)


class SyncConflict(SQLModel, table=True):
    """Two people changed one field to different values: both are kept until a person decides.

    `fields` is `{name: {"base", "server", "device"}}`.
    """

    __tablename__ = "sync_conflict"
    __table_args__ = (one_of("state", ConflictState), Index("ix_sync_conflict_area", "area_id", "state"))

    id: UUID = Field(primary_key=True)
    submission_id: UUID = Field(foreign_key="sync_submission.submission_id", unique=True)
    entity: str = Field(sa_type=Text)
    record_id: UUID = Field(index=True)
    area_id: UUID = Field(foreign_key="area.id")
    fields: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: ConflictState = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=_WHEN)
    resolved_at: datetime | None = Field(default=None, sa_type=_WHEN)
    resolved_by: UUID | None = None
    choice: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
