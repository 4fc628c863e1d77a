"""The rows that the service wrote for its batches, written again by bare SQL into an equal database.

The yardstick: no checks, no merging, no receipts; the rows lie in memory as JSON, one statement per table and batch,
one transaction per batch, as many connections as there were clients.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests.bench.pushing import Batch, together

# Parents before children. What is left out is made by the database: identities.
_TABLES = {
    "sync_batch": "batch_id = %(batch)s",
    "household": "id IN (SELECT record_id FROM sync_submission WHERE batch_id = %(batch)s)",
    "member": "id IN (SELECT record_id FROM sync_submission WHERE batch_id = %(batch)s)",
    "sync_submission": "batch_id = %(batch)s",
    "record_version": "submission_id IN (SELECT submission_id FROM sync_submission WHERE batch_id = %(batch)s)",
    "change_pending": "record_id IN (SELECT record_id FROM sync_submission WHERE batch_id = %(batch)s)",
}
_MADE_BY_THE_DATABASE = {"sync_batch": {"id"}, "change_pending": {"id"}}
_AUDIT = """
    WITH entry AS (
        INSERT INTO audit_entry (at, actor_id, actor, device_id, action, subject, subject_ids, detail)
        SELECT at, actor_id, actor, device_id, action, subject, subject_ids, detail
        FROM jsonb_populate_recordset(NULL::audit_entry, %s::jsonb)
        RETURNING id
    )
    INSERT INTO audit_pending (entry_id) SELECT id FROM entry
"""


@dataclass(frozen=True)
class Rows:
    """What one batch became: (statement, its rows as JSON text) in the order of writing."""

    statements: list[tuple[str, str]]
    count: int


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def copy_devices(source: str, target: str) -> None:
    """The tablets that the rows name."""
    with psycopg.connect(plain(source)) as there, psycopg.connect(plain(target)) as here:
        rows = there.execute("SELECT coalesce(jsonb_agg(to_jsonb(d)), '[]')::text FROM device AS d").fetchone()
        assert rows is not None
        here.execute("INSERT INTO device SELECT * FROM jsonb_populate_recordset(NULL::device, %s::jsonb)", rows)


def read_back(url: str, work: Sequence[Sequence[Batch]], audit_after: int) -> list[list[Rows]]:
    """The rows of these batches, by client; `audit_after`: the newest audit entry before they were pushed."""
    with psycopg.connect(plain(url)) as connection:
        audit = connection.execute(
            "SELECT to_jsonb(a)::text FROM audit_entry AS a WHERE id > %s ORDER BY id", (audit_after,)
        ).fetchall()
        flat = [batch for mine in work for batch in mine]
        shares = {batch.batch_id: audit[place :: len(flat)] for place, batch in enumerate(flat)}
        return [[_rows(connection, batch, shares[batch.batch_id]) for batch in mine] for mine in work]


def _rows(connection: psycopg.Connection, batch: Batch, audit: list[tuple[str]]) -> Rows:
    statements, count = [], 0
    for table, which in _TABLES.items():
        columns = _columns(connection, table)
        found = connection.execute(
            f"SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text, count(*) FROM {table} AS t WHERE {which}",
            {"batch": batch.batch_id},
        ).fetchone()
        assert found is not None
        assert found[1], f"the service wrote nothing into {table}"
        listed = ", ".join(columns)
        insert = (
            f"INSERT INTO {table} ({listed}) SELECT {listed} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
        )
        statements.append((insert, found[0]))
        count += found[1]
    statements.append((_AUDIT, "[" + ",".join(row[0] for row in audit) + "]"))
    return Rows(statements, count + 2 * len(audit))


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    made = _MADE_BY_THE_DATABASE.get(table, set())
    found = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table)))
    return [column.name for column in found.description or () if column.name not in made]


def newest_audit(url: str) -> int:
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute("SELECT coalesce(max(id), 0) FROM audit_entry").fetchone()
    return int(row[0]) if row else 0


def seconds(url: str, work: Sequence[Sequence[Rows]]) -> float:
    """How long it takes to write them, with one connection for each client."""
    connections = [psycopg.connect(plain(url), autocommit=True) for _ in work]
    for connection in connections:
        connection.execute("SELECT 1")

    def run(connection: psycopg.Connection, mine: Sequence[Rows]) -> None:
        for rows in mine:
            with connection.transaction():
                for statement, content in rows.statements:
                    connection.execute(statement, (content,))

    try:
        return together([lambda c=c, mine=mine: run(c, mine) for c, mine in zip(connections, work, strict=True)])  # type: ignore[misc]
    finally:
        for connection in connections:
            connection.close()
