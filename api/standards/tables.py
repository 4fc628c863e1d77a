"""Versions of poverty standards as they were published: a version never changes, a correction is a new one."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlmodel import Field, SQLModel

from api.db import one_of

_WHEN = TIMESTAMP(timezone=True)


class PovertyClass(StrEnum):
    poor = "poor"
    near_poor = "near_poor"
    not_poor = "not_poor"


class StandardKind(StrEnum):
    """`training`: for practice and the demo; nothing scored by it has any legal effect."""

    live = "live"
    training = "training"


class StandardStatus(StrEnum):
    """A draft may be looked at, never used in a live round; a second person makes it `verified`, once."""

    draft = "draft"
    verified = "verified"


class StandardVersion(SQLModel, table=True):
    """A version, whole in `content` (api/standards/definition.py). A trigger refuses every change but its verification.

    `form_version` numbers its forms: unique over all standards, so that a review's `{"code": "form-b", "version": 3}`
    names form and standard. Shipped versions have numbers below 1000, those loaded here above.
    `loaded_by` null: shipped.
    """

    __tablename__ = "standard"
    __table_args__ = (
        one_of("kind", StandardKind),
        one_of("status", StandardStatus),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates_in_order"),
        CheckConstraint("verified_by IS NULL OR verified_by IS DISTINCT FROM loaded_by", name="two_people"),
    )

    code: str = Field(primary_key=True, sa_type=Text)
    version: int = Field(primary_key=True)
    form_version: int = Field(unique=True)
    kind: StandardKind = Field(sa_type=Text)
    status: StandardStatus = Field(sa_type=Text)
    valid_from: date
    valid_to: date | None = None
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    sha256: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    loaded_at: datetime = Field(sa_type=_WHEN)
    loaded_by: UUID | None = None
    loaded_by_name: str = Field(sa_type=Text)
    verified_at: datetime | None = Field(default=None, sa_type=_WHEN)
    verified_by: UUID | None = None
    verified_by_name: str | None = Field(default=None, sa_type=Text)
