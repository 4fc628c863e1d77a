"""How a tablet is brought up to date: pages of the feed, each stored together with the cursor it came with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mobile_sync.tablet_line import Line, Refused
from mobile_sync.tablet_storage import Storage

_PAGE = 500


@dataclass
class Pulled:
    """What a pull brought."""

    pages: int = 0
    put: int = 0
    removed: int = 0
    resynced: bool = False


def pull(storage: Storage, line: Line) -> Pulled:
    """Brings the tablet up to date; after a restore of the server, or other areas, from the start again."""
    result = Pulled()
    for page in _pages(storage, line, result):
        life = int(storage.setting("life") or 0)
        with storage.transaction():
            for change in page["changes"]:
                _take(storage, change, life, result)
            if storage.setting("first_sync") and not page["more"]:
                storage.remove_before(life)
                storage.set("first_sync", None)
            if not page["more"]:
                storage.settle()
            storage.set("cursor", page["cursor"])
        result.pages += 1
    return result


def _pages(storage: Storage, line: Line, result: Pulled) -> Iterator[dict[str, Any]]:
    more = True
    while more:
        cursor = storage.setting("cursor")
        if cursor is None and not storage.setting("first_sync"):
            _start_again(storage)
        query = {"limit": str(_PAGE)} | ({"cursor": cursor} if cursor else {})
        try:
            page = line.call("GET", "/sync/v1/changes", params=query).json()
        except Refused as refused:
            if refused.slug != "resync-required" or cursor is None:
                raise
            result.resynced = True
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
