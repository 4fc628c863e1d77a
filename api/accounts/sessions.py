"""Signing in, refreshing, signing out: the only verbs that nobody signed in calls.

Each runs in one transaction of its own, committed whatever the answer: a refusal leaves traces (a failure counted,
a session ended, a line in the log), and the request's transaction would take them back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts import attempts
from api.accounts.actor import Actor
from api.accounts.attempts import Keys, Limits
from api.accounts.password_rules import normalised
from api.accounts.schemas import TokensOut
from api.accounts.tables import Account, Device, SignIn
from api.accounts.usernames import known_form
from api.problems import DeviceRevoked, NotSignedIn, Problem
from api.security import AccessToken, Tokens, password_matches

_account = Account.__table__  # type: ignore[attr-defined]
_device = Device.__table__  # type: ignore[attr-defined]
_sign_in = SignIn.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Door:
    """What signing in needs of the installation: keys, lifetimes, limits."""

    engine: Engine
    tokens: Tokens
    access_seconds: int
    refresh_days: int
    grace_seconds: int
    limits: Limits


@dataclass(frozen=True)
class _Caller:
    """Whom the log names where nobody is signed in: the account that was tried, known or not."""

    username: str
    account_id: UUID | None = None
    device_id: UUID | None = None


def sign_in(door: Door, username: str, password: str, device_id: UUID | None, address: str) -> TokensOut:
    """A new session. Raises NotSignedIn (one answer for every reason, unless the password was right), TooManyAttempts,
    DeviceRevoked."""
    name = known_form(username)
    with Session(door.engine) as session, session.begin():
        answer = _sign_in_or_refusal(session, door, Keys(name or "?", address), password, device_id)
    return _raised(answer)


def refresh(door: Door, token: str) -> TokensOut:
    """The next pair of tokens. Raises NotSignedIn, DeviceRevoked.

    The token of the generation before is good again as long as the client has not been seen to hold the current
    one (the answer was lost on the road), or within the grace time; later it is stolen goods, and ends the session.
    """
    read = door.tokens.read_refresh(token)
    if read is None:
        raise NotSignedIn()
    with Session(door.engine) as session, session.begin():
        answer = _refreshed_or_refusal(session, door, *read)
    return _raised(answer)


def _sign_in_or_refusal(
    session: Session, door: Door, keys: Keys, password: str, device_id: UUID | None
) -> TokensOut | Problem:
    limits = keys.limits(door.limits)
    attempts.one_at_a_time(session, keys.account)
    attempts.refuse_when_too_many(session, limits, door.limits.window_seconds)
    account = session.execute(select(_account).where(_account.c.username == keys.username)).one_or_none()
    # always hashed, also for a name that nobody has: the time taken tells nothing
    right = password_matches(normalised(password), account.password_hash if account else None)
    if account is None or not right or account.disabled_at:
        attempts.count(session, list(limits), door.limits.window_seconds)
        _note_refusal(session, keys, account, right)
        return _refusal(disabled=right and account is not None)
    device = _device_named(session, device_id, account.id)
    if device is not None and device.revoked_at:
        audit.record(session, _Caller(account.username, account.id, device.id), "auth.refuse-device", "device")
        return _revoked()
    attempts.forget(session, [keys.account, keys.pair])
    return _new_session(session, door, account, device.id if device else None)


def _refusal(*, disabled: bool) -> NotSignedIn:
    if disabled:
        # whoever knows the password is no stranger, and would else try until the limit
        return NotSignedIn(
            "Tài khoản này đã bị khoá. Hãy liên hệ cán bộ xã.", "This account is disabled. Ask the commune officer."
        )
    return NotSignedIn("Sai tên đăng nhập hoặc mật khẩu.", "Wrong username or password.")


def _note_refusal(session: Session, keys: Keys, account: Any, right: bool) -> None:
    caller = _Caller(keys.username, account.id if account else None)
    why = "unknown" if account is None else "disabled" if right else "password"
    audit.record(session, caller, "auth.refuse", "account", why=why, address=keys.address)


def _device_named(session: Session, device_id: UUID | None, account_id: UUID) -> Any:
    """The tablet, where it is this account's. Somebody else's stays unbound: its batches will be refused."""
    if device_id is None:
        return None
    return session.execute(
        select(_device).where(_device.c.id == device_id, _device.c.account_id == account_id)
    ).one_or_none()


def _new_session(session: Session, door: Door, account: Any, device_id: UUID | None) -> TokensOut:
    now = clock.now()
    row = SignIn(
        id=uuid4(),
        account_id=account.id,
        device_id=device_id,
        rotated_at=now,
        created_at=now,
        expires_at=now + timedelta(days=door.refresh_days),
    )
    session.add(row)
    session.flush()
    audit.record(session, _Caller(account.username, account.id, device_id), "auth.sign-in", "session", [row.id])
    return _tokens(door, AccessToken(account.id, row.id, row.generation), now)


def _refreshed_or_refusal(session: Session, door: Door, session_id: UUID, generation: int) -> TokensOut | Problem:
    row = _locked(session, session_id)
    now = clock.now()
    if row is None or generation > row.generation:
        return NotSignedIn()
    if row.revoked_at is not None:
        return _revoked()
    if row.ended_at or row.disabled_at or row.expires_at <= now:
        return NotSignedIn()
    if generation == row.generation:
        return _rotated(session, door, row, now)
    if generation == row.generation - 1 and _still_good(door, row, now):
        return _tokens(door, AccessToken(row.account_id, session_id, row.generation), now)
    end_sessions(session, row.account_id, why="refresh-token-reused", only=session_id)
    caller = _Caller(row.username, row.account_id, row.device_id)
    audit.record(session, caller, "auth.end-stolen", "session", [session_id], generation=generation)
    return NotSignedIn(
        "Phiên này đã bị đóng vì mã gia hạn cũ được dùng lại. Hãy đăng nhập lại.",
        "This session was ended because an old refresh token was used again. Sign in again.",
    )


def _locked(session: Session, session_id: UUID) -> Any:
    # The lock lets refreshes of one session wait for each other; each then sees what the one before left.
    return session.execute(
        select(_sign_in, _account.c.username, _account.c.disabled_at, _device.c.revoked_at)
        .join(_account, _account.c.id == _sign_in.c.account_id)
        .outerjoin(_device, _device.c.id == _sign_in.c.device_id)
        .where(_sign_in.c.id == session_id)
        .with_for_update(of=_sign_in)
    ).one_or_none()


def _still_good(door: Door, row: Any, now: datetime) -> bool:
    never_seen: bool = row.seen_generation < row.generation
    return never_seen or now - row.rotated_at <= timedelta(seconds=door.grace_seconds)


def _rotated(session: Session, door: Door, row: Any, now: datetime) -> TokensOut:
    following = row.generation + 1
    session.execute(
        update(_sign_in)
        .where(_sign_in.c.id == row.id)
        .values(
            generation=following,
            seen_generation=row.generation,  # they hold the one they showed
            rotated_at=now,
            expires_at=now + timedelta(days=door.refresh_days),
        )
    )
    return _tokens(door, AccessToken(row.account_id, row.id, following), now)


def sign_out(session: Session, actor: Actor, every: bool) -> None:
    """Ends the caller's session, or `every` one they have."""
    ended = end_sessions(session, actor.account_id, "signed-out", only=None if every else actor.session_id)
    audit.record(session, actor, "auth.sign-out", "session", ended, every=every)


def end_sessions(
    session: Session, account_id: UUID, why: str, *, only: UUID | None = None, but: UUID | None = None
) -> list[UUID]:
    """Ends the account's open sessions: all, `only` one, or all `but` one. Gives the ids of those that were ended."""
    query = update(_sign_in).where(_sign_in.c.account_id == account_id, _sign_in.c.ended_at.is_(None))
    if only is not None:
        query = query.where(_sign_in.c.id == only)
    if but is not None:
        query = query.where(_sign_in.c.id != but)
    query = query.values(ended_at=clock.now(), ended_why=why).returning(_sign_in.c.id)
    return list(session.execute(query).scalars())


def _tokens(door: Door, token: AccessToken, now: datetime) -> TokensOut:
    return TokensOut(
        access_token=door.tokens.issue_access(token, now, door.access_seconds),
        refresh_token=door.tokens.refresh(token.session_id, token.generation),
        token_type="bearer",  # noqa: S106  # the kind of token, not one
        expires_in=door.access_seconds,
    )


def _revoked() -> DeviceRevoked:
    return DeviceRevoked(
        "Máy này đã bị thu hồi. Phiếu chưa gửi vẫn còn trên máy; hãy mang máy tới cán bộ xã.",
        "This tablet has been revoked. What it has not sent is still on it: bring it to the commune officer.",
    )


def _raised(answer: TokensOut | Problem) -> TokensOut:
    if isinstance(answer, Problem):
        raise answer
    return answer
