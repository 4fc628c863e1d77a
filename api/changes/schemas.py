"""A page of the feed on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api import clock
from api.changes.feed import Change, FeedPage
from api.schema import Schema


class ChangeOut(Schema):
    """`put`: the record as it is now, in `data`. `remove`: it is gone from these areas, and why (`merged`: `into`)."""

    entity: str
    id: UUID
    version: int
    op: Literal["put", "remove"]
    data: dict[str, Any] | None = Field(default=None, description="With `put`: the fields of the record.")
    area_id: UUID | None = Field(default=None, description="With `put`: the caller's area the record stands in.")
    reason: Literal["left-area", "deleted", "merged"] | None = Field(default=None, description="With `remove`.")
    into: UUID | None = Field(default=None, description="With `merged`: the record that took it over.")


class ChangesOut(Schema):
    """`cursor` goes into the next question; `more`: ask again at once, there is more to come."""

    epoch: UUID
    cursor: str
    more: bool
    server_time: datetime
    changes: list[ChangeOut]


def page_out(page: FeedPage) -> dict[str, Any]:
    """The page as JSON values. Members that do not belong to an operation are left out."""
    return {
        "epoch": str(page.epoch),
        "cursor": page.cursor,
        "more": page.more,
        "server_time": clock.now().isoformat(),
        "changes": [change_out(change) for change in page.changes],
    }


def change_out(change: Change) -> dict[str, Any]:
    """One change as JSON values."""
    said: dict[str, Any] = {
        "entity": change.entity,
        "id": str(change.id),
        "version": change.version,
        "op": str(change.op),
    }
    if change.data is not None:
        return said | {"area_id": str(change.area_id), "data": change.data}
    return said | {"reason": change.reason} | ({"into": str(change.into)} if change.into else {})
