"""Accounts, their grants (role + area), sign-in sessions, tablets, enrolment codes, and counted failures."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlmodel import Field, SQLModel

from api.accounts.permissions import Role
from api.db import one_of
from api.names import fold, toned

_WHEN = TIMESTAMP(timezone=True)


def _from_name(key: Callable[[str], str]) -> Callable[[Any], str]:
    return lambda context: key(context.get_current_parameters()["full_name"])


class Account(SQLModel, table=True):
    """Somebody (or another system) who signs in. Never deleted: the audit log and the history name it."""

    __tablename__ = "account"

    id: UUID = Field(primary_key=True)
    username: str = Field(sa_type=Text, unique=True)  # lower case
    full_name: str = Field(sa_type=Text)
    # search keys of full_name (api/names.py), made by themselves when an account is added
    name_folded: str | None = Field(default=None, sa_column=Column(Text, nullable=False, default=_from_name(fold)))
    name_toned: str | None = Field(default=None, sa_column=Column(Text, nullable=False, default=_from_name(toned)))
    password_hash: str = Field(sa_type=Text)
    password_changed_at: datetime = Field(sa_type=_WHEN)
    disabled_at: datetime | None = Field(default=None, sa_type=_WHEN)
    version: int = 1
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class AccountGrant(SQLModel, table=True):
    """A role in an area. Read at every request, so that ending one works at once. `head`: trưởng xóm."""

    __tablename__ = "account_grant"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("NOT head OR role = 'hamlet_surveyor'", name="head_is_surveyor"),
        # one day less than nothing is an empty span: a grant ended on its first day, which held on no day
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from - 1", name="dates_in_order"),
        Index("ix_account_grant_account", "account_id"),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    role: Role = Field(sa_type=Text)
    area_id: UUID = Field(foreign_key="area.id", index=True)
    head: bool = False
    valid_from: date
    valid_to: date | None = None
    granted_by: UUID | None = None
    created_at: datetime = Field(sa_type=_WHEN)
    followed_from: UUID | None = None  # the grant this one continues after a change of areas


class SignIn(SQLModel, table=True):
    """One signed-in session. Its refresh token is derived from (id, generation), so nothing secret is stored.

    `seen_generation` is the newest generation the client has shown to hold: until it has shown the current one,
    the answer that carried it may have been lost on the road, and the one before still works.
    """

    __tablename__ = "sign_in"

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    device_id: UUID | None = Field(default=None, foreign_key="device.id", index=True)
    generation: int = 1
    seen_generation: int = 1
    rotated_at: datetime = Field(sa_type=_WHEN)
    created_at: datetime = Field(sa_type=_WHEN)
    expires_at: datetime = Field(sa_type=_WHEN)
    ended_at: datetime | None = Field(default=None, sa_type=_WHEN)
    ended_why: str | None = Field(default=None, sa_type=Text)


class Device(SQLModel, table=True):
    """A tablet, bound to the account that enrolled it. Its id is made on the tablet.

    `arrivals` counts the batches that brought something new, in the order of their commits (a batch locks this row),
    and those that brought again what is in no backup of another tablet's (senders.loose_from);
    `undurable_from` is the smallest `seq` of the work that came since the newest verified backup, null where all of it
    is in one. `refused_at` and `refused_with` (the problem) are of its newest push, null where that was taken.
    `outcomes_asked_at`: when it last asked for the outcomes of its work and was told one that is not in force, and new.
    """

    __tablename__ = "device"

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    name: str = Field(sa_type=Text)
    app_version: str | None = Field(default=None, sa_type=Text)
    enrolled_at: datetime = Field(sa_type=_WHEN)
    revoked_at: datetime | None = Field(default=None, sa_type=_WHEN)
    revoked_by: UUID | None = None
    last_contact_at: datetime | None = Field(default=None, sa_type=_WHEN)
    last_seq: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    pending: int | None = None  # what the tablet said it still holds, at its last contact
    oldest_pending_at: datetime | None = Field(default=None, sa_type=_WHEN)  # and since when, by its own clock
    clock_skew_seconds: int | None = None
    form_version: str | None = Field(default=None, sa_type=Text)  # the newest form it holds, such as vn-2022/1
    arrivals: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))
    undurable_from: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    # when it asked for everything from the start, the last time and the time before, and how often
    first_sync_at: datetime | None = Field(default=None, sa_type=_WHEN)
    first_sync_before_at: datetime | None = Field(default=None, sa_type=_WHEN)
    first_syncs: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    refused_at: datetime | None = Field(default=None, sa_type=_WHEN)
    refused_with: str | None = Field(default=None, sa_type=Text)
    outcomes_asked_at: datetime | None = Field(default=None, sa_type=_WHEN)


class EnrolmentCode(SQLModel, table=True):
    """A one-time code with which a tablet may be enrolled; only its hash is stored."""

    __tablename__ = "enrolment_code"

    code_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    hamlet_id: UUID | None = Field(default=None, foreign_key="area.id")
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    created_by: UUID = Field(foreign_key="account.id")
    created_at: datetime = Field(sa_type=_WHEN)
    expires_at: datetime = Field(sa_type=_WHEN)
    used_at: datetime | None = Field(default=None, sa_type=_WHEN)
    device_id: UUID | None = None


class FailedAttempt(SQLModel, table=True):
    """Failures counted per key (account, address, or both) in a window: shared by all workers."""

    __tablename__ = "failed_attempt"

    key: str = Field(primary_key=True, sa_type=Text)
    window_start: datetime = Field(sa_type=_WHEN)
    failures: int
