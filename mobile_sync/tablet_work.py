"""What lies on a tablet: a piece of work with what the server said about it, and a record as the surveyor sees it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

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

    @property
    def created_as(self) -> int:
        """The version that a record made here has on the server; 0 where this is not its creation, or not in force."""
        if self.base_version is not None or self.outcome not in STANDING:
            return 0
        result = (self.told or {}).get("result") or {}
        # of a household that was merged away the version of the one that stands for it is told
        return 1 if self.entity == "household" and "merged_into" in result else self.version or 0


@dataclass(frozen=True)
class Record:
    """A record as the surveyor sees it: what was pulled, with the work that is not yet part of it."""

    id: str
    entity: str
    version: int | None
    data: dict[str, Any]


def screening_of(request_id: str) -> str:
    """The id of the result of Phiếu A of a request, which has one: whoever writes it down writes the same record."""
    return str(uuid5(UUID(request_id), "screening"))
