"""From a bearer token to an Actor, in one statement: ended sessions, revoked tablets, changed grants work at once."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import Date, Engine, Uuid, and_, bindparam, select, update
from sqlmodel import Session, col

from api import clock, sql
from api.accounts.actor import Actor, Grant
from api.accounts.permissions import Role
from api.accounts.tables import Account, AccountGrant, Device, SignIn
from api.areas.scope import Scope, valid_on
from api.db import Db, short_unit_of_work
from api.problems import DeviceRevoked, NotSignedIn
from api.query_names import known_query
from api.security import AccessToken

_bearer = OAuth2PasswordBearer("/api/v1/auth/token", refreshUrl="/api/v1/auth/refresh", auto_error=False)


def signed_in(request: Request, token: Annotated[str | None, Depends(_bearer)], db: Db) -> Actor:
    """The caller. Raises NotSignedIn without a valid token, DeviceRevoked where the session's tablet is revoked,
    Invalid for a query parameter that the operation does not have: said to those who are signed in only."""
    read = request.app.state.tokens.read_access(token, clock.now()) if token else None
    if read is None:
        raise NotSignedIn()
    actor = actor_of(db, read)
    request.state.actor = actor
    known_query(request)
    return actor


def signed_in_briefly(request: Request, token: Annotated[str | None, Depends(_bearer)]) -> Actor:
    """The caller, like `signed_in`; no transaction stays open behind it."""
    with short_unit_of_work(request) as session:
        return signed_in(request, token, session)


# For what is open to everybody who is signed in: their own account, the table of roles.
SignedIn = Annotated[Actor, Depends(signed_in)]


# Columns, not rows of classes: every request asks this, and four of those cost it 2 ms.
_CALLER: Any = (
    select(
        col(Account.id).label("account_id"),
        col(Account.username),
        col(Account.full_name),
        col(Account.disabled_at),
        col(SignIn.device_id),
        col(SignIn.ended_at),
        col(SignIn.expires_at),
        col(SignIn.seen_generation),
        col(Device.revoked_at),
        col(AccountGrant.role),
        col(AccountGrant.area_id),
        col(AccountGrant.head),
    )
    .join_from(SignIn, Account, col(Account.id) == col(SignIn.account_id))
    .outerjoin(Device, col(Device.id) == col(SignIn.device_id))
    .outerjoin(
        AccountGrant,
        and_(col(AccountGrant.account_id) == col(Account.id), valid_on(AccountGrant, bindparam("day", type_=Date))),
    )
    .where(col(SignIn.id) == bindparam("signed_in", type_=Uuid))
)


def actor_of(session: Session, token: AccessToken) -> Actor:
    """Reads session, account, tablet and today's grants in one statement."""
    rows = sql.fetch(session, _CALLER, signed_in=token.session_id, day=clock.today())
    if not rows:
        raise NotSignedIn()
    caller = rows[0]
    if caller.revoked_at is not None:
        raise DeviceRevoked(
            "Máy này đã bị thu hồi. Phiếu chưa gửi vẫn còn trên máy; hãy mang máy tới cán bộ xã.",
            "This tablet has been revoked. What it has not sent is still on it: bring it to the commune officer.",
        )
    gone = caller.ended_at or caller.disabled_at or caller.account_id != token.account_id
    if gone or caller.expires_at <= clock.now():
        raise NotSignedIn()
    if caller.seen_generation < token.generation:
        _note_seen(session, token)
    return Actor(
        account_id=caller.account_id,
        username=caller.username,
        full_name=caller.full_name,
        session_id=token.session_id,
        device_id=caller.device_id,
        grants=tuple(Grant(Role(row.role), row.area_id, row.head) for row in rows if row.role is not None),
        scope=Scope.of(()),
    )


def _note_seen(session: Session, token: AccessToken) -> None:
    """The client holds the tokens of this generation: from now on the one before is a stolen one.

    In a transaction of its own. The request may be a batch that takes its time, and a refresh on the same session
    must not wait for it; and what was shown was shown, also where the request is refused.
    """
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    with Session(bind) as own, own.begin():
        unlocked = select(col(SignIn.id)).where(col(SignIn.id) == token.session_id)
        own.execute(
            update(SignIn)
            .where(col(SignIn.id).in_(unlocked.with_for_update(skip_locked=True)))
            .where(col(SignIn.seen_generation) < token.generation)
            .values(seen_generation=token.generation)
        )
