"""What lies on a tablet: a piece of work with what the server said about it, and a record as the surveyor sees it."""

from dataclasses import dataclass
from typing import Any

STANDING = ("applied", "merged")
WAITING = (None, "held", "quarantined")


@dataclass(frozen=True)
class Work:
    """One thing done on the tablet, and what the server said about it (None: nothing yet)."""

    seq: int
    submission_id: str
    entity: str
    record_id: str
    base_version: int | None
    recorded_at: str
    data: dict[str, Any]
    sealed: bool
    outcome: str | None
    version: int | None
    told: dict[str, Any] | None
    due: bool  # to be sent: no receipt of the server's present epoch names it


@dataclass(frozen=True)
class Record:
    """A record as the surveyor sees it: what was pulled, with the work that is not yet part of it."""

    id: str
    entity: str
    version: int | None
    data: dict[str, Any]
