"""The rows that the service wrote for its batches, written again by bare SQL into an equal database.

The yardstick: no checks, no merging, no receipts; the rows lie in memory as JSON, one statement per table and batch,
one transaction per batch, as many connections as there were clients.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from tests.bench.pushing import Batch, together

_SENT = "submission_id = ANY(%(submissions)s::uuid[])"
_VERSIONS = f"record_id = ANY(%(records)s::uuid[]) AND {_SENT}"
_MADE = f"SELECT record_id FROM record_version WHERE version = 1 AND {_VERSIONS}"
_CHANGED = f"SELECT record_id FROM record_version WHERE version > 1 AND {_VERSIONS}"

# (table, which of its rows the batch wrote, are they new), parents before children. What is left out is made by the
# database: identities.
_TABLES = (
    ("device", "id IN (SELECT device_id FROM sync_batch WHERE batch_id = %(batch)s)", False),
    ("sync_batch", "batch_id = %(batch)s", True),
    ("household", f"id IN ({_CHANGED})", False),
    ("household", f"id IN ({_MADE})", True),
    ("member", f"id IN ({_CHANGED})", False),
    ("member", f"id IN ({_MADE})", True),
    ("review", f"id IN ({_MADE})", True),
    ("review_case", f"review_id IN ({_MADE})", False),
    ("sync_submission", _SENT, True),
    ("record_version", _VERSIONS, True),
)
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


@dataclass(frozen=True)
class Mark:
    """The newest rows of the log and of the feed's queue before the batches were pushed."""

    audit: int
    pending: int


def mark(url: str) -> Mark:
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM audit_entry), (SELECT coalesce(max(id), 0) FROM change_pending)"
        ).fetchone()
    assert row is not None
    return Mark(*row)


def read_back(url: str, work: Sequence[Sequence[Batch]], since: Mark) -> list[list[Rows]]:
    """The rows of these batches, by client. Those of the log and of the queue name no batch: dealt out evenly."""
    with psycopg.connect(plain(url)) as connection:
        audit = _newer(connection, "audit_entry", since.audit)
        pending = _newer(connection, "change_pending", since.pending)
        flat = [batch for mine in work for batch in mine]
        share = {batch.batch_id: (audit[n :: len(flat)], pending[n :: len(flat)]) for n, batch in enumerate(flat)}
        return [[_rows(connection, batch, *share[batch.batch_id]) for batch in mine] for mine in work]


def _newer(connection: psycopg.Connection, table: str, than: int) -> list[str]:
    query = f"SELECT to_jsonb(t)::text FROM {table} AS t WHERE id > %s ORDER BY id"
    found = [row[0] for row in connection.execute(query, (than,))]
    assert found, f"the service wrote nothing into {table}"
    return found


def _rows(connection: psycopg.Connection, batch: Batch, audit: list[str], pending: list[str]) -> Rows:
    statements, count = [], 0
    sent = json.loads(batch.body)["submissions"]
    named = {
        "batch": batch.batch_id,
        "submissions": [one["submission_id"] for one in sent],
        "records": [one["id"] for one in sent],
    }
    for table, which, new in _TABLES:
        query = f"SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text, count(*) FROM {table} AS t WHERE {which}"
        found = connection.execute(query, named).fetchone()
        assert found is not None
        if found[1]:
            columns = columns_of(connection, table)
            statements.append(((insert if new else _update)(table, columns), found[0]))
            count += found[1]
    statements.append((insert("change_pending", columns_of(connection, "change_pending")), _array(pending)))
    statements.append((_AUDIT, _array(audit)))
    return Rows(statements, count + len(pending) + 2 * len(audit))


def insert(table: str, columns: list[str]) -> str:
    listed = ", ".join(columns)
    return f"INSERT INTO {table} ({listed}) SELECT {listed} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"


def _update(table: str, columns: list[str]) -> str:
    listed = ", ".join(f"{name} = r.{name}" for name in columns if name != "id")
    rows = f"jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
    return f"UPDATE {table} AS t SET {listed} FROM {rows} AS r WHERE t.id = r.id"


def _array(rows: list[str]) -> str:
    return "[" + ",".join(rows) + "]"


def columns_of(connection: psycopg.Connection, table: str) -> list[str]:
    """Those that a statement gives values to."""
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        (table,),
    ).fetchall()
    made = _MADE_BY_THE_DATABASE.get(table, set())
    return [name for (name,) in found if name not in made]


def seconds(writers: Sequence[psycopg.Connection], work: Sequence[Sequence[Rows]]) -> float:
    """How long it takes to write them, with one connection (autocommit) for each client."""

    def run(connection: psycopg.Connection, mine: Sequence[Rows]) -> None:
        for rows in mine:
            with connection.transaction():
                for statement, content in rows.statements:
                    connection.execute(statement, (content,))

    return together([lambda c=c, mine=mine: run(c, mine) for c, mine in zip(writers, work, strict=False)])  # type: ignore[misc]
