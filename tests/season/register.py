"""The checks that look into the database: the journal, the history, the feed, the register of a tablet's areas."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from api.changes.merge import values_at
from api.keys import IdKey
from mobile_sync import payloads
from mobile_sync.tablet_work import STANDING
from tests.season.reckoning import Ledger, as_sent
from tests.season.road import Witness

Db = Any

_TABLES = ("household", "member", "request", "screening", "review", "delivery")


def journal(ledger: Ledger, db: Db, witnesses: Sequence[Witness], key: IdKey) -> None:
    """The journal against what the server answered for, what tablets sent, and what they were told."""
    accepted = set().union(*(witness.accepted for witness in witnesses))
    doubtful = set().union(*(witness.doubtful for witness in witnesses))
    rows = db.execute(
        "SELECT submission_id::text AS id, outcome, problem->>'type' AS problem FROM sync_submission"
    ).fetchall()
    stored = {row["id"]: row["outcome"] for row in rows}
    ledger.outcomes = Counter(stored.values())
    ledger.rejected = Counter(row["problem"] for row in rows if row["outcome"] == "rejected")
    for submission in accepted | stored.keys():
        kept, known = submission in stored, submission in accepted or submission in doubtful
        ledger.check("journal", kept and known, f"{submission}: {'thừa' if kept else 'mất'} trong nhật ký")
    ledger.check("one-outcome", sum(ledger.outcomes.values()) == len(rows), "tổng kết quả khác số phiếu")
    many = db.execute("SELECT count(*) AS many FROM sync_batch").fetchone()["many"]
    least = sum(witness.batches for witness in witnesses)
    most = least + sum(witness.batches_doubtful for witness in witnesses)
    ledger.check("batches", least <= many <= most, f"{many} lần gửi được ghi; đã trả lời {least}, chưa rõ tới {most}")
    ledger.checks["batches"] += least
    for row in db.execute("SELECT submission_id AS id, payload FROM sync_submission"):
        work = ledger.works.get(str(row["id"]))
        if work is not None:
            kept_as = _opened(key, row["payload"], row["id"])
            good = kept_as == as_sent(work)
            ledger.check("journal", good, f"{row['id']} gửi {as_sent(work)}, nhật ký giữ {kept_as}")
    for witness in witnesses:
        for submission, told in witness.told.items():
            if any(one["outcome"] in STANDING for one in told):
                now = stored.get(submission)
                ledger.check("not-undone", now in STANDING, f"{submission}: đã báo ghi, nay {now}")


def _opened(key: IdKey, stored: bytes, submission: UUID) -> Any:
    try:
        return payloads.opened(key, stored, submission)
    except payloads.Unreadable:
        return "không mở được / unreadable"


def history(ledger: Ledger, db: Db) -> None:
    """Gapless versions; and everything that stands is there once, or says what the record said already."""
    gaps = db.execute(
        "SELECT record_id::text AS id, entity, count(*) AS many, min(version) AS first, max(version) AS last "
        "FROM record_version GROUP BY record_id, entity"
    ).fetchall()
    current = {
        row["id"]: row["version"]
        for table in (*_TABLES, "review_case")
        for row in db.execute(f"SELECT id::text, version FROM {table}").fetchall()
    }
    for row in gaps:
        good = row["first"] == 1 and row["many"] == row["last"] == current.get(row["id"])
        ledger.check("gapless", good, f"{row} bản ghi: {current.get(row['id'])}")
    _standing(ledger, db)


def _standing(ledger: Ledger, db: Db) -> None:
    rows = db.execute(
        "SELECT submission_id::text AS id, count(*) AS many FROM record_version "
        "WHERE submission_id IS NOT NULL GROUP BY submission_id"
    ).fetchall()
    times = {row["id"]: row["many"] for row in rows}
    for row in db.execute("SELECT record_id, version, submission_id FROM record_version WHERE origin = 'tablet'"):
        ledger.check("stands", row["submission_id"] is not None, f"bản ghi từ máy không nêu phiếu: {row}")
    outcomes = db.execute(
        "SELECT s.submission_id::text AS id, s.entity, s.outcome, s.version, s.base_version, s.attempts, "
        "c.fields AS decided, c.state, s.device_id::text AS tablet, s.seq, s.record_id::text AS named, "
        "s.result->>'merged_into' AS merged_into "
        "FROM sync_submission AS s LEFT JOIN sync_conflict AS c USING (submission_id)"
    ).fetchall()
    said_already: list[dict[str, Any]] = []
    sent: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in sorted(outcomes, key=itemgetter("seq")):
        sent.setdefault((row["tablet"], row["named"]), []).append(row)
        # what a household sent stands with the one it was merged into; of all else that one is only the home
        row["record_id"] = (row["entity"] == "household" and row["merged_into"]) or row["named"]
        many = times.get(row["id"], 0)
        if row["outcome"] not in STANDING:
            # a second review is kept as a record, not in force, also where the first one was chosen
            ledger.check(
                "stands",
                many == 0 or (row["entity"] == "review" and many == 1),
                f"{row['id']} {row['outcome']} mà có {many} bản",
            )
        elif many == 0:
            said_already.append(row)
        else:
            ledger.check("stands", many == 1, f"{row['id']} {row['outcome']}: {many} bản trong lịch sử")
    _said_already(ledger, db, said_already, sent)


def _own(ledger: Ledger, row: dict[str, Any], sent: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the tablet had itself made of a record after the version it names, and before this."""
    base = row["base_version"] or 0
    earlier = [one for one in sent if one["seq"] < row["seq"] and one["outcome"] in STANDING]
    return {
        name: value for one in earlier if (one["version"] or 0) > base for name, value in _words(ledger, one).items()
    }


def _said_since(ledger: Ledger, row: dict[str, Any], sent: Sequence[dict[str, Any]]) -> set[str]:
    """What the tablet has said of the record later, in changes that are in force as they were sent, or decided: left
    out where this was tried again or decided (decision 0022)."""
    if row["attempts"] == 1 and row["decided"] is None:
        return set()
    later = [one for one in sent if one["seq"] > row["seq"] and one["base_version"]]
    settled = [one for one in later if one["outcome"] in STANDING or one["state"] == "resolved"]
    return {name for one in settled for name in _words(ledger, one)}


def _words(ledger: Ledger, row: dict[str, Any]) -> dict[str, Any]:
    """What of a submission is its tablet's own word: all of it but what an officer has decided."""
    work = ledger.works.get(row["id"])
    return {name: value for name, value in (work.data if work else {}).items() if name not in (row["decided"] or ())}


def _said_already(
    ledger: Ledger, db: Db, rows: Sequence[dict[str, Any]], sent: Mapping[tuple[str, str], Sequence[dict[str, Any]]]
) -> None:
    """Applied without a new version: then the record said just that at the version told (of a household that was
    merged away: it stood under the one that is left), or the surveyor had changed nothing of what they saw."""
    ids = [row[which] for row in rows for which in ("record_id", "named")]
    past: dict[str, list[tuple[int, Any]]] = {}
    for one in db.execute(
        "SELECT record_id::text AS id, version, change FROM record_version WHERE record_id = ANY(%s::uuid[]) "
        "ORDER BY record_id, version",
        (ids,),
    ).fetchall():
        past.setdefault(one["id"], []).append((one["version"], one["change"]))
    now = {
        one["id"]: one["row"]
        for table in _TABLES
        for one in db.execute(
            f"SELECT id::text, to_jsonb(t) AS row FROM {table} AS t WHERE id = ANY(%s::uuid[])", (ids,)
        ).fetchall()
    }
    for row in rows:
        work = ledger.works.get(row["id"])
        values = now.get(row["record_id"])
        differing = ["mất / gone"]
        if work is not None and values is not None and row["version"] is not None:
            then = values_at(values, past.get(row["record_id"], []), row["version"])
            seen = values_at(now.get(row["named"], {}), past.get(row["named"], []), row["base_version"] or 0)
            seen |= _own(ledger, row, sent[row["tablet"], row["named"]])
            decided = {*(row["decided"] or ())}  # there the officer's value stands
            decided |= _said_since(ledger, row, sent[row["tablet"], row["named"]])
            meant = work.data | ({"household_id": row["merged_into"]} if row["merged_into"] else {})
            differing = [
                name
                for name, value in work.data.items()
                if name not in decided and then.get(name) not in (value, meant[name]) and value != seen.get(name)
            ]
        said = f"{row['id']}: {row['entity']} {row['outcome']} bản {row['version']}, không có trong lịch sử; khác ở"
        ledger.check("stands", not differing, f"{said} {differing}")


def feed_and_conflicts(ledger: Ledger, db: Db) -> None:
    found = db.execute(
        "SELECT count(*) AS many, count(DISTINCT seq) AS numbers, coalesce(max(seq), 0) AS newest, "
        "(SELECT last_seq FROM feed_epoch ORDER BY started_at DESC LIMIT 1) AS last, "
        "(SELECT count(*) FROM change_pending) AS pending FROM change_feed"
    ).fetchone()
    good = found["many"] == found["numbers"] and found["newest"] <= found["last"] and found["pending"] == 0
    ledger.check("feed", good, str(found))
    ledger.checks["feed"] += found["many"]
    rows = db.execute(
        "SELECT s.submission_id::text AS id, s.outcome, c.state FROM sync_submission AS s "
        "FULL JOIN sync_conflict AS c ON c.submission_id = s.submission_id "
        "WHERE s.outcome = 'conflict' OR c.id IS NOT NULL"
    ).fetchall()
    for row in rows:
        good = (row["outcome"] == "conflict") == (row["state"] == "open")
        ledger.check("conflicts", good, str(row))


def areas(ledger: Ledger, db: Db, hamlets: Collection[str], name: str, held: dict[str, int]) -> None:
    """The households (but those merged away) and people of these hamlets, against what the tablet holds."""
    wanted = list(hamlets)
    rows = db.execute(
        "SELECT id::text, version FROM household WHERE hamlet_id = ANY(%s::uuid[]) AND status <> 'merged' "
        "UNION ALL SELECT m.id::text, m.version FROM member AS m JOIN household AS h ON h.id = m.household_id "
        "WHERE h.hamlet_id = ANY(%s::uuid[])",
        (wanted, wanted),
    ).fetchall()
    there = {row["id"]: row["version"] for row in rows}
    for record_id in there.keys() | held.keys():
        good = there.get(record_id) == held.get(record_id)
        ledger.check("register", good, f"máy {name}, {record_id}: {held.get(record_id)}, sổ {there.get(record_id)}")
