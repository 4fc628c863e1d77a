"""Loads households and members with their locks, and stores the states a fold has left: one statement per table.

Locks, always households before members and rows in the order of their ids: whoever writes members holds their
households FOR KEY SHARE, so that a household cannot be merged or moved away meanwhile (those verbs hold it FOR
UPDATE) while two people may work in one household at once.
"""

import base64
from binascii import a2b_base64
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Text, Uuid, any_, bindparam, cast, func, select
from sqlmodel import Session

from api import clock, sql
from api.areas.scope import Scope
from api.changes.fold import Record
from api.households.records import HOUSEHOLD_FIELDS, MEMBER_FIELDS, name_keys
from api.households.tables import Household, Member

_HOUSEHOLD = Household.__table__.c  # type: ignore[attr-defined]
_MEMBER = Member.__table__.c  # type: ignore[attr-defined]


class Lock(Enum):
    """How firmly a household is held: named by a member, being edited, or on its way elsewhere."""

    share = "FOR KEY SHARE"
    edit = "FOR NO KEY UPDATE"
    whole = "FOR UPDATE"


@dataclass(slots=True)
class Held:
    """Households as loaded: their records, where they stood, and which of them the caller reaches."""

    records: dict[UUID, Record]
    hamlets: dict[UUID, str]
    mine: set[UUID]

    def take(self, other: "Held") -> None:
        self.records |= other.records
        self.hamlets |= other.hamlets
        self.mine |= other.mine


def among(column: Any, ids: Iterable[UUID]) -> Any:
    """`column = ANY(:ids)`: one statement text however many ids, so that it is planned once."""
    return column == any_(bindparam(None, list(ids), type_=sql.Ids(), unique=True))


def hold_households(
    session: Session,
    scope: Scope,
    ids: Iterable[UUID],
    lock: Lock,
    of_members: Iterable[UUID] = (),
) -> Held:
    """Locks and loads these households, and those of the members named. Of one that is only shared, the values are
    those of _NAMED: whoever names it does not read the rest."""
    asked, people = list(ids), list(of_members)
    if not asked and not people:
        return Held({}, {}, set())
    given = {"ids": sql.id_list(asked)} | ({"members": sql.id_list(people)} if people else {})
    names = _NAMED if lock is Lock.share else HOUSEHOLD_FIELDS
    held = Held({}, {}, set())
    for record_id, version, *fields, mine in sql.fetch(session, _holding(scope, lock, bool(people)), **given):
        values = dict(zip(names, fields, strict=True))
        held.records[record_id] = Record(record_id, version, values, version)
        held.hamlets[record_id] = values["hamlet_id"]
        if mine:
            held.mine.add(record_id)
    return held


def as_json(column: Any) -> Any:
    """A column as it stands among JSON values: ids and days as text, which the database writes faster than we do."""
    return cast(column, Text) if isinstance(column.type, Uuid | Date) else column


_NAMED = ("hamlet_id", "status", "merged_into")


@lru_cache(maxsize=500)
def _holding(scope: Scope, lock: Lock, of_members: bool) -> Select[Any]:
    """The statement of `hold_households`. To put it together takes longer than to send it: 0.2 to 0.3 ms."""
    ids: Any = bindparam("ids", type_=sql.Ids())
    if of_members:
        # one list of ids, found by the key: with an OR the whole register is read
        named = _MEMBER.id == any_(bindparam("members", type_=sql.Ids()))
        ids = func.array_cat(ids, func.array(select(_MEMBER.household_id).where(named).scalar_subquery()))
    names = _NAMED if lock is Lock.share else HOUSEHOLD_FIELDS
    return (
        select(
            _HOUSEHOLD.id,
            _HOUSEHOLD.version,
            *(as_json(_HOUSEHOLD[name]) for name in names),
            scope.covers(_HOUSEHOLD.hamlet_id).label("mine"),
        )
        .where(_HOUSEHOLD.id == any_(ids))
        .order_by(_HOUSEHOLD.id)
        .with_for_update(of=_HOUSEHOLD.id.table, read=lock is Lock.share, key_share=lock is not Lock.whole)
    )


def homes(session: Session, people: Iterable[UUID], households: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of these people the household they live in; of those of the households that were merged away the one at the end
    of the chain of merges."""
    named = {"members": sql.id_list(people), "households": sql.id_list(households)}
    return {row.id: row.home for row in sql.fetch(session, sql.load("api/households/sql/homes.sql"), **named)}


def survivors(session: Session, held: Held, scope: Scope, lock: Lock) -> dict[UUID, UUID]:
    """Absorbed household -> the one at the end of its chain of merges, which is loaded and locked too."""
    absorbed = [record_id for record_id, record in held.records.items() if record.values["merged_into"]]
    if not absorbed:
        return {}
    ends = homes(session, (), absorbed)
    held.take(hold_households(session, scope, set(ends.values()) - held.records.keys(), lock))
    return ends


def survivor_of(session: Session, household_id: UUID) -> UUID | None:
    """The household at the end of the chain of merges, or None for one that is not merged. Locks nothing."""
    return homes(session, (), [household_id]).get(household_id)


def home_of(session: Session, household_id: UUID | None) -> UUID | None:
    """The household of today: the survivor, where it was merged away. For filters of lists; None stays None."""
    return household_id and (survivor_of(session, household_id) or household_id)


def hold_members(session: Session, where: Any) -> dict[UUID, Record]:
    """Locks and loads the members that fulfil a condition."""
    return _records(session.execute(_holding_members(where)))


def members_named(session: Session, ids: Iterable[UUID]) -> dict[UUID, Record]:
    """Locks and loads these members."""
    return _records(sql.fetch(session, _MEMBERS_NAMED, ids=sql.id_list(ids)))


def _holding_members(where: Any) -> Select[Any]:
    return (
        select(
            _MEMBER.id,
            _MEMBER.version,
            _MEMBER.personal_id_sealed,
            _MEMBER.personal_id_index,
            _MEMBER.personal_id_last4,
            *(as_json(_MEMBER[name]) for name in _PLAIN),
        )
        .where(where)
        .order_by(_MEMBER.id)
        .with_for_update()
    )


def _records(rows: Iterable[Any]) -> dict[UUID, Record]:
    records = {}
    for record_id, version, seal, index, last4, *fields in rows:
        values = dict(zip(_PLAIN, fields, strict=True))
        values["personal_id"] = sealed_value(seal, index, last4)
        records[record_id] = Record(record_id, version, values, version)
    return records


_PLAIN = tuple(name for name in MEMBER_FIELDS if name != "personal_id")
_MEMBERS_NAMED = _holding_members(_MEMBER.id == any_(bindparam("ids", type_=sql.Ids())))


def sealed_value(seal: bytes | None, index: bytes | None, last4: str | None) -> dict[str, Any] | None:
    """A stored citizen number as it stands among the values (citizen_numbers.sealed makes the same shape)."""
    if seal is None or index is None:
        return None
    return {"sealed": base64.b64encode(seal).decode(), "index": index.hex(), "last4": last4}


def store_households(session: Session, added: list[Record], changed: list[Record]) -> None:
    """Stores new and changed ones; see `storing_households`."""
    with storing_households(session, added, changed):
        pass


def storing_households(session: Session, added: list[Record], changed: list[Record]) -> AbstractContextManager[None]:
    """Changed ones first: a number given up by one household may be taken by a new one. The block is done while the
    database takes in the new ones (see `sql.copying`)."""
    _update(session, "update_households", [_row(record) for record in changed])
    now = sql.moment_bytes(clock.now())
    rows = ((r.id.bytes, *_columns(r, HOUSEHOLD_FIELDS), r.version, now, now) for r in added)
    return _inserting(session, "insert_households", HOUSEHOLD_FIELDS, rows if added else ())


def change_members(session: Session, changed: list[Record]) -> None:
    """Stores members that are there already."""
    _update(session, "update_members", [_row(r) | name_keys(r.values["full_name"]) for r in changed])


def storing_members(session: Session, added: list[Record], changed: list[Record]) -> AbstractContextManager[None]:
    """Stores new and changed ones. The block is done while the database takes in the new ones (see `sql.copying`)."""
    change_members(session, changed)
    now = sql.moment_bytes(clock.now())
    rows = (
        (r.id.bytes, *_columns(r, _PLAIN), *name_keys(r.values["full_name"]).values(), *_number(r), r.version, now, now)
        for r in added
    )
    return _inserting(session, "insert_members", (*_PLAIN, *_KEYS), rows if added else ())


_KEYS = ("name_folded", "name_toned", "name_sort", "personal_id_sealed", "personal_id_index", "personal_id_last4")
# What is no text of a record's fields.
_KINDS = {
    **dict.fromkeys(("hamlet_id", "head_member_id", "merged_into", "household_id"), "id"),
    **dict.fromkeys(("birth_date", "left_on"), "date"),
    **dict.fromkeys(("no_labour_capacity", "right_level", "labour_contract", "health_insurance"), "bool"),
    **dict.fromkeys(("social_allowance", "pension", "merit_person"), "bool"),
    **dict.fromkeys(("personal_id_sealed", "personal_id_index"), "bytea"),
    "birth_year": "int4",
}
_READ: dict[str, Any] = {"id": sql.id_bytes, "date": date.fromisoformat}
_TYPES = {"id": sql.ID}


def _columns(record: Record, names: tuple[str, ...]) -> list[Any]:
    found = list(map(record.values.get, names))
    for place, read in _places(names):
        if found[place] is not None:
            found[place] = read(found[place])
    return found


@cache
def _places(names: tuple[str, ...]) -> list[tuple[int, Any]]:
    """Where something stands that JSON holds as text and a column does not."""
    return [(n, _READ[_KINDS[name]]) for n, name in enumerate(names) if _KINDS.get(name) in _READ]


def _number(record: Record) -> tuple[bytes | None, bytes | None, str | None]:
    number = record.values.get("personal_id")
    if number is None:
        return None, None, None
    return a2b_base64(number["sealed"]), bytes.fromhex(number["index"]), number["last4"]


def _inserting(
    session: Session, statement: str, names: tuple[str, ...], rows: Iterable[Any]
) -> AbstractContextManager[None]:
    if not rows:
        return nullcontext()
    kinds = [_KINDS.get(name, "text") for name in names]
    types = (sql.ID, *(_TYPES.get(kind, kind) for kind in kinds), "int4", sql.MOMENT, sql.MOMENT)
    return sql.copying(session, f"api/households/sql/{statement}.sql", types, rows)


def _row(record: Record) -> dict[str, Any]:
    # what is left out is NULL: a third less to write, to send and to read
    values = {name: value for name, value in record.values.items() if value is not None}
    return values | {"id": record.id, "version": record.version}


def _update(session: Session, statement: str, rows: list[Any]) -> None:
    if rows:
        sql.fetch(session, sql.load(f"api/households/sql/{statement}.sql"), rows=sql.rows(rows), at=clock.now())
