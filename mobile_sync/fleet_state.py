"""How a tablet is: fine, silent, stuck or revoked. SQL expressions, for the officer's list and for the monitoring."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, literal, null, or_
from sqlalchemy.dialects.postgresql import INTERVAL, TIMESTAMP

from api.accounts.tables import Device
from mobile_sync.tables import OutcomeKind, StuckBecause, SyncSubmission, TabletState

device = Device.__table__.c  # type: ignore[attr-defined]
_sent = SyncSubmission.__table__.c  # type: ignore[attr-defined]

_NOT_IN_FORCE = (OutcomeKind.conflict, OutcomeKind.held, OutcomeKind.rejected, OutcomeKind.quarantined)

# More than one full sync within it is a tablet that goes in circles.
_CIRCLE = timedelta(days=1)
# A clock that is wrong by more than this makes `recorded_at` a puzzle for whoever reads it.
WRONG_CLOCK_SECONDS = 300


@dataclass(frozen=True)
class Patience:
    """After how many days without contact a tablet is silent, and with unsent work of how many days it is stuck."""

    silent_days: int
    stuck_days: int


def heard_at() -> ColumnElement[datetime]:
    """When the tablet was last heard of; an enrolment counts."""
    return func.greatest(device.enrolled_at, device.last_contact_at)


def unsent_since() -> ColumnElement[Any]:
    """Since when the oldest unsent work waits, by the server's clock; null where nothing waits."""
    fast = func.make_interval(0, 0, 0, 0, 0, 0, func.coalesce(device.clock_skew_seconds, 0), type_=INTERVAL)
    return case((device.pending == 0, null()), else_=device.oldest_pending_at - fast)


def reasons(now: datetime, patience: Patience) -> dict[StuckBecause, ColumnElement[bool]]:
    """What keeps a tablet's work from getting through, each as a condition that is never null."""
    old = unsent_since() < now - timedelta(days=patience.stuck_days)
    return {
        StuckBecause.old_work: func.coalesce(old, False),
        StuckBecause.first_syncs: func.coalesce(device.first_sync_before_at > now - _CIRCLE, False),
        StuckBecause.refused: device.refused_at.is_not(None),
    }


def state(now: datetime, patience: Patience) -> ColumnElement[str]:
    """A TabletState."""
    silent = heard_at() < now - timedelta(days=patience.silent_days)
    return case(
        (device.revoked_at.is_not(None), cast(literal(TabletState.revoked.value), Text)),
        (silent, TabletState.silent.value),
        (or_(*reasons(now, patience).values()), TabletState.stuck.value),
        else_=TabletState.fine.value,
    )


def unread(of: Any, patience: Patience) -> ColumnElement[bool]:
    """Is the submission the tablet's, not in force, and has the tablet not asked for outcomes since that was decided,
    though it was in contact so many days later? `of`: the columns of the tablet.

    The receipt has told it, but a client that takes a 200 for success does not look into it: only who asks has read.
    What a revoked one did not ask for it cannot ask for any more.
    """
    never = cast(literal("-infinity"), TIMESTAMP(timezone=True))
    return and_(
        of.revoked_at.is_(None),
        _sent.device_id == of.id,
        _sent.outcome.in_([kind.value for kind in _NOT_IN_FORCE]),
        _sent.decided_at > func.coalesce(of.outcomes_asked_at, never),
        _sent.decided_at <= of.last_contact_at - timedelta(days=patience.stuck_days),
    )
