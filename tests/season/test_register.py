"""The season's look into the history: what it lets pass, and what it does not."""

from collections.abc import Callable
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Engine

from api.config import Settings
from api.keys import IdKey
from mobile_sync.tablet_work import Work
from tests.bench.bare import plain
from tests.make import tablets
from tests.make.tablets import household, member, push, submission
from tests.season import register
from tests.season.reckoning import Ledger
from tests.season.road import Witness

SignIn = Callable[[str], httpx.Client]


def ledger_of(*sent: dict[str, Any]) -> Ledger:
    """What the tablets know of their work, where these were sent."""
    ledger = Ledger()
    for one in sent:
        ledger.works[one["submission_id"]] = Work(
            seq=one["seq"], submission_id=one["submission_id"], entity=one["entity"], record_id=one["id"],
            base_version=one["base_version"], recorded_at=one["recorded_at"], data=one["data"],
            sealed=True, outcome="applied", version=None, told=None, due=False,
        )  # fmt: skip
    return ledger


def reckoned(database_url: str, *sent: dict[str, Any], told: str | None = None) -> dict[str, list[str]]:
    """What is broken, where these were sent; `told`: this is written over the homes that the receipts tell."""
    ledger = ledger_of(*sent)
    with psycopg.connect(plain(database_url), row_factory=dict_row) as db:
        if told is not None:
            db.execute("UPDATE sync_submission SET result = jsonb_build_object('merged_into', %s::text)", (told,))
        register.history(ledger, db)
        db.rollback()
    return ledger.failures


def test_a_person_moved_into_a_household_that_was_merged_into_their_own_is_where_they_were(
    sign_in: SignIn, engine: Engine, database_url: str
) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    stays, goes = (submission("household", household(), seq=seq) for seq in (1, 2))
    person = submission("member", member(stays["id"]), seq=3)
    push(surveyor, device, stays, goes, person)
    merged = {"survivor_id": stays["id"], "absorbed_id": goes["id"]}
    assert sign_in("truc-thai").post("/api/v1/households/merge", json=merged).is_success
    moved = submission("member", {"household_id": goes["id"]}, record=person["id"], base=1, seq=4)
    (outcome,) = push(surveyor, device, moved)
    assert (outcome["outcome"], outcome["version"], outcome["result"]) == ("applied", 1, {"merged_into": stays["id"]})

    assert reckoned(database_url, stays, goes, person, moved) == {}
    # but where the receipt told of another home than the record's, it is no excuse
    broken = reckoned(database_url, stays, goes, person, moved, told=goes["id"])
    assert [line[:36] for line in broken["stands"]] == [moved["submission_id"]]


def test_who_says_again_what_they_had_said_themselves_says_nothing_new(
    sign_in: SignIn, engine: Engine, database_url: str
) -> None:
    surveyor, officer, device = sign_in("xom-3"), sign_in("truc-thai"), tablets.enrolled(engine, "xom-3")
    home = submission("household", household(phone="0"), seq=1)
    first, again = (submission("household", {"phone": "1"}, record=home["id"], base=1, seq=seq) for seq in (2, 3))
    push(surveyor, device, home, first)
    tag = {"If-Match": officer.get(f"/api/v1/households/{home['id']}").headers["ETag"]}
    assert officer.patch(f"/api/v1/households/{home['id']}", json={"phone": "2"}, headers=tag).is_success
    (outcome,) = push(surveyor, device, again)
    assert (outcome["outcome"], outcome["version"]) == ("merged", 3)
    assert reckoned(database_url, home, first, again) == {}
    # of somebody else's tablet it would have been news
    assert list(reckoned(database_url, home, again)) == ["stands"]


def test_the_journal_holds_the_content_that_was_sent_and_not_only_its_id(
    sign_in: SignIn, engine: Engine, database_url: str, config: Settings
) -> None:
    sent = [submission("household", household(note=note), seq=seq) for seq, note in enumerate(("một", "hai"), 1)]
    push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), *sent)
    witness = Witness(accepted={one["submission_id"] for one in sent}, batches=1)

    def broken(*known: dict[str, Any]) -> list[str]:
        ledger = ledger_of(*known)
        with psycopg.connect(plain(database_url), row_factory=dict_row) as db:
            register.journal(ledger, db, [witness], IdKey(config.secrets().id_key))
        assert ledger.failures.keys() <= {"journal"}
        return [line[:36] for line in ledger.failures.get("journal", [])]

    assert broken(*sent) == []
    assert broken(sent[0], sent[1] | {"data": household(note="ba")}) == [sent[1]["submission_id"]]
