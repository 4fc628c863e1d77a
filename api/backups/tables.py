"""The backups that were proved: each was restored once, into a database made for it, and compared."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field, SQLModel

_WHEN = TIMESTAMP(timezone=True)


class Backup(SQLModel, table=True):
    """A verified backup. What came after `taken_at` is not in it; `submissions` of tablets are.

    One that was not verified has no row: nobody may let go of anything because of it.
    """

    __tablename__ = "backup"

    id: UUID = Field(primary_key=True)
    taken_at: datetime = Field(sa_type=_WHEN, index=True)
    verified_at: datetime = Field(sa_type=_WHEN)
    file_name: str = Field(sa_type=Text)
    size_bytes: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: str = Field(sa_type=Text)
    epoch: UUID
    submissions: int = Field(sa_column=Column(BigInteger, nullable=False))
