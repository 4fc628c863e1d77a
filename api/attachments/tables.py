"""Files that records declare, and which of them are here."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class AttachmentEntity(StrEnum):
    """What kind of record declares files."""

    review = "review"
    meeting = "meeting"
    intervention = "intervention"
    delivery = "delivery"


class Attachment(SQLModel, table=True):
    """A file that is here, whole and checked: its name is the SHA-256 of its bytes, so the same photo is kept once.

    The bytes lie in the folder of files (api/attachments/store.py), never in the database.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_form"),
        CheckConstraint("size_bytes > 0", name="size_positive"),
        Index("ix_attachment_not_backed_up", "complete_at", postgresql_where=text("backed_up_at IS NULL")),
    )

    sha256: str = Field(sa_column=Column(Text, primary_key=True))
    size_bytes: int = Field(sa_type=BigInteger)
    media_type: str = Field(sa_type=Text)
    complete_at: datetime = Field(sa_type=_WHEN)
    backed_up_at: datetime | None = Field(default=None, sa_type=_WHEN)


class AttachmentLink(SQLModel, table=True):
    """A record's declaration of one file, written with the record. `arrived_at`: since when the file is here for it.

    Arrival is a fact of the declaration and not of the file: whoever knows only the hash of a photo of another hamlet
    must not get at it by declaring it too (docs/decisions/0012).
    """

    __tablename__ = "attachment_link"
    __table_args__ = (
        one_of("entity", AttachmentEntity),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_form"),
        CheckConstraint("(household_id IS NULL) <> (area_id IS NULL)", name="one_place"),
        Index("ix_attachment_link_sha256", "sha256"),
        Index("ix_attachment_link_household", "household_id"),
        Index(
            "ix_attachment_link_missing",
            "declared_at",
            "record_id",
            "position",
            postgresql_where=text("arrived_at IS NULL"),
        ),
    )

    entity: AttachmentEntity = Field(sa_column=Column(Text, primary_key=True))
    record_id: UUID = Field(primary_key=True)
    # its place in the record's list, from 0
    position: int = Field(primary_key=True)
    sha256: str = Field(sa_type=Text)
    size_bytes: int = Field(sa_type=BigInteger)
    media_type: str = Field(sa_type=Text)
    purpose: str = Field(sa_type=Text)
    # where it stands: with a household, wherever that is today, or in an area
    household_id: UUID | None = Field(default=None, foreign_key="household.id")
    area_id: UUID | None = Field(default=None, foreign_key="area.id")
    declared_at: datetime = Field(sa_type=_WHEN)
    declared_by: UUID | None = None
    device_id: UUID | None = None
    arrived_at: datetime | None = Field(default=None, sa_type=_WHEN)
