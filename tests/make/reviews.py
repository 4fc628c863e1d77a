"""Households and people acting on them, for tests of what hangs on a household."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, event
from sqlmodel import Session

from api.accounts.actor import Actor, Grant
from api.areas.scope import Scope
from api.areas.tables import area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.households.commands import write_households
from tests.make.people import CAST, account_id


def acting(username: str) -> Actor:
    """A member of the cast, as the writers see them."""
    person = next(p for p in CAST if p.username == username)
    return Actor(
        account_id=account_id(username),
        username=username,
        full_name=username,
        session_id=None,
        device_id=None,
        grants=(Grant(person.role, area_id(person.area), person.head),),
        scope=Scope.of([area_id(person.area)]),
    )


def household(session: Session, hamlet: str = "14080-03", by: str | None = None) -> UUID:
    """A new household in a hamlet, not committed."""
    return households(session, 1, hamlet, by)[0]


def households(session: Session, count: int, hamlet: str = "14080-03", by: str | None = None) -> list[UUID]:
    actor = acting(by or ("truc-thai" if hamlet.startswith("14080") else "truc-dai"))
    data: dict[str, Any] = {"hamlet_id": str(area_id(hamlet)), "residence": "permanent"}
    edits = [Edit(uuid4(), None, data) for _ in range(count)]
    assert all(w.outcome == "applied" for w in write_households(session, actor, edits, Origin.web))
    return [edit.record_id for edit in edits]


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent to the database inside the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
