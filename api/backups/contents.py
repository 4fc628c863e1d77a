"""What a database holds, in few words: rows and a sum over all of them for each table, and the head of the audit log.

Two databases with the same words hold the same rows: the trial restore is compared by them. What is derived and
UNLOGGED (api/indicators/tables.py) is no part of a backup.
"""

from dataclasses import dataclass
from typing import Any

from psycopg import sql

from api.backups.server import Connection

# A row's text depends on these, so both sides are read with the same.
_SETTINGS = ("TimeZone = 'UTC'", "DateStyle = 'ISO, YMD'", "IntervalStyle = 'postgres'", "extra_float_digits = 1")
_TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p' ORDER BY c.relname
"""
_HEAD = "SELECT seq || ':' || encode(hash, 'hex') FROM audit_seal ORDER BY seq DESC LIMIT 1"
_EPOCH = "SELECT epoch::text FROM feed_epoch ORDER BY started_at DESC, epoch LIMIT 1"


@dataclass(frozen=True)
class Contents:
    """`tables`: name -> [rows, sum of their hashes as text]."""

    tables: dict[str, list[Any]]
    audit_head: str | None
    epoch: str | None
    revision: str | None

    def rows(self, table: str) -> int:
        return int(self.tables.get(table, [0])[0])

    def differences(self, other: "Contents") -> list[str]:
        """The tables (and "audit_head") in which the two differ; empty where they hold the same."""
        names = sorted({*self.tables, *other.tables})
        wrong = [name for name in names if self.tables.get(name) != other.tables.get(name)]
        return wrong + (["audit_head"] if self.audit_head != other.audit_head else [])


def read(connection: Connection) -> Contents:
    """Of the snapshot of the transaction that runs on this connection."""
    for setting in _SETTINGS:
        connection.execute(sql.SQL(f"SET LOCAL {setting}"))
    names = [row[0] for row in connection.execute(_TABLES)]
    counted = sql.SQL(
        "SELECT count(*), coalesce(sum(hashtextextended((counted.*)::text, 0)::numeric), 0)::text FROM {} AS counted"
    )
    tables = {}
    for name in names:
        row = connection.execute(counted.format(sql.Identifier("public", name))).fetchone()
        assert row is not None
        tables[name] = [row[0], row[1]]
    has = set(names)
    return Contents(
        tables,
        _one(connection, _HEAD) if "audit_seal" in has else None,
        _one(connection, _EPOCH) if "feed_epoch" in has else None,
        _one(connection, "SELECT version_num FROM alembic_version") if "alembic_version" in has else None,
    )


def _one(connection: Connection, statement: str) -> str | None:
    row = connection.execute(statement).fetchone()
    return str(row[0]) if row else None
