"""A change of areas made by law, as an administrator applies it: the tree, the grants, and whom it concerns.

It stands above accounts and households because areas know of neither (docs/architecture.md).
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text
from sqlmodel import Session, col

from api import audit, clock
from api.accounts.following import Following, follow_areas, followings, losses
from api.accounts.tables import AccountGrant, Device
from api.areas import law
from api.areas.commands import only_one_writer
from api.areas.documents import ChangeDocument
from api.areas.loading import Row
from api.areas.reform import Reform
from api.areas.scope import valid_on
from api.areas.tables import Level
from api.households.tables import Household, HouseholdStatus
from api.problems import Conflict, Text


@dataclass(frozen=True)
class Concerned:
    """A hamlet that hangs under another unit from the day on, and what is in it."""

    hamlet: Row
    origin: Row
    target: Row
    households: int
    tablets: int


@dataclass(frozen=True)
class Plan:
    """All that a change would do to this register. `obstacles` empty: it can be applied."""

    reform: Reform
    grants: list[Following]
    hamlets: list[Concerned]
    obstacles: list[Text]


def planned(session: Session, change: ChangeDocument) -> Plan:
    """What the change would do. Reads only (`--dry-run` lets the database refuse everything else)."""
    reform = law.worked_out(session, change)
    grants = followings(session, reform)
    households = _households(session)
    orphaned = sum(number for hamlet, number in households.items() if hamlet not in reform.after.rows)
    obstacles = [*reform.obstacles, *losses(reform, grants)]
    if orphaned:
        obstacles.append(Text(f"{orphaned} hộ sẽ không còn xóm.", f"{orphaned} households would have no hamlet."))
    return Plan(reform, grants, _concerned(session, reform, households), obstacles)


def apply_change(session: Session, actor: audit.Acting, change: ChangeDocument) -> Plan | None:
    """Applies the change in the caller's transaction: all of it, or (None) nothing, where it is applied already.

    Raises Conflict where somebody or something would be orphaned.
    """
    only_one_writer(session)
    # Nobody is given a right on a unit, and no household comes into it, while it ends; who reads waits for nothing.
    session.execute(text("LOCK TABLE account_grant, household IN SHARE ROW EXCLUSIVE MODE"))
    if law.is_applied(session, change):
        return None
    plan = planned(session, change)
    if plan.obstacles:
        raise Conflict(" ".join(o.vi for o in plan.obstacles), " ".join(o.en for o in plan.obstacles))
    law.apply(session, actor, plan.reform)
    follow_areas(session, actor, plan.grants)
    return plan


def _households(session: Session) -> dict[UUID, int]:
    counted = (
        select(col(Household.hamlet_id), func.count())
        .where(col(Household.status) == HouseholdStatus.active)
        .group_by(col(Household.hamlet_id))
    )
    return {hamlet: number for hamlet, number in session.execute(counted)}  # noqa: C416  (rows are no pairs to mypy)


def _tablets(session: Session, hamlets: list[UUID]) -> dict[UUID, int]:
    counted = (
        select(col(AccountGrant.area_id), func.count(col(Device.id).distinct()))
        .join(Device, col(Device.account_id) == col(AccountGrant.account_id))
        .where(col(AccountGrant.area_id).in_(hamlets), valid_on(AccountGrant, clock.today()))
        .where(col(Device.revoked_at).is_(None))
        .group_by(col(AccountGrant.area_id))
    )
    return {hamlet: number for hamlet, number in session.execute(counted)}  # noqa: C416


def _concerned(session: Session, reform: Reform, households: dict[UUID, int]) -> list[Concerned]:
    moved = [(move, move.parent) for move in reform.moved if move.parent and move.row.level is Level.hamlet]
    tablets = _tablets(session, [move.row.id for move, _ in moved])
    rows = [
        Concerned(
            hamlet=move.row,
            origin=reform.before.rows[move.link.parent_id],
            target=parent,
            households=households.get(move.row.id, 0),
            tablets=tablets.get(move.row.id, 0),
        )
        for move, parent in moved
        if move.link.parent_id in reform.before.rows
    ]
    return sorted(rows, key=lambda row: row.hamlet.code)
