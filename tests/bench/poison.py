"""One bad record among two hundred: what it costs its neighbours; and how many statements a batch takes."""

import json
import random
import time
from collections.abc import Callable
from typing import Any

import psycopg
from sqlmodel import Session

from api.db import make_engine
from api.keys import IdKey
from mobile_sync import arrivals, intake
from tests.bench.bare import plain
from tests.bench.pushing import Tablet, family, push, sealed
from tests.make import tablets
from tests.make.reviews import acting, counted

_SIZE = 200
_HATED = "không lưu được"
# The database itself refuses this record, for a reason that no check of ours foresees.
_TRAP = f"""
CREATE FUNCTION refuse_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.occupation = '{_HATED}' THEN RAISE EXCEPTION 'refused'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_it BEFORE INSERT ON member FOR EACH ROW EXECUTE FUNCTION refuse_it();
"""

Submissions = list[dict[str, Any]]


def ratios(url: str, tablet: Tablet, tries: int) -> dict[str, float]:
    """How much longer a batch of 200 takes with one bad record in it, by what is bad: the best of so many tries."""
    with psycopg.connect(plain(url)) as connection:
        connection.execute(_TRAP)
    taken = family(tablet, random.Random(1))
    push(tablet, sealed(tablet, taken)).raise_for_status()
    kinds: dict[str, tuple[str, Callable[[Submissions], None]]] = {
        "clean": ("applied", lambda _: None),
        "a field is wrong": ("rejected", lambda sent: sent[-1]["data"].update(sex="x")),
        "the id belongs to another record": ("rejected", lambda sent: sent[-1].update(id=taken[-1]["id"])),
        "the database refuses it": ("quarantined", lambda sent: sent[-1]["data"].update(occupation=_HATED)),
    }
    best = dict.fromkeys(kinds, float("inf"))
    for _ in range(tries):
        for what, (outcome, spoil) in kinds.items():
            best[what] = min(best[what], _seconds(tablet, outcome, spoil))
    clean = best.pop("clean")
    return {what: seconds / clean for what, seconds in best.items()}


def _seconds(tablet: Tablet, outcome: str, spoil: Callable[[Submissions], None]) -> float:
    rng = random.Random(tablet.seq)
    sent = [one for _ in range(_SIZE // 5) for one in family(tablet, rng)]
    spoil(sent)
    batch = sealed(tablet, sent)
    started = time.perf_counter()
    answer = push(tablet, batch)
    taken = time.perf_counter() - started
    told = [one["outcome"] for one in answer.raise_for_status().json()["outcomes"]]
    assert told == ["applied"] * (_SIZE - 1) + [outcome], told[-1]
    return taken


def statements(url: str) -> dict[int, int]:
    """Statements by the number of submissions, counted inside one process: households, members and changes of them."""
    engine = make_engine(url)
    actor, found = acting("xom-3"), {}
    try:
        device = tablets.enrolled(engine, "xom-3")
        tablet = Tablet(None, device, "14080-03")  # type: ignore[arg-type]  # nothing goes over a line here
        for size in (5, 500):
            sent = [one for _ in range(size // 5) for one in family(tablet, random.Random(size))]
            body = sealed(tablet, sent).body
            with (
                counted(engine) as seen,
                Session(engine, info={"id_key": IdKey(bytes(32))}) as session,
                session.begin(),
            ):
                received = intake.receive(session, actor, arrivals.read_envelope(arrivals.parse(body)), 1000)
            assert {one["outcome"] for one in json.loads(received.outcomes)} == {"applied"}
            found[size] = len(seen)
        return found
    finally:
        engine.dispose()
