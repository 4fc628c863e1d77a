"""The history of every record, and the feed of changes. Both are written with the change, in its transaction."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class Origin(StrEnum):
    """By which way a change came."""

    web = "web"
    tablet = "tablet"
    move = "move"
    split = "split"  # type: ignore[assignment]  # shadows str.split, which nobody calls on it
    merge = "merge"
    unmerge = "unmerge"
    load = "load"  # demo, import


class Op(StrEnum):
    put = "put"
    remove = "remove"


class RemoveReason(StrEnum):
    left_area = "left-area"
    deleted = "deleted"
    merged = "merged"


class RecordVersion(SQLModel, table=True):
    """Version `version` of a record: who made it, when, from which tablet, and what it changed.

    `change` is `{field: [old, new]}`; null for the version that created the record (its values are those of
    today, rolled back through the later changes). A citizen number stands there sealed, as
    `{"sealed": base64, "index": hex, "last4": text}`, never in clear.
    """

    __tablename__ = "record_version"
    # ix_record_version_left_household, ix_record_version_left_hamlet: who was moved out of a household, and which
    # households out of a hamlet; on expressions, in the migrations
    __table_args__ = (one_of("origin", Origin),)

    record_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    entity: str = Field(sa_type=Text)
    change: dict[str, Any] | None = Field(sa_column=Column(JSONB(none_as_null=True), nullable=True))
    origin: Origin = Field(sa_type=Text)
    changed_at: datetime = Field(sa_type=_WHEN)
    changed_by: UUID | None = None
    device_id: UUID | None = None
    submission_id: UUID | None = None


class ChangePending(SQLModel, table=True):
    """A change that is committed but has no place in the feed yet: writers only insert here, and never wait.

    Numbers are given after commit, by whoever reads next (feed.number): a number drawn at the start of a
    write would let a reader pass a slower writer and miss its rows for ever (docs/decisions/0002).
    """

    __tablename__ = "change_pending"
    __table_args__ = (one_of("op", Op), one_of("reason", RemoveReason))

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    entity: str = Field(sa_type=Text)
    record_id: UUID
    area_id: UUID
    household_id: UUID  # the group the record belongs to; parents come before children inside it
    version: int
    op: Op = Field(sa_type=Text)
    reason: RemoveReason | None = Field(default=None, sa_type=Text)
    into_id: UUID | None = None


class ChangeFeed(SQLModel, table=True):
    """The numbered feed: the newest change of each record in each area (older numbers of it are gone).

    `first_seq` is the number with which the record came into the area (or to its present household). To a reader
    who has not passed it yet the record is new, and is given at that place: a household edited after its members
    were added keeps standing before them.
    """

    __tablename__ = "change_feed"
    __table_args__ = (
        Index("uq_change_feed_seq", "seq", unique=True),
        Index("ix_change_feed_area_seq", "area_id", "seq"),
        Index("ix_change_feed_area_first", "area_id", "first_seq"),
        Index("ix_change_feed_group", "area_id", "household_id", "rank", "record_id"),
        # the same order over many areas: a district's first sync walks it, and never sorts the register
        Index("ix_change_feed_boot", "household_id", "rank", "record_id"),
    )

    record_id: UUID = Field(primary_key=True)
    area_id: UUID = Field(primary_key=True)
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    first_seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    entity: str = Field(sa_type=Text)
    rank: int  # 0 household, 1 member, 2 what hangs on them, 3 what hangs on that: parents before children
    household_id: UUID
    version: int
    op: Op = Field(sa_type=Text)
    reason: RemoveReason | None = Field(default=None, sa_type=Text)
    into_id: UUID | None = None


class FeedEpoch(SQLModel, table=True):
    """Which life of the database this is. A restored or promoted database starts a new one (feed.guard_epoch)."""

    __tablename__ = "feed_epoch"

    epoch: UUID = Field(primary_key=True)
    system_identifier: str = Field(sa_type=Text)
    timeline: int
    started_at: datetime = Field(sa_type=_WHEN)
    last_seq: int = Field(sa_column=Column(BigInteger, nullable=False))


class FeedRun(SQLModel, table=True):
    """A start of the service, with the feed's newest number then: numbers given in it lie between it and the next run.

    A data folder rolled back to an older snapshot has the old epoch, but not the runs that came after the snapshot.
    """

    __tablename__ = "feed_run"

    place: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    run: UUID = Field(unique=True)
    started_at: datetime = Field(sa_type=_WHEN)
    first_seq: int = Field(sa_column=Column(BigInteger, nullable=False))
