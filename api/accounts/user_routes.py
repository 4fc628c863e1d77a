"""Accounts, their grants and the table of roles over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from api.accounts import commands, examples, queries
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission, Role
from api.accounts.schemas import GrantEnd, GrantIn, Roles, UserIn, UserOut, UserPage, UserPatch, UserWithPassword
from api.accounts.signed_in import SignedIn
from api.db import Db
from api.etag import ReadVersion, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Line120

router = APIRouter(tags=["accounts"])

Admin = Annotated[Actor, allow(Permission.accounts_write)]

_REFUSALS = ("not-found", "permission-denied", "conflict")


@router.get("/roles", operation_id="list_roles", summary="Bảng vai trò và quyền", responses=example(examples.ROLES))
def list_roles(_actor: SignedIn) -> Roles:
    """Every role: on which levels it lies, what it may do, and on what basis. Anybody who is signed in."""
    return queries.roles()


@router.get(
    "/users",
    operation_id="list_users",
    summary="Danh sách người dùng",
    responses=problems("invalid-cursor") | example({"items": [examples.USER], "next_cursor": None}),
)
def list_users(
    actor: Admin,
    db: Db,
    q: Annotated[Line120 | None, Query(description="Part of a name or username, tones or not.")] = None,
    role: Annotated[Role | None, Query(description="Only who holds this role today.")] = None,
    area_id: Annotated[UUID | None, Query(description="Only who holds a grant on this area today.")] = None,
    disabled: Annotated[bool | None, Query(description="Only disabled accounts, or only the others.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> UserPage:
    """The accounts of the administrator's areas, by username; with `q`, exact tones first."""
    found = queries.Filter(q=q, role=role, area_id=area_id, disabled=disabled)
    return queries.users(db, actor, found, limit=limit, cursor=cursor)


@router.post(
    "/users",
    operation_id="add_user",
    summary="Thêm người dùng",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused")
    | example(examples.USER | {"password": "k7mq-3xwd-9fhr-p2ta"}, status=201),
)
def add_user(
    body: Annotated[UserIn, Body(openapi_examples={"surveyor": {"value": examples.NEW_USER}})],
    actor: Admin,
    db: Db,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> UserWithPassword:
    """A new account with its grants, inside the administrator's areas. Without a password one is made and told once.

    With a client-made `id` or an `Idempotency-Key` a repeated request adds nothing: it answers with the same account,
    without the password, which is told once only.
    """
    return tagged(response, commands.add_user(db, actor, body, idempotency_key))


@router.get(
    "/users/{user_id}",
    operation_id="read_user",
    summary="Một người dùng",
    responses=problems("not-found") | example(examples.USER),
)
def read_user(user_id: UUID, actor: Admin, db: Db, response: Response) -> UserOut:
    """One account with all grants there ever were, and its ETag; 404 outside of the administrator's areas."""
    return tagged(response, queries.read_user(db, actor, user_id))


@router.patch(
    "/users/{user_id}",
    operation_id="change_user",
    summary="Sửa, khoá, mở khoá, đặt lại mật khẩu",
    responses=problems(*_REFUSALS, "stale-version", "version-required")
    | example(examples.USER | {"version": 2, "password": None}),
)
def change_user(
    user_id: UUID,
    body: Annotated[UserPatch, Body(openapi_examples={"disable": {"value": {"disabled": True}}})],
    actor: Admin,
    db: Db,
    response: Response,
    version: ReadVersion,
) -> UserWithPassword:
    """Changes the fields that are sent, on the version named by `If-Match`.

    Disabling and a new password end every session of the account. Nobody changes their own account here, nor one
    that also holds rights outside of the administrator's areas.
    """
    return tagged(response, commands.change_user(db, actor, user_id, version, body))


@router.post(
    "/users/{user_id}/grants",
    operation_id="grant_role",
    summary="Giao vai trò ở một đơn vị",
    status_code=201,
    responses=problems(*_REFUSALS, "already-exists") | example(examples.USER | {"version": 2}, status=201),
)
def grant_role(
    user_id: UUID,
    body: Annotated[GrantIn, Body(openapi_examples={"surveyor": {"value": examples.NEW_USER["grants"][0]}})],
    actor: Admin,
    db: Db,
    response: Response,
) -> UserOut:
    """One more role in an area of the administrator's own; works at the user's next request."""
    return tagged(response, commands.grant_role(db, actor, user_id, body))


@router.post(
    "/users/{user_id}/grants/{grant_id}/end",
    operation_id="end_role",
    summary="Thôi giao vai trò",
    responses=problems(*_REFUSALS) | example(examples.USER | {"version": 3}),
)
def end_role(
    user_id: UUID,
    grant_id: UUID,
    actor: Admin,
    db: Db,
    response: Response,
    body: Annotated[GrantEnd, Body(openapi_examples={"later": {"value": {"last_day": "2026-12-31"}}})] = GrantEnd(),
) -> UserOut:
    """Ends a grant at once (without a body), or after `last_day`. Ended already: nothing changes."""
    return tagged(response, commands.end_role(db, actor, user_id, grant_id, body.last_day))
