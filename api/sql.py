"""The set-based statements kept as .sql files beside the feature that owns them, and what is bound into statements."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.resources import files
from struct import Struct
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.copy import LibpqWriter
from psycopg.generators import copy_end
from psycopg.types.string import BytesBinaryDumper
from pydantic_core import to_json
from sqlalchemy import ARRAY, Dialect, Executable, TextClause, TypeDecorator, Uuid, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session


@cache
def load(path: str) -> TextClause:
    """The statement in `api/<path>` or `mobile_sync/<path>` (package first). Values are bound, never formatted in.

    Raises FileNotFoundError for a path that does not exist: a programming error, met by the first test.
    """
    return text(_read(path))


def fetch(session: Session, statement: Executable, **parameters: Any) -> Sequence[Any]:
    """The rows of a statement that is put together once: one of `load`, of a module, or of a cache. The first call
    compiles it; later ones only send it, which takes half of what `session.execute` takes.

    Values go to the driver as they are (`id_list` makes one of ids, `rows` one of rows), and come as it reads them.
    """
    text, fixed = _compiled(statement)
    _landed(session)
    session.flush()  # as session.execute does
    result = session.connection().exec_driver_sql(text, fixed | parameters)
    return result.all() if result.returns_rows else ()


_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


@lru_cache(maxsize=2000)
def _compiled(statement: Any) -> tuple[str, dict[str, Any]]:
    """The text for the driver, and the values that stand in the statement itself."""
    compiled = statement.compile(dialect=_DIALECT)
    given = {name for name, one in compiled.binds.items() if one.required}
    whole = compiled.construct_expanded_state(dict.fromkeys(given))
    return whole.statement, {name: value for name, value in whole.parameters.items() if name not in given}


def copy(session: Session, path: str, types: Sequence[str], rows: Iterable[Sequence[Any]], *, record: int = 0) -> None:
    """Sends rows to the COPY ... FROM STDIN (FORMAT BINARY) in `path`; `types` are those of its columns. Of the
    types ID, MOMENT, JSON and TEXTS are the bytes that `id_bytes`, `moment_bytes`, `json_bytes` and `texts_bytes` make.

    For the tables every record of a batch has a row in: a journal of 500 rows costs the two of us 9 ms where the same
    rows as JSON cost 21. Raises what SQLAlchemy raises for a refusal of the database; `refused_id` then tells whose row
    was refused, where the database says which: the id that stands in its column number `record`.
    """
    with copying(session, path, types, rows, record=record):
        pass


@contextmanager
def copying(
    session: Session, path: str, types: Sequence[str], rows: Iterable[Sequence[Any]], *, record: int = 0
) -> Iterator[None]:
    """Like `copy`, and the block is done while the database takes the rows in: foreign keys and most of the indexes
    come after the last row. A refusal is raised at the end of the block, or by a `fetch` or `copy` in it, for these
    wait for the rows first. Any other statement in it is refused by the driver.
    """
    _landed(session)
    session.info[_UNDER_WAY] = _UnderWay(session, path, types, rows, record)
    try:
        yield
    except BaseException:
        with suppress(DBAPIError):
            _landed(session)  # before the answer has come the connection cannot even roll back
        raise
    _landed(session)


_UNDER_WAY = "rows the database is taking in"


def _landed(session: Session) -> None:
    """The rows under way, if there are any, have been taken in. Raises the refusal."""
    under_way = session.info.pop(_UNDER_WAY, None)
    if under_way is not None:
        under_way.land()


def landing(session: Session) -> bool:
    """Is the database still at the rows of `copying`? Waits for nothing."""
    under_way = session.info.get(_UNDER_WAY)
    return under_way is not None and under_way.busy()


class _UnderWay:
    """Rows that are sent, and not yet known to be taken."""

    def __init__(
        self, session: Session, path: str, types: Sequence[str], rows: Iterable[Sequence[Any]], record: int
    ) -> None:
        connection = session.connection().connection.driver_connection
        assert isinstance(connection, psycopg.Connection)
        self._path = path
        self._rows = [*rows]
        self._record = record
        self._cursor = connection.cursor()
        self._writer = _Unawaited(self._cursor)
        with self._refusals_told(), self._cursor.copy(_read(path).encode(), writer=self._writer) as stream:
            # the one in C: the driver asks a class in Python about every value, seven times as long
            self._cursor.adapters.register_dumper(bytes, BytesBinaryDumper)
            stream.set_types(types)
            for row in self._rows:
                stream.write_row(row)

    def busy(self) -> bool:
        line = self._cursor.connection.pgconn
        with self._refusals_told():
            line.consume_input()
        return bool(line.is_busy())

    def land(self) -> None:
        with self._refusals_told(), self._cursor:
            self._writer.wait()

    @contextmanager
    def _refusals_told(self) -> Iterator[None]:
        """What the driver raises becomes what SQLAlchemy raises, with the record whose row was refused."""
        try:
            yield
        except psycopg.Error as error:
            refusal = DBAPIError.instance(self._path, None, error, psycopg.Error)
            line = _LINE.search(error.diag.context or "")
            if line and 0 < int(line[1]) <= len(self._rows):
                named = self._rows[int(line[1]) - 1][self._record]
                refusal.add_detail(f"{_REFUSED}{UUID(bytes=named) if isinstance(named, bytes) else named}")
            raise refusal from error


class _Unawaited(LibpqWriter):
    """Ends a COPY without waiting for what the database says to it."""

    def finish(self, exc: BaseException | None = None) -> None:
        if exc is not None:
            super().finish(exc)
            return
        self._answer = copy_end(self.connection.pgconn, None)
        next(self._answer)  # the end is sent

    def wait(self) -> None:
        with self.connection.lock:
            self.connection.wait(self._answer)


_REFUSED = "the row of "
# The rest of what is said there are values, and values are people.
_LINE = re.compile(r"COPY \w+, line (\d+)")


def refused_id(error: BaseException) -> UUID | None:
    """The record whose row the database refused in a `copy`, where it said which one."""
    for detail in getattr(error, "detail", ()):
        if detail.startswith(_REFUSED):
            return UUID(detail.removeprefix(_REFUSED))
    return None


# Columns whose values go through `copy` as the bytes that PostgreSQL takes in. The driver makes them in Python, one by
# one: ids and moments are a quarter of all values, and the same ones again and again (the tablet, the author, now).
ID = MOMENT = JSON = TEXTS = "bytea"
_DAY_ONE = datetime(2000, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=10_000)
def _id_bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("-", ""))


def id_bytes(value: UUID | str) -> bytes:
    """An id as COPY wants it. Where it stands among JSON values, the same one of a household stands there often."""
    return _id_bytes(value) if isinstance(value, str) else value.bytes


def id_text(value: UUID) -> str:
    """An id as it stands among JSON values, in a third of the time of `str`."""
    return orjson.dumps(value)[1:-1].decode()


def moment_bytes(moment: datetime) -> bytes:
    """A moment as COPY wants it: microseconds since the year 2000, as PostgreSQL stores it."""
    since = moment - _DAY_ONE
    return _BIGINT(since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds)


_BIGINT = Struct(">q").pack


def json_bytes(value: Any) -> bytes | None:
    """A JSON value as COPY wants it of a jsonb; None is NULL. The driver takes four times as long."""
    return None if value is None else b"\x01" + orjson.dumps(value)


@lru_cache(maxsize=10_000)
def texts_bytes(texts: tuple[str, ...]) -> bytes:
    """Texts as COPY wants them of a text[]. Mostly codes, and the same few of them again and again."""
    if not texts:
        return _ARRAY(0, 0, _TEXT)
    written = [text.encode() for text in texts]
    return _ARRAY(1, 0, _TEXT) + _LENGTHS(len(written), 1) + b"".join(_LENGTH(len(one)) + one for one in written)


_TEXT = 25  # the type of its elements
_ARRAY, _LENGTHS, _LENGTH = Struct(">iiI").pack, Struct(">ii").pack, Struct(">i").pack


@cache
def _read(path: str) -> str:
    package, _, rest = path.partition("/")
    return files(package).joinpath(rest).read_text(encoding="utf-8")


def rows(content: Sequence[Any] | Mapping[str, Any]) -> str:
    """What a statement reads with jsonb_to_recordset(:rows). Ids may stand in it as they are.

    A batch is mostly rows: pydantic's writer takes 0.5 microseconds for one where json.dumps takes 1.6 to 2.8.
    """
    return to_json(content).decode()


def id_list(ids: Iterable[UUID]) -> str:
    """A uuid[] to be bound. One text instead of an object for each id, and without hyphens: 1.6 microseconds an id
    become 0.3."""
    return "{" + ",".join([f"{i.int:032x}" for i in ids]) + "}"


class Ids(TypeDecorator[Iterable[UUID]]):
    """A uuid[] to be bound where SQLAlchemy binds: see `id_list`."""

    impl = ARRAY(Uuid())
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002
        return lambda ids: None if ids is None else id_list(ids)
