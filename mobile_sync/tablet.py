"""The reference client of the sync protocol: what a tablet does, in plain Python over HTTP.

    storage = Storage("tablet.sqlite")
    tablet = Tablet(storage, Line("https://giamngheo.example", keep_refresh_token=tablet_tokens(storage)))
    tablet.line.sign_in("xom-3", "…", tablet.device_id)
    tablet.enrol(code, "Máy xóm 3")          # once; the code comes from a commune officer
    tablet.pull()                            # the first sync, and every later one
    household = tablet.create("household", {"hamlet_id": …, "residence": "permanent"})
    tablet.change("household", household, {"phone": "0911222333"})
    photo = tablet.attach(Path("house.jpg"), "house", "image/jpeg")      # into the `attachments` of a review
    tablet.push()                            # whenever there is a line; sending twice changes nothing
    tablet.send_files()                      # photos on their own, after the records that declare them

It imports nothing of the server: integrators may copy it. Rules it shows: work is written to disk before it is shown
as saved; a submission never changes; it is marked by its own id, from a receipt, and by nothing else; what was
acknowledged is kept until a verified backup has it, and sent again to a server that was restored; the cursor is stored
in the transaction that stores the data it came with.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from mobile_sync import tablet_files, tablet_pull, tablet_push, tablet_repair
from mobile_sync.tablet_files import Files, Sent
from mobile_sync.tablet_line import Line
from mobile_sync.tablet_pull import Pulled
from mobile_sync.tablet_repair import Verified
from mobile_sync.tablet_storage import Storage
from mobile_sync.tablet_work import STANDING, Work

_VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")


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
class Tablet:
    """A tablet: its storage, its line, and what can be done with them."""

    storage: Storage
    line: Line
    app_version: str = "tablet.py 1"
    form_version: str | None = None
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
        # A record made here and not yet acknowledged will be version 1; tablet_push corrects what turns out otherwise.
        self._add(entity, record_id, seen.version or 1, changes)

    def attach(self, content: Path | bytes, purpose: str, media_type: str) -> dict[str, Any]:
        """Keeps a photo, a signature or a scan; its declaration, for the `attachments` of the record it belongs to.

        On the disk when this returns, as a copy: the camera's own file may be deleted.
        """
        return self.files.keep(content if isinstance(content, bytes) else content.read_bytes(), purpose, media_type)

    @property
    def files(self) -> Files:
        """What waits to be sent of them, beside the outbox."""
        return Files(self.storage.path.with_name(f"{self.storage.path.name}-files"))

    def _add(self, entity: str, record_id: str, base: int | None, data: dict[str, Any]) -> None:
        self.storage.add(entity, record_id, base, self.clock().isoformat(), data, uuid7())

    # with a line

    def push(self) -> list[dict[str, Any]]:
        """Sends the outbox (tablet_push.py); the outcomes as the receipts tell them. Raises Unreachable or Refused."""
        return tablet_push.push(self.storage, self.line, self._said)

    def send_files(self) -> list[Sent]:
        """Sends the files that wait (tablet_files.py), apart from the outbox: records never wait for their photos."""
        return list(tablet_files.send(self.files, self.line, self._awaited_files))

    def pull(self) -> Pulled:
        """Brings the tablet up to date (tablet_pull.py). Raises Unreachable or Refused."""
        return tablet_pull.pull(self.storage, self.line, self._waiting)

    def verify(self) -> Verified:
        """Compares with the server and repairs what differs (tablet_repair.py). Raises Unreachable or Refused."""
        return tablet_repair.verify(self.storage, self.line, self._waiting)

    def ask_again(self) -> None:
        """Brings the stored outcomes up to date: what was held may be applied by now, a conflict decided."""
        tablet_push.ask_again(self.storage, self.line, self.device_id)

    def let_go(self) -> int:
        """Forgets work that cannot be lost any more (in force, pulled, in a verified backup); how much it was."""
        with self.storage.transaction():
            return self.storage.let_go()

    def receipts(self) -> list[Work]:
        """All work with what the server said about it."""
        return self.storage.all_work()

    def _awaited_files(self) -> set[str]:
        waiting = [work for work in self.storage.all_work() if work.due or work.outcome not in STANDING]
        return {file["sha256"] for work in waiting for file in work.data.get("attachments") or ()}

    def _said(self, batch: list[Work]) -> dict[str, Any]:
        return {
            "device_id": self.device_id,
            "sent_at": self.clock().isoformat(),
            **self._waiting(batch),
            "app_version": self.app_version,
            "form_version": self.form_version,
        }

    def _waiting(self, batch: Sequence[Work] = ()) -> dict[str, Any]:
        """What stays in the outbox beside this batch: how much, and since when."""
        sent = {work.seq for work in batch}
        unsent = [work for work in self.storage.unsent() if work.seq not in sent]
        return {"pending": len(unsent), "oldest_pending_at": unsent[0].recorded_at if unsent else None}
