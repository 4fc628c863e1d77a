"""Failures counted per key in a window, shared by all workers: what guessing passwords and codes runs into."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, text
from sqlmodel import Session

from api import clock, sql
from api.accounts.tables import FailedAttempt
from api.problems import Text, TooManyAttempts

_failed = FailedAttempt.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Limits:
    """How many failures within `window_seconds`: of one account from one address, of one account, of one address."""

    window_seconds: int
    account_address: int
    account: int
    address: int


@dataclass(frozen=True)
class Keys:
    """What a sign-in is counted under. `username` is any text that was tried: unknown names are counted too."""

    username: str
    address: str

    @property
    def pair(self) -> str:
        return f"pair:{self.username}:{self.address}"

    @property
    def account(self) -> str:
        return f"account:{self.username}"

    def limits(self, limits: Limits) -> dict[str, int]:
        return {
            self.account: limits.account,
            f"address:{self.address}": limits.address,
            self.pair: limits.account_address,
        }


def one_at_a_time(session: Session, key: str) -> None:
    """Guesses at one account wait for each other: a hundred sent at once get no more tries than one after another."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


# What the refusal says; {minutes} is filled in.
WRONG_PASSWORDS = Text(
    "Đã sai quá nhiều lần. Hãy chờ {minutes} phút rồi thử lại, hoặc nhờ cán bộ quản trị đặt lại mật khẩu.",
    "Too many failures. Wait {minutes} minutes, or ask an administrator to reset the password.",
)
WRONG_CODES = Text(
    "Đã nhập sai mã đăng ký quá nhiều lần. Hãy chờ {minutes} phút rồi nhập lại mã do cán bộ xã cấp.",
    "Too many wrong enrolment codes. Wait {minutes} minutes, then type the commune officer's code again.",
)


def refuse_when_too_many(
    session: Session, limits: Mapping[str, int], window_seconds: int, words: Text = WRONG_PASSWORDS
) -> None:
    """Raises TooManyAttempts, with Retry-After, where one of the keys has reached its limit in this window."""
    now = clock.now()
    opened = now - timedelta(seconds=window_seconds)
    rows = session.execute(
        select(_failed.c.key, _failed.c.failures, _failed.c.window_start).where(
            _failed.c.key.in_(list(limits)), _failed.c.window_start > opened
        )
    ).all()
    waits = [(row.window_start - opened).total_seconds() for row in rows if row.failures >= limits[row.key]]
    if waits:
        seconds = max(1, int(max(waits)) + 1)
        minutes = -(-seconds // 60)
        raise TooManyAttempts(
            words.vi.format(minutes=minutes),
            words.en.format(minutes=minutes),
            headers={"Retry-After": str(seconds)},
            retry_after=seconds,
        )


def count(session: Session, keys: list[str], window_seconds: int) -> None:
    """One failure more for each key; a window that has passed starts anew."""
    now = clock.now()
    bound = {"keys": sorted(keys), "now": now, "opened": now - timedelta(seconds=window_seconds)}
    session.execute(sql.load("api/accounts/sql/count_failures.sql"), bound)
    # what nobody has tried for a day is forgotten; rows that somebody else is counting are left alone
    session.execute(text(_FORGET), {"before": now - timedelta(seconds=max(window_seconds, 86_400))})


def forget(session: Session, keys: list[str]) -> None:
    """A success: the account and the pair start from nothing again. The address does not, others guess from it too."""
    session.execute(delete(FailedAttempt).where(_failed.c.key.in_(keys)))


def forget_account(session: Session, username: str) -> None:
    """The account may be tried again from everywhere: its password is a new one, which nobody has guessed at yet."""
    keys = Keys(username, "")
    its_pairs = _failed.c.key.startswith(keys.pair, autoescape=True)
    session.execute(delete(FailedAttempt).where(or_(_failed.c.key == keys.account, its_pairs)))


_FORGET = """
    DELETE FROM failed_attempt WHERE key IN (
        SELECT key FROM failed_attempt WHERE window_start < :before LIMIT 100 FOR UPDATE SKIP LOCKED
    )
"""
