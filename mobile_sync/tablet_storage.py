"""What a tablet keeps in its own SQLite file: the records it pulled, where it stands in the feed, and its outbox.

Work is acknowledged by a receipt, in one epoch of the server: a server restored from a backup is another epoch, which
may never have heard of it, so there it is due again. It leaves the file only by `let_go`. A power cut at any moment
loses at most what was not yet written down: the journal of SQLite is on the disk before `add` returns (WAL,
synchronous=FULL).
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mobile_sync.tablet_work import STANDING, WAITING, Record, Work

_SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
    id TEXT PRIMARY KEY, entity TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL, life INTEGER NOT NULL,
    area_id TEXT, checksum TEXT     -- null in files of before: such a record counts as damaged, and is pulled again
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    submission_id TEXT NOT NULL UNIQUE,
    entity TEXT NOT NULL,
    record_id TEXT NOT NULL,
    base_version INTEGER,           -- null creates
    recorded_at TEXT NOT NULL,
    data TEXT NOT NULL,
    sealed INTEGER NOT NULL DEFAULT 0,
    outcome TEXT,                   -- null until a receipt names the submission
    version INTEGER,
    told TEXT,                      -- the outcome as the server told it last
    epoch TEXT,                     -- of the server that told it
    pulled INTEGER NOT NULL DEFAULT 0  -- a whole pull came after it: the records pulled hold it
);
CREATE INDEX IF NOT EXISTS outbox_record ON outbox (record_id, seq);
"""

# What a file made by an older version lacks.
_LATER_COLUMNS = {
    "outbox": {"epoch": "TEXT", "pulled": "INTEGER NOT NULL DEFAULT 0"},
    "record": {"area_id": "TEXT", "checksum": "TEXT"},
}


def _checksum(record_id: str, entity: str, version: int, data: str, area_id: str | None) -> str:
    """What tells a record that was stored from one that a failing disk, or somebody's editor, has changed since."""
    return hashlib.sha256(f"{record_id} {entity} {version} {area_id} {data}".encode()).hexdigest()[:16]


class Storage:
    """The tablet's file. One process at a time."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)
        for table, columns in _LATER_COLUMNS.items():
            known = {row[1] for row in self._db.execute(f"PRAGMA table_info({table})")}
            for name, kind in columns.items():
                if name not in known:
                    self._db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing. Inside another one: part of that."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # settings: who I am, where I stand in the feed, my tokens

    def setting(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set(self, name: str, value: str | None) -> None:
        if value is None:
            self._db.execute("DELETE FROM setting WHERE name = ?", (name,))
        else:
            self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    # records: what the server has, as far as it was pulled

    def put(
        self, entity: str, record_id: str, version: int, data: dict[str, Any], life: int, area_id: str | None = None
    ) -> None:
        """Stores a pulled record, unless a newer one is there already."""
        written = json.dumps(data, ensure_ascii=False)
        self._db.execute(
            "INSERT INTO record (id, entity, version, data, life, area_id, checksum) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET entity = excluded.entity, version = excluded.version, "
            "data = excluded.data, life = excluded.life, area_id = excluded.area_id, checksum = excluded.checksum "
            "WHERE excluded.version >= version OR excluded.life > life",
            (
                record_id,
                entity,
                version,
                written,
                life,
                area_id,
                _checksum(record_id, entity, version, written, area_id),
            ),
        )

    def held(self) -> Iterator[tuple[str, str, int, str | None]]:
        """(id, entity, version, area) of every pulled record that is as it was stored."""
        for row, whole in self._checked():
            if whole:
                yield row

    def damaged(self) -> list[str]:
        """The ids (as they stand there) of the pulled records that are not as they were stored."""
        return [row[0] for row, whole in self._checked() if not whole]

    def area_of(self, record_id: str) -> str | None:
        """Where a pulled record stands; None also for one that is not here."""
        row = self._db.execute("SELECT area_id FROM record WHERE id = ?", (record_id,)).fetchone()
        return row[0] if row else None

    def _checked(self) -> Iterator[tuple[tuple[str, str, int, str | None], bool]]:
        rows = self._db.execute("SELECT id, entity, version, data, area_id, checksum FROM record")
        for record_id, entity, version, data, area_id, checksum in rows.fetchall():
            whole = area_id is not None and checksum == _checksum(record_id, entity, version, data, area_id)
            yield (record_id, entity, version, area_id), whole

    def remove(self, record_id: str) -> None:
        """The record has left the tablet's areas. Work that was done on it stays in the outbox."""
        self._db.execute("DELETE FROM record WHERE id = ?", (record_id,))

    def remove_before(self, life: int) -> None:
        """After a new first sync: forgets what it did not bring again."""
        self._db.execute("DELETE FROM record WHERE life < ?", (life,))

    def pulled(self, record_id: str) -> Record | None:
        """The record as it was pulled."""
        row = self._db.execute("SELECT id, entity, version, data FROM record WHERE id = ?", (record_id,)).fetchone()
        return Record(row[0], row[1], row[2], json.loads(row[3])) if row else None

    def record(self, record_id: str) -> Record | None:
        """The record as the surveyor sees it."""
        visible = self._work(f"record_id = ? AND NOT (pulled AND {_IN_FORCE})", record_id)
        return self._with_work(self.pulled(record_id), visible)

    def records(self, entity: str) -> list[Record]:
        """All records of a kind, as the surveyor sees them."""
        rows = self._db.execute(
            "SELECT id FROM record WHERE entity = ?1 UNION SELECT record_id FROM outbox "
            "WHERE entity = ?1 AND base_version IS NULL ORDER BY 1",
            (entity,),
        )
        seen = (self.record(row[0]) for row in rows.fetchall())
        return [record for record in seen if record is not None]

    @staticmethod
    def _with_work(pulled: Record | None, work: Sequence[Work]) -> Record | None:
        version = pulled.version if pulled else None
        data = dict(pulled.data) if pulled else None
        entity = pulled.entity if pulled else ""
        for one in work:
            newer = one.outcome in STANDING and (one.version or 0) > (version or 0)
            if one.outcome in WAITING or newer or (one.outcome in STANDING and one.due):
                data = {**(data or {}), **one.data}
                entity = one.entity
        return Record(work[0].record_id if work else pulled.id, entity, version, data) if data is not None else None  # type: ignore[union-attr]

    # the outbox

    def add(self, entity: str, record_id: str, base: int | None, at: str, data: dict[str, Any], submission: str) -> int:
        """Writes a piece of work down; its `seq`. It is on the disk when this returns."""
        with self.transaction():
            added = self._db.execute(
                "INSERT INTO outbox (submission_id, entity, record_id, base_version, recorded_at, data) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (submission, entity, record_id, base, at, json.dumps(data, ensure_ascii=False)),
            )
        assert added.lastrowid is not None
        return added.lastrowid

    def unsent(self) -> list[Work]:
        """What no receipt of the present epoch has named yet, in order."""
        return self._work(_DUE)

    def holds_work(self) -> bool:
        """Whether there is any work, acknowledged or not."""
        return bool(self._db.execute("SELECT EXISTS (SELECT 1 FROM outbox)").fetchone()[0])

    def work_on(self, record_id: str) -> list[Work]:
        return self._work("record_id = ?", record_id)

    def all_work(self) -> list[Work]:
        return self._work("TRUE")

    def heard(self, epoch: str, durable_through: int | None = None) -> None:
        """What an answer says of the server. In another epoch than before, all that is kept is due again."""
        if epoch != self.setting("epoch"):
            self.set("epoch", epoch)
            self.set("durable_through", None)
            self._db.execute("UPDATE outbox SET pulled = 0")
        if durable_through is not None:
            self.set("durable_through", str(durable_through))

    def doubt(self) -> None:
        """The server may have been set back without a new epoch (an older snapshot of its disk): what it acknowledged
        is offered once more. What it still has comes back as it was."""
        self.set("durable_through", None)
        self._db.execute("UPDATE outbox SET epoch = NULL, pulled = 0")

    def mark(self, told: dict[str, Any], epoch: str) -> None:
        """Marks one submission with what a receipt says about it: by its id, never 'all that was sent'."""
        said = json.dumps(told, ensure_ascii=False)
        self._db.execute(
            "UPDATE outbox SET outcome = ?1, version = ?2, told = ?3, epoch = ?4, pulled = pulled AND epoch IS ?4 "
            "AND outcome = ?1 AND version IS ?2 WHERE submission_id = ?5",
            (told["outcome"], told["version"], said, epoch, told["submission_id"]),
        )

    def mark_pulled(self) -> None:
        """A pull is complete: the records pulled hold whatever was in force before it."""
        self._db.execute(f"UPDATE outbox SET pulled = 1 WHERE NOT ({_DUE}) AND {_IN_FORCE}")  # noqa: S608  (ours)

    def let_go(self) -> int:
        """Forgets work that is in force and in a verified backup; how much.

        Its seq alone does not tell: a server restored from a backup may call seq 1 to 9 durable and never have had 7.
        So only what a receipt of the present epoch names. Not yet where a later change of the record will need its
        version, nor before a pull has brought the record.
        """
        done = self._db.execute(
            f"DELETE FROM outbox WHERE NOT ({_DUE}) AND {_IN_FORCE} AND pulled "  # noqa: S608  (ours)
            "AND seq <= (SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'durable_through') "
            "AND NOT EXISTS (SELECT 1 FROM outbox later WHERE later.record_id = outbox.record_id AND NOT later.sealed)"
        )
        return done.rowcount

    def seal(self, seq: int, base: int | None) -> None:
        """From now on this piece of work is sent as it is: the server knows a repetition by its content."""
        self._db.execute("UPDATE outbox SET base_version = ?, sealed = 1 WHERE seq = ? AND NOT sealed", (base, seq))

    def _work(self, where: str, *values: Any) -> list[Work]:
        rows = self._db.execute(
            f"SELECT {_WORK_COLUMNS} FROM outbox WHERE {where} ORDER BY seq",  # noqa: S608  (ours, see the callers)
            values,
        )
        return [_work_of(row) for row in rows]


_DUE = "outcome IS NULL OR epoch IS NOT (SELECT value FROM setting WHERE name = 'epoch')"
_IN_FORCE = "outcome IN ('applied', 'merged')"
_WORK_COLUMNS = (
    "seq, submission_id, entity, record_id, base_version, recorded_at, data, sealed, outcome, version, told, "
    f"({_DUE}) AS due"
)


def _work_of(row: Sequence[Any]) -> Work:
    seq, submission_id, entity, record_id, base, at, data, sealed, outcome, version, told, due = row
    return Work(
        seq,
        submission_id,
        entity,
        record_id,
        base,
        at,
        json.loads(data),
        bool(sealed),
        outcome,
        version,
        json.loads(told) if told else None,
        bool(due),
    )
