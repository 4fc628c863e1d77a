"""What the routes of this folder take out of the running application."""

from typing import Annotated

from fastapi import Depends, Request

from api.accounts.addresses import caller_address
from api.accounts.attempts import Limits
from api.accounts.sessions import Door


def _door(request: Request) -> Door:
    state, settings = request.app.state, request.app.state.settings
    return Door(
        engine=state.engine,
        tokens=state.tokens,
        access_seconds=settings.access_token_seconds,
        refresh_days=settings.refresh_days,
        grace_seconds=settings.refresh_grace_seconds,
        limits=Limits(
            window_seconds=settings.sign_in_window_seconds,
            account_address=settings.sign_in_account_address_failures,
            account=settings.sign_in_account_failures,
            address=settings.sign_in_address_failures,
        ),
    )


def _address(request: Request) -> str:
    peer = request.client.host if request.client else None
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    return caller_address(peer, forwarded, request.app.state.settings.trusted_proxies)


SignInDoor = Annotated[Door, Depends(_door)]
CallerAddress = Annotated[str, Depends(_address)]
