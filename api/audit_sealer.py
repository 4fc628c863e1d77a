"""Seals committed entries into the chain: in batches, under one lock, by a thread of every worker.

Writers never wait for it. Between the commit of an entry and its seal lie a few seconds; until then audit_pending
says that it waits, and an entry that neither waits nor is sealed is a broken one (api/audit_chain.py).
"""

import logging

from sqlalchemy import Engine, Table, func, select, text
from sqlmodel import Session

from api import sql
from api.audit import AuditEntry, AuditPending, AuditSeal
from api.audit_chain import ENTRY, FIRST, LAST, link
from api.background import Repeated

log = logging.getLogger("giamngheo.audit")

# One number for the lock of the chain: whoever holds it may add links.
CHAIN_LOCK = 0x6175646974
_BATCH = 1000
_SECONDS = 3.0

_entry: Table = AuditEntry.__table__  # type: ignore[attr-defined]
_seal: Table = AuditSeal.__table__  # type: ignore[attr-defined]
_pending: Table = AuditPending.__table__  # type: ignore[attr-defined]


def seal(engine: Engine, *, wait: bool = True) -> int:
    """Seals everything that is committed; how many entries that were. Without `wait`, 0 where another one is at it."""
    sealed = 0
    while True:
        some = _seal_batch(engine, wait)
        sealed += some
        if some < _BATCH:
            return sealed


class Sealer(Repeated):
    """Seals every few seconds, until it is stopped. A failure is logged and tried again: the entries wait."""

    def __init__(self, engine: Engine, seconds: float = _SECONDS) -> None:
        super().__init__("audit-sealer", seconds, log, "the audit log could not be sealed")
        self._engine = engine

    def once(self) -> None:
        seal(self._engine, wait=False)


_WAITING = (
    select(*ENTRY, _seal.c.seq)
    .join(_pending, _pending.c.entry_id == _entry.c.id)
    .outerjoin(_seal, _seal.c.entry_id == _entry.c.id)
    .order_by(_entry.c.id)
    .limit(_BATCH)
)
_SEAL = text(
    """
    WITH sealed AS (
        INSERT INTO audit_seal (seq, entry_id, hash)
        SELECT seq, entry_id, decode(hash, 'hex')
        FROM jsonb_to_recordset(CAST(:links AS jsonb)) AS link (seq bigint, entry_id bigint, hash text)
    )
    DELETE FROM audit_pending WHERE entry_id = ANY(CAST(:entries AS bigint[]))
    """
)


def _seal_batch(engine: Engine, wait: bool) -> int:
    with Session(engine) as session, session.begin():
        if not _locked(session, wait):
            return 0
        rows = sql.fetch(session, _WAITING)
        if not rows:
            return 0
        last = sql.fetch(session, LAST)
        number, digest = last[0] if last else (0, FIRST)
        links = []
        for row in rows:
            if row.seq is not None:
                continue  # sealed already, and put back into the queue by somebody: once is enough
            number, digest = number + 1, link(digest, row)
            links.append({"seq": number, "entry_id": row.id, "hash": digest.hex()})
        sql.fetch(session, _SEAL, links=sql.rows(links), entries=[row.id for row in rows])
    return len(rows)


_WAIT = select(func.pg_advisory_xact_lock(CHAIN_LOCK))
_TRY = select(func.pg_try_advisory_xact_lock(CHAIN_LOCK))


def _locked(session: Session, wait: bool) -> bool:
    ((taken,),) = sql.fetch(session, _WAIT if wait else _TRY)
    return wait or bool(taken)
