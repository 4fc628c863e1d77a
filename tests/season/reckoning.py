"""The promises of the sync, held against what the roads saw, what the tablets keep and what the register has."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
from psycopg.rows import dict_row

from api.key_files import secrets_from
from api.keys import IdKey
from mobile_sync.tablet_work import STANDING, Work
from tests.bench.bare import plain
from tests.season.road import BATCHES

if TYPE_CHECKING:
    from tests.season.hands import Hand, Machine
    from tests.season.run import Season

_SHOWN = 5

PROMISES = {
    "journal": "Đã nhận là đã giữ; giữ đúng những gì đã gửi / the journal holds what was sent, no more, no less",
    "batches": "Mỗi lần gửi được ghi một lần / one row for each batch answered",
    "one-outcome": "Mỗi phiếu đúng một kết quả; máy và máy chủ nói như nhau / one outcome each, told and stored alike",
    "held-not-refused": "Việc trên bản ghi đã rời máy được giữ chờ / work on a record that left is held, not refused",
    "stands": "Đã báo ghi thì có trong lịch sử đúng một lần / told as applied: in the history exactly once",
    "not-undone": "Đã báo ghi thì không rút lại / nothing told as applied was taken back",
    "nothing-lost": "Việc trên máy không mất / whatever a tablet created has an outcome or is still on it",
    "again": "Gửi lại, kết quả y nguyên / sent again: the stored outcome, nothing else",
    "pulled": "Dữ liệu trên máy bằng tải lại từ đầu / a tablet holds what a first sync brings",
    "register": "Dữ liệu trên máy bằng sổ của địa bàn / a tablet holds the register of its areas",
    "own-areas": "Chỉ nhận trong địa bàn; cha trước con / own areas only, parents before children",
    "gapless": "Phiên bản liền mạch / versions without gaps, the last one is the record's",
    "conflicts": "Mâu thuẫn mở bằng số phiếu mâu thuẫn / open conflicts are the submissions in conflict",
    "feed": "Số của luồng thay đổi không trùng, không sót / feed numbers unique, nothing left unnumbered",
    "reused": "Mã dùng lại bị từ chối / an id used twice is refused",
    "revoked": "Máy bị thu hồi không gửi được / a revoked tablet is refused",
    "no-5xx": "Máy chủ không lỗi 5xx / no 5xx but the injected ones",
    "people": "Việc của cán bộ và của máy không gặp lỗi lạ / nobody met an answer that should not be",
}


@dataclass
class Ledger:
    """Every promise with the number of its checks and what broke it."""

    checks: Counter[str] = field(default_factory=Counter)
    failures: dict[str, list[str]] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    offices: Counter[str] = field(default_factory=Counter)
    works: dict[str, Work] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def broken(self) -> int:
        return sum(len(found) for found in self.failures.values())

    def check(self, promise: str, good: bool, what: str) -> None:
        self.checks[promise] += 1
        if not good:
            self.failures.setdefault(promise, []).append(what)

    def add(self, hand: "Hand", proofs: "Proofs") -> None:
        self.done += hand.done
        self.works |= proofs.works
        for promise, good, what in proofs.found:
            self.check(promise, good, what)

    def first(self, promise: str) -> list[str]:
        return self.failures.get(promise, [])[:_SHOWN]


@dataclass
class Proofs:
    """What one hand's tablets prove or disprove."""

    works: dict[str, Work] = field(default_factory=dict)
    found: list[tuple[str, bool, str]] = field(default_factory=list)

    def check(self, promise: str, good: bool, what: str) -> None:
        self.found.append((promise, good, what))


# the tablets' side


def of_hand(hand: "Hand") -> Proofs:
    """In the hand's own lane: its files belong to that thread."""
    proofs = Proofs()
    for machine in hand.machines:
        works = machine.storage.all_work()
        proofs.works |= {work.submission_id: work for work in works}
        if not machine.lost:
            for work in works:
                proofs.check("nothing-lost", work.outcome is not None, f"{machine.name}: phiếu {work.seq} chưa gửi")
                _held_not_refused(proofs, machine, work)
            _stored_alike(proofs, machine, works)
            _again(proofs, machine, works)
            _first_sync_alike(proofs, machine)
    proofs.found += [("own-areas", True, "")] * hand.checked["pulled"]
    proofs.found += [("reused", True, "")] * hand.checked["reused"]
    for what in hand.broken:
        kind = "own-areas" if "nhận" in what or "đến trước" in what else "reused" if "mã dùng" in what else "people"
        proofs.check(kind, False, what)
    return proofs


def _held_not_refused(proofs: Proofs, machine: "Machine", work: Work) -> None:
    """A record that was on the tablet may have left since; what was done on it is not refused as unknown."""
    home = work.data.get("household_id")
    known = work.record_id in machine.seen if work.base_version is not None else home in machine.seen
    if not known or "hamlet_id" in work.data:  # where it is to go may well be nothing of the surveyor's
        return
    slug = str(((work.told or {}).get("problem") or {}).get("type", ""))
    good = not slug.endswith("/not-found")
    proofs.check("held-not-refused", good, f"máy {machine.name}: {work.entity} {work.record_id} {work.data}: {slug}")


def _stored_alike(proofs: Proofs, machine: "Machine", works: list[Work]) -> None:
    stored: dict[str, dict[str, Any]] = {}
    after: int | None = -1
    while after is not None:
        query = {"device_id": machine.device_id, "after_seq": after, "limit": 1000}
        page = machine.tablet.line.call("GET", "/sync/v1/submissions", params=query).json()
        for item in page["items"]:
            twice = item["submission_id"] in stored
            proofs.check("one-outcome", not twice, f"{item['submission_id']} hai lần trong danh sách")
            stored[item["submission_id"]] = item
        after = page["after_seq"]
    for work in works:
        now = stored.get(work.submission_id)
        said = None if now is None else now["outcome"]
        proofs.check("one-outcome", said == work.outcome, f"{work.submission_id}: máy {work.outcome}, máy chủ {said}")


def as_sent(work: Work) -> dict[str, Any]:
    return {
        "submission_id": work.submission_id, "seq": work.seq, "entity": work.entity, "id": work.record_id,
        "base_version": work.base_version, "recorded_at": work.recorded_at, "data": work.data,
    }  # fmt: skip


def _again(proofs: Proofs, machine: "Machine", works: list[Work]) -> None:
    """Every tenth submission and the last forty, sent once more as they were."""
    sent = [work for work in works if work.sealed and work.outcome is not None]
    chosen = {work.submission_id: work for work in [*sent[::10], *sent[-40:]]}
    if not chosen:
        return
    body: dict[str, Any] = {"protocol": 1, "batch_id": str(uuid4()), **machine.tablet._said([])}
    body["submissions"] = [as_sent(work) for work in chosen.values()]
    answer = machine.tablet.line.call("POST", BATCHES, json=body).json()
    for outcome in answer["outcomes"]:
        work = chosen[outcome["submission_id"]]
        told = work.told or {}
        differing = {name for name in outcome if name != "replayed" and outcome[name] != told.get(name)}
        good = outcome["replayed"] and not differing
        proofs.check("again", good, f"{work.submission_id}: {outcome['outcome']} sau {work.outcome}, khác: {differing}")


def _first_sync_alike(proofs: Proofs, machine: "Machine") -> None:
    fresh: dict[str, tuple[str, int, dict[str, Any]]] = {}
    cursor, more = None, True
    while more:
        query = {"limit": 1000} | ({"cursor": cursor} if cursor else {})
        page = machine.tablet.line.call("GET", "/sync/v1/changes", params=query).json()
        fresh |= {c["id"]: (c["entity"], c["version"], c["data"]) for c in page["changes"] if c["op"] == "put"}
        cursor, more = page["cursor"], page["more"]
    kept = held_by(machine)
    for record_id in fresh.keys() | kept.keys():
        there, here = fresh.get(record_id), kept.get(record_id)
        proofs.check("pulled", there == here, f"máy {machine.name}, {record_id}: {_difference(here, there)}")


def held_by(machine: "Machine") -> dict[str, tuple[str, int, dict[str, Any]]]:
    """What the tablet has pulled."""
    rows = machine.storage._db.execute("SELECT id FROM record").fetchall()
    found = [machine.storage.pulled(row[0]) for row in rows]
    return {one.id: (one.entity, one.version or 0, one.data) for one in found if one is not None}


def _difference(here: Any, there: Any) -> str:
    if here is None or there is None:
        one = here or there
        return f"{one[0]} bản {one[1]} chỉ có {'trên máy' if here else 'ở máy chủ'}"
    names = [name for name in there[2] if there[2][name] != here[2].get(name)]
    return f"{here[0]}: máy có bản {here[1]}, máy chủ {there[1]}; khác ở {names}"


# the register's side


def of_register(ledger: Ledger, season: "Season") -> None:
    """The checks that need the database itself, and the counts of the report."""
    from tests.season import register

    ledger.faults, ledger.requests = season.stage.traffic.faults, season.stage.traffic.requests
    for officer in season.officers:
        ledger.offices += officer.done
    for what in [*season.broken, *(what for officer in season.officers for what in officer.broken)]:
        ledger.check("revoked" if "thu hồi" in what else "people", False, what)
    ledger.checks["revoked"] += season.refused_after_loss
    ledger.checks["people"] += sum(ledger.offices.values())
    roads = [machine.road for hand in season.hands for machine in hand.machines]
    desks = [season.admin.road, *(officer.client.road for officer in season.officers)]  # type: ignore[attr-defined]
    ledger.checks["no-5xx"] += sum(ledger.requests.values())
    for road in [*roads, *desks]:
        for what in road.witness.server_errors:
            ledger.check("no-5xx", False, what)
    with psycopg.connect(plain(season.stage.url), row_factory=dict_row) as db:
        key = IdKey(secrets_from(Path(season.stage.server.home), may_create=False).id_key)
        register.journal(ledger, db, [road.witness for road in roads], key)
        register.history(ledger, db)
        register.feed_and_conflicts(ledger, db)
        for hand, held in zip(season.hands, season.everybody(lambda hand: held_by(hand.machine)), strict=True):
            register.areas(ledger, db, hand.areas, hand.machine.name, _versions(held))


def _versions(held: Mapping[str, tuple[str, int, Any]]) -> dict[str, int]:
    return {i: version for i, (entity, version, _) in held.items() if entity in ("household", "member")}


def stands(outcome: Any) -> bool:
    return outcome in STANDING
