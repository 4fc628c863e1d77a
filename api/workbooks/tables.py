"""Workbooks that were handed in: the file's rows as read, what each would do, and how far the check has come."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class WorkbookState(StrEnum):
    """How far an import has come. Nothing of it stands in the register before it is `confirmed`."""

    read = "read"
    checked = "checked"
    confirmed = "confirmed"
    cancelled = "cancelled"


class SheetRole(StrEnum):
    """What a sheet lists: who is poor or near-poor now, or who has left these lists."""

    listed = "listed"
    escaped_poor = "escaped_poor"
    escaped_near_poor = "escaped_near_poor"
    ignored = "ignored"


class RowVerdict(StrEnum):
    """What confirming the import does with a row. `waiting`: its household has a question that is not answered."""

    new_household = "new_household"
    new_member = "new_member"
    change = "change"
    same = "same"
    question = "question"
    waiting = "waiting"
    error = "error"
    left_out = "left_out"
    not_data = "not_data"


class RowChoice(StrEnum):
    """What an officer answers to a question."""

    match = "match"
    create = "create"
    take = "take"
    keep = "keep"
    leave_out = "leave_out"


class WorkbookImport(SQLModel, table=True):
    """A file that was handed in for a commune. `mapping`: how its sheets, columns and words are read, and the answers
    to its questions. `counts`: rows by verdict, as far as they are checked (`done` of `total`)."""

    __tablename__ = "workbook_import"
    __table_args__ = (
        one_of("state", WorkbookState),
        CheckConstraint("done BETWEEN 0 AND total", name="progress_possible"),
        Index("ix_workbook_import_area", "area_id", "created_at"),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    file_name: str | None = Field(default=None, sa_type=Text)
    sha256: str = Field(sa_type=Text)
    state: WorkbookState = Field(sa_type=Text)
    mapping: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    total: int
    done: int
    counts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    imported_by: UUID | None = None
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = Field(default=None, sa_type=_WHEN)
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class WorkbookRow(SQLModel, table=True):
    """A row of the file. `content` (its cells) and `found` (what they say, what would change) hold people, so both are
    sealed (api/keys.py). `keys` tell where another row of the file names the same person or household."""

    __tablename__ = "workbook_row"
    __table_args__ = (
        one_of("verdict", RowVerdict),
        Index("ix_workbook_row_verdict", "import_id", "verdict", "position"),
    )

    import_id: UUID = Field(foreign_key="workbook_import.id", primary_key=True)
    position: int = Field(primary_key=True)
    sheet: int
    row_no: int
    content: bytes = Field(sa_type=LargeBinary)
    verdict: RowVerdict | None = Field(default=None, sa_type=Text)
    problems: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    keys: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    found: bytes | None = Field(default=None, sa_type=LargeBinary)
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)
