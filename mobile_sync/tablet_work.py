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
    def merged_into(self) -> str | None:
        """The household that stands for this one today: the version told is of that one."""
        return ((self.told or {}).get("result") or {}).get("merged_into")


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
