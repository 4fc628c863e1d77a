"""Changes of areas made by law, shipped as data (`data/<day>-<name>.toml`): found, worked out, applied.

Grants follow in api/accounts/following.py; `api/area_change.py` puts the parts together for an administrator.
"""

import json
import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from api import audit
from api.areas.commands import insert, only_one_writer, rebuild_closure, stored
from api.areas.documents import ChangeDocument, read_change
from api.areas.reform import Link, Reform, work_out
from api.areas.tables import Area, AreaParent, AreaSuccession, Level
from api.problems import Conflict, NotFound
from api.sql import load


def shipped() -> list[str]:
    """The names of the changes that come with this version, oldest first."""
    names = (entry.name for entry in files("api.areas").joinpath("data").iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name[:4].isdigit() and name.endswith(".toml"))


def change_called(name: str) -> ChangeDocument:
    """The shipped change of that name. Raises NotFound."""
    if name not in shipped():
        listed = ", ".join(shipped())
        raise NotFound(f"Không có thay đổi {name}. Có: {listed}.", f"No change is called {name}. Known: {listed}.")
    return read_change(tomllib.loads(files("api.areas").joinpath(f"data/{name}.toml").read_text(encoding="utf-8")))


def is_applied(session: Session, change: ChangeDocument) -> bool:
    """Did the units that it ends end by it? It is applied in one transaction: all of it, or nothing."""
    predecessors = (
        select(col(Area.code), col(Area.level))
        .join(AreaSuccession, col(AreaSuccession.predecessor_id) == col(Area.id))
        .where(col(AreaSuccession.on_day) == change.day)
    )
    there = {(code, Level(level)) for code, level in session.execute(predecessors)}
    ended = [(end.code, end.level) in there for end in change.ends if end.required]
    if any(ended) and not all(ended):
        raise Conflict(
            f"Mới có {sum(ended)}/{len(ended)} đơn vị cũ đã kết thúc theo thay đổi này. Hãy kiểm tra trước.",
            f"Only {sum(ended)} of {len(ended)} units have ended by this change. Look into it first.",
        )
    return any(ended)


def worked_out(session: Session, change: ChangeDocument) -> Reform:
    """What the change would do to this register. Reads only."""
    columns = [getattr(AreaParent, name) for name in Link.__dataclass_fields__]
    links = [Link(*link) for link in session.execute(select(*columns))]
    return work_out(change, stored(session), links)


def apply(session: Session, actor: audit.Acting, reform: Reform) -> None:
    """Writes what was worked out: endings, new units, what hangs where, successions, the closure.

    Raises Conflict where something stands in the way. The caller has worked it out in this transaction, under
    `only_one_writer`.
    """
    if reform.obstacles:
        said = reform.obstacles
        raise Conflict(" ".join(o.vi for o in said), " ".join(o.en for o in said))
    only_one_writer(session)
    change = reform.change
    days = {"day": change.day, "last_day": change.last_day}
    _run(session, "end_areas", [{"id": str(i)} for i in reform.ended], last_day=change.last_day)
    insert(session, reform.new)
    moved = [_link(m.link) | {"parent_id": str(m.parent.id) if m.parent else None} for m in reform.moved]
    _run(session, "rehang", moved, **days)
    successions = [
        {"predecessor_id": str(i), "successor_id": str(e.successor.id), "kind": e.kind, "source": e.source}
        for i, e in reform.ended.items()
    ]
    _run(session, "insert_successions", successions, day=change.day)
    rebuild_closure(session)
    audit.record(
        session,
        actor,
        "areas.apply",
        "area",
        [*reform.ended, *(row.id for row in reform.new)],
        title=change.title,
        day=str(change.day),
        moved=len(moved),
    )


def _run(session: Session, name: str, rows: list[dict[str, Any]], **days: date) -> None:
    session.execute(load(f"api/areas/sql/{name}.sql"), {"rows": json.dumps(rows)} | days)


def _link(link: Link) -> dict[str, str | None]:
    return {
        "area_id": str(link.area_id),
        "valid_from": str(link.valid_from),
        "valid_to": str(link.valid_to) if link.valid_to else None,
    }
