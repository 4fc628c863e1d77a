"""The audit log: who read or changed which personal data. Append-only; every entry is sealed into a chain of hashes.

An entry is written unchained in the caller's transaction, so that no writer waits for another one's hash;
`seal` chains what has been committed, in batches, under one lock (docs/decisions/0003).
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlmodel import Field, Session, SQLModel

from api import clock, late_rows, sql


class AuditEntry(SQLModel, table=True):
    """One line of the log. A trigger refuses UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject_ids", "subject_ids", postgresql_using="gin"),)  # who touched this?

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    at: datetime = Field(sa_type=TIMESTAMP(timezone=True))
    actor_id: UUID | None = None
    actor: str = Field(sa_type=Text)
    device_id: UUID | None = None
    action: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    subject_ids: list[UUID] = Field(sa_column=Column(ARRAY(PgUuid(as_uuid=True)), nullable=False))
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class AuditPending(SQLModel, table=True):
    """Entries not yet sealed: written with the entry, removed with the seal."""

    __tablename__ = "audit_pending"

    entry_id: int = Field(sa_column=Column(BigInteger, ForeignKey("audit_entry.id"), primary_key=True))


class AuditSeal(SQLModel, table=True):
    """Link number `seq` of the chain: the SHA-256 over the link before and the entry. Append-only like the entry."""

    __tablename__ = "audit_seal"

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    entry_id: int = Field(sa_column=Column(BigInteger, ForeignKey("audit_entry.id"), nullable=False, unique=True))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


# One statement for the entries and their places in the queue of the unsealed: half the round trips of two.
_INSERT = text(
    """
    WITH entry AS (
        INSERT INTO audit_entry (at, actor_id, actor, device_id, action, subject, subject_ids, detail)
        SELECT r.at, r.actor_id, r.actor, r.device_id, r.action, r.subject, r.subject_ids, r.detail
        FROM ROWS FROM (
            jsonb_to_recordset(CAST(:rows AS jsonb)) AS (
                at timestamptz, actor_id uuid, actor text, device_id uuid, action text, subject text,
                subject_ids uuid[], detail jsonb
            )
        ) WITH ORDINALITY AS r
        ORDER BY r.ordinality
        RETURNING id
    )
    INSERT INTO audit_pending (entry_id) SELECT id FROM entry
    """
)


class Acting(Protocol):
    """What the log needs to know of a caller (accounts' Actor has it, and so has SystemActor)."""

    @property
    def account_id(self) -> UUID | None: ...
    @property
    def username(self) -> str: ...
    @property
    def device_id(self) -> UUID | None: ...


@dataclass(frozen=True)
class SystemActor:
    """The installation itself: somebody at its command line, or a file that is loaded at the start.

    `username` is what the log shows; it is no account's, so it stands in angle brackets.
    """

    username: str = "<giamngheo>"
    account_id: UUID | None = None
    device_id: UUID | None = None


def record(
    session: Session,
    actor: Acting,
    action: str,
    subject: str,
    subject_ids: Iterable[UUID] = (),
    **detail: Any,
) -> None:
    """Writes one line: `actor` did `action` (`households.read`) to records of kind `subject`.

    `detail` says what, never whose: no names, no citizen numbers (the log is read by people without that right).
    """
    line = {
        "at": clock.now(),
        "actor_id": actor.account_id,
        "actor": actor.username,
        "device_id": actor.device_id,
        "action": action,
        "subject": subject,
        "subject_ids": list(subject_ids),
        "detail": detail,
    }
    late_rows.put(session, _write, [line])


def _write(session: Session, lines: Sequence[dict[str, Any]]) -> AbstractContextManager[None]:
    sql.fetch(session, _INSERT, rows=sql.rows(lines))
    return nullcontext()
