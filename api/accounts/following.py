"""Grants follow a change of areas: who gets which right where, so that nobody loses a hamlet between two days.

* on a merged commune: to the commune it became (its officers are that commune's officers now, as the law has it);
* on an abolished district: to the communes that come out of its communes, never to more than before; for district
  officers the file may say `upper_level = "province"` (more, on purpose) or `"none"`;
* on a merged province: administrators and other systems to the new province, because they run the whole installation
  and read no household by it (a service account reads what its register holds, which is the same register as before);
  everybody else to the communes that come out of theirs, because a new province is three old ones;
* on a hamlet that lives on: untouched, and with it the tablet.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlmodel import Session, col

from api import audit, clock
from api.accounts.permissions import ROLE_LEVELS, Role
from api.accounts.tables import Account, AccountGrant
from api.areas.documents import UpperLevel
from api.areas.loading import Row
from api.areas.reform import Reform
from api.areas.tables import Level
from api.problems import Text
from api.sql import load

_WHOLE_INSTALLATION = (Role.admin, Role.service)


@dataclass(frozen=True)
class Following:
    """One grant that ends, and the one that continues it (`target` None: none does). Hamlets are counted under both.

    Several targets of one grant are several rows. `doubled`: another row of the same person says the same already.
    """

    grant: AccountGrant
    username: str
    origin: Row
    target: Row | None
    ends_on: date
    starts_on: date
    hamlets_before: int
    hamlets_after: int
    doubled: bool = False


def followings(session: Session, reform: Reform) -> list[Following]:
    """The grants that the change touches and where each goes, in the order of user names. Reads only."""
    grants = session.execute(
        select(AccountGrant, col(Account.username))
        .join(Account, col(Account.id) == col(AccountGrant.account_id))
        .where(col(AccountGrant.area_id).in_(list(reform.ended)))
        .where(or_(col(AccountGrant.valid_to).is_(None), col(AccountGrant.valid_to) >= reform.change.day))
        .order_by(col(Account.username), col(AccountGrant.valid_from), col(AccountGrant.id))
    )
    return _once([following for grant, username in grants for following in _of(grant, username, reform)])


def losses(reform: Reform, follow: Iterable[Following]) -> list[Text]:
    """Who would reach less, or for a district or province more, than before: reasons not to apply the change."""
    found = []
    by_grant: dict[UUID, list[Following]] = {}
    for following in follow:
        by_grant.setdefault(following.grant.id, []).append(following)
    for rows in by_grant.values():
        grant, origin = rows[0].grant, rows[0].origin
        said = f"{rows[0].username} ({grant.role}, {origin.code} {origin.name})"
        before = reform.before.hamlets(origin.id)
        after = frozenset[UUID]().union(*(reform.after.hamlets(row.target.id) for row in rows if row.target))
        deliberate = Role(grant.role) is Role.district_officer and reform.change.upper_level is not UpperLevel.commune
        gained = reform.before.hamlets_of(after) - before
        if before - after and not deliberate:
            found.append(Text(f"{said} sẽ mất địa bàn.", f"{said} would lose hamlets."))
        wider = origin.level is not Level.commune and Role(grant.role) not in _WHOLE_INSTALLATION
        if gained and wider and not deliberate:
            found.append(Text(f"{said} sẽ rộng hơn trước.", f"{said} would reach more than before."))
        found += [
            Text(f"{said}: vai trò này không đặt ở {row.target.name}.", f"{said}: not a role for {row.target.name}.")
            for row in rows
            if row.target and row.target.level not in ROLE_LEVELS[Role(grant.role)]
        ]
    return found


def follow_areas(session: Session, actor: audit.Acting, follow: list[Following]) -> None:
    """Ends each grant the day before and starts the one that continues it on the day."""
    if not follow:
        return
    rows = [_as_json(following) for following in follow]
    session.execute(
        load("api/accounts/sql/follow_areas.sql"),
        {"rows": json.dumps(rows), "granted_by": actor.account_id, "now": clock.now()},
    )
    audit.record(
        session,
        actor,
        "grants.follow_areas",
        "account_grant",
        [following.grant.id for following in follow],
        grants=rows,
    )


def _of(grant: AccountGrant, username: str, reform: Reform) -> Iterator[Following]:
    origin = reform.ended[grant.area_id].row
    before = len(reform.before.hamlets(origin.id))
    targets: list[Row | None] = [*_targets(Role(grant.role), origin, reform)]
    for target in targets or [None]:
        yield Following(
            grant=grant,
            username=username,
            origin=origin,
            target=target,
            # a grant given after the day (the change was applied late) is kept as one day on a unit that is gone
            ends_on=max(reform.change.last_day, grant.valid_from),
            starts_on=max(reform.change.day, grant.valid_from),
            hamlets_before=before,
            hamlets_after=len(reform.after.hamlets(target.id)) if target else 0,
        )


def _targets(role: Role, origin: Row, reform: Reform) -> list[Row]:
    heir = reform.ended[origin.id].successor
    if origin.level in (Level.commune, Level.hamlet):
        return [heir]
    if origin.level is Level.province and role in _WHOLE_INSTALLATION:
        return [heir]
    if origin.level is Level.district and role is Role.district_officer:
        if reform.change.upper_level is UpperLevel.none:
            return []
        if reform.change.upper_level is UpperLevel.province:
            return _province_of(origin, reform)
    return reform.communes_after(origin.id)


def _province_of(district: Row, reform: Reform) -> list[Row]:
    parent = reform.before.rows.get(reform.before.parent_of.get(district.id, district.id))
    if parent is None or parent.level is not Level.province:
        return []
    return [reform.ended[parent.id].successor if parent.id in reform.ended else parent]


def _once(follow: list[Following]) -> list[Following]:
    """Two grants that become the same one (an officer of two communes that merge) are continued once.

    Otherwise ending the one that is seen would leave the other.
    """
    seen = set()
    marked = []
    for following in follow:
        grant, target = following.grant, following.target
        said = (
            grant.account_id,
            grant.role,
            grant.head,
            target and target.id,
            following.starts_on,
            grant.valid_to,
        )
        marked.append(replace(following, doubled=target is not None and said in seen))
        seen.add(said)
    return marked


def _as_json(following: Following) -> dict[str, Any]:
    starts = following.target is not None and not following.doubled
    return {
        "grant_id": str(following.grant.id),
        "ends_on": str(following.ends_on),
        "id": str(uuid4()) if starts else None,
        "area_id": str(following.target.id) if following.target else None,
        "valid_from": str(following.starts_on),
    }
