"""Reads accounts and their grants. An account is seen through the areas of its grants."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, literal, or_, select
from sqlmodel import Session

from api import audit, clock, codes, paging
from api.accounts.actor import Actor
from api.accounts.permissions import BASIS, ROLE_LEVELS, ROLE_PERMISSIONS, Role
from api.accounts.schemas import DeviceBrief, GrantOut, Me, RoleOut, RoleRight, Roles, UserOut, UserPage
from api.accounts.tables import Account, AccountGrant, Device
from api.areas.names import full_name
from api.areas.scope import Scope, valid_on
from api.areas.tables import Area, Level
from api.names import fold, toned
from api.problems import NotFound
from api.schema import Words

_account = Account.__table__  # type: ignore[attr-defined]
_grant = AccountGrant.__table__  # type: ignore[attr-defined]
_area = Area.__table__  # type: ignore[attr-defined]
_device = Device.__table__  # type: ignore[attr-defined]


class Reader(audit.Acting, Protocol):
    """Who reads: `scope` says in which areas (accounts' Actor, or the command line)."""

    @property
    def scope(self) -> Scope: ...


def me(session: Session, actor: Actor) -> Me:
    """The caller, with today's grants and what they allow."""
    device = session.get(Device, actor.device_id) if actor.device_id else None
    today = valid_on(_grant.c, clock.today())
    return Me(
        id=actor.account_id,
        username=actor.username,
        full_name=actor.full_name,
        grants=_grants(session, [actor.account_id], today).get(actor.account_id, []),
        permissions=actor.permissions(),
        device=DeviceBrief(id=device.id, name=device.name) if device else None,
    )


@dataclass(frozen=True)
class Filter:
    """Which accounts are asked for. `role` and `area_id` together: that role in that area."""

    q: str | None = None
    role: Role | None = None
    area_id: UUID | None = None
    disabled: bool | None = None


def users(session: Session, actor: Reader, only: Filter, *, limit: int, cursor: str | None) -> UserPage:
    """The accounts placed in my areas, by username; with `q` those whose name or username has it, exact tones first."""
    far = _far(only.q)
    query = select(_account, far.label("far")).where(placed_in(_account.c.id, actor.scope), *_matching(only))
    query = query.order_by(far, _account.c.username)
    after = paging.decode(cursor, int, str)
    if after is not None:
        query = query.where(or_(far > after[0], and_(far == after[0], _account.c.username > after[1])))
    rows, next_cursor = paging.page(
        session.execute(query.limit(limit + 1)).all(), limit, lambda row: (row.far, row.username)
    )
    audit.record(session, actor, "accounts.list", "account", [row.id for row in rows])
    return UserPage(items=_with_grants(session, rows), next_cursor=next_cursor)


def read_user(session: Session, actor: Reader, user_id: UUID) -> UserOut:
    """One account, for somebody who looks at it: noted in the log. Raises NotFound outside of my areas."""
    found = user(session, actor.scope, user_id)
    audit.record(session, actor, "accounts.read", "account", [user_id])
    return found


def user(session: Session, scope: Scope, user_id: UUID) -> UserOut:
    """One account with all its grants. Raises NotFound outside of my areas."""
    query = select(_account).where(_account.c.id == user_id, placed_in(_account.c.id, scope))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy người dùng này.", "There is no such user.")
    return _with_grants(session, [row])[0]


def roles() -> Roles:
    """The table of permissions.py, by role."""
    return Roles(items=[_role(role) for role in Role])


def placed_in(account_id: Any, scope: Scope) -> ColumnElement[bool]:
    """The account belongs to my areas: by a grant that holds or will hold; by the past ones where none does."""
    own = _grant.c.account_id == account_id
    open_ones = or_(_grant.c.valid_to.is_(None), _grant.c.valid_to >= scope.day)
    held = _grant.alias("held")
    has_open = exists().where(
        held.c.account_id == _grant.c.account_id, or_(held.c.valid_to.is_(None), held.c.valid_to >= scope.day)
    )
    return exists().where(own, scope.covers(_grant.c.area_id), or_(open_ones, ~has_open))


def reaches_beyond(account_id: Any, scope: Scope) -> ColumnElement[bool]:
    """The account holds or will hold a right outside of my areas."""
    open_ones = or_(_grant.c.valid_to.is_(None), _grant.c.valid_to >= scope.day)
    return exists().where(_grant.c.account_id == account_id, open_ones, ~scope.covers(_grant.c.area_id))


def area_levels(session: Session, scope: Scope, area_ids: Collection[UUID]) -> dict[UUID, Level]:
    """The level of each of these areas that is one of mine."""
    query = select(_area.c.id, _area.c.level).where(_area.c.id.in_(area_ids), scope.covers(_area.c.id))
    return {row.id: Level(row.level) for row in session.execute(query)}


def _far(q: str | None) -> ColumnElement[Any]:
    # 0: the tones are those that were asked for
    if not q:
        return literal(0)
    return case((_account.c.name_toned.contains(toned(q), autoescape=True), 0), else_=1)


def _matching(only: Filter) -> list[ColumnElement[bool]]:
    where = []
    if only.q:
        by_name = _account.c.name_folded.contains(fold(only.q), autoescape=True)
        where.append(or_(by_name, _account.c.username.contains(only.q.strip().lower(), autoescape=True)))
    if only.disabled is not None:
        where.append(_account.c.disabled_at.is_not(None) if only.disabled else _account.c.disabled_at.is_(None))
    if only.role is not None or only.area_id is not None:
        where.append(_holding(only.role, only.area_id))
    return where


def _holding(role: Role | None, area_id: UUID | None) -> ColumnElement[bool]:
    held = [_grant.c.account_id == _account.c.id, valid_on(_grant.c, clock.today())]
    if role is not None:
        held.append(_grant.c.role == role.value)
    if area_id is not None:
        held.append(_grant.c.area_id == area_id)
    return exists().where(*held)


def _with_grants(session: Session, rows: Any) -> list[UserOut]:
    grants = _grants(session, [row.id for row in rows])
    return [
        UserOut(
            id=row.id,
            username=row.username,
            full_name=row.full_name,
            disabled=row.disabled_at is not None,
            disabled_at=row.disabled_at,
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
            grants=grants.get(row.id, []),
        )
        for row in rows
    ]


def _grants(session: Session, account_ids: list[UUID], *where: ColumnElement[bool]) -> dict[UUID, list[GrantOut]]:
    query: Select[Any] = (
        select(_grant, _area.c.code, _area.c.name, _area.c.local_kind)
        .join(_area, _area.c.id == _grant.c.area_id)
        .where(_grant.c.account_id.in_(account_ids), *where)
        .order_by(_grant.c.valid_from.desc(), _area.c.code, _grant.c.role, _grant.c.id)
    )
    found: dict[UUID, list[GrantOut]] = {}
    for row in session.execute(query):
        out = GrantOut(
            id=row.id,
            role=Role(row.role),
            area_id=row.area_id,
            area_code=row.code,
            area_name=full_name(row.local_kind, row.name),
            head=row.head,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        found.setdefault(row.account_id, []).append(out)
    return found


def _role(role: Role) -> RoleOut:
    return RoleOut(
        role=role,
        label=Words(vi=codes.label("role", role, "vi"), en=codes.label("role", role, "en")),
        levels=[level for level in Level if level in ROLE_LEVELS[role]],
        permissions=[
            RoleRight(permission=permission, head_only=holder.head_only, basis=BASIS[permission])
            for permission, holders in ROLE_PERMISSIONS.items()
            for holder in holders
            if holder.role is role
        ],
    )
