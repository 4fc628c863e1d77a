"""New passwords: judged by the rules, made where none is given, changed by their owner."""

import secrets
from functools import cache
from importlib.resources import files

from sqlalchemy import select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts import attempts
from api.accounts.actor import Actor
from api.accounts.attempts import Keys
from api.accounts.password_rules import faults, plain
from api.accounts.schemas import PasswordChange
from api.accounts.sessions import Door, end_sessions
from api.accounts.tables import Account
from api.problems import FieldError, Invalid
from api.security import hash_password, password_matches

_account = Account.__table__  # type: ignore[attr-defined]

# Without the letters that look alike: it is read from paper or a screen and typed into a tablet.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def generated() -> str:
    """Four groups of four letters: nobody guesses it, everybody can type it (79 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def hashed(password: str, username: str, pointer: str = "#/password") -> str:
    """The hash of a new password. Raises Invalid, naming `pointer`, where it breaks a rule."""
    found = faults(password, username, _common())
    if found:
        raise Invalid(
            found[0].vi,
            found[0].en,
            errors=tuple(FieldError(pointer, fault.code, fault.vi, fault.en) for fault in found),
        )
    return hash_password(password)


def change_password(session: Session, actor: Actor, door: Door, address: str, change: PasswordChange) -> None:
    """The caller's own new password; ends their other sessions. Raises Invalid, TooManyAttempts.

    The old one is asked for, and guesses at it are counted like guesses at the door: a tablet left lying
    unlocked is not yet a stolen account.
    """
    _prove(door, actor, address, change.old_password)
    now = clock.now()
    session.execute(
        update(_account)
        .where(_account.c.id == actor.account_id)
        .values(
            password_hash=hashed(change.new_password, actor.username, "#/new_password"),
            password_changed_at=now,
            updated_at=now,
            version=_account.c.version + 1,
        )
    )
    ended = end_sessions(session, actor.account_id, "password-changed", but=actor.session_id)
    audit.record(session, actor, "accounts.change-password", "account", [actor.account_id], ended_sessions=len(ended))


def _prove(door: Door, actor: Actor, address: str, password: str) -> None:
    # in a transaction of its own, because the refusal would take the counted failure back
    limits = Keys(actor.username, address).limits(door.limits)
    with Session(door.engine) as session, session.begin():
        attempts.one_at_a_time(session, Keys(actor.username, address).account)
        attempts.refuse_when_too_many(session, limits, door.limits.window_seconds)
        stored = session.execute(select(_account.c.password_hash).where(_account.c.id == actor.account_id)).scalar_one()
        right = password_matches(password, stored)
        if not right:
            attempts.count(session, list(limits), door.limits.window_seconds)
            audit.record(session, actor, "accounts.refuse-password", "account", [actor.account_id], address=address)
    if not right:
        vi, en = "Mật khẩu hiện tại không đúng.", "The present password is wrong."
        raise Invalid(vi, en, errors=(FieldError("#/old_password", "password_wrong", vi, en),))


@cache
def _common() -> frozenset[str]:
    lines = files("api.accounts").joinpath("data/common-passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(plain(line) for line in lines if line and not line.startswith("#"))
