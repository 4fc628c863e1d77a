"""One batch sent many times at once, and two tablets on one household: applied once, nothing lost silently."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.config import Settings
from tests.make import tablets
from tests.make.tablets import batch, household, member, push, submission
from tests.races.dying_server import NEVER, dying_server
from tests.start.launching import eventually

SignIn = Callable[[str], httpx.Client]


def at_once(client: httpx.Client, bodies: list[Any]) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(lambda body: client.post("/sync/v1/batches", json=body), bodies))


def test_the_same_batch_fifty_times_at_once_to_three_processes_is_applied_once(
    sign_in: SignIn, engine: Engine, session: Session, database_url: str, config: Settings
) -> None:
    device, surveyor = tablets.enrolled(engine, "xom-3"), sign_in("xom-3")
    home = submission("household", household(phone="0911222333"))
    people = [submission("member", member(home["id"]), seq=2 + n) for n in range(3)]
    body = batch(device, [home, *people])
    with dying_server(database_url, config.home) as one, dying_server(database_url, config.home) as two:
        for server in (one, two):
            server.start(NEVER)
        addresses = [str(surveyor.base_url).rstrip("/"), one.base_url, two.base_url]
        with httpx.Client(headers=surveyor.headers, timeout=300) as client, ThreadPoolExecutor(50) as pool:
            paths = [f"{addresses[n % 3]}/sync/v1/batches" for n in range(50)]
            answers = list(pool.map(lambda path: client.post(path, json=body), paths))
        for server in (one, two):
            server.kill()
            server.died()
    assert {answer.status_code for answer in answers} == {200}
    told = [[o | {"replayed": None} for o in answer.json()["outcomes"]] for answer in answers]
    assert all(one == told[0] for one in told)
    assert sum(not answer.json()["outcomes"][0]["replayed"] for answer in answers) == 1
    for table, many in (("household", 1), ("member", 3), ("sync_submission", 4), ("sync_batch", 50)):
        assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == many
    assert session.execute(text("SELECT max(version) FROM record_version")).scalar_one() == 1


def test_one_submission_from_two_tablets_at_once_is_applied_once(
    sign_in: SignIn, engine: Engine, session: Session
) -> None:
    devices = [tablets.enrolled(engine, "xom-3") for _ in range(8)]
    homes = [submission("household", household(), seq=n) for n in range(20)]
    answers = at_once(sign_in("xom-3"), [batch(device, homes) for device in devices])
    assert {answer.status_code for answer in answers} == {200}
    for outcomes in zip(*(answer.json()["outcomes"] for answer in answers), strict=True):
        assert {outcome["outcome"] for outcome in outcomes} == {"applied"}
        assert sum(not outcome["replayed"] for outcome in outcomes) == 1
    assert session.execute(text("SELECT count(*) FROM sync_submission")).scalar_one() == 20


def test_two_tablets_on_one_household_lose_nothing_silently(sign_in: SignIn, engine: Engine, session: Session) -> None:
    devices = [tablets.enrolled(engine, "xom-3") for _ in range(6)]
    surveyor = sign_in("xom-3")
    home = submission("household", household(phone="0", note="0"))
    push(surveyor, devices[0], home)
    bodies = [
        batch(device, [submission("household", {"phone": str(n)}, seq=10, base=1, record=home["id"])])
        for n, device in enumerate(devices, start=1)
    ]
    answers = at_once(surveyor, bodies)
    assert {answer.status_code for answer in answers} == {200}
    outcomes = sorted(answer.json()["outcomes"][0]["outcome"] for answer in answers)
    assert outcomes == ["applied", *["conflict"] * 5]
    kept = session.execute(text("SELECT fields->'phone'->>'device' FROM sync_conflict")).scalars().all()
    now = session.execute(text("SELECT phone FROM household WHERE id = :id"), {"id": home["id"]}).scalar_one()
    assert sorted([*kept, now]) == [str(n) for n in range(1, 7)]


def test_two_batches_of_one_tablet_never_run_side_by_side(sign_in: SignIn, engine: Engine) -> None:
    """The first one waits in the middle; the second one, which needs what it writes, waits for it and not for that."""
    gate = 0x6761746521
    with engine.begin() as connection:
        connection.execute(
            text(f"""
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF NEW.note = 'chậm' THEN PERFORM pg_advisory_xact_lock({gate}); END IF; RETURN NEW; END $$;
            CREATE TRIGGER slow BEFORE INSERT ON household FOR EACH ROW EXECUTE FUNCTION slow();
        """)
        )
    device, surveyor = tablets.enrolled(engine, "xom-3"), sign_in("xom-3")
    home = submission("household", household(note="chậm"), seq=1)
    with ThreadPoolExecutor(2) as pool:
        with engine.begin() as holding:
            holding.execute(text("SELECT pg_advisory_xact_lock(:gate)"), {"gate": gate})
            first = pool.submit(push, surveyor, device, home)
            eventually(lambda: waiting(engine) == ["advisory"], "the first batch is at work")
            second = pool.submit(push, surveyor, device, submission("member", member(home["id"]), seq=2))
            eventually(lambda: len(waiting(engine)) == 2, "the second one waits")
            assert waiting(engine).count("advisory") == 1
        assert first.result()[0]["outcome"] == "applied"
        assert second.result()[0]["outcome"] == "applied"


def waiting(engine: Engine) -> list[str]:
    """For what kinds of locks somebody waits in this database."""
    asked = "SELECT wait_event FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with engine.connect() as connection:
        return list(connection.scalars(text(asked)))
