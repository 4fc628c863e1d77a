"""Reads labour records: a page of them, or all of a commune or hamlet for a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.areas.places import require_level
from api.areas.tables import Level
from api.eligibility.facts import Home, Person
from api.eligibility.register import Found, Which, load
from api.labour.schemas import LabourRecord
from api.labour.telling import belongs, told
from api.labour.traces import traces
from api.schema import Page

# So many households are looked at for a page, however few of their people are of working age.
_LEAST = 200
_LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True)
class _Row:
    home: Home
    person: Person

    @property
    def place(self) -> tuple[UUID, UUID, UUID]:
        return self.home.today_in, self.home.id, self.person.id


def labour_records(
    session: Session, actor: Actor, *, area_id: UUID | None, day: date, limit: int, cursor: str | None
) -> Page[LabourRecord]:
    """People of working age of the actor's areas, by hamlet and household; always as many statements.

    A page looks at so many households: it may hold fewer than `limit`, and not be the last.
    """
    after = paging.decode(cursor, UUID, UUID, UUID)
    at_once = max(_LEAST, limit)
    start = None if after is None else (after[0], after[1])
    which = Which(area_id=area_id, after=start, including=True, limit=at_once + 1, recognised=True)
    found = load(session, actor, which, day)
    looked_at = found.homes[:at_once]
    rows = [row for row in _workers(looked_at, day) if after is None or row.place > tuple(after)]
    shown, more = rows[:limit], len(rows) > limit
    next_cursor = None
    if more:
        next_cursor = paging.encode([str(one) for one in shown[-1].place])
    elif len(found.homes) > at_once:
        next_cursor = paging.encode([str(one) for one in (looked_at[-1].today_in, looked_at[-1].id, _LAST)])
    items = _told(session, actor, found, shown, day)
    audit.record(session, actor, "labour.list", "household", dict.fromkeys(row.home.id for row in shown))
    return Page[LabourRecord](items=items, next_cursor=next_cursor)


def all_records(session: Session, actor: Actor, area_id: UUID, day: date, form: str) -> list[LabourRecord]:
    """Everybody of a commune or hamlet, for a file of this `form`. Every export is in the log.

    Raises NotFound for another area, or one that is not the actor's.
    """
    require_level(session, actor.scope, area_id, Level.commune, Level.hamlet)
    found = load(session, actor, Which(area_id=area_id, recognised=True), day)
    rows = list(_workers(found.homes, day))
    audit.record(
        session, actor, "labour.export", "household", dict.fromkeys(row.home.id for row in rows), form=form,
        as_of=day.isoformat(),
    )  # fmt: skip
    return _told(session, actor, found, rows, day)


def _workers(homes: Sequence[Home], day: date) -> list[_Row]:
    rows = [_Row(home, person) for home in homes for person in home.people if belongs(home, person, day)]
    return sorted(rows, key=lambda row: row.place)


def _told(session: Session, actor: Actor, found: Found, rows: Sequence[_Row], day: date) -> list[LabourRecord]:
    known = traces(session, actor, found.papers_under, [row.person.id for row in rows], day)
    return [told(row.home, row.person, known, day) for row in rows]
