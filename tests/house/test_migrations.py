"""The migrations go up, down and up again to the same schema, and that schema is the one the tables declare."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import text

from tests.make import database

_SCHEMA = """
    SELECT 'column', table_name || '.' || column_name, data_type || is_nullable || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'function', proname, prosrc FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prolang <> (SELECT oid FROM pg_language WHERE lanname = 'c')
    UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'view', viewname, definition FROM pg_views WHERE schemaname = 'public'
    ORDER BY 1, 2, 3
"""


@pytest.fixture
def empty(postgres: str) -> Iterator[str]:
    name = f"empty_{uuid4().hex[:12]}"
    database.create(postgres, name)
    yield database.url_of(postgres, name)
    database.drop(postgres, name)


def schema(url: str) -> list[tuple[str, ...]]:
    with database.opened(url) as engine, engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(_SCHEMA)) if "alembic_version" not in str(row)]


def test_up_down_up_ends_where_up_ended(empty: str) -> None:
    config = database.alembic_config(empty)
    command.upgrade(config, "head")
    first = schema(empty)
    assert len(first) > 200
    command.downgrade(config, "base")
    assert [row for row in schema(empty) if row[0] != "function"] == []
    command.upgrade(config, "head")
    assert schema(empty) == first


def test_the_tables_in_the_code_are_those_of_the_migrations(empty: str) -> None:
    config = database.alembic_config(empty)
    command.upgrade(config, "head")
    command.check(config)  # raises with the difference


def test_there_is_one_head(empty: str) -> None:
    from alembic.script import ScriptDirectory

    assert len(ScriptDirectory.from_config(database.alembic_config(empty)).get_heads()) == 1
