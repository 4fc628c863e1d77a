"""Signing in and out, and who I am; the accounts are in user_routes.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query

from api.accounts import examples, passwords, queries, sessions
from api.accounts.installation import CallerAddress, SignInDoor
from api.accounts.schemas import Me, PasswordChange, RefreshIn, TokenForm, TokensOut
from api.accounts.signed_in import SignedIn
from api.accounts.user_routes import router as users
from api.db import Db
from api.openapi import example, problems
from api.query_names import known_query

router = APIRouter()


@router.post(
    "/auth/token",
    tags=["auth"],
    operation_id="sign_in",
    dependencies=[Depends(known_query)],
    summary="Đăng nhập",
    responses=problems("not-signed-in", "device-revoked", "too-many-attempts") | example(examples.TOKENS),
)
def create_token(form: Annotated[TokenForm, Form()], door: SignInDoor, address: CallerAddress) -> TokensOut:
    """Signs in with name and password (OAuth2 password form). Anybody may try.

    `client_id` may carry the tablet's id: the session is then bound to it, and ends with it. Wrong name and wrong
    password get the same answer (that an account is disabled is told after its password only); too many failures of
    an account or an address 429 with `Retry-After`.
    """
    return sessions.sign_in(door, form.username, form.password, form.client_id, address)


@router.post(
    "/auth/refresh",
    tags=["auth"],
    operation_id="refresh_token",
    dependencies=[Depends(known_query)],
    summary="Gia hạn phiên đăng nhập",
    responses=problems("not-signed-in", "device-revoked") | example(examples.TOKENS),
)
def refresh_token(body: RefreshIn, door: SignInDoor) -> TokensOut:
    """The next pair of tokens for a refresh token. Whoever holds it may ask.

    Sent again because the answer was lost, it gives the same successor again. An older token ends the session: two
    parties hold it.
    """
    return sessions.refresh(door, body.refresh_token)


@router.post(
    "/auth/sign-out",
    tags=["auth"],
    operation_id="sign_out",
    summary="Đăng xuất",
    status_code=204,
)
def sign_out(
    actor: SignedIn,
    db: Db,
    every: Annotated[bool, Query(alias="all", description="End all my sessions, everywhere.")] = False,
) -> None:
    """Ends the session of this token, at once; with `all=true` every session of the caller."""
    sessions.sign_out(db, actor, every)


@router.get(
    "/me",
    tags=["auth"],
    operation_id="read_me",
    summary="Tôi là ai, được làm gì",
    responses=example(examples.ME),
)
def read_me(actor: SignedIn, db: Db) -> Me:
    """The caller: name, grants with their areas, permissions, tablet. Anybody who is signed in."""
    return queries.me(db, actor)


@router.post(
    "/me/password",
    tags=["auth"],
    operation_id="change_my_password",
    summary="Đổi mật khẩu của tôi",
    status_code=204,
    responses=problems("invalid", "too-many-attempts"),
)
def change_my_password(body: PasswordChange, actor: SignedIn, db: Db, door: SignInDoor, address: CallerAddress) -> None:
    """A new password for the caller, who names the present one. Ends the caller's other sessions.

    10 to 200 characters; not a common one, and not with the username in it.
    """
    passwords.change_password(db, actor, door, address, body)


router.include_router(users)
