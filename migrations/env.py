"""Runs migrations: one at a time across all hosts, each in its own transaction, never waiting long for a lock."""

import os

from alembic import context
from sqlalchemy import create_engine, text

from api.tables import metadata

# Any constant will do, as long as every host uses the same one.
_MIGRATION_LOCK = 7_140_80
_BY_HAND = ("ix_member_name_folded", "ix_record_version_left_household", "ix_record_version_left_hamlet")


def _tracked(name: str | None, kind: str, *_: object) -> bool:
    # Exclusion constraints, indexes on expressions and triggers are written by hand in the migrations.
    return not (kind == "index" and name is not None and (name.startswith("ex_") or name in _BY_HAND))


def _run() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or os.environ["DATABASE_URL"]
    engine = create_engine(url)
    with engine.connect() as connection:
        # a session lock, held over all transactions: two hosts starting at once migrate one after the other
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_name=_tracked,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _MIGRATION_LOCK})
        connection.commit()
    engine.dispose()


_run()
