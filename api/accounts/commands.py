"""What an administrator does to accounts, within the areas of their own grant."""

from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from api import audit, clock
from api.accounts import attempts, passwords, queries
from api.accounts.grants import add_grant, add_grants, check_grants, end_grant
from api.accounts.schemas import GrantIn, UserIn, UserOut, UserPatch, UserWithPassword
from api.accounts.sessions import end_sessions
from api.accounts.tables import Account
from api.areas.scope import Scope
from api.idempotency import new_id
from api.names import fold, toned
from api.problems import AlreadyExists, Conflict, IdempotencyKeyReused, NotFound, PermissionDenied, StaleVersion

_account = Account.__table__  # type: ignore[attr-defined]


class Administrator(audit.Acting, Protocol):
    """Who changes accounts: `scope` says in which areas (accounts' Actor, or the command line)."""

    @property
    def scope(self) -> Scope: ...


def add_user(session: Session, actor: Administrator, new: UserIn, key: str | None = None) -> UserWithPassword:
    """A new account with its first grants. Sent again with the same `id` or key it adds nothing, and tells no
    password.

    Raises Invalid (password, grants), NotFound (an area outside of mine), AlreadyExists, IdempotencyKeyReused.
    """
    check_grants(session, actor.scope, new.grants, "#/grants/{}")
    made = None if new.password else passwords.generated()
    user_id, now = new_id(actor.account_id, "user", new.id, key), clock.now()
    values = {
        "id": user_id,
        "username": new.username,
        "full_name": new.full_name,
        "name_folded": fold(new.full_name),
        "name_toned": toned(new.full_name),
        "password_hash": passwords.hashed(new.password or made or "", new.username),
        "password_changed_at": now,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    added = session.execute(insert(_account).values(values).on_conflict_do_nothing().returning(_account.c.id))
    if added.scalar_one_or_none() is None:
        return _told(_the_same(session, actor, user_id, new), None)
    grants = add_grants(session, actor, user_id, new.grants)
    audit.record(session, actor, "accounts.add", "account", [user_id], username=new.username, grants=grants)
    return _told(queries.user(session, actor.scope, user_id), made)


def change_user(
    session: Session, actor: Administrator, user_id: UUID, read_version: int, patch: UserPatch
) -> UserWithPassword:
    """Name, disabled or not, a new password. Disabling and a new password end every session of the account;
    a new password also lifts the lock after wrong ones.

    Raises NotFound, PermissionDenied (rights outside of my areas), Conflict (myself), StaleVersion, Invalid.
    """
    account = changeable(session, actor, user_id)
    if account.version != read_version:
        raise StaleVersion(
            f"Bạn sửa phiên bản {read_version}; máy chủ đang có phiên bản {account.version}.",
            f"You edited version {read_version}; the server has version {account.version}.",
            current_version=account.version,
        )
    made = passwords.generated() if patch.generate_password and not patch.password else None
    now = clock.now()
    changes = _changes(account, patch, patch.password or made, now)
    if not changes:
        return _told(queries.user(session, actor.scope, user_id), None)
    touch(session, user_id, **changes)
    if "password_hash" in changes:
        attempts.forget_account(session, account.username)
    ended: list[UUID] = []
    if changes.get("disabled_at") or "password_hash" in changes:
        ended = end_sessions(session, user_id, "disabled" if changes.get("disabled_at") else "password-reset")
    said = sorted(name for name in changes if name not in ("name_folded", "name_toned", "password_changed_at"))
    audit.record(session, actor, "accounts.change", "account", [user_id], fields=said, ended_sessions=len(ended))
    return _told(queries.user(session, actor.scope, user_id), made)


def grant_role(session: Session, actor: Administrator, user_id: UUID, grant: GrantIn) -> UserOut:
    """One more role in an area. Raises NotFound, PermissionDenied, Conflict, Invalid, AlreadyExists."""
    changeable(session, actor, user_id)
    check_grants(session, actor.scope, [grant], "#")
    if add_grant(session, actor, user_id, grant):
        touch(session, user_id)
    return queries.user(session, actor.scope, user_id)


def end_role(session: Session, actor: Administrator, user_id: UUID, grant_id: UUID, last_day: date | None) -> UserOut:
    """Ends a grant, at once or after `last_day`. Raises NotFound, PermissionDenied, Conflict, Invalid."""
    changeable(session, actor, user_id)
    if end_grant(session, actor, user_id, grant_id, last_day):
        touch(session, user_id)
    return queries.user(session, actor.scope, user_id)


def changeable(session: Session, actor: Administrator, user_id: UUID) -> Any:
    """The account, locked, where the caller may change it. Raises NotFound, Conflict, PermissionDenied."""
    query = select(_account, queries.reaches_beyond(_account.c.id, actor.scope).label("beyond"))
    query = query.where(_account.c.id == user_id, queries.placed_in(_account.c.id, actor.scope))
    account = session.execute(query.with_for_update(of=_account)).one_or_none()
    if account is None:
        raise NotFound("Không tìm thấy người dùng này.", "There is no such user.")
    if account.id == actor.account_id:
        raise Conflict(
            "Không ai tự đổi quyền hay trạng thái tài khoản của mình; hãy nhờ người quản trị khác.",
            "Nobody changes the rights or the state of their own account; ask another administrator.",
        )
    if account.beyond:
        raise PermissionDenied(
            "Tài khoản này còn có quyền ngoài địa bàn của bạn; chỉ quản trị cấp trên được sửa.",
            "This account also holds rights outside of your areas; an administrator above you may change it.",
            permission="accounts:write",
        )
    return account


def touch(session: Session, user_id: UUID, **changes: Any) -> None:
    """Writes changes of an account, with the next version."""
    values = {"updated_at": clock.now(), "version": _account.c.version + 1} | changes
    session.execute(update(_account).where(_account.c.id == user_id).values(values))


def _changes(account: Any, patch: UserPatch, password: str | None, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if patch.full_name is not None and patch.full_name != account.full_name:
        changes |= {
            "full_name": patch.full_name,
            "name_folded": fold(patch.full_name),
            "name_toned": toned(patch.full_name),
        }
    if patch.disabled is not None and patch.disabled != (account.disabled_at is not None):
        changes["disabled_at"] = now if patch.disabled else None
    if password is not None:
        changes |= {"password_hash": passwords.hashed(password, account.username), "password_changed_at": now}
    return changes


def _the_same(session: Session, actor: Administrator, user_id: UUID, new: UserIn) -> UserOut:
    """The account that stands where the new one should: the same one sent again. Raises AlreadyExists for another one,
    IdempotencyKeyReused where its key says that it is ours."""
    query = select(_account).where(_account.c.id == user_id, queries.placed_in(_account.c.id, actor.scope))
    there = session.execute(query).one_or_none()
    if there is not None and (there.username, there.full_name) == (new.username, new.full_name):
        out = queries.user(session, actor.scope, there.id)
        held = {(grant.role, grant.area_id, grant.head) for grant in out.grants}
        if {(grant.role, grant.area_id, grant.head) for grant in new.grants} <= held:
            return out
    if there is not None and new.id is None:
        raise IdempotencyKeyReused()
    raise AlreadyExists("Tên đăng nhập hoặc mã này đã có.", "This username or id is taken.")


def _told(user: UserOut, password: str | None) -> UserWithPassword:
    return UserWithPassword(**user.model_dump(), password=password)
