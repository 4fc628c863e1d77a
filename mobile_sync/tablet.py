"""The reference client of the sync protocol: what a tablet does, in plain Python over HTTP.

    storage = Storage("tablet.sqlite")
    tablet = Tablet(storage, Line("https://giamngheo.example", keep_refresh_token=tablet_tokens(storage)))
    tablet.line.sign_in("xom-3", "…")
    tablet.enrol(code, "Máy xóm 3")          # once; the code comes from a commune officer
    tablet.pull()                            # the first sync, and every later one
    household = tablet.create("household", {"hamlet_id": …, "residence": "permanent"})
    tablet.change("household", household, {"phone": "0911222333"})
    tablet.push()                            # whenever there is a line; sending twice changes nothing

It imports nothing of the server: integrators may copy it. Rules it shows: work is written to disk before it is shown
as saved; a submission never changes; it is marked by its own id, from a receipt, and by nothing else; the cursor is
stored in the transaction that stores the data it came with.
"""

import gzip
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from mobile_sync.tablet_line import Line, Refused
from mobile_sync.tablet_storage import STANDING, Storage, Work

_VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
_PAGE = 500
# room for what surrounds the submissions of a batch
_ENVELOPE_BYTES = 1000


def uuid7() -> str:
    """An id made offline: its first part is the time, so that the database's index grows at one end."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return str(UUID(int=value))


def tablet_tokens(storage: Storage) -> Callable[[str], None]:
    """Keeps the refresh token beside the outbox, so that a restart needs no password."""
    return lambda token: storage.set("refresh_token", token)


@dataclass
class Pulled:
    """What a pull brought."""

    pages: int = 0
    put: int = 0
    removed: int = 0
    resynced: bool = False


@dataclass
class Limits:
    submissions: int
    size: int


@dataclass
class Tablet:
    """A tablet: its storage, its line, and what can be done with them."""

    storage: Storage
    line: Line
    app_version: str = "tablet.py 1"
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(_VIET_NAM))

    # enrolment

    @property
    def device_id(self) -> str:
        """Made once, on the tablet."""
        known = self.storage.setting("device_id")
        if known is None:
            known = uuid7()
            self.storage.set("device_id", known)
        return known

    def enrol(self, code: str, name: str) -> dict[str, Any]:
        """Binds this tablet to the user who is signed in. Raises Refused for a code that is used up or unknown."""
        body = {"device_id": self.device_id, "name": name, "enrolment_code": code, "app_version": self.app_version}
        answer: dict[str, Any] = self.line.call("POST", "/sync/v1/devices", json=body).json()
        return answer

    # work, with or without a line

    def create(self, entity: str, data: dict[str, Any], record_id: str | None = None) -> str:
        """A new record; its id. Saved on the disk when this returns."""
        record_id = record_id or uuid7()
        self._add(entity, record_id, None, data)
        return record_id

    def change(self, entity: str, record_id: str, changes: dict[str, Any]) -> None:
        """Changes some fields of a record that is on the tablet. Raises KeyError for one that is not."""
        seen = self.storage.record(record_id)
        if seen is None:
            raise KeyError(record_id)
        # A record made here and not yet acknowledged will be version 1; _sealed() corrects what turns out otherwise.
        self._add(entity, record_id, seen.version or 1, changes)

    def _add(self, entity: str, record_id: str, base: int | None, data: dict[str, Any]) -> None:
        self.storage.add(entity, record_id, base, self.clock().isoformat(), data, uuid7())

    # push

    def push(self) -> list[dict[str, Any]]:
        """Sends what is in the outbox, in batches; the outcomes as the receipts tell them.

        Raises Unreachable or Refused; whatever was acknowledged until then is marked, the rest stays.
        """
        told: list[dict[str, Any]] = []
        if not self.storage.unsent():
            return told
        limits = self._limits()
        while batch := self._ready(limits):
            told += self._send(batch, limits)
        return told

    def _limits(self) -> Limits:
        info = self.line.call("GET", "/sync/v1/info").json()
        return Limits(info["max_submissions"], info["max_bytes"])

    def _ready(self, limits: Limits) -> list[Work]:
        """The next batch: in order, within the limits, and no change of a record whose earlier change has no receipt.

        Two changes of one record on the road at once could not name their versions: the second is made on what the
        first becomes, and only its receipt tells that.
        """
        batch: list[Work] = []
        size = _ENVELOPE_BYTES
        touched: set[str] = set()
        for one in self.storage.unsent():
            if one.record_id in touched:
                continue
            touched.add(one.record_id)
            work = self._sealed(one)
            size += len(json.dumps(_submission(work), ensure_ascii=False).encode()) + 2
            if batch and (len(batch) >= limits.submissions or size > limits.size):
                break
            batch.append(work)
        return batch

    def _sealed(self, work: Work) -> Work:
        """The work as it is sent, now and at every repetition: made on what its predecessors became."""
        if work.sealed:
            return work
        base = work.base_version
        if base is not None:
            earlier = [one for one in self.storage.work_on(work.record_id) if one.seq < work.seq]
            base = max([base, *(one.version or 0 for one in earlier if one.outcome in STANDING)])
        self.storage.seal(work.seq, base)
        return replace(work, base_version=base, sealed=True)

    def _send(self, batch: list[Work], limits: Limits) -> list[dict[str, Any]]:
        """Sends one batch; where it is too large for the server after all, two halves of it."""
        try:
            response = self.line.call(
                "POST",
                "/sync/v1/batches",
                content=gzip.compress(json.dumps(self._envelope(batch), ensure_ascii=False).encode(), 6),
                headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
            )
        except Refused as refused:
            if refused.status != 413 or len(batch) == 1:
                raise
            limits.submissions = max(1, len(batch) // 2)
            middle = len(batch) // 2
            return self._send(batch[:middle], limits) + self._send(batch[middle:], limits)
        receipt: dict[str, Any] = response.json()
        with self.storage.transaction():
            for outcome in receipt["outcomes"]:
                self.storage.mark(outcome)
        outcomes: list[dict[str, Any]] = receipt["outcomes"]
        return outcomes

    def _envelope(self, batch: list[Work]) -> dict[str, Any]:
        return {
            "protocol": 1,
            "batch_id": str(uuid4()),
            "device_id": self.device_id,
            "sent_at": self.clock().isoformat(),
            "pending": len(self.storage.unsent()),
            "app_version": self.app_version,
            "submissions": [_submission(work) for work in batch],
        }

    # pull

    def pull(self) -> Pulled:
        """Brings the tablet up to date; after a restore of the server, or other areas, from the start again."""
        result = Pulled()
        for page in self._pages(result):
            life = int(self.storage.setting("life") or 0)
            with self.storage.transaction():
                for change in page["changes"]:
                    self._take(change, life, result)
                if self.storage.setting("first_sync") and not page["more"]:
                    self.storage.remove_before(life)
                    self.storage.set("first_sync", None)
                self.storage.set("cursor", page["cursor"])
            result.pages += 1
        return result

    def _pages(self, result: Pulled) -> Iterator[dict[str, Any]]:
        more = True
        while more:
            cursor = self.storage.setting("cursor")
            if cursor is None and not self.storage.setting("first_sync"):
                self._start_again()
            query = {"limit": str(_PAGE)} | ({"cursor": cursor} if cursor else {})
            try:
                page = self.line.call("GET", "/sync/v1/changes", params=query).json()
            except Refused as refused:
                if refused.slug != "resync-required" or cursor is None:
                    raise
                result.resynced = True
                self._start_again()
                continue
            yield page
            more = page["more"]

    def _start_again(self) -> None:
        # Nothing is thrown away: what the new first sync does not bring is removed at its end; the outbox stays.
        with self.storage.transaction():
            self.storage.set("life", str(int(self.storage.setting("life") or 0) + 1))
            self.storage.set("first_sync", "1")
            self.storage.set("cursor", None)

    def _take(self, change: dict[str, Any], life: int, result: Pulled) -> None:
        if change["op"] == "remove":
            self.storage.remove(change["id"])
            result.removed += 1
        else:
            self.storage.put(change["entity"], change["id"], change["version"], change["data"], life)
            result.put += 1

    # receipts

    def ask_again(self) -> None:
        """Brings the stored outcomes up to date: what was held may be applied by now, a conflict decided."""
        after: int | None = -1
        while after is not None:
            query = {"device_id": self.device_id, "after_seq": after, "limit": _PAGE}
            page = self.line.call("GET", "/sync/v1/submissions", params=query).json()
            with self.storage.transaction():
                for outcome in page["items"]:
                    self.storage.mark(outcome)
            after = page["after_seq"]

    def receipts(self) -> list[Work]:
        """All work with what the server said about it."""
        return self.storage.all_work()


def _submission(work: Work) -> dict[str, Any]:
    return {
        "submission_id": work.submission_id,
        "seq": work.seq,
        "entity": work.entity,
        "id": work.record_id,
        "base_version": work.base_version,
        "recorded_at": work.recorded_at,
        "data": work.data,
    }
