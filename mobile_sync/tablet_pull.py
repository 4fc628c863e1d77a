"""How a tablet is brought up to date: pages of the feed, each stored together with the cursor it came with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mobile_sync.tablet_line import Line, Refused, Unreachable
from mobile_sync.tablet_storage import Storage

_PAGE = 500
# a line that breaks within every large page still carries small ones
_SMALLEST_PAGE = 20


# What a pull tells of the tablet: pending, oldest_pending_at
Waiting = Callable[[], dict[str, Any]]


@dataclass
class Pulled:
    """What a pull brought."""

    pages: int = 0
    put: int = 0
    removed: int = 0
    resynced: bool = False


def pull(storage: Storage, line: Line, waiting: Waiting) -> Pulled:
    """Brings the tablet up to date; after a restore of the server, or other areas, from the start again.

    What waits in the outbox is told with every page: a tablet whose pushes fail is heard of nevertheless.
    """
    result = Pulled()
    for page in _pages(storage, line, result, waiting):
        life = int(storage.setting("life") or 0)
        with storage.transaction():
            storage.heard(page["epoch"])
            for change in page["changes"]:
                _take(storage, change, life, result)
            if storage.setting("first_sync") and not page["more"]:
                storage.remove_before(life)
                storage.set("first_sync", None)
            storage.set("cursor", page["cursor"])
            if not page["more"]:
                storage.mark_pulled()
        result.pages += 1
    return result


def _pages(storage: Storage, line: Line, result: Pulled, waiting: Waiting) -> Iterator[dict[str, Any]]:
    more, limit = True, _PAGE
    while more:
        cursor = storage.setting("cursor")
        if cursor is None and not storage.setting("first_sync"):
            _start_again(storage)
        said = {"limit": limit, "cursor": cursor, **waiting()}
        query = {name: value for name, value in said.items() if value is not None}
        try:
            page = line.call("GET", "/sync/v1/changes", params=query).json()
        except Unreachable as gone:
            if limit <= _SMALLEST_PAGE or gone.retry_after:
                raise
            limit = max(_SMALLEST_PAGE, limit // 4)
            continue
        except Refused as refused:
            if refused.slug != "resync-required" or cursor is None:
                raise
            result.resynced = True
            with storage.transaction():
                storage.doubt()
                _start_again(storage)
            continue
        yield page
        more = page["more"]


def _start_again(storage: Storage) -> None:
    # Nothing is thrown away: what the new first sync does not bring is removed at its end; the outbox stays.
    with storage.transaction():
        storage.set("life", str(int(storage.setting("life") or 0) + 1))
        storage.set("first_sync", "1")
        storage.set("cursor", None)


def _take(storage: Storage, change: dict[str, Any], life: int, result: Pulled) -> None:
    if change["op"] == "remove":
        storage.remove(change["id"])
        result.removed += 1
    else:
        storage.put(change["entity"], change["id"], change["version"], change["data"], life, change.get("area_id"))
        result.put += 1
