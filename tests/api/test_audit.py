"""The audit log: append-only, sealed into a chain, and honest about whoever touched it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from typer.testing import CliRunner

from api import audit, audit_cli, audit_sealer, clock
from api.audit_chain import Broken, Fault, Head, head, verify
from api.audit_sealer import Sealer, seal
from tests.conftest import SignIn
from tests.make.people import account_id

TABLES = ("audit_entry", "audit_seal", "audit_pending")


def write(engine: Engine, count: int, action: str = "households.read") -> None:
    with Session(engine) as session, session.begin():
        for number in range(count):
            actor = audit.SystemActor(f"<người {number}>")
            audit.record(session, actor, action, "household", [account_id(f"h{number}")], n=number, tỷ_lệ=0.1)


def tamper(engine: Engine, *statements: str) -> None:
    """What only the owner of the database can do: the triggers and the foreign keys switched off."""
    with engine.begin() as connection:
        for table in TABLES:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement))
        for table in TABLES:
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))


@pytest.fixture
def log(engine: Engine) -> Engine:
    """A log in which nothing was written yet (loading the areas and people of the test was)."""
    tamper(engine, "TRUNCATE audit_entry RESTART IDENTITY CASCADE")
    return engine


@pytest.fixture
def sealed(log: Engine) -> Engine:
    """Ten sealed entries; entry n is link n and was written by <người n-1>."""
    write(log, 10)
    assert seal(log) == 10
    assert verify(log) is None
    return log


def place(broken: Broken | None) -> tuple[Fault, int | None, int | None]:
    assert broken is not None
    assert broken.words.vi
    assert broken.words.en
    return broken.fault, broken.number, broken.entry_id


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} WHERE false", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nothing_written_can_be_changed_or_taken_away(sealed: Engine, table: str, statement: str) -> None:
    column = {"audit_entry": "actor = 'ai đó'", "audit_seal": "hash = ''"}[table]
    with pytest.raises(DBAPIError, match="append-only"), sealed.begin() as connection:
        connection.execute(text(statement.format(table, column)))
    assert verify(sealed) is None


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "actor_id = gen_random_uuid()",
        "actor = '<người khác>'",
        "device_id = gen_random_uuid()",
        "action = 'households.write'",
        "subject = 'member'",
        "subject_ids = '{}'",
        "subject_ids = subject_ids || subject_ids",
        "detail = '{}'",
        "detail = detail || '{\"n\": 99}'",
        "detail = detail || '{\"m\": null}'",
    ],
)
def test_a_changed_entry_is_named(sealed: Engine, change: str) -> None:
    tamper(sealed, f"UPDATE audit_entry SET {change} WHERE id = 4", "UPDATE audit_entry SET actor = 'x' WHERE id = 8")
    broken = verify(sealed)
    assert place(broken) == (Fault.changed, 4, 4)
    assert broken is not None
    assert broken.at is not None


def test_a_changed_seal_is_named(sealed: Engine) -> None:
    tamper(sealed, "UPDATE audit_seal SET hash = sha256('x') WHERE seq = 3")
    assert place(verify(sealed)) == (Fault.changed, 3, 3)


def test_a_deleted_entry_is_named(sealed: Engine) -> None:
    tamper(sealed, "DELETE FROM audit_entry WHERE id = 5")
    assert place(verify(sealed)) == (Fault.missing, 5, 5)


def test_an_entry_deleted_with_its_seal_leaves_a_gap(sealed: Engine) -> None:
    tamper(sealed, "DELETE FROM audit_seal WHERE seq = 5", "DELETE FROM audit_entry WHERE id = 5")
    assert place(verify(sealed))[:2] == (Fault.missing, 5)


def test_a_gap_closed_by_counting_anew_is_still_found(sealed: Engine) -> None:
    tamper(
        sealed,
        "DELETE FROM audit_seal WHERE seq = 5",
        "DELETE FROM audit_entry WHERE id = 5",
        "UPDATE audit_seal SET seq = -seq WHERE seq > 5",
        "UPDATE audit_seal SET seq = -seq - 1 WHERE seq < 0",
    )
    assert place(verify(sealed))[1:] == (5, 6)


@pytest.mark.parametrize(
    "statements",
    [
        # the seals exchange their entries
        (
            "UPDATE audit_seal SET entry_id = -1 WHERE seq = 3",
            "UPDATE audit_seal SET entry_id = 3 WHERE seq = 7",
            "UPDATE audit_seal SET entry_id = 7 WHERE seq = 3",
        ),
        # the seals exchange their places
        (
            "UPDATE audit_seal SET seq = -1 WHERE seq = 3",
            "UPDATE audit_seal SET seq = 3 WHERE seq = 7",
            "UPDATE audit_seal SET seq = 7 WHERE seq = -1",
        ),
    ],
)
def test_entries_in_another_order_are_named(sealed: Engine, statements: tuple[str, ...]) -> None:
    tamper(sealed, *statements)
    assert place(verify(sealed)) == (Fault.reordered, 3, 7)


def test_an_entry_that_neither_waits_nor_is_sealed_is_named(sealed: Engine) -> None:
    write(sealed, 3)
    tamper(sealed, "DELETE FROM audit_pending WHERE entry_id = 12")
    assert place(verify(sealed)) == (Fault.unsealed, None, 12)
    seal(sealed)
    assert place(verify(sealed)) == (Fault.unsealed, None, 12)


def test_an_end_cut_off_is_found_by_its_entries_or_by_the_head_on_paper(sealed: Engine) -> None:
    noted = head(sealed)
    tamper(sealed, "DELETE FROM audit_seal WHERE seq > 7")
    assert place(verify(sealed)) == (Fault.unsealed, None, 8)
    tamper(sealed, "DELETE FROM audit_entry WHERE id > 7")
    assert verify(sealed) is None  # the shorter chain is whole in itself
    assert place(verify(sealed, noted)) == (Fault.head, 10, None)


def test_a_chain_written_anew_is_found_by_the_head_on_paper(sealed: Engine) -> None:
    noted = head(sealed)
    tamper(
        sealed,
        "UPDATE audit_entry SET actor = 'người khác' WHERE id = 2",
        "DELETE FROM audit_seal",
        "INSERT INTO audit_pending SELECT id FROM audit_entry",
    )
    seal(sealed)
    assert verify(sealed) is None
    assert place(verify(sealed, noted)) == (Fault.head, 10, 10)


def test_the_head_on_paper_stays_good_while_the_log_grows(sealed: Engine) -> None:
    noted = head(sealed)
    write(sealed, 5)
    seal(sealed)
    assert verify(sealed, noted) is None
    assert noted is not None
    assert Head.parse(str(noted)) == noted


def test_entries_still_waiting_are_no_fault(sealed: Engine) -> None:
    write(sealed, 3)
    assert verify(sealed) is None
    assert seal(sealed) == 3
    assert seal(sealed) == 0


def test_an_entry_put_back_into_the_queue_is_sealed_once(sealed: Engine) -> None:
    tamper(sealed, "INSERT INTO audit_pending VALUES (4)")
    write(sealed, 1)
    seal(sealed)
    assert verify(sealed) is None
    last = head(sealed)
    assert last is not None
    assert last.number == 11


def test_what_is_rolled_back_was_never_written(log: Engine) -> None:
    with Session(log) as session:
        audit.record(session, audit.SystemActor(), "households.read", "household")
        session.rollback()
    assert seal(log) == 0


def test_many_writers_and_many_sealers_make_one_whole_chain(log: Engine) -> None:
    done = threading.Event()

    def keep_sealing(wait: bool) -> int:
        count = 0
        while not done.is_set():
            count += seal(log, wait=wait)
        return count

    def keep_writing() -> None:
        for _ in range(20):
            write(log, 5)

    with ThreadPoolExecutor(7) as pool:
        sealers = [pool.submit(keep_sealing, wait) for wait in (True, False, False)]
        writers = [pool.submit(keep_writing) for _ in range(4)]
        for writer in writers:
            writer.result()
        done.set()
        counts = [sealer.result() for sealer in sealers]
    assert sum(counts) + seal(log) == 400
    assert verify(log) is None


def test_a_log_longer_than_a_batch_is_sealed_and_walked(log: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_sealer, "_BATCH", 7)
    write(log, 50)
    assert seal(log) == 50
    assert verify(log) is None


def wait_for(condition: Callable[[], bool]) -> bool:
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_the_sealer_seals_by_itself_and_stops(log: Engine) -> None:
    def number() -> int:
        last = head(log)
        return last.number if last else 0

    sealer = Sealer(log, seconds=0.05)
    sealer.start()
    try:
        write(log, 4)
        assert wait_for(lambda: number() == 4)
        write(log, 2)
        assert wait_for(lambda: number() == 6)
    finally:
        sealer.stop()
    assert "audit-sealer" not in {thread.name for thread in threading.enumerate()}


def test_a_sealer_that_waits_for_its_hour_is_stopped_at_once(log: Engine) -> None:
    sealer = Sealer(log, seconds=3600)
    sealer.start()
    sealer.stop()  # waits for its thread; one that slept through would still be there
    assert "audit-sealer" not in {thread.name for thread in threading.enumerate()}
    slow = Sealer(log, seconds=3600)
    slow.start()
    slow.stop()  # does not sit out its hour


def run(monkeypatch: pytest.MonkeyPatch, url: str, *arguments: str) -> tuple[int, str]:
    from api.config import settings

    monkeypatch.setenv("DATABASE_URL", url)
    settings.cache_clear()
    try:
        result = CliRunner().invoke(audit_cli.app, list(arguments))
    finally:
        settings.cache_clear()
    return result.exit_code, result.output


def test_the_command_prints_the_head_and_names_the_broken_entry(
    sealed: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = run(monkeypatch, database_url, "verify")
    assert code == 0
    assert "nguyên vẹn" in said
    assert str(head(sealed)) in said
    code, noted = run(monkeypatch, database_url, "head")
    assert (code, noted.strip()) == (0, str(head(sealed)))
    assert run(monkeypatch, database_url, "verify", "--expect", noted.strip())[0] == 0
    assert run(monkeypatch, database_url, "verify", "--expect", "rubbish")[0] == 2
    tamper(sealed, "UPDATE audit_entry SET action = 'none' WHERE id = 6")
    code, said = run(monkeypatch, database_url, "verify")
    assert code == 1
    assert "number 6" in said
    assert "<người 5>" in said
    assert "none" in said
    assert "đã bị sửa" in said
    assert "changed" in said


def lines(client: httpx.Client, **params: object) -> list[dict[str, object]]:
    answer = client.get("/api/v1/audit", params=params)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["items"]
    return found


def test_the_chair_sees_who_acted_in_the_commune_without_what_was_said(sign_in: SignIn, nobody: httpx.Client) -> None:
    for username in ("xom-1", "truc-dai", "truc-ninh"):
        sign_in(username)
    nobody.post("/api/v1/auth/token", data={"username": "khong-ai", "password": "sai"})
    seen = lines(sign_in("chu-tich"))
    assert {line["actor"] for line in seen} == {"xom-1", "chu-tich"}
    assert {line["detail"] for line in seen} == {None}


def test_the_administrator_sees_all_of_their_areas_with_what_was_said(
    sign_in: SignIn, nobody: httpx.Client, log: Engine
) -> None:
    sign_in("xom-1")
    sign_in("truc-dai")
    nobody.post("/api/v1/auth/token", data={"username": "khong-ai", "password": "sai"})
    seen = lines(sign_in("admin"))
    assert [line["actor"] for line in seen] == ["admin", "khong-ai", "truc-dai", "xom-1"]  # the newest first
    assert seen[1]["detail"] == {"why": "unknown", "address": "127.0.0.1"}


def test_the_log_is_filtered_and_paged(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    for username in ("xom-1", "xom-2"):
        sign_in(username)
        admin.get(f"/api/v1/users/{account_id(username)}")
    assert {line["actor"] for line in lines(admin, actor="xom-1")} == {"xom-1"}
    assert [line["action"] for line in lines(admin, subject_id=str(account_id("xom-2")))] == ["accounts.read"]
    assert len(lines(admin, action="accounts.read")) == len(lines(admin, action="accounts")) == 2
    assert lines(admin, action="account") == lines(admin, action="%") == []
    now = clock.now().isoformat()
    assert lines(admin, **{"from": now}) == []
    assert len(lines(admin, to=now)) > 5
    whole = [line["id"] for line in lines(admin, to=now)]
    met, cursor = [], None
    while True:
        asked: dict[str, Any] = {"to": now, "limit": 3, **({"cursor": cursor} if cursor else {})}
        page = admin.get("/api/v1/audit", params=asked)
        met += [line["id"] for line in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert met == whole


@pytest.mark.parametrize("params", [{"from": "hôm qua"}, {"subject_id": "x"}, {"cursor": "x"}, {"actor": "\x00"}])
def test_absurd_filters_are_refused(sign_in: SignIn, params: dict[str, str]) -> None:
    assert sign_in("admin").get("/api/v1/audit", params=params).status_code == 422


def test_reading_the_log_is_in_the_log(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    lines(admin)
    assert lines(admin)[0]["action"] == "audit.read"


@pytest.mark.parametrize("username", ["truc-thai", "xom-1", "ngan-hang", "he-thong"])
def test_nobody_else_reads_the_log(sign_in: SignIn, username: str) -> None:
    answer = sign_in(username).get("/api/v1/audit")
    assert (answer.status_code, answer.json()["permission"]) == (403, "audit:read")
