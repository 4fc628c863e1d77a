"""No history of sending, backups, restores and lost answers loses a tablet's work or doubles it.

The tablet is the real one, on its real file; the server is a model of the promises of docs/sync-protocol.md, small
enough to read: a disk, a backup of it, and a number of arrivals. tests/mobile_sync/test_restore.py holds the real
server to the same.
"""

import gzip
import json
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mobile_sync.tablet import Tablet
from mobile_sync.tablet_line import Line, Unreachable
from mobile_sync.tablet_storage import Storage


@dataclass
class Disk:
    """What a server has committed."""

    epoch: str
    stored: dict[str, dict[str, Any]] = field(default_factory=dict)  # submission id -> outcome
    arrival: dict[str, int] = field(default_factory=dict)
    seq: dict[str, int] = field(default_factory=dict)
    content: dict[str, str] = field(default_factory=dict)
    applied: list[str] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    arrivals: int = 0
    undurable_from: int | None = None

    def durable_through(self) -> int:
        if self.undurable_from is not None:
            return self.undurable_from - 1
        return max(self.seq.values(), default=0)


class Server(httpx.BaseTransport):
    """Receives, as the protocol says; loses answers when told to."""

    def __init__(self) -> None:
        self.disk = Disk(str(uuid4()))
        self.backup: Disk | None = None
        self.running: Disk | None = None
        self.lose_answers = 0
        self.batches_until_cut: int | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/batches") and self.batches_until_cut is not None:
            if self.batches_until_cut == 0:
                raise httpx.ConnectError("there is no line", request=request)
            self.batches_until_cut -= 1
        answer = getattr(self, "_" + path.rsplit("/", 1)[-1])(request)
        if self.lose_answers and path.endswith("/batches"):
            self.lose_answers -= 1
            raise httpx.ReadError("the line broke", request=request)
        return httpx.Response(200, json=answer, headers={"X-Trace-Id": "t"})

    def _info(self, _request: httpx.Request) -> dict[str, Any]:
        return {"max_submissions": 3, "max_bytes": 100_000, "epoch": self.disk.epoch}

    def _batches(self, request: httpx.Request) -> dict[str, Any]:
        sent = json.loads(gzip.decompress(request.read()))["submissions"]
        disk, told = self.disk, []
        fresh = [one for one in sent if one["submission_id"] not in disk.stored]
        if fresh:
            disk.arrivals += 1
        for one in sorted(fresh, key=lambda one: one["seq"]):
            self._apply(one)
        for one in sent:
            assert disk.content[one["submission_id"]] == json.dumps(one), "sent again with other content"
            told.append(disk.stored[one["submission_id"]] | {"replayed": one not in fresh})
        return {"epoch": disk.epoch, "durable_through": disk.durable_through(), "outcomes": told}

    def _apply(self, one: dict[str, Any]) -> None:
        disk, sid = self.disk, one["submission_id"]
        version = disk.versions[one["id"]] = disk.versions.get(one["id"], 0) + 1
        disk.applied.append(sid)
        disk.content[sid], disk.seq[sid], disk.arrival[sid] = json.dumps(one), one["seq"], disk.arrivals
        disk.stored[sid] = {"submission_id": sid, "outcome": "applied", "id": one["id"], "version": version}
        seqs = [one["seq"]] if disk.undurable_from is None else [one["seq"], disk.undurable_from]
        disk.undurable_from = min(seqs)

    def _submissions(self, _request: httpx.Request) -> dict[str, Any]:
        items = [disk_told | {"replayed": False} for disk_told in self.disk.stored.values()]
        return {
            "epoch": self.disk.epoch,
            "durable_through": self.disk.durable_through(),
            "items": items,
            "after_seq": None,
        }

    def _changes(self, _request: httpx.Request) -> dict[str, Any]:
        records = self.disk.versions.items()
        changes = [{"op": "put", "entity": "household", "id": r, "version": v, "data": {}} for r, v in records]
        return {"epoch": self.disk.epoch, "cursor": "c", "more": False, "changes": changes}

    # what happens to a server

    def begin_backup(self) -> None:
        self.running = deepcopy(self.disk)

    def end_backup(self) -> None:
        assert self.running is not None
        self.backup, self.running = self.running, None
        late = [self.disk.seq[sid] for sid, n in self.disk.arrival.items() if n > self.backup.arrivals]
        self.disk.undurable_from = min(late, default=None)

    def restore(self) -> None:
        assert self.backup is not None
        self.disk, self.running = deepcopy(self.backup), None
        self.disk.epoch = str(uuid4())


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.server = Server()
        self.tablet = self._started()
        self.made: dict[str, str] = {}  # submission id -> record
        self.homes: list[str] = []

    def _started(self) -> Tablet:
        line = Line("http://server", transport=self.server, attempts=1, pause=lambda _: None)
        line._access = "signed in"
        return Tablet(Storage(Path(self.folder.name) / "tablet.sqlite"), line)

    def teardown(self) -> None:
        self._everything_arrives_once()
        self._stop()
        self.folder.cleanup()

    def _stop(self) -> None:
        self.tablet.line.close()
        self.tablet.storage.close()

    def _note(self) -> None:
        self.made |= {work.submission_id: work.record_id for work in self.tablet.receipts()}

    @rule()
    def create(self) -> None:
        self.homes.append(self.tablet.create("household", {}))
        self._note()

    @precondition(lambda self: self.homes)
    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        self.tablet.change("household", data.draw(st.sampled_from(self.homes)), {"note": "x"})
        self._note()

    @rule(lost=st.integers(0, 2), cut=st.none() | st.integers(0, 2))
    def push(self, lost: int, cut: int | None) -> None:
        self.server.lose_answers, self.server.batches_until_cut = lost, cut
        try:
            self.tablet.push()
        except Unreachable:
            assert lost or cut is not None
        self.server.lose_answers, self.server.batches_until_cut = 0, None

    @rule()
    def pull(self) -> None:
        self.tablet.pull()

    @rule()
    def ask_again(self) -> None:
        self.tablet.ask_again()

    @rule()
    def let_go(self) -> None:
        self.tablet.let_go()

    @rule()
    def restart(self) -> None:
        self._stop()
        self.tablet = self._started()

    @precondition(lambda self: self.server.running is None)
    @rule()
    def begin_backup(self) -> None:
        self.server.begin_backup()

    @precondition(lambda self: self.server.running is not None)
    @rule()
    def end_backup(self) -> None:
        self.server.end_backup()

    @rule()
    def backup_at_once(self) -> None:
        self.server.begin_backup()
        self.server.end_backup()

    @rule()
    def contact(self) -> None:
        self.tablet.ask_again()
        self.tablet.pull()
        self.tablet.let_go()

    @precondition(lambda self: self.server.backup is not None)
    @rule()
    def disaster(self) -> None:
        self.server.restore()

    @invariant()
    def what_the_tablet_let_go_of_is_in_the_backup(self) -> None:
        kept = {work.submission_id for work in self.tablet.receipts()}
        gone = set(self.made) - kept
        held = set(self.server.backup.stored) if self.server.backup else set()
        assert gone <= held
        assert gone <= set(self.server.disk.stored)

    def _everything_arrives_once(self) -> None:
        self.tablet.push()
        applied = self.server.disk.applied
        assert sorted(applied) == sorted(self.made)
        assert self.tablet.storage.unsent() == []


Histories.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow],
)
TestHistories = Histories.TestCase
