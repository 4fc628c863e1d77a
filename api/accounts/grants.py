"""Roles given in areas, and ended. Read at every request, so both work at once."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_not
from sqlmodel import Session

from api import audit, clock
from api.accounts import queries
from api.accounts.permissions import ROLE_LEVELS, Role
from api.accounts.schemas import GrantIn
from api.accounts.tables import AccountGrant
from api.areas.scope import Scope
from api.areas.tables import Level
from api.problems import AlreadyExists, FieldError, Invalid, NotFound

_grant = AccountGrant.__table__  # type: ignore[attr-defined]

_LEVELS = {
    Level.province: ("tỉnh", "a province"),
    Level.district: ("huyện", "a district"),
    Level.commune: ("xã", "a commune"),
    Level.hamlet: ("xóm", "a hamlet"),
}


def check_grants(session: Session, scope: Scope, grants: Sequence[GrantIn], place: str) -> None:
    """Each lies in my areas (NotFound), on a level of its role, with its days in order (Invalid).

    `place` is where a grant stands in the input: `#/grants/{}` for the n-th, or `#`.
    """
    levels = queries.area_levels(session, scope, [grant.area_id for grant in grants])
    errors: list[FieldError] = []
    for number, grant in enumerate(grants):
        level = levels.get(grant.area_id)
        if level is None:
            raise NotFound("Không tìm thấy đơn vị này trong địa bàn của bạn.", "There is no such area in yours.")
        errors += _faults(grant, level, place.format(number))
        errors += _repeated(grants[:number], grant, place.format(number))
    if errors:
        raise Invalid(errors[0].vi, errors[0].en, errors=tuple(errors))


def add_grants(
    session: Session, actor: audit.Acting, account_id: UUID, grants: Sequence[GrantIn]
) -> list[dict[str, Any]]:
    """Stores checked grants of a new account; gives what the log should say of them. Raises AlreadyExists (an id)."""
    rows = [_row(actor, account_id, grant) for grant in grants]
    added = session.scalars(insert_or_not(_grant).values(rows).on_conflict_do_nothing().returning(_grant.c.id)).all()
    if len(added) < len(rows):
        raise AlreadyExists("Mã của một quyền đã được dùng.", "The id of a grant is taken.")
    return [_said(row) for row in rows]


def add_grant(session: Session, actor: audit.Acting, account_id: UUID, grant: GrantIn) -> bool:
    """One more (checked) grant; False where it is there already by its id. Raises AlreadyExists for another one."""
    row = _row(actor, account_id, grant)
    same = (
        _grant.c.account_id == account_id,
        _grant.c.role == grant.role.value,
        _grant.c.area_id == grant.area_id,
        _grant.c.head == grant.head,
    )
    overlapping = select(_grant.c.id).where(*same, _open_on(row["valid_from"]), _begins_by(row["valid_to"]))
    found = session.execute(overlapping).scalars().all()
    if grant.id is not None and grant.id in found:
        return False
    if not found:
        added = session.execute(insert_or_not(_grant).values(row).on_conflict_do_nothing().returning(_grant.c.id))
        if added.scalar_one_or_none() is not None:
            audit.record(session, actor, "accounts.grant", "account", [account_id], **_said(row))
            return True
    raise AlreadyExists("Người này đã có vai trò đó ở đơn vị đó.", "This user holds that role in that area already.")


def end_grant(session: Session, actor: audit.Acting, account_id: UUID, grant_id: UUID, last_day: date | None) -> bool:
    """Ends a grant: after `last_day`, or at once. False where it had ended by then already.

    Raises NotFound, and Invalid for a last day before today.
    """
    row = session.execute(
        select(_grant).where(_grant.c.id == grant_id, _grant.c.account_id == account_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy quyền này của người dùng.", "The user has no such grant.")
    today = clock.today()
    if last_day is not None and last_day < today:
        raise _wrong("#/last_day", "day_in_past", "Ngày cuối không được ở quá khứ.", "The last day lies in the past.")
    end = last_day or today - timedelta(days=1)  # `valid_to` is the last day it holds: at once means yesterday
    if row.valid_to is not None and row.valid_to <= end:
        return False
    # one that begins later, or today, becomes an empty span: it stays to be seen, and never held
    begins = min(row.valid_from, end + timedelta(days=1))
    session.execute(update(_grant).where(_grant.c.id == grant_id).values(valid_from=begins, valid_to=end))
    said = _said(row._mapping) | {"valid_to": str(end)}
    audit.record(session, actor, "accounts.end-grant", "account", [account_id], **said)
    return True


def _open_on(day: date) -> Any:
    return _grant.c.valid_to.is_(None) | (_grant.c.valid_to >= day)


def _begins_by(day: date | None) -> Any:
    return _grant.c.valid_from <= (day or date.max)


def _row(actor: audit.Acting, account_id: UUID, grant: GrantIn) -> dict[str, Any]:
    return {
        "id": grant.id or uuid4(),
        "account_id": account_id,
        "role": grant.role.value,
        "area_id": grant.area_id,
        "head": grant.head,
        "valid_from": grant.valid_from or clock.today(),
        "valid_to": grant.valid_to,
        "granted_by": actor.account_id,
        "created_at": clock.now(),
    }


def _said(row: Any) -> dict[str, Any]:
    days = {name: str(row[name]) for name in ("valid_from", "valid_to") if row[name]}
    return {"grant_id": str(row["id"]), "role": row["role"], "area_id": str(row["area_id"]), "head": row["head"]} | days


def _faults(grant: GrantIn, level: Level, place: str) -> list[FieldError]:
    found = []
    fitting = ROLE_LEVELS[grant.role]
    if level not in fitting:
        vi = ", ".join(_LEVELS[fit][0] for fit in Level if fit in fitting)
        en = ", ".join(_LEVELS[fit][1] for fit in Level if fit in fitting)
        said = (f"Vai trò này chỉ đặt ở cấp: {vi}.", f"This role lies on: {en}.")
        found.append(FieldError(f"{place}/area_id", "level_does_not_fit", *said))
    if grant.head and grant.role is not Role.hamlet_surveyor:
        said = ("Chỉ rà soát viên mới là trưởng xóm.", "Only a hamlet surveyor can be the head of a hamlet.")
        found.append(FieldError(f"{place}/head", "head_is_no_surveyor", *said))
    if grant.valid_to is not None and grant.valid_to < (grant.valid_from or clock.today()):
        said = ("Ngày cuối trước ngày đầu.", "The last day lies before the first.")
        found.append(FieldError(f"{place}/valid_to", "days_not_in_order", *said))
    return found


def _repeated(before: Sequence[GrantIn], grant: GrantIn, place: str) -> list[FieldError]:
    """One request gives a role in an area once on any day, as `add_grant` does over time."""
    if any(_same_role(other, grant) and _days_meet(other, grant) for other in before):
        said = ("Vai trò này ở đơn vị này đã ghi ở trên.", "This role in this area is named above already.")
        return [FieldError(place, "granted_twice", *said)]
    if grant.id is not None and grant.id in [other.id for other in before]:
        said = ("Mã này đã dùng cho một quyền ở trên.", "This id belongs to a grant above.")
        return [FieldError(f"{place}/id", "id_used_twice", *said)]
    return []


def _same_role(one: GrantIn, other: GrantIn) -> bool:
    return (one.role, one.area_id, one.head) == (other.role, other.area_id, other.head)


def _days_meet(one: GrantIn, other: GrantIn) -> bool:
    today = clock.today()
    begins = max(one.valid_from or today, other.valid_from or today)
    return begins <= min(one.valid_to or date.max, other.valid_to or date.max)


def _wrong(pointer: str, code: str, vi: str, en: str) -> Invalid:
    return Invalid(vi, en, errors=(FieldError(pointer, code, vi, en),))
