"""The set-based statements kept as .sql files beside the feature that owns them, and what is bound into statements."""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import psycopg
from pydantic_core import to_json
from sqlalchemy import ARRAY, Dialect, TextClause, TypeDecorator, Uuid, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session


@cache
def load(path: str) -> TextClause:
    """The statement in `api/<path>` or `mobile_sync/<path>` (package first). Values are bound, never formatted in.

    Raises FileNotFoundError for a path that does not exist: a programming error, met by the first test.
    """
    return text(_read(path))


def copy(session: Session, path: str, types: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Sends rows to the COPY ... FROM STDIN (FORMAT BINARY) in `path`; `types` are those of its columns.

    For the tables every record of a batch has a row in: a journal of 500 rows costs the two of us 9 ms where the same
    rows as JSON cost 21. Raises what SQLAlchemy raises for a refusal of the database; `refused_id` then tells the first
    value of the row that was refused, where the database says which.
    """
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    try:
        with connection.cursor() as cursor, cursor.copy(_read(path).encode()) as stream:
            stream.set_types(types)
            sent = []
            for row in rows:
                sent.append(row[0])
                stream.write_row(row)
    except psycopg.Error as error:
        refusal = DBAPIError.instance(path, None, error, psycopg.Error)
        line = _LINE.search(error.diag.context or "")
        if line and 0 < int(line[1]) <= len(sent):
            refusal.add_detail(f"{_REFUSED}{sent[int(line[1]) - 1]}")
        raise refusal from error


_REFUSED = "the row of "
# The rest of what is said there are values, and values are people.
_LINE = re.compile(r"COPY \w+, line (\d+)")


def refused_id(error: BaseException) -> UUID | None:
    """The record whose row the database refused in a `copy`, where it said which one."""
    for detail in getattr(error, "detail", ()):
        if detail.startswith(_REFUSED):
            return UUID(detail.removeprefix(_REFUSED))
    return None


@lru_cache(maxsize=10_000)
def _uuid(text: str) -> UUID:
    return UUID(text)


def uuid_of(value: UUID | str) -> UUID:
    """An id as COPY wants it. Where it stands among JSON values, the same one of a household stands there often."""
    return _uuid(value) if isinstance(value, str) else value


@cache
def _read(path: str) -> str:
    package, _, rest = path.partition("/")
    return files(package).joinpath(rest).read_text(encoding="utf-8")


def rows(content: Sequence[Any]) -> str:
    """What a statement reads with jsonb_to_recordset(:rows). Ids may stand in it as they are.

    A batch is mostly rows: pydantic's writer takes 0.5 microseconds for one where json.dumps takes 1.6 to 2.8.
    """
    return to_json(content).decode()


class Ids(TypeDecorator[Iterable[UUID]]):
    """A uuid[] to be bound. One text instead of an object for each id: 1.6 microseconds an id become 0.8."""

    impl = ARRAY(Uuid())
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002
        return lambda ids: None if ids is None else "{" + ",".join(map(str, ids)) + "}"
