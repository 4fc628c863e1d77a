"""What must hold of every history, held against the database and against every tablet."""

import sqlite3
from contextlib import closing
from typing import Any

from api.changes.feed import number
from mobile_sync.tablet_work import STANDING
from tests.make.commune_work import Work
from tests.make.field import Hand
from tests.make.people import account_id
from tests.make.replay import UNSEEN, Made, Replay, Values

TABLES = {"household": "household", "member": "member", "request": "request", "screening": "screening"}
_REFUSALS = {"not-found", "already-exists", "superseded", "invalid"}

# each record with the hamlet it stands in; of a household merged away, and of its papers, the survivor's
_PLACES = """
    WITH RECURSIVE way AS (
        SELECT id, id AS home, hamlet_id, merged_into FROM household
        UNION ALL
        SELECT way.id, next.id, next.hamlet_id, next.merged_into
        FROM way JOIN household next ON next.id = way.merged_into
    ), home AS (
        SELECT id, home, hamlet_id FROM way WHERE merged_into IS NULL
    )
    SELECT id, home, version, 'household' AS entity, home.hamlet_id, status FROM household JOIN home USING (id)
    UNION ALL
    SELECT m.id, home, m.version, 'member', home.hamlet_id, 'active' FROM member m JOIN home ON home.id = m.household_id
    UNION ALL
    SELECT r.id, home, r.version, 'request', home.hamlet_id, 'active'
    FROM request r JOIN home ON home.id = r.household_id
    UNION ALL
    SELECT s.id, home, s.version, 'screening', home.hamlet_id, 'active'
    FROM screening s JOIN request r ON r.id = s.request_id JOIN home ON home.id = r.household_id
"""
_AREAS = """
    SELECT c.descendant_id AS id FROM account_grant g JOIN area_closure c ON c.ancestor_id = g.area_id
    WHERE g.account_id = :account AND (g.valid_to IS NULL OR g.valid_to > CURRENT_DATE)
"""


def areas_of(work: Work, username: str) -> set[str]:
    return {row["id"] for row in work.rows(_AREAS, account=account_id(username))}


def places(work: Work) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in work.rows(_PLACES)}


def check_page(hand: Hand, page: dict[str, Any]) -> None:
    hand.pages.append(page)


def check_tablet(work: Work, hand: Hand) -> None:
    """Just after a pull: the tablet was told of its own areas only, and it has all of them as they are."""
    mine, where = areas_of(work, hand.username), places(work)
    for page in hand.pages:
        for change in page["changes"]:
            if change["op"] == "put":
                assert where[change["id"]]["hamlet_id"] in mine, f"told to {hand.username}: {change}"
    hand.pages.clear()
    register = {i: r["version"] for i, r in where.items() if r["hamlet_id"] in mine and r["status"] != "merged"}
    assert _pulled(hand) == register, hand.username


def _pulled(hand: Hand) -> dict[str, int]:
    with closing(sqlite3.connect(hand.path)) as there:
        return dict(there.execute("SELECT id, version FROM record").fetchall())


def check_all(work: Work) -> None:
    """At the end: everybody comes home and sends what they have, and everything adds up."""
    for _ in range(2):
        for hand in work.hands:
            if not hand.revoked:
                hand.tablet.push()
                hand.tablet.pull()
                hand.tablet.ask_again()
    for hand in work.hands:
        if not hand.revoked:
            assert hand.tablet.storage.unsent() == []
            check_tablet(work, hand)
            _check_receipts(work, hand)
    _check_journal(work)
    _check_register(work)
    _check_feed(work)
    _check_waiting(work)


def _check_receipts(work: Work, hand: Hand) -> None:
    stored = {row["submission_id"]: row for row in work.journal()}
    for mine in hand.tablet.receipts():
        assert (mine.outcome, mine.version) == (
            stored[mine.submission_id]["outcome"],
            stored[mine.submission_id]["version"],
        )


def _check_journal(work: Work) -> None:
    journal, there = work.journal(), places(work)
    assert sorted(row["submission_id"] for row in journal) == sorted(work.said.sent)
    for row in journal:
        sent = work.said.sent[row["submission_id"]]
        assert (row["entity"], row["record_id"], row["seq"]) == (sent["entity"], sent["id"], sent["seq"])
        assert row["outcome"] != "quarantined", row
        if row["outcome"] == "rejected":
            problem = row["problem"]["type"].rsplit("/")[-1]
            assert problem in _REFUSALS, row
            # whoever changed a record had it once: where it is there at all, the work is kept for a person
            assert (problem, row["base_version"] is None, row["record_id"] in there) != ("not-found", False, True), row


def replay_of(work: Work) -> Replay:
    history = work.rows("SELECT record_id, version, submission_id FROM record_version")
    made = {(row["record_id"], row["version"]): Made(row["submission_id"]) for row in history}
    once = [one.submission_id for one in made.values() if one.submission_id]
    assert len(once) == len(set(once)), "a submission was applied twice"
    followed = {
        row["submission_id"]: row["result"]["merged_into"]
        for row in work.journal()
        if (row["result"] or {}).get("merged_into")
    }
    tablets = {row["submission_id"]: str(row["device_id"]) for row in work.journal()}
    return Replay(work.said, made, followed, tablets)


def _check_register(work: Work) -> None:
    replay = replay_of(work)
    newest = replay.newest()
    stored = {row["id"]: row for table in TABLES.values() for row in work.rows(f"SELECT * FROM {table}")}
    assert {record: row["version"] for record, row in stored.items()} == newest
    for record, version in newest.items():
        must = replay.at(record, version)
        assert {name: stored[record][name] for name in must} == must, record
    by = {made.submission_id: place for place, made in replay.made.items()}
    for row in work.journal():
        if row["submission_id"] in by:
            assert row["outcome"] in STANDING, row
            assert row["version"] == by[row["submission_id"]][1], row
        elif row["outcome"] in STANDING:
            _check_nothing_new(work, replay, row)
        elif row["outcome"] == "conflict":
            _check_clash(work, replay, row)


def _met(replay: Replay, row: dict[str, Any], sent: dict[str, Any]) -> tuple[Values, Values]:
    """What the work met, and what its tablet had seen. The version told of a household that was merged away is that of
    the one it was merged into."""
    record = replay.followed.get(row["submission_id"], sent["id"]) if sent["entity"] == "household" else sent["id"]
    return replay.at(record, row["version"]), replay.seen(sent, (record, row["version"] + 1))


def _check_nothing_new(work: Work, replay: Replay, row: dict[str, Any]) -> None:
    """Said to be in force, and made no version: then the record had all of it, or the tablet said nothing new."""
    sent = work.said.sent[row["submission_id"]]
    there, seen = _met(replay, row, sent)
    if row["submission_id"] not in work.said.chosen:
        for name, value in sent["data"].items():
            assert value in (there.get(name), seen.get(name)), (row, name)


def _check_clash(work: Work, replay: Replay, row: dict[str, Any]) -> None:
    """A conflict keeps both values, and is one."""
    (kept,) = work.rows("SELECT * FROM sync_conflict WHERE submission_id = :id", id=row["submission_id"])
    sent = work.said.sent[row["submission_id"]]
    assert kept["state"] == "open"
    there, seen = _met(replay, row, sent)
    for name, sides in kept["fields"].items():
        base = seen.get(name)
        assert sides == {
            "base": None if base is UNSEEN else base,
            "server": there.get(name),
            "device": sent["data"][name],
        }
        assert len({str(side) for side in (base, sides["server"], sides["device"])}) == 3


def _check_feed(work: Work) -> None:
    """Each record is told once, where it stands now and as it is now; and nowhere else."""
    number(work.engine)
    told: dict[str, list[Any]] = {}
    for row in work.rows("SELECT record_id, area_id, household_id, version, op FROM change_feed"):
        if row["op"] == "put":
            told.setdefault(row["record_id"], []).append((row["area_id"], row["household_id"], row["version"]))
    there = {
        record: [(place["hamlet_id"], place["home"], place["version"])]
        for record, place in places(work).items()
        if place["status"] != "merged"
    }
    assert told == there


def _check_waiting(work: Work) -> None:
    """What waits, waits for what is not there, or not where its sender works today."""
    where = places(work)
    living = {str(hand.tablet.device_id): hand.username for hand in work.hands if not hand.revoked}
    for row in work.journal():
        if row["outcome"] == "held" and row["device_id"] in living:
            place = where.get(row["waiting_for"])
            assert place is None or place["hamlet_id"] not in areas_of(work, living[row["device_id"]]), row
