"""How a tablet makes sure that it holds what the server holds: it compares digests, and fetches only what differs.

A record that a failing disk changed no longer fits its checksum. It counts as absent, so that its bucket differs and
is fetched again. The outbox is not touched: what was not sent stays, whatever the records under it were.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mobile_sync import tablet_digests, tablet_pull
from mobile_sync.tablet_digests import Digest
from mobile_sync.tablet_line import Line, Refused
from mobile_sync.tablet_pull import Waiting
from mobile_sync.tablet_storage import Storage

_PAGE = 500
# how often the server may say "pull first" before it is left for another time: somebody writes all the while
_TRIES = 5

Place = tuple[str, int]  # an area, and a bucket of it


@dataclass
class Verified:
    """What a comparison found.

    `repaired`: buckets that were fetched. `differing`: those that differ even then, which fetching again would not
    mend (tell the officer). `busy`: somebody wrote all the while, and it was not (or not again) compared.
    """

    compared: int = 0
    repaired: list[Place] = field(default_factory=list)
    differing: list[Place] = field(default_factory=list)
    put: int = 0
    removed: int = 0
    busy: bool = False


def verify(storage: Storage, line: Line, waiting: Waiting) -> Verified:
    """Pulls, compares and repairs. Raises Unreachable or Refused; what was repaired until then stays repaired."""
    result = Verified()
    for again in (False, True):
        told = _areas(storage, line, waiting)
        if told is None:
            result.busy = True
            break
        differing = _differing(storage, line, told)
        result.compared = len(told)
        if again:
            result.differing = sorted(differing)
            break
        ids = _ids_by_place(storage)
        for place, empty in sorted(differing.items()):
            _mend(storage, line, place, empty, ids.get(place, set()), result)
        _drop_damaged(storage, result)
        if not result.repaired:
            break
    return result


def _areas(storage: Storage, line: Line, waiting: Waiting) -> dict[str, Any] | None:
    """What the server has by area, once the tablet stands where it stands; None where it always moved on."""
    for _ in range(_TRIES):
        tablet_pull.pull(storage, line, waiting)
        try:
            told = _ask(storage, line, "/sync/v1/digests")
        except Refused as refused:
            if refused.slug != "resync-required":
                raise
            continue  # the pull starts again by itself
        if not told["behind"]:
            return {area["area_id"]: area for area in told["areas"]}
    return None


def _differing(storage: Storage, line: Line, server: dict[str, Any]) -> dict[Place, bool]:
    """The buckets that differ; True: the server has nothing there. Asks only for the areas that differ."""
    held = tablet_digests.digests(storage.held())
    found: dict[Place, bool] = {}
    for area_id in sorted(server.keys() | {area for area, _ in held}):
        if _same(tablet_digests.of_area(held, area_id), server.get(area_id)):
            continue
        told = _ask(storage, line, f"/sync/v1/digests/{area_id}")["buckets"] if area_id in server else []
        buckets = {bucket["bucket"]: bucket for bucket in told}
        for bucket in buckets.keys() | {bucket for area, bucket in held if area == area_id}:
            if not _same(held.get((area_id, bucket), Digest()), buckets.get(bucket)):
                found[area_id, bucket] = bucket not in buckets
    return found


def _mend(storage: Storage, line: Line, place: Place, empty: bool, held: set[str], result: Verified) -> None:
    """In one transaction: a tablet that is switched off half-way has the bucket as it was."""
    pages = [{"changes": [], "ids": []}] if empty else list(_pages(storage, line, place))
    life = int(storage.setting("life") or 0)
    with storage.transaction():
        for change in (change for page in pages for change in page["changes"]):
            storage.remove(change["id"])  # its version may be what is damaged: the server's word goes
            storage.put(change["entity"], change["id"], change["version"], change["data"], life, change["area_id"])
            result.put += 1
        for record_id in held - set(pages[0]["ids"]):
            # another bucket, fetched just before, may have brought it where it really stands
            if storage.area_of(record_id) == place[0]:
                storage.remove(record_id)
                result.removed += 1
    result.repaired.append(place)


def _pages(storage: Storage, line: Line, place: Place) -> Iterator[dict[str, Any]]:
    query = {"limit": str(_PAGE)}
    while True:
        page = _ask(storage, line, f"/sync/v1/digests/{place[0]}/{place[1]}", query)
        yield page
        if page["after"] is None:
            return
        query["after"] = page["after"]


def _ids_by_place(storage: Storage) -> dict[Place, set[str]]:
    found: dict[Place, set[str]] = {}
    for record_id, _, _, area_id in storage.held():
        if area_id is not None:
            found.setdefault((area_id, tablet_digests.bucket_of(record_id)), set()).add(record_id)
    return found


def _drop_damaged(storage: Storage, result: Verified) -> None:
    """What is damaged even now stands under an id that the server did not tell: the id itself is damaged."""
    with storage.transaction():
        for record_id in storage.damaged():
            storage.remove(record_id)
            result.removed += 1


def _ask(storage: Storage, line: Line, path: str, query: dict[str, str] | None = None) -> Any:
    cursor = storage.setting("cursor")
    return line.call("GET", path, params=(query or {}) | ({"cursor": cursor} if cursor else {})).json()


def _same(mine: Digest, server: dict[str, Any] | None) -> bool:
    told = (server["count"], server["digest"]) if server else (0, str(Digest()))
    return (mine.count, str(mine)) == told
