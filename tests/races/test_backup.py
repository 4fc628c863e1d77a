"""Tablets push while a backup is taken: what they are told is durable is in the dump, whatever the moment."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import db
from api.backups import server, taking
from tests.make import backups, tablets
from tests.make.tablets import batch, household, push, submission
from tests.start.launching import eventually

SignIn = Callable[[str], httpx.Client]


def in_dump(url: str, taken: taking.Taken) -> set[str]:
    """The submissions that a restore of this file gives."""
    with server.held(url) as found, server.scratch(found, "trial") as scratch:
        taking.load(found, taken.path, taken.manifest, scratch)
        with psycopg.connect(server.plain(scratch)) as connection:
            return {str(row[0]) for row in connection.execute("SELECT submission_id FROM sync_submission")}


def test_whatever_is_told_durable_while_tablets_push_is_in_the_dump(
    sign_in: SignIn, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    surveyor = sign_in("xom-3")
    devices = [tablets.enrolled(engine, "xom-3") for _ in range(8)]
    push(surveyor, devices[0], submission("household", household(), seq=0))
    stop, told = threading.Event(), dict.fromkeys(devices, -1)
    sent: dict[str, list[tuple[int, str]]] = {device: [] for device in devices}

    def work(device: str) -> None:
        seq = 1
        while not stop.is_set():
            homes = [submission("household", household(), seq=seq + n) for n in range(3)]
            sent[device] += [(home["seq"], home["submission_id"]) for home in homes]
            answer = surveyor.post("/sync/v1/batches", json=batch(device, homes))
            assert answer.status_code == 200, answer.text
            told[device] = answer.json()["durable_through"]
            seq += 3

    with ThreadPoolExecutor(len(devices)) as pool:
        running = [pool.submit(work, device) for device in devices]
        try:
            eventually(lambda: all(len(sent[device]) > 6 for device in devices), "all tablets push")
            taken = backups.backed_up(database_url, tmp_path)
            after = {device: len(sent[device]) for device in devices}
            eventually(lambda: all(len(sent[device]) > after[device] + 6 for device in devices), "they push on")
        finally:
            stop.set()
        for one in running:
            one.result()
    durable = {sid for device in devices for seq, sid in sent[device] if seq <= told[device]}
    everything = {sid for device in devices for _, sid in sent[device]}
    held = in_dump(database_url, taken)
    assert len(durable) > 8
    assert durable <= held
    assert held < everything | held
    # and not only what had been told before: everything the dump has of a tablet is told
    assert len(durable) == len(held & everything)


def test_a_batch_that_is_being_received_while_a_backup_is_noted_is_not_durable(
    sign_in: SignIn, engine: Engine, session: Session, database_url: str, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("""
            CREATE FUNCTION waits() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF NEW.note = 'chậm' THEN PERFORM pg_advisory_xact_lock(42); END IF; RETURN NEW; END $$;
            CREATE TRIGGER waits BEFORE INSERT ON household FOR EACH ROW EXECUTE FUNCTION waits();
        """)
        )
    device, surveyor = tablets.enrolled(engine, "xom-3"), sign_in("xom-3")
    push(surveyor, device, submission("household", household(), seq=1))
    with server.held(database_url) as found:
        taken = taking.prove(found, taking.dump(found, tmp_path))

    def waiting(what: str) -> bool:
        session.rollback()
        return bool(session.execute(text(f"SELECT count(*) FROM pg_stat_activity WHERE {what}")).scalar_one())

    here = "datname = current_database() AND wait_event_type = 'Lock' AND "
    with engine.connect() as gate, ThreadPoolExecutor(2) as pool:
        gate.execute(text("SELECT pg_advisory_lock(42)"))
        slow = submission("household", household(note="chậm"), seq=2)
        pushing = pool.submit(push, surveyor, device, slow)
        eventually(lambda: waiting(here + "wait_event = 'advisory'"), "the batch holds the tablet")
        noting = pool.submit(backups.noted, database_url, taken)
        eventually(lambda: waiting(here + "wait_event <> 'advisory'"), "the note waits for the tablet")
        gate.execute(text("SELECT pg_advisory_unlock(42)"))
        assert pushing.result()[0]["outcome"] == "applied"
        noting.result()
    session.rollback()
    assert session.execute(text("SELECT undurable_from FROM device WHERE id = :id"), {"id": device}).scalar_one() == 2


def test_a_backup_that_was_proved_counts_however_long_a_batch_holds_its_tablet(
    sign_in: SignIn, engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = tablets.enrolled(engine, "xom-3")
    push(sign_in("xom-3"), device, submission("household", household(), seq=1))
    with server.held(database_url) as found:
        taken = taking.prove(found, taking.dump(found, tmp_path))
    short = db._SESSION_SETTINGS.replace("lock_timeout=20000", "lock_timeout=100")
    monkeypatch.setattr(db, "_SESSION_SETTINGS", short)
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as batch_at_work:
            batch_at_work.execute(text("SELECT id FROM device FOR NO KEY UPDATE"))
            noting = pool.submit(backups.noted, database_url, taken)
            time.sleep(0.5)
        noting.result()
