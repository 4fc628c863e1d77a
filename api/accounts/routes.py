"""Signing in and out, and who I am; the accounts are in user_routes.py."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form

from api.accounts import queries, sessions
from api.accounts.actor import Actor
from api.accounts.installation import CallerAddress, SignInDoor
from api.accounts.schemas import Me, RefreshIn, TokenForm, TokensOut
from api.accounts.signed_in import signed_in
from api.db import Db
from api.openapi import example, problems

router = APIRouter()

SignedIn = Annotated[Actor, Depends(signed_in)]

_TOKENS = {
    "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJnaWFtbmdoZW8ifQ.c2lnbmF0dXJl",
    "refresh_token": "0b9d7a52-3c59-4f3c-8a8e-2f0d1f6c9b11.1.3q2-7w",
    "token_type": "bearer",
    "expires_in": 1800,
}


@router.post(
    "/auth/token",
    tags=["auth"],
    operation_id="sign_in",
    summary="Đăng nhập",
    responses=problems("not-signed-in", "device-revoked", "too-many-attempts") | example(_TOKENS),
)
def create_token(form: Annotated[TokenForm, Form()], door: SignInDoor, address: CallerAddress) -> TokensOut:
    """Signs in with name and password (OAuth2 password form). Anybody may try.

    `client_id` may carry the tablet's id: the session is then bound to it, and ends with it. Wrong name, wrong
    password and disabled account get the same answer; too many failures of an account or an address 429 with
    `Retry-After`.
    """
    return sessions.sign_in(door, form.username, form.password, form.client_id, address)


@router.post(
    "/auth/refresh",
    tags=["auth"],
    operation_id="refresh_token",
    summary="Gia hạn phiên đăng nhập",
    responses=problems("not-signed-in", "device-revoked") | example(_TOKENS),
)
def refresh_token(body: RefreshIn, door: SignInDoor) -> TokensOut:
    """The next pair of tokens for a refresh token. Whoever holds it may ask.

    Sent again because the answer was lost, it gives the same successor again. An older token ends the session: two
    parties hold it.
    """
    return sessions.refresh(door, body.refresh_token)


@router.get("/me", tags=["auth"], operation_id="read_me", summary="Tôi là ai, được làm gì")
def read_me(actor: SignedIn, db: Db) -> Me:
    """The caller: name, grants with their areas, permissions, tablet. Anybody who is signed in."""
    return queries.me(db, actor)
