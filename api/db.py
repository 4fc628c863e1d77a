"""The engine, the naming of constraints, and the one transaction of a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import CheckConstraint, Engine, create_engine
from sqlmodel import Session, SQLModel

# Every constraint has a name, so that the database's refusal can be turned into a sentence (problems.py)
# and a migration can drop it.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# A statement that runs longer than this is a mistake of ours; a lock that is waited for longer than this
# is better answered with "try again" than with a tablet that hangs.
_SESSION_SETTINGS = (
    "-c statement_timeout=60000 -c lock_timeout=20000 -c idle_in_transaction_session_timeout=120000 "
    "-c timezone=Asia/Ho_Chi_Minh -c application_name=giamngheo"
)


def make_engine(url: str, pool_size: int = 10) -> Engine:
    """An engine whose pool is as large as the number of request threads: nobody queues inside the pool."""
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=4,
        pool_timeout=20,
        pool_pre_ping=True,
        connect_args={"options": _SESSION_SETTINGS, "connect_timeout": 10},
    )


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Text + CHECK instead of a native enum: a new value is then a one-line migration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def unit_of_work(request: Request) -> Iterator[Session]:
    """One request, one transaction. It ends before the answer leaves: acknowledged means stored."""
    state = request.app.state
    # The key of citizen numbers travels with the session: commands know no request, and no key lives in a global.
    with Session(state.engine, expire_on_commit=False, info={"id_key": state.id_key}) as session, session.begin():
        yield session


# For the one kind of request that reads its body slowly, piece by piece: several short transactions, none of which is
# open while the line is waited for (docs/decisions/0012).
short_unit_of_work = contextmanager(unit_of_work)

# scope="function" commits before the response is sent; FastAPI's default would commit after it, and a
# failing commit would still be answered with 200.
Db = Annotated[Session, Depends(unit_of_work, scope="function")]
