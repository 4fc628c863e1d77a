"""The history of a household or a member: every version with who, when, from which tablet, old and new values."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.tables import Account, Device
from api.changes.merge import Change, values_at
from api.changes.tables import RecordVersion
from api.households.citizen_numbers import id_key, masked, opened
from api.households.household_fold import no_such_household
from api.households.member_fold import no_such_member
from api.households.records import HOUSEHOLD_FIELDS, MEMBER_FIELDS
from api.households.stored import sealed_value
from api.households.wire_records import HOUSEHOLD, HOUSEHOLD_SENSITIVE, MEMBER, SENSITIVE

_VERSION = RecordVersion.__table__  # type: ignore[attr-defined]
_ACCOUNT = Account.__table__  # type: ignore[attr-defined]
_DEVICE = Device.__table__  # type: ignore[attr-defined]

Page = tuple[list[dict[str, Any]], str | None]
Eyes = Callable[[dict[str, Any]], dict[str, Any]]


def household_history(session: Session, actor: Actor, household_id: UUID, limit: int, cursor: str | None) -> Page:
    """Newest first. Raises NotFound outside of the actor's areas."""
    hamlet = HOUSEHOLD.c.hamlet_id
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(hamlet).label("sees_sensitive")
    query = select(HOUSEHOLD, sensitive).where(HOUSEHOLD.c.id == household_id, actor.scope.covers(hamlet))
    row = session.execute(query).mappings().first()
    if row is None:
        raise no_such_household()
    audit.record(session, actor, "households.history", "household", [household_id])
    values = {name: _json_value(row[name]) for name in HOUSEHOLD_FIELDS}
    hidden = () if row["sees_sensitive"] else HOUSEHOLD_SENSITIVE
    return _page(session, household_id, values, limit, cursor, lambda version: _withholding(version, hidden))


def member_history(session: Session, actor: Actor, member_id: UUID, limit: int, cursor: str | None) -> Page:
    """Newest first, masked like the member itself. Raises NotFound outside of the actor's areas."""
    hamlet = HOUSEHOLD.c.hamlet_id
    query = (
        select(
            MEMBER,
            actor.scope_of(Permission.persons_id_full).covers(hamlet).label("sees_number"),
            actor.scope_of(Permission.persons_sensitive).covers(hamlet).label("sees_sensitive"),
        )
        .join_from(MEMBER, HOUSEHOLD, HOUSEHOLD.c.id == MEMBER.c.household_id)
        .where(MEMBER.c.id == member_id, actor.scope.covers(hamlet))
    )
    row = session.execute(query).mappings().first()
    if row is None:
        raise no_such_member()
    audit.record(session, actor, "members.history", "household", [row["household_id"]])
    values = {name: _json_value(row[name]) for name in MEMBER_FIELDS if name != "personal_id"}
    number = sealed_value(row["personal_id_sealed"], row["personal_id_index"], row["personal_id_last4"])

    def eyes(version: dict[str, Any]) -> dict[str, Any]:
        return _for_eyes(session, row, version)

    return _page(session, member_id, values | {"personal_id": number}, limit, cursor, eyes)


def _page(
    session: Session, record_id: UUID, values: dict[str, Any], limit: int, cursor: str | None, eyes: Eyes
) -> Page:
    query = (
        select(_VERSION, _ACCOUNT.c.username, _ACCOUNT.c.full_name, _DEVICE.c.name.label("device_name"))
        .outerjoin_from(_VERSION, _ACCOUNT, _ACCOUNT.c.id == _VERSION.c.changed_by)
        .outerjoin(_DEVICE, _DEVICE.c.id == _VERSION.c.device_id)
        .where(_VERSION.c.record_id == record_id)
        .order_by(_VERSION.c.version.desc())
    )
    after = paging.decode(cursor, int)
    # All versions are read, because the first one's values are today's with every later change taken back.
    rows = session.execute(query).mappings().all()
    past: list[tuple[int, Change | None]] = [(row["version"], row["change"]) for row in reversed(rows)]
    wanted = [row for row in rows if after is None or row["version"] < after[0]]
    shown, next_cursor = paging.page(wanted, limit, lambda row: [row["version"]])
    return [eyes(_version(row, values, past)) for row in shown], next_cursor


def _version(row: RowMapping, values: dict[str, Any], past: list[tuple[int, Change | None]]) -> dict[str, Any]:
    change = row["change"]
    if change is None:
        change = {name: [None, value] for name, value in values_at(values, past, row["version"]).items()}
    return {
        "version": row["version"],
        "changed_at": row["changed_at"],
        "origin": row["origin"],
        "changed_by": row["username"],
        "changed_by_name": row["full_name"],
        "device_id": row["device_id"],
        "device_name": row["device_name"],
        "submission_id": row["submission_id"],
        "change": change,
    }


def _for_eyes(session: Session, seen: RowMapping, version: dict[str, Any]) -> dict[str, Any]:
    change = dict(version["change"])
    if "personal_id" in change:
        change["personal_id"] = [_number(session, seen, value) for value in change["personal_id"]]
    return _withholding(version | {"change": change}, () if seen["sees_sensitive"] else SENSITIVE)


def _withholding(version: dict[str, Any], hidden: Iterable[str]) -> dict[str, Any]:
    """Neither the old nor the new value of what is hidden; only that it changed."""
    change = dict(version["change"])
    withheld = [name for name in hidden if change.pop(name, None) is not None]
    return version | {"change": change, "withheld": withheld}


def _number(session: Session, seen: RowMapping, value: dict[str, str] | None) -> str | None:
    if value is None or not seen["sees_number"]:
        return masked(value)
    return opened(id_key(session), value, seen["id"])


def _json_value(value: Any) -> Any:
    """A column as it stands among the values."""
    if value is None or isinstance(value, str | bool | int):
        return value
    return str(value)  # ids and days
