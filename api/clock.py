"""The commune's clock: now and today in Viet Nam. Replaceable in tests, so that a year can be played in a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")

_frozen: datetime | None = None


def now() -> datetime:
    """This moment, with the offset of Viet Nam (+07:00)."""
    return _frozen or datetime.now(VIET_NAM)


def today() -> date:
    """The calendar day in Viet Nam: a decision of 00:30 in Hà Nội is not yesterday's because a server runs in UTC."""
    return now().date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside the block the clock stands still at `moment` (tests and the demo's past rounds)."""
    global _frozen
    before, _frozen = _frozen, moment.astimezone(VIET_NAM)
    try:
        yield
    finally:
        _frozen = before
