"""The bytes that go through COPY are what PostgreSQL reads as the value that was meant."""

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.types.string import BytesBinaryDumper
from sqlmodel import Session

from api import sql

_stored_text = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
_json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(-1e12, 1e12) | _stored_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_stored_text, inner, max_size=4),
    max_leaves=10,
)
_moments = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001  # what is drawn gets its offset below
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_json_values.filter(lambda value: value is not None), _moments, st.lists(_stored_text, max_size=5), st.uuids())
def test_every_value_comes_back(session: Session, document: Any, moment: datetime, texts: list[str], id_: UUID) -> None:
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, Connection)
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS copied (id uuid, again uuid, at timestamptz, d jsonb, l text[])"
    )
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE copied")
        with cursor.copy("COPY copied (id, again, at, d, l) FROM STDIN (FORMAT BINARY)") as stream:
            cursor.adapters.register_dumper(bytes, BytesBinaryDumper)
            stream.set_types([sql.ID, sql.ID, sql.MOMENT, sql.JSON, sql.TEXTS])
            row = (sql.id_bytes(id_), sql.id_bytes(str(id_)), sql.moment_bytes(moment), sql.json_bytes(document))
            stream.write_row((*row, sql.texts_bytes(tuple(texts))))
        # the database compares lists with their bounds
        cursor.execute("SELECT id, again, at, d, l = %s::text[] FROM copied", (texts,))
        assert cursor.fetchone() == (id_, id_, moment, document, True)


def test_no_document_is_null_and_an_empty_one_is_none_of_that() -> None:
    assert sql.json_bytes(None) is None
    assert sql.json_bytes({}) == b"\x01{}"
