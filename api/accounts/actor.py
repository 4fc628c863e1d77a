"""Who is calling, with which rights in which areas; and the door every route names in its signature."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from api.accounts.permissions import SMALL_COUNTS_HIDDEN, Permission, Role, holds
from api.areas.scope import Scope
from api.problems import PermissionDenied


@dataclass(frozen=True)
class Grant:
    """A role in an area, in force today. `head`: the holder is the hamlet's head (trưởng xóm)."""

    role: Role
    area_id: UUID
    head: bool = False


@dataclass(frozen=True)
class Actor:
    """A signed-in caller. `scope` is where the right the route asked for reaches."""

    account_id: UUID
    username: str
    full_name: str
    session_id: UUID | None
    device_id: UUID | None
    grants: tuple[Grant, ...]
    scope: Scope

    def scope_of(self, *permissions: Permission) -> Scope:
        """The areas where at least one of the caller's grants carries one of these rights."""
        return Scope.of(g.area_id for g in self.grants for p in permissions if holds(g.role, g.head, p))

    def tells_all(self, *permissions: Permission) -> Scope:
        """The areas where the caller is told small counts too, of what one of these rights shows."""
        grants = [g for g in self.grants if g.role not in SMALL_COUNTS_HIDDEN]
        return Scope.of(g.area_id for g in grants for p in permissions if holds(g.role, g.head, p))

    def has(self, *permissions: Permission) -> bool:
        """Does any grant, anywhere, carry one of these rights?"""
        return any(holds(g.role, g.head, p) for g in self.grants for p in permissions)

    def permissions(self) -> list[Permission]:
        return [p for p in Permission if self.has(p)]


def narrowed(actor: Actor, *permissions: Permission) -> Actor:
    """The same caller, with the scope of (any of) these rights. Raises PermissionDenied naming them."""
    if not actor.has(*permissions):
        names = " | ".join(permissions)
        raise PermissionDenied(
            f"Việc này cần quyền {names}. Hãy hỏi cán bộ quản trị nếu bạn cần quyền đó.",
            f"This needs the permission {names}.",
            permission=permissions[0].value,
        )
    return Actor(**(actor.__dict__ | {"scope": actor.scope_of(*permissions)}))


def allow(*permissions: Permission) -> Any:
    """The door of a route: `actor: Annotated[Actor, allow(Permission.households_read)]`.

    401 without a sign-in, 403 without (any of) the rights; otherwise the actor, scoped to where they hold.
    """
    from api.accounts.signed_in import signed_in  # here: signed_in needs Actor

    # async, for it waits for nothing: a plain function would take a thread of its own, 0.15 ms of every request
    async def door(actor: Annotated[Actor, Depends(signed_in)]) -> Actor:
        return narrowed(actor, *permissions)

    door.permissions = permissions  # type: ignore[attr-defined]  # read by the tests and by the OpenAPI page
    return Depends(door)


def allow_briefly(*permissions: Permission) -> Any:
    """Like `allow`, in a transaction that has ended before the route runs: for a route that waits for a slow body."""
    from api.accounts.signed_in import signed_in_briefly  # here: signed_in needs Actor

    async def door(actor: Annotated[Actor, Depends(signed_in_briefly)]) -> Actor:
        return narrowed(actor, *permissions)

    door.permissions = permissions  # type: ignore[attr-defined]  # as above
    return Depends(door)


Door = Callable[..., Actor]
